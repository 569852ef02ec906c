"""Whether labs that do not exist yet would fit, and when the last of them would start. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from labdesk.labs.capacity import CapacityLimits, Need


@dataclass(frozen=True, slots=True)
class Claim:
    """Room that a lab holds or will hold: bytes and processes, from `begin` until `end` (aware UTC)."""

    memory: int
    pids: int
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
    changes = [
        change
        for claim in claims
        if claim.end > start
        for change in ((claim.begin, claim.memory, claim.pids), (claim.end, -claim.memory, -claim.pids))
    ]
    heapq.heapify(changes)
    memory = pids = on_time = 0
    moment, left = start, count
    while True:
        while changes and changes[0][0] <= moment:
            _, more_memory, more_pids = heapq.heappop(changes)
            memory, pids = memory + more_memory, pids + more_pids
        room = min(left, limits.places(need, memory, pids))
        memory, pids, left = memory + room * need.memory, pids + room * need.pids, left - room
        if moment == start:
            on_time = room
        if not left:
            return Outlook(on_time, moment)
        if room:
            heapq.heappush(changes, (moment + length, -room * need.memory, -room * need.pids))
        if not changes:
            return Outlook(on_time, None)
        moment = changes[0][0]
