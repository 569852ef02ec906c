"""Whether labs that do not exist yet would fit, and when the last of them would start. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from labdesk.labs.limits import NOTHING, CapacityLimits, Need, Share
from labdesk.labs.waiting import Waiter, expected_starts


@dataclass(frozen=True, slots=True)
class Claim:
    """Room that a lab holds until `end`, or will want from `begin` until `end` (aware UTC)."""

    share: Share
    begin: datetime
    end: datetime
    is_held: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many of the labs find room at their start; when the last one that starts does; how many never start.

    A lab for which there is no room until its time is over is given up; `too_big` says that there is never any.
    """

    on_time: int
    last: datetime | None
    missed: int = 0
    too_big: bool = False


def foresee(
    count: int,
    need: Need,
    start: datetime,
    length: timedelta,
    claims: Sequence[Claim],
    limits: CapacityLimits,
    now: datetime,
) -> Outlook:
    """Say how `count` equal labs would start that are created now, for `start`.

    As the controller decides: who should have begun first is asked first, whatever is planned for later. Every lab is
    taken to end as planned, so this is a forecast and no promise.
    """
    if limits.lack(need.share) is not None:
        return Outlook(0, None, count, too_big=True)
    held = sum((claim.share for claim in claims if claim.is_held), NOTHING)
    ends = [(max(claim.end, now), claim.share) for claim in claims if claim.is_held]
    waiters = [
        Waiter(str(place), claim.share, claim.begin, claim.end - claim.begin)
        for place, claim in enumerate(claims)
        if not claim.is_held and claim.begin < start + length  # later ones come behind all that are asked about
    ]
    asked = [Waiter(f"new {place}", need.share, start, length) for place in range(count)]
    expected = expected_starts([*waiters, *asked], held, ends, limits, now)
    found = (expected.get(waiter.uid) for waiter in asked)
    begun = [moment for moment in found if moment is not None and moment < start + length]
    return Outlook(sum(moment <= start for moment in begun), max(begun, default=None), count - len(begun))
