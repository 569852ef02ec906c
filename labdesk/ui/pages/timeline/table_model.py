"""The labs of the timeline in words: what the table shows, and what screen readers say of the chart's rows."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from labdesk.ui.life.spans import Life, life_of
from labdesk.ui.life.wording import ahead_texts, is_later
from labdesk.ui.models.lab_columns import NOTHING, LabColumn, LabTexts
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.timeline.entries import TimelineEntries
from labdesk.ui.times import Times
from labdesk.ui.words import phase_word

Index = QModelIndex | QPersistentModelIndex


class TimelineColumn(IntEnum):
    PHASE = 0
    STUDENT = 1
    TEMPLATE = 2
    COURSE = 3
    PLANNED = 4
    WAITED = 5
    PROVISIONING = 6
    RUNNING = 7
    ENDED = 8
    MESSAGE = 9


_PHASES = {
    TimelineColumn.WAITED: "PENDING",
    TimelineColumn.PROVISIONING: "PROVISIONING",
    TimelineColumn.RUNNING: "RUNNING",
}


class TimelineTableModel(QAbstractTableModel):
    """The labs of the chart, in its order, without its headings."""

    def __init__(self, entries: TimelineEntries, times: Times, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries = entries
        self._times = times
        self._texts = LabTexts(times)
        self._places: list[int] = []
        """Where the labs stand among the entries, which have headings between them."""
        entries.rearranged.connect(self._replace)
        entries.rows_changed.connect(self._refresh)
        self._replace()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(TimelineColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            TimelineColumn.PHASE: self.tr("Phase"),
            TimelineColumn.STUDENT: self.tr("Student"),
            TimelineColumn.TEMPLATE: self.tr("Template"),
            TimelineColumn.COURSE: self.tr("Course"),
            TimelineColumn.PLANNED: self.tr("Planned"),
            TimelineColumn.WAITED: self.tr("Waited"),
            TimelineColumn.PROVISIONING: self.tr("Provisioning"),
            TimelineColumn.RUNNING: self.tr("Running"),
            TimelineColumn.ENDED: self.tr("Ended"),
            TimelineColumn.MESSAGE: self.tr("Message"),
        }[TimelineColumn(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row(), TimelineColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index.row(), TimelineColumn(index.column()))
        return None

    @property
    def tells_courses_apart(self) -> bool:
        """Whether the labs are of more than one course."""
        return any(self.lab_at(place).course != self.lab_at(0).course for place in range(len(self._places)))

    def lab_at(self, place: int) -> LabRow:
        row = self._entries[self._places[place]]
        assert isinstance(row, LabRow)  # noqa: S101  (`_places` are those of labs)
        return row

    def place_of(self, uid: str) -> int:
        """Return where a lab stands, or -1."""
        among_entries = self._entries.place_of(uid)
        return bisect_left(self._places, among_entries) if among_entries >= 0 else -1

    def set_now(self, now: datetime) -> None:
        """Every text is as of this moment."""
        self._texts.set_now(now)

    def text(self, place: int, column: TimelineColumn) -> str:
        """Return what a cell says; a dash where nothing happened."""
        row, times, now = self.lab_at(place), self._times, self._texts.now
        life = life_of(row, now.timestamp())
        match column:
            case TimelineColumn.PHASE:
                return phase_word(row.phase)
            case TimelineColumn.STUDENT:
                return row.student
            case TimelineColumn.TEMPLATE:
                return row.template
            case TimelineColumn.COURSE:
                return row.course or NOTHING
            case TimelineColumn.PLANNED:
                return times.between(_at(life.plan[0]), _at(life.plan[1]), now)
            case TimelineColumn.ENDED:
                return times.moment(_at(life.ended), now) if life.final else NOTHING
            case TimelineColumn.MESSAGE:
                return self._texts.told(row) or NOTHING
        span = next((span for span in life.spans if span.phase == _PHASES[column]), None)
        if column is TimelineColumn.RUNNING:
            return self._running(row, life)
        return times.span(span.end - span.begin) if span is not None else NOTHING

    def _running(self, row: LabRow, life: Life) -> str:
        """From when to when it ran, or what is expected of it."""
        times, ahead = self._times, life.ahead
        if row.began:
            begin, end = _at(row.began), _at(row.ends)
            if ahead is None:
                return times.between(begin, end, self._texts.now)
            return self.tr("{begin}, {ahead}").format(
                begin=times.moment(begin, self._texts.now), ahead=ahead_texts(row, ahead, times, self._texts.now)[0]
            )
        return (
            ahead_texts(row, ahead, times, self._texts.now)[0]
            if ahead is not None and is_later(row, ahead)
            else NOTHING
        )

    def _tip(self, place: int, column: TimelineColumn) -> str:
        """Return exact times, or the whole of what may be cut."""
        row = self.lab_at(place)
        if column is TimelineColumn.MESSAGE:
            return self._texts.tip(row, LabColumn.MESSAGE)
        moment = {
            TimelineColumn.PLANNED: row.start,
            TimelineColumn.RUNNING: row.began,
            TimelineColumn.ENDED: row.ends if row.is_final else 0.0,
        }.get(column, 0.0)
        return self._times.exact(_at(moment)) if moment else self.text(place, column)

    def tick(self, now: datetime) -> None:
        """The clock moved on."""
        self.set_now(now)
        self._refresh()

    def _replace(self) -> None:
        self.beginResetModel()
        self._places = [place for place, entry in enumerate(self._entries.all()) if isinstance(entry, LabRow)]
        self.endResetModel()

    def _refresh(self) -> None:
        """The same labs in the same order, in other states."""
        if self._places:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._places) - 1, len(TimelineColumn) - 1))


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
