"""The Timeline under load, as a process of its own: the real window on a desk with 10,000 labs in all their phases.

`python -m tests.benchmarks.timeline_child STORE SECONDS [--fit]` makes the store if it is not there, and prints one
JSON object: the frames of panning with the mouse, 500 labs a second being extended meanwhile (which the desk notes
with as many commits of its own).
"""

from __future__ import annotations

import argparse
import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from labdesk.config import DeskSettings
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.store.store import ResourceStore
from labdesk.store.writes import Create
from labdesk.ui.app import _Application
from labdesk.ui.loop import DeskEventLoop
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.timeline.chart import TimelineChart
from labdesk.ui.pages.timeline.entries import TimelineEntries
from labdesk.ui.pages.timeline.page import TimelinePage
from tests.benchmarks.frames import MeasuredApplication, bound_child
from tests.benchmarks.load import Load, Play
from tests.benchmarks.million import sample_lab
from tests.benchmarks.opening import opened_window
from tests.labs.samples import template

LABS = 10_000
SPAN = timedelta(hours=48)
"""Half of it lies behind: some labs ended, some run, some are still to come."""
RATE = 500
_DRAG = QPointF(9, 5)
_STEPS_A_DRAG = 40


async def make_store(path: Path) -> None:
    """Make labs as they would have become; those that run do so on another engine, so that the desk leaves them be."""
    store = await ResourceStore.open_async(path, lab_scheme(), lambda: datetime.now(UTC))
    now = datetime.now(UTC)
    for name in ("web", "notebook", "database", "shell"):
        await store.create_async(template(name))
    for first in range(0, LABS, 500):
        labs = [lab_at(number, now) for number in range(first, first + 500)]
        await store.commit_async([Create(lab) for lab in labs])
    await store.close_async()


def lab_at(number: int, now: datetime) -> LabInstanceRequest:
    """Return the lab as it stands `now`."""
    chance = Random(number)
    start = now - SPAN / 2 + SPAN * chance.random()
    lab = sample_lab(number, start)
    ends = start + timedelta(minutes=60)
    if start > now:
        return lab
    prepared = start + timedelta(seconds=chance.randrange(90))
    ready = prepared + timedelta(seconds=chance.randrange(5, 60))
    lab = lab.with_status(provisioning_at=prepared, started_at=ready, host_ports={"http": 20_000 + number})
    if ends > now:
        running = {"phase": LabPhase.RUNNING, "expires_at": ends, "engine_id": "elsewhere", "cleaned_up": False}
        return lab.with_status(**running, reason="Ready")
    phase = chance.choices((LabPhase.COMPLETED, LabPhase.TIMEOUT, LabPhase.FAILED), (5, 4, 1))[0]
    return lab.with_status(phase=phase, completed_at=ends - timedelta(seconds=chance.randrange(600)))


async def measure(app: MeasuredApplication, window: _Application, arguments: argparse.Namespace) -> dict[str, Any]:
    window._window.show_page("timeline")
    await asyncio.sleep(0.5)
    page = window._window.findChild(TimelinePage)
    assert page is not None
    if arguments.fit:
        page.chart.fit()
        await asyncio.sleep(0.1)
        while page.chart.overview.is_busy:
            await asyncio.sleep(0.1)
    figures: dict[str, Any] = {"labs": page.entries.total, "row_height": page.chart.view.rows.height}
    return figures | await Load(app, window, play_on(page.chart, page.entries)).run(arguments.seconds)


def play_on(chart: TimelineChart, entries: TimelineEntries) -> Play:
    """A hand drags the chart to and fro, while labs are given more time and it is taken back."""
    hand = _Hand(chart)
    open_labs = [row.uid for row in entries.all() if isinstance(row, LabRow) and not row.is_final]

    def on_screen(chance: Random) -> str:
        shown = chart.view.rows.visible(chart.view.height)
        row = entries[chance.choice(shown)]
        return row.uid if isinstance(row, LabRow) and not row.is_final else chance.choice(open_labs)

    def change(lab: LabInstanceRequest, _chance: Random) -> LabInstanceRequest:
        return lab.with_spec(extension_minutes=0 if lab.spec.extension_minutes else 15)

    return Play(RATE, on_screen, lambda chance: chance.choice(open_labs), change, hand.move)


class _Hand:
    """Drags the chart with the mouse: away, and after a while back again."""

    def __init__(self, chart: TimelineChart) -> None:
        self._chart = chart
        self._middle = QPointF(chart.body.center())
        self._steps = 0
        self._direction = 1

    def move(self) -> None:
        if not self._steps:
            self._send(QEvent.Type.MouseButtonPress, self._middle)
        self._steps += 1
        self._send(QEvent.Type.MouseMove, self._middle + _DRAG * (self._steps * self._direction))
        if self._steps == _STEPS_A_DRAG:
            self._send(QEvent.Type.MouseButtonRelease, self._middle + _DRAG * (self._steps * self._direction))
            self._steps, self._direction = 0, -self._direction

    def _send(self, kind: QEvent.Type, point: QPointF) -> None:
        left = Qt.MouseButton.LeftButton
        still_held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
        event = QMouseEvent(
            kind, point, self._chart.mapToGlobal(point), left, still_held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self._chart, event)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    bound_child(arguments.seconds + 90)
    if not arguments.store.exists():
        asyncio.run(make_store(arguments.store))
    app = MeasuredApplication("labdesk")
    with TemporaryDirectory() as home, asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
        settings = DeskSettings(store=arguments.store)
        print(json.dumps(runner.run(opened_window(app, settings, Path(home), measure, arguments))), flush=True)


if __name__ == "__main__":
    main()
