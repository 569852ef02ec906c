"""What stands in which section of Today at a moment. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum, auto
from math import inf
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


class Place(Enum):
    """Where a lab stands; sections are made of one or more of these, and each lab is in at most one."""

    FAILED = auto()
    """Less than a day ago."""
    WAITING = auto()
    """Due, and something keeps it."""
    WARNED = auto()
    """Not due yet, and known to fail then: it waits for somebody, and is planned all the same."""
    ENDING = auto()
    """Runs, and ends soon."""
    RUNNING = auto()
    LEAVING = auto()
    """Runs, and is being stopped or deleted."""
    DUE = auto()
    """Due for less than a minute."""
    STARTING = auto()
    UPCOMING = auto()


def place_of(row: LabRow, now: float) -> Place | None:
    """Return where a lab stands at a moment (seconds since the epoch), None for nowhere."""
    match row.phase:
        case "RUNNING":
            if row.stopping or row.deleting:
                return Place.LEAVING
            return Place.ENDING if row.ends - now <= ENDING_SOON_S else Place.RUNNING
        case "PENDING" if not row.deleting:
            return _place_of_pending(row, now)
        case "PROVISIONING":
            return Place.WAITING if row.reason in _STUCK else Place.STARTING
        case "FAILED" if not row.deleting and row.reason != _BEGINS_AGAIN:
            return Place.FAILED if now - row.ends < RECENT_S else None
    return None


def turn_of(row: LabRow, place: Place) -> float:
    """Return when time alone takes a lab from its place; infinite if it never does."""
    match place:
        case Place.FAILED:
            return row.ends + RECENT_S
        case Place.RUNNING:
            return row.ends - ENDING_SOON_S
        case Place.DUE:
            return row.start + GRACE_S
        case Place.UPCOMING | Place.WARNED:
            return row.start
        case _:
            return inf


def _place_of_pending(row: LabRow, now: float) -> Place:
    if row.start > now:
        return Place.WARNED if row.reason in _WILL_FAIL else Place.UPCOMING
    if row.stopping:
        return Place.STARTING
    return Place.WAITING if row.reason or now - row.start >= GRACE_S else Place.DUE


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
