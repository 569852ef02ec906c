"""The event log as a Qt model: row 0 is the newest event."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from labdesk.resource.events import JournalEvent
from labdesk.ui.pages.events.rows import EventRows
from labdesk.ui.pages.events.texts import EventTexts
from labdesk.ui.words import severity_word

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class EventColumn(IntEnum):
    TIME = 0
    SEVERITY = 1
    SENTENCE = 2
    LAB = 3
    TYPE = 4


class EventTableModel(QAbstractTableModel):
    """Keeps what EventRows keeps; `body_wanted` asks for rows (first, last) whose event was put away.

    It takes events oldest first, and leaves out those it has.
    """

    body_wanted = Signal(int, int)

    def __init__(self, texts: EventTexts, rows: EventRows | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = texts
        self._rows = rows if rows is not None else EventRows()
        self._headings = {
            EventColumn.TIME: self.tr("Time"),
            EventColumn.SEVERITY: "",
            EventColumn.SENTENCE: self.tr("What happened"),
            EventColumn.LAB: self.tr("Lab"),
            EventColumn.TYPE: self.tr("Type"),
        }

    # --- what the feed calls ----------------------------------------------------------------------------------

    @property
    def newest(self) -> int:
        return self._rows.newest

    @property
    def oldest(self) -> int:
        return self._rows.oldest

    def reset(self, events: Sequence[JournalEvent]) -> None:
        """Show these events and no others."""
        self.beginResetModel()
        self._rows.clear()
        self._rows.add_newest(events)
        self.endResetModel()

    def add_newest(self, events: Sequence[JournalEvent]) -> None:
        """Put events above row 0; the oldest rows are forgotten where there are too many."""
        fresh = self._rows.newer_than_all(events)
        if fresh:
            self.beginInsertRows(_NO_PARENT, 0, len(fresh) - 1)
            self._rows.add_newest(fresh)
            self.endInsertRows()
        if surplus := self._rows.surplus():
            count = len(self._rows)
            self.beginRemoveRows(_NO_PARENT, count - surplus, count - 1)
            self._rows.forget_oldest(surplus)
            self.endRemoveRows()

    def add_older(self, sequences: Sequence[int]) -> None:
        """Put rows below the last one; their events are read when they come into view."""
        older = self._rows.older_than_all(sequences)
        if older:
            count = len(self._rows)
            self.beginInsertRows(_NO_PARENT, count, count + len(older) - 1)
            self._rows.add_older(older)
            self.endInsertRows()

    def fill(self, events: Sequence[JournalEvent]) -> None:
        """Take back events that were put away."""
        self._rows.keep(events)
        known = [row for event in events if (row := self._rows.row_of(event.sequence)) is not None]
        if known:
            first, last = self.index(min(known), 0), self.index(max(known), self.columnCount() - 1)
            self.dataChanged.emit(first, last)

    # --- what the view and the page ask -----------------------------------------------------------------------

    def event_at(self, row: int) -> JournalEvent | None:
        """Return a row's event, or None while it is being read again."""
        return self._rows.event_at(row)

    def sequence_at(self, row: int) -> int:
        return self._rows.sequence_at(row)

    def row_of(self, sequence: int) -> int | None:
        return self._rows.row_of(sequence)

    def sequences_between(self, first: int, last: int) -> list[int]:
        """Return the sequences of rows [first, last], as far as there are such rows."""
        return [self._rows.sequence_at(row) for row in range(max(first, 0), min(last, len(self._rows) - 1) + 1)]

    def want_bodies(self, first: int, last: int) -> None:
        """Say which rows are in view; those whose event was put away are asked for, with some around them."""
        if (missing := self._rows.missing_between(first, last)) is not None:
            self.body_wanted.emit(*missing)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(EventColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[EventColumn(section)]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) or not index.isValid():
            return None
        event = self._rows.event_at(index.row())
        if event is None:
            return None
        column = EventColumn(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(event, column)
        return self._text(event, column)

    def _text(self, event: JournalEvent, column: EventColumn) -> str:
        match column:
            case EventColumn.TIME:
                return self.texts.time(event)
            case EventColumn.SEVERITY:
                return severity_word(event.severity)
            case EventColumn.SENTENCE:
                return self.texts.line(event)
            case EventColumn.LAB:
                return self.texts.subject(event)
            case EventColumn.TYPE:
                return event.type

    def _tip(self, event: JournalEvent, column: EventColumn) -> str:
        match column:
            case EventColumn.TIME:
                return self.texts.exact(event)
            case EventColumn.SENTENCE:
                return self.texts.line(event)
            case EventColumn.LAB:
                return event.subject
            case _:
                return self._text(event, column)
