"""The window as a process of its own: opens a store, says when it is usable and how much memory it holds, and ends.

`python -m tests.benchmarks.window_child STORE BEGUN LABS`: BEGUN is CLOCK_MONOTONIC when the parent started it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication, QTableView

from labdesk.config import DeskSettings, EngineKind
from labdesk.ui.app import _Application
from labdesk.ui.loop import DeskEventLoop


async def watch(window: _Application, labs: int, begun: float) -> None:
    """Print the figures once the table shows every lab and was painted with them; then close."""
    running = asyncio.ensure_future(window.run_async())
    while not _shows(window, labs):
        await asyncio.sleep(0.005)
    usable = time.monotonic() - begun
    await asyncio.sleep(10)
    print(json.dumps({"usable_s": usable, "rss_mib": resident_mib()}), flush=True)
    window._closing.set()
    await running


def _shows(window: _Application, labs: int) -> bool:
    if window._assembly is not None and window._window.current_page != "labs":
        window._window.show_page("labs")
    tables = window._window.findChildren(QTableView)
    full = next((table for table in tables if table.model() and table.model().rowCount() >= labs), None)
    if full is None or not full.isVisible():
        return False
    full.viewport().repaint()
    return True


def resident_mib() -> float:
    """This process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def main() -> None:
    store, begun, labs = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    app = QApplication(["labdesk"])
    app.setQuitOnLastWindowClosed(False)
    settings = DeskSettings(store=store, engine=EngineKind.SIMULATED)
    with asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
        runner.run(watch(_Application(app, settings, demo=False), labs, begun))


if __name__ == "__main__":
    main()
