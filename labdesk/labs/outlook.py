"""Whether labs that do not exist yet would fit, and when the last of them would start. Pure."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from labdesk.labs.limits import NOTHING, CapacityLimits, Need, Share


@dataclass(frozen=True, slots=True)
class Claim:
    """Room that a lab holds or will hold from `begin` until `end` (aware UTC)."""

    share: Share
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many of the labs find room at their start; when the last of them does (None: there is never room)."""

    on_time: int
    last: datetime | None


def foresee(
    count: int, need: Need, start: datetime, length: timedelta, claims: Iterable[Claim], limits: CapacityLimits
) -> Outlook:
    """Say how `count` equal labs would start, each at the first moment from `start` on at which it fits.

    As the controller decides: what fits at that moment starts, whatever is planned for later. Every claim is taken to
    end as planned, so this is a forecast and no promise.
    """
    order = itertools.count()
    changes = [
        (moment, next(order), share)
        for claim in claims
        if claim.end > start
        for moment, share in ((claim.begin, claim.share), (claim.end, claim.share * -1))
    ]
    heapq.heapify(changes)
    held, on_time = NOTHING, 0
    moment, left = start, count
    while True:
        while changes and changes[0][0] <= moment:
            held += heapq.heappop(changes)[2]
        room = min(left, limits.places(need.share, held))
        held, left = held + need.share * room, left - room
        if moment == start:
            on_time = room
        if not left:
            return Outlook(on_time, moment)
        if room:
            heapq.heappush(changes, (moment + length, next(order), need.share * -room))
        if not changes:
            return Outlook(on_time, None)
        moment = changes[0][0]
