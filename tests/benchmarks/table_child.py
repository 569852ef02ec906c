"""The Labs page under load, as a process of its own: the real window on a desk with many labs.

`python -m tests.benchmarks.table_child STORE SECONDS [--selected] [--baseline SECONDS]` prints one JSON object:
the frames of a loaded table (`own`), of a standard view in its place (`standard`), the time of filters and sorts,
from commit to paint, and how long the loop was held, in milliseconds. The store is changed by it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyledItemDelegate, QTableView

from labdesk.config import DeskSettings
from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.app import _Application
from labdesk.ui.loop import DeskEventLoop
from labdesk.ui.models.lab_columns import LabColumn
from labdesk.ui.models.lab_filter import LabFilter
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.pages.labs.page import LabsPage
from tests.benchmarks.frames import MeasuredApplication, bound_child, next_frame
from tests.benchmarks.load import Load, Play
from tests.benchmarks.opening import open_labs, opened_window

RATE = 1_000
"""Changes a second."""
COURSES = 20
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
    figures |= {"shown": page.model.rowCount(), "selected": len(page.model.selected)}
    figures |= await Load(app, window, play_on(page.view, page.model)).run(arguments.seconds)
    if arguments.baseline:
        standard = play_on(*standard_view(window, page))
        figures["standard"] = (await Load(app, window, standard).run(arguments.baseline))["own"]
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


def play_on(view: QTableView, model: LabTableModel) -> Play:
    """Labs move to other courses, by which the table is sorted and filtered, while it is scrolled up and down."""
    uids = [row.uid for row in model.rows()]
    bar, direction = view.verticalScrollBar(), [1]
    bar.setValue(bar.maximum() // 3)

    def on_screen(chance: Random) -> str:
        first, height = max(view.rowAt(0), 0), view.verticalHeader().defaultSectionSize()
        place = first + chance.randrange(max(view.viewport().height() // height, 1))
        return model.row_at(min(place, model.rowCount() - 1)).uid

    def change(lab: LabInstanceRequest, chance: Random) -> LabInstanceRequest:
        course = {COURSE_LABEL: f"course-{chance.randrange(COURSES)}"}
        return lab.with_metadata(labels=dict(lab.metadata.labels) | course)

    def scroll() -> None:
        if not bar.minimum() < bar.value() + direction[0] * SCROLL_PX < bar.maximum():
            direction[0] = -direction[0]
        bar.setValue(bar.value() + direction[0] * SCROLL_PX)

    return Play(RATE, on_screen, lambda chance: chance.choice(uids), change, scroll)


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
