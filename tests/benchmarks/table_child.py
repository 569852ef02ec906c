"""The Labs page under load, as a process of its own: the real window on a desk with many labs.

`python -m tests.benchmarks.table_child STORE SECONDS [--selected] [--baseline SECONDS]` prints one JSON object:
the frames of a loaded table (`own`), of a standard view in its place (`standard`), the time of filters and sorts,
from commit to paint, and how long the loop was held, in milliseconds. The store is changed by it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStyledItemDelegate, QTableView

from labdesk.config import DeskSettings
from labdesk.labs.request import COURSE_LABEL, LabInstanceRequest
from labdesk.resource.errors import ResourceConflictError
from labdesk.resource.events import ResourceChangeEvent
from labdesk.ui.app import _Application
from labdesk.ui.loop import DeskEventLoop
from labdesk.ui.models.lab_columns import LabColumn
from labdesk.ui.models.lab_filter import LabFilter
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.pages.labs.page import LabsPage
from tests.benchmarks.control_bench import Stalls
from tests.benchmarks.frames import Frame, MeasuredApplication, bound_child, next_frame, percentile, told
from tests.benchmarks.opening import open_labs, opened_window

RATE = 1_000
"""Changes a second."""
VISIBLE_SHARE, VISIBLE_TRIES = 0.2, 0.9
COURSES = 20
SCROLL_MS = 16
SCROLL_PX = 48
"""About what a quick turn of the wheel moves in a frame."""
FILTERS = (
    LabFilter(text="course-1"),
    LabFilter(text="a"),
    LabFilter(text="hopper course-1"),
    LabFilter(text="no such lab"),
    LabFilter(tab="upcoming", courses=frozenset({"course-3", "course-7"})),
    LabFilter(),
)
SORTS = tuple(
    (column, order)
    for column in (LabColumn.ENDS, LabColumn.STUDENT, LabColumn.COURSE, LabColumn.TIME_LEFT, LabColumn.NAME)
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)
)


async def measure(app: MeasuredApplication, window: _Application, arguments: argparse.Namespace) -> dict[str, Any]:
    page = await open_labs(window)
    figures: dict[str, Any] = {"labs": page.model.total}
    if not arguments.selected:
        figures["filter"] = await slowest(app, [partial(page._filter, wanted) for wanted in FILTERS])
        figures["sort"] = await slowest(app, [partial(page.model.sort, *by) for by in SORTS])
    page._filter(LabFilter(text="course-1"))
    page.view.columns.set_shown(LabColumn.COURSE, True)
    page.model.sort(LabColumn.COURSE, Qt.SortOrder.AscendingOrder)
    if arguments.selected:
        page.model.select_all()
    load = Load(app, window, page)
    figures |= await load.run(page.view, page.model, arguments.seconds)
    if arguments.baseline:
        view, model = standard_view(window, page)
        figures["standard"] = (await Load(app, window, page).run(view, model, arguments.baseline))["own"]
    return figures


async def slowest(app: MeasuredApplication, acts: list[Callable[[], object]], rounds: int = 5) -> float:
    """Return the slowest act's median over some rounds, in milliseconds from the call to the end of the paint."""
    taken: dict[int, list[float]] = {}
    for _ in range(rounds):
        for place, act in enumerate(acts):
            taken.setdefault(place, []).append((await next_frame(app, "act", act)).wall)
            await asyncio.sleep(0.02)
    return max(median(walls) for walls in taken.values()) * 1e3


class PlainLabModel(LabTableModel):
    """The same rows for a standard delegate, which asks for icons, colours and a selection by roles."""

    icons: dict[str, Any]
    ground: Any

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DecorationRole and index.column() == LabColumn.PHASE:
            return self.icons.get(self.row_at(index.row()).phase)
        if role == Qt.ItemDataRole.BackgroundRole and self.is_selected(self.row_at(index.row()).uid):
            return self.ground
        return super().data(index, role)


def standard_view(window: _Application, page: LabsPage) -> tuple[QTableView, LabTableModel]:
    """Put a standard view with the same columns in the page's place; it gets the changes instead of the page."""
    bridge, theme = page.context.bridge, page.context.theme
    model = PlainLabModel(page.context.times, page)
    model.icons = {
        phase: theme.icons.icon(theme.phase(phase).icon, theme.phase(phase).ink)
        for phase in ("PENDING", "PROVISIONING", "RUNNING", "COMPLETED", "FAILED", "TIMEOUT")
    }
    model.ground = theme.colors.selected_row
    assert window._desk is not None
    model.load(list(window._desk.labs.cache.images()))
    model.set_filter(page.model.lab_filter)
    model.sort(*page.model.sorting)
    if page.model.selected:
        model.select_all()
    bridge.labs_changed.disconnect(page.model.apply)
    bridge.labs_changed.connect(model.apply)
    view = QTableView()
    view.setItemDelegate(QStyledItemDelegate(view))
    view.setModel(model)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(page.view.verticalHeader().defaultSectionSize())
    view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    for column in LabColumn:
        view.setColumnHidden(column, page.view.isColumnHidden(column))
        view.setColumnWidth(column, page.view.columnWidth(column) or 80)
    window._window._stack.addWidget(view)
    window._window._stack.setCurrentWidget(view)
    return view, model


class Load:
    """Changes at a steady rate while the table is scrolled up and down."""

    def __init__(self, app: MeasuredApplication, window: _Application, page: LabsPage) -> None:
        assert window._desk is not None
        self._app = app
        self._desk = window._desk
        self._page = page
        self._random = random.Random(1)
        self._latest: dict[str, LabInstanceRequest] = {}
        self._under_way: set[str] = set()
        self._begun: defaultdict[str, deque[float]] = defaultdict(deque)
        self._flushed: list[float] = []
        self._to_painted: list[float] = []
        self._failed = 0
        self._direction = 1

    async def run(self, view: QTableView, model: LabTableModel, seconds: float) -> dict[str, Any]:
        """Return the frames and the rest, in milliseconds."""
        bridge = self._page.context.bridge
        self._view, self._model, self._uids = view, model, [row.uid for row in model.rows()]
        scroller = QTimer(view)
        scroller.setTimerType(Qt.TimerType.PreciseTimer)
        scroller.timeout.connect(self._scroll)
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 3)
        await asyncio.sleep(0.5)
        bridge.labs_changed.connect(self._flush)
        self._app.on_frame = self._painted
        self._app.frames.clear()
        scroller.start(SCROLL_MS)
        stalls = Stalls()
        made = await self._change(seconds)
        held = stalls.stop()
        scroller.stop()
        frames = list(self._app.frames)
        self._app.on_frame = lambda _frame: None
        bridge.labs_changed.disconnect(self._flush)
        return {
            "own": told(frames),
            "flushes": told(frames, "flush"),
            "commit_to_painted_p95": percentile(self._to_painted, 0.95) * 1e3,
            "loop_held_max": held * 1e3,
            "loop_late_max": stalls.waited * 1e3,
            "changes_per_s": made / seconds,
            "shown": model.rowCount(),
            "selected": len(model.selected),
        }

    def _scroll(self) -> None:
        bar = self._view.verticalScrollBar()
        if not bar.minimum() < bar.value() + self._direction * SCROLL_PX < bar.maximum():
            self._direction = -self._direction
        self._app.ask("scroll")
        bar.setValue(bar.value() + self._direction * SCROLL_PX)

    def _flush(self, events: list[ResourceChangeEvent[Any]]) -> None:
        self._app.ask("flush")
        for event in events:
            begun = self._begun[event.image.uid]
            if begun:  # a lab's changes come in the order they were committed in
                self._flushed.append(begun.popleft())

    def _painted(self, frame: Frame) -> None:
        if "flush" in frame.asked:
            self._to_painted += [frame.ended - begun for begun in self._flushed]
            self._flushed.clear()

    async def _change(self, seconds: float) -> int:
        """Commit `RATE` changes a second, whatever becomes of the earlier ones."""
        started, step, total = time.perf_counter(), 0, int(RATE * seconds)
        async with asyncio.TaskGroup() as tasks:
            while step < total:
                await asyncio.sleep(0.001)
                due = min(int((time.perf_counter() - started) * RATE), total)
                while step < due:
                    tasks.create_task(self._change_one(self._choose()))
                    step += 1
        return total - self._failed

    def _choose(self) -> str:
        """Return a lab of which no change is being committed: one on screen for a fifth of all."""
        on_screen = self._random.random() < VISIBLE_SHARE
        while True:
            uid = self._on_screen() if on_screen else self._random.choice(self._uids)
            if uid not in self._under_way:
                self._under_way.add(uid)
                return uid
            on_screen = on_screen and self._random.random() < VISIBLE_TRIES

    def _on_screen(self) -> str:
        first, height = max(self._view.rowAt(0), 0), self._view.verticalHeader().defaultSectionSize()
        place = first + self._random.randrange(max(self._view.viewport().height() // height, 1))
        return self._model.row_at(min(place, self._model.rowCount() - 1)).uid

    async def _change_one(self, uid: str) -> None:
        """Move a lab to another course: it is sorted by that, and found by it."""
        old = self._latest.get(uid) or self._desk.labs.cache.get_uid(uid)
        assert old is not None
        labels = dict(old.metadata.labels) | {COURSE_LABEL: f"course-{self._random.randrange(COURSES)}"}
        begun = time.perf_counter()
        self._begun[uid].append(begun)
        try:
            self._latest[uid] = await self._desk.store.update_async(old, old.with_metadata(labels=labels))
        except ResourceConflictError:
            self._failed += 1
            self._begun[uid].remove(begun)
            self._latest.pop(uid, None)
        finally:
            self._under_way.discard(uid)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--selected", action="store_true")
    parser.add_argument("--baseline", type=float, default=0.0, metavar="SECONDS")
    arguments = parser.parse_args()
    bound_child(arguments.seconds + arguments.baseline + 120)
    app = MeasuredApplication("labdesk")
    with TemporaryDirectory() as home, asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
        settings = DeskSettings(store=arguments.store)
        print(json.dumps(runner.run(opened_window(app, settings, Path(home), measure, arguments))), flush=True)


if __name__ == "__main__":
    main()
