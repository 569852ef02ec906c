"""What stands in which section of Today at a moment. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from heapq import nsmallest
from math import inf
from operator import attrgetter
from typing import Final

from labdesk.ui.models.lab_row import LabRow

ENDING_SOON_S: Final = 600.0
"""A lab with less time left than this is said to end soon."""
RECENT_S: Final = 86_400.0
"""A failure stays here for a day; after that the Labs page alone lists it."""
GRACE_S: Final = 60.0
"""A lab that is due is taken up at once; only one that still waits after this needs somebody."""

_STUCK: Final = frozenset({"EngineUnavailable", "LookFailed", "EngineChanged"})
_WILL_FAIL: Final = frozenset({"PasswordRequired"})
"""What is known to keep a lab from starting at its time, while that can still be mended."""
_BEGINS_AGAIN: Final = "RunAgain"
_start = attrgetter("start")
_ends = attrgetter("ends")


@dataclass(frozen=True, slots=True)
class Section:
    """The first rows of a section, and how many labs it has altogether."""

    rows: tuple[LabRow, ...] = ()
    total: int = 0

    @property
    def hidden(self) -> int:
        """How many labs are not among `rows`."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows each section shows at most; what is starting takes its room from what runs."""

    failed: int = 4
    waiting: int = 4
    ending: int = 3
    starting: int = 4
    running: int = 8
    upcoming: int = 6

    @classmethod
    def times(cls, factor: int) -> Limits:
        """Return the usual limits, so many times as high."""
        usual = cls()
        return cls(*(getattr(usual, one.name) * factor for one in fields(cls)))


@dataclass(frozen=True, slots=True)
class Today:
    """`starting` labs are due and on their way. `total` counts every lab there is.

    `next_count` labs start at `next_start` (seconds since the epoch, 0 for none), all of `next_template` unless that
    is empty. `changes_at` is when time alone will change what is here, infinite if it will not.
    """

    failed: Section
    waiting: Section
    ending: Section
    starting: Section
    running: Section
    upcoming: Section
    total: int
    next_start: float
    next_count: int
    next_template: str
    changes_at: float

    @property
    def attention(self) -> int:
        """How many labs need somebody to look."""
        return self.failed.total + self.waiting.total + self.ending.total


def today_of(rows: Iterable[LabRow], now: float, limits: Limits | None = None) -> Today:
    """Sort labs into the sections of Today; `now` in seconds since the epoch. One pass, whatever their number."""
    limits = limits or Limits()
    sorter = _Sorter(now)
    for row in rows:
        sorter.take(row)
    first = min(map(_start, sorter.upcoming), default=0.0)
    next_rows = [row for row in sorter.upcoming if row.start == first]
    templates = {row.template for row in next_rows}
    starting = _section(sorter.starting, limits.starting, by_end=False)
    return Today(
        failed=Section(tuple(nsmallest(limits.failed, sorter.failed, key=_latest_end)), len(sorter.failed)),
        waiting=_section(sorter.waiting, limits.waiting, by_end=False),
        ending=_section(sorter.ending, limits.ending, by_end=True),
        starting=starting,
        running=_section(sorter.running, limits.running - len(starting.rows), by_end=True),
        upcoming=_section(sorter.upcoming, limits.upcoming, by_end=False),
        total=sorter.total,
        next_start=first,
        next_count=len(next_rows),
        next_template=templates.pop() if len(templates) == 1 else "",
        changes_at=sorter.changes_at,
    )


class _Sorter:
    """Takes row after row; each lands where an instructor would look for it."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.total = 0
        self.changes_at = inf
        self.failed: list[LabRow] = []
        self.waiting: list[LabRow] = []
        self.ending: list[LabRow] = []
        self.starting: list[LabRow] = []
        self.running: list[LabRow] = []
        self.upcoming: list[LabRow] = []

    def take(self, row: LabRow) -> None:
        self.total += 1
        match row.phase:
            case "RUNNING":
                self._take_running(row)
            case "PENDING" if not row.deleting:
                self._take_pending(row)
            case "PROVISIONING":
                (self.waiting if row.reason in _STUCK else self.starting).append(row)
            case "FAILED" if not row.deleting and row.reason != _BEGINS_AGAIN:
                self._take_failed(row)

    def _take_running(self, row: LabRow) -> None:
        self.running.append(row)
        if row.stopping or row.deleting:
            return
        if row.ends - self.now <= ENDING_SOON_S:
            self.ending.append(row)
        else:
            self._until(row.ends - ENDING_SOON_S)

    def _take_pending(self, row: LabRow) -> None:
        if row.start > self.now:
            self.upcoming.append(row)
            self._until(row.start)
            if row.reason in _WILL_FAIL:
                self.waiting.append(row)
        elif row.stopping:
            self.starting.append(row)
        elif row.reason or self.now - row.start >= GRACE_S:
            self.waiting.append(row)
        else:
            self.starting.append(row)
            self._until(row.start + GRACE_S)

    def _take_failed(self, row: LabRow) -> None:
        if self.now - row.ends < RECENT_S:
            self.failed.append(row)
            self._until(row.ends + RECENT_S)

    def _until(self, moment: float) -> None:
        if moment < self.changes_at:
            self.changes_at = moment


def _section(rows: list[LabRow], limit: int, *, by_end: bool) -> Section:
    return Section(tuple(nsmallest(limit, rows, key=_ends if by_end else _start)), len(rows))


def _latest_end(row: LabRow) -> float:
    return -row.ends
