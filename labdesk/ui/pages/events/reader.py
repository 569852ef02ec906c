"""From one event of the log to another, each shown in full beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.errors import ResourceNotFoundError
from labdesk.resource.events import JournalEvent
from labdesk.ui.page import PageContext
from labdesk.ui.pages.events.detail import EventDetail
from labdesk.ui.pages.events.feed import EventFeed, Work
from labdesk.ui.pages.events.model import EventTableModel
from labdesk.ui.pages.events.view import EventTableView


class EventReader(QObject):
    """Ties view and detail pane together. `moved` tells that another row is the chosen one."""

    moved = Signal()

    def __init__(
        self,
        context: PageContext,
        view: EventTableView,
        model: EventTableModel,
        detail: EventDetail,
        feed: Callable[[], EventFeed],
        spawn: Callable[[Work, str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._view = view
        self._model = model
        self._detail = detail
        self._feed = feed
        self._spawn = spawn
        self._awaits_rows = False
        self._step_due = 0
        view.opened.connect(self._open_row)
        model.modelReset.connect(self._rows_are_there)
        detail.closed.connect(self._close_detail)
        detail.lab_wanted.connect(self._show_lab)

    @property
    def place(self) -> int | None:
        """The chosen row, from 1."""
        current = self._view.currentIndex()
        return current.row() + 1 if current.isValid() else None

    def await_rows(self) -> None:
        """Other rows are on their way: a step goes on from those."""
        self._awaits_rows = True

    def step(self, by: int) -> None:
        """Go `by` rows further down; from nowhere to the newest. What is not there yet is waited for."""
        self._step_due = 0
        place, feed, count = self.place, self._feed(), self._model.rowCount()
        row = 0 if place is None else place - 1 + by
        if self._awaits_rows or (row >= count and (feed.has_older or feed.is_loading)):
            self._step_due = by
            if not self._awaits_rows and feed.has_older:
                self._spawn(feed.load_older_async, "load older events")
        elif 0 <= row < count:
            self._view.choose(row)

    def enter(self) -> None:
        """Put the keyboard on the chosen row, or on the newest."""
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.place is None:
            self.step(1)

    def step_if_due(self) -> None:
        """More rows came: take the step that waited for them."""
        if self._step_due and not self._awaits_rows and self._model.rowCount():
            self.step(self._step_due)

    async def open_event_async(self, sequence: int) -> None:
        """Show an event in full, and choose its row if it has one."""
        event = await self._context.store.journal.get_async(sequence)
        if event is None:
            self._context.toasts.show(self.tr("This event is no longer kept."))
            return
        row = self._model.row_of(sequence)
        if row is not None:
            self._view.choose(row)
        self._show(event)

    def _rows_are_there(self) -> None:
        self._awaits_rows = False

    def _open_row(self, row: int) -> None:
        if row < self._model.rowCount():
            event, sequence = self._model.event_at(row), self._model.sequence_at(row)
            if event is not None:
                self._show(event)
            else:
                self._spawn(lambda: self.open_event_async(sequence), "open event")
        self.moved.emit()

    def _show(self, event: JournalEvent) -> None:
        self._detail.show_event(event)
        self._detail.show()

    def _close_detail(self) -> None:
        self._detail.hide()
        self._view.setFocus()

    def _show_lab(self, subject: str) -> None:
        self._spawn(lambda: self._show_lab_async(subject), "show lab")

    async def _show_lab_async(self, subject: str) -> None:
        namespace, _, name = subject.partition("/")
        try:
            lab = await self._context.store.get_async(LabInstanceRequest.KIND, namespace, name)
        except ResourceNotFoundError:
            self._context.toasts.show(self.tr("The lab {name} does not exist any more.").format(name=name))
            return
        self._context.navigate("labs", lab.metadata.uid)
