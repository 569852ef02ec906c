"""The columns of the table of labs: heading, text and order of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from enum import IntEnum
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QCoreApplication

from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.times import Times
from labdesk.ui.words import phase_tip, phase_word, reason_sentence, short_reason


class LabColumn(IntEnum):
    PHASE = 0
    STUDENT = 1
    TEMPLATE = 2
    START = 3
    TIME_LEFT = 4
    ACCESS = 5
    MESSAGE = 6
    EMAIL = 7
    COURSE = 8
    ENDS = 9
    NAME = 10
    SESSION = 11


SHOWN_AT_FIRST = tuple(column for column in LabColumn if column <= LabColumn.MESSAGE)
LINK_COLUMNS = frozenset({LabColumn.ACCESS})
NOTHING = "—"

_PHASES_IN_ORDER = ("RUNNING", "PROVISIONING", "PENDING", "FAILED", "TIMEOUT", "COMPLETED")
_PHASE_ORDER = {phase: rank for rank, phase in enumerate(_PHASES_IN_ORDER)}
_NEVER = float("inf")
_MOMENTS_KEPT = 4_096
SortKey = Callable[[LabRow], Any]


def _tr(text: str) -> str:
    return QCoreApplication.translate("LabColumns", text)


def heading(column: LabColumn) -> str:
    """Return the column's translated heading."""
    return {
        LabColumn.PHASE: _tr("Phase"),
        LabColumn.STUDENT: _tr("Student"),
        LabColumn.TEMPLATE: _tr("Template"),
        LabColumn.START: _tr("Start"),
        LabColumn.TIME_LEFT: _tr("Time left"),
        LabColumn.ACCESS: _tr("Access"),
        LabColumn.MESSAGE: _tr("Message"),
        LabColumn.EMAIL: _tr("E-mail"),
        LabColumn.COURSE: _tr("Course"),
        LabColumn.ENDS: _tr("Ends"),
        LabColumn.NAME: _tr("Name"),
        LabColumn.SESSION: _tr("Session"),
    }[column]


def _time_left_key(row: LabRow) -> float:
    if row.phase == "RUNNING":
        return row.ends
    if row.phase == "PENDING":
        return row.until or row.start
    return _NEVER


_SORT_KEYS: dict[LabColumn, SortKey] = {
    LabColumn.PHASE: lambda row: _PHASE_ORDER[row.phase],
    LabColumn.STUDENT: attrgetter("search"),  # it begins with the student's name in lower case
    LabColumn.TEMPLATE: attrgetter("template"),
    LabColumn.START: attrgetter("start"),
    LabColumn.TIME_LEFT: _time_left_key,
    LabColumn.ACCESS: attrgetter("access"),
    LabColumn.MESSAGE: attrgetter("reason"),
    LabColumn.EMAIL: lambda row: row.email.casefold(),
    LabColumn.COURSE: attrgetter("course"),
    LabColumn.ENDS: attrgetter("ends"),
    LabColumn.NAME: attrgetter("namespace", "name"),
    LabColumn.SESSION: attrgetter("session"),
}


def sort_key(column: LabColumn) -> SortKey:
    """Return what rows are sorted by in that column."""
    return _SORT_KEYS[column]


class LabTexts:
    """The text of every cell at a moment. `held` names labs whose stop or deletion still waits behind its toast."""

    def __init__(self, times: Times) -> None:
        self.times = times
        self.now = datetime.fromtimestamp(0, UTC)
        self.held: dict[str, str] = {}
        self._moments: dict[float, str] = {}
        self._day: tuple[int, tzinfo] = (0, times.zone)

    def set_now(self, now: datetime) -> None:
        """Every text is as of this moment."""
        self.now = now
        day = (self.times.local(now).toordinal(), self.times.zone)
        if day != self._day:  # `10:42` becomes `Mon 10:42`, or is said in another zone
            self._day = day
            self._moments.clear()

    def text(self, row: LabRow, column: int) -> str:
        match column:
            case LabColumn.PHASE:
                return phase_word(row.phase)
            case LabColumn.STUDENT:
                return row.student
            case LabColumn.TEMPLATE:
                return row.template
            case LabColumn.START:
                return self._moment_text(row.start)
            case LabColumn.TIME_LEFT:
                return self.time_left(row)
            case LabColumn.ACCESS:
                return row.access
            case LabColumn.MESSAGE:
                return self.message(row)
            case LabColumn.EMAIL:
                return row.email
            case LabColumn.COURSE:
                return row.course
            case LabColumn.ENDS:
                return self._moment_text(row.ends)
            case LabColumn.SESSION:
                return row.session
            case _:
                return row.subject

    def _moment_text(self, seconds: float) -> str:
        text = self._moments.get(seconds)
        if text is None:
            if len(self._moments) > _MOMENTS_KEPT:
                self._moments.clear()
            text = self._moments[seconds] = self.times.moment(_moment(seconds), self.now)
        return text

    def message(self, row: LabRow) -> str:
        """What is worth telling of the lab now, in one sentence; often nothing."""
        return self.held.get(row.uid) or self.told(row)

    def told(self, row: LabRow) -> str:
        """The message by itself, whatever action waits."""
        if not row.reason:
            return ""
        return short_reason(row.reason, row.parameters, self.times, self.now, row.remark)

    def time_left(self, row: LabRow) -> str:
        if row.phase == "RUNNING":
            return self.times.countdown(row.ends - self.now.timestamp())
        if row.phase == "PENDING":
            expected = max(row.start, row.until)
            if expected > self.now.timestamp():
                return self.times.until(_moment(expected), self.now)
            return _tr("waiting")
        return NOTHING

    def tip(self, row: LabRow, column: int) -> str:
        """The tooltip: exact times, whole messages, and what a click on a link does."""
        match column:
            case LabColumn.PHASE:
                return phase_tip(row.phase)
            case LabColumn.START:
                moment = _moment(row.start)
                return f"{self.times.relative(moment, self.now)}\n{self.times.exact(moment)}"
            case LabColumn.TIME_LEFT | LabColumn.ENDS:
                moment = _moment(row.ends)
                ends = _tr("Ended {when}") if row.is_final else _tr("Ends {when}")
                return f"{ends.format(when=self.times.relative(moment, self.now))}\n{self.times.exact(moment)}"
            case LabColumn.ACCESS if row.access:
                return _tr("Open {address} in the browser").format(address=row.access)
            case LabColumn.STUDENT:
                return row.email
            case LabColumn.MESSAGE if row.reason:
                return reason_sentence(row.reason, row.parameters, self.times, self.now, row.remark)
            case _:
                return self.text(row, column)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
