"""What is drawn of one lab: its phases as stretches of time, the plan beside them. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from labdesk.ui.models.lab_row import LabRow

LEAST_WAIT_S = 1.0
"""A lab that was taken up within a second did not wait."""


@dataclass(frozen=True, slots=True)
class Span:
    """A phase (`PENDING` is waiting past its time) from `begin` to `end`, in seconds since the epoch."""

    phase: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Life:
    """`lead` is the time before it was due, a thin line; `ahead` what is still expected; `plan` what was planned.

    A final phase is no stretch of time: `ended` is its moment, `final` its phase; 0 and empty while there is none.
    `until` is when the lab's next run begins, if it ran again.
    """

    spans: tuple[Span, ...]
    plan: tuple[float, float]
    lead: tuple[float, float] | None = None
    ahead: tuple[float, float] | None = None
    ended: float = 0.0
    final: str = ""
    until: float = math.inf

    @property
    def begin(self) -> float:
        """When what is worth seeing begins: the plan or the first phase, not the time it was merely known."""
        return min(self.plan[0], self.spans[0].begin) if self.spans else self.plan[0]

    @property
    def end(self) -> float:
        """When the last of it ends."""
        ends = [self.plan[1], self.ended, *(span.end for span in self.spans)]
        return max([*ends, self.ahead[1]] if self.ahead else ends)


def life_of(row: LabRow, now: float) -> Life:
    """Return a lab's life as of `now`."""
    plan = (row.start, row.start + row.minutes * 60.0)
    first_run = row.incarnation <= 1
    return Life(
        spans=_spans(row, now),
        plan=plan,
        lead=(row.created, row.start) if first_run and 0 < row.created < row.start - LEAST_WAIT_S else None,
        ahead=_ahead(row, now),
        ended=row.ends if row.is_final else 0.0,
        final=row.phase if row.is_final else "",
    )


def lives_of(runs: Sequence[LabRow], now: float) -> list[Life]:
    """Return the lives of a lab's runs, oldest first, each with the begin of the next."""
    lives = [life_of(run, now) for run in runs]
    return [replace(life, until=after.begin) for life, after in pairwise(lives)] + lives[-1:]


def _spans(row: LabRow, now: float) -> tuple[Span, ...]:
    last = row.ends if row.is_final else now
    spans = []
    taken_up = row.prepared or last
    if taken_up - row.start > LEAST_WAIT_S:
        spans.append(Span("PENDING", row.start, taken_up))
    if row.prepared:
        ready = row.began or last
        spans.append(Span("PROVISIONING", row.prepared, max(ready, row.prepared)))
    if row.began:
        spans.append(Span("RUNNING", row.began, max(last, row.began)))
    return tuple(spans)


def _ahead(row: LabRow, now: float) -> tuple[float, float] | None:
    """What is expected from now on: the rest of a running lab, the whole of one that has not begun."""
    if row.is_final or row.stopping or row.deleting:
        return None
    if row.began:
        return (now, row.ends) if row.ends > now else None
    begin = max(row.start, row.until, now)
    return begin, begin + (row.minutes + row.extension) * 60.0


def merged(stretches: list[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Join stretches that overlap or lie less than `gap` apart: what is narrower than a pixel or two cannot be told
    apart anyway, and thousands of them cost."""
    stretches.sort()
    joined: list[tuple[float, float]] = []
    for begin, end in stretches:
        if joined and begin - joined[-1][1] < gap:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined
