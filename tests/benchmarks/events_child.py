"""The Events page while one scrolls through 1,000,000 events, as a process of its own: the real window on a desk.

`python -m tests.benchmarks.events_child STORE SECONDS` prints one JSON object: the frames, in milliseconds, and how
far it came. One scrolls down as fast as a wheel turns, leaps now and then as who drags the scroll bar, and new events
come all the while.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import Qt, QTimer

from labdesk.config import DeskSettings
from labdesk.store.writes import NewEvent
from labdesk.ui.app import _Application
from labdesk.ui.loop import DeskEventLoop
from labdesk.ui.pages.events.page import EventsPage
from tests.benchmarks.control_bench import Stalls
from tests.benchmarks.frames import MeasuredApplication, bound_child, told
from tests.benchmarks.opening import opened_window

SCROLL_MS, SCROLL_PX = 16, 96
LEAP_EVERY, LEAP_PX = 40, 60_000
EVENTS_PER_S = 10


async def measure(app: MeasuredApplication, window: _Application, arguments: argparse.Namespace) -> dict[str, Any]:
    window._window.show_page("events")
    page = window._window.page("events")
    assert isinstance(page, EventsPage)
    assert window._desk is not None
    while not page.model.rowCount():
        await asyncio.sleep(0.01)
    await asyncio.sleep(1)
    steps = 0

    def scroll() -> None:
        nonlocal steps
        steps += 1
        bar = page.view.verticalScrollBar()
        app.ask("scroll")
        bar.setValue(bar.value() + (SCROLL_PX if steps % LEAP_EVERY else LEAP_PX))

    scroller = QTimer(page)
    scroller.setTimerType(Qt.TimerType.PreciseTimer)
    scroller.timeout.connect(scroll)
    app.frames.clear()
    scroller.start(SCROLL_MS)
    stalls = Stalls()
    until = time.perf_counter() + arguments.seconds
    while time.perf_counter() < until:
        now = window._desk.clock.now()
        event = NewEvent("desk.told", "", now, "info", "Told", "Something happened.")
        await window._desk.store.journal.append_async([event])
        await asyncio.sleep(1 / EVENTS_PER_S)
    held = stalls.stop()
    scroller.stop()
    reached = page.view.rows_in_view()[1]
    return {
        "frames": told(app.frames, "scroll"),
        "all_frames": told(app.frames),
        "loop_held_max": held * 1e3,
        "rows": page.model.rowCount(),
        "reached": reached,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("seconds", type=float)
    arguments = parser.parse_args()
    bound_child(arguments.seconds + 90)
    app = MeasuredApplication("labdesk")
    with TemporaryDirectory() as home, asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
        settings = DeskSettings(store=arguments.store)
        print(json.dumps(runner.run(opened_window(app, settings, Path(home), measure, arguments))), flush=True)


if __name__ == "__main__":
    main()
