"""What goes on when the window is closed: labs that run, and labs that would start. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labdesk.ui.models.lab_row import LabRow

SOON_SECONDS = 24 * 3_600
"""A lab planned within this time is asked about: who closes the desk in the evening has tomorrow's class in mind."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """`first_end` and `next_start` are seconds since the epoch, 0 for none."""

    running: int = 0
    planned: int = 0
    first_end: float = 0.0
    next_start: float = 0.0
    starts_soon: bool = False

    @property
    def is_quiet(self) -> bool:
        """True when nobody misses the desk."""
        return not (self.running or self.starts_soon)


def outlook_of(rows: Iterable[LabRow], now: float) -> Outlook:
    """Look at all labs; `now` is seconds since the epoch."""
    running = planned = 0
    first_end = next_start = 0.0
    for row in rows:
        if row.phase in ("RUNNING", "PROVISIONING"):
            running += 1
            first_end = min(first_end or row.ends, row.ends)
        elif row.phase == "PENDING":
            planned += 1
            next_start = min(next_start or row.start, row.start)
    return Outlook(running, planned, first_end, next_start, planned > 0 and next_start <= now + SOON_SECONDS)
