"""The window as a process of its own: says when it is usable and how much memory it holds, and ends.

`python -m tests.benchmarks.window_child STORE BEGUN LABS [REST]`: BEGUN is CLOCK_MONOTONIC when the parent started
it, REST the seconds until memory is read. It goes the way of the command `labdesk`, from the command line on; only
the application is one that watches itself.
"""

from __future__ import annotations

import asyncio
import faulthandler
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

REST = 10.0


async def watch(window: Any, labs: int, begun: float, rest: float) -> None:
    """Print the figures once the table shows every lab and was painted with them; then close."""
    while not _shows(window, labs):
        await asyncio.sleep(0.005)
    usable = time.monotonic() - begun
    await asyncio.sleep(rest)
    print(json.dumps({"usable_s": usable, "rss_mib": resident_mib()}), flush=True)
    window._closing.set()


def _shows(window: Any, labs: int) -> bool:
    from PySide6.QtWidgets import QTableView

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
    store, begun, labs, *rest = sys.argv[1:]
    faulthandler.dump_traceback_later(110, exit=True)
    load = importlib.import_module

    def load_watched(name: str, package: str | None = None) -> Any:
        module: Any = load(name, package)
        if name == "labdesk.ui.app":
            module._Application = _watched(
                module._Application, int(labs), float(begun), float(rest[0]) if rest else REST
            )
        return module

    importlib.import_module = load_watched
    sys.argv = ["labdesk", "--store", store, "--engine", "simulated"]
    from labdesk.cli.main import main as labdesk

    labdesk()


def _watched(application: Any, labs: int, begun: float, rest: float) -> Any:
    class Watched(application):  # type: ignore[misc]
        async def run_async(self) -> None:
            watching = asyncio.ensure_future(watch(self, labs, begun, rest))
            await super().run_async()
            await watching

    return Watched


if __name__ == "__main__":
    main()
