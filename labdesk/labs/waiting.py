"""When labs that wait for room should get it. Pure."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from labdesk.labs.limits import NOTHING, CapacityLimits, Share


@dataclass(frozen=True, slots=True)
class Waiter:
    """A lab that should have begun at `start` (aware UTC) and will hold `share` for `length` once it has room."""

    uid: str
    share: Share
    start: datetime
    length: timedelta


def expected_starts(
    waiters: Sequence[Waiter],
    held: Share,
    ends: Iterable[tuple[datetime, Share]],
    limits: CapacityLimits,
    now: datetime | None = None,
) -> dict[str, datetime]:
    """Return when each should begin, by uid, if what holds room now ends as planned; who never fits is left out.

    As the controller does it: whenever something ends, who should have begun first is asked first, and who fits begins;
    whose time is over by then takes no room. Without `now` all are due and were told that they do not fit; with it
    they are asked now, or at their start where that is later.
    """
    order = count()
    changes = [(moment, next(order), share) for moment, share in ends]
    if now is not None:
        asked = {max(waiter.start, now) for waiter in waiters}
        changes += [(moment, next(order), NOTHING) for moment in asked]
    heapq.heapify(changes)
    lines: dict[Share, deque[tuple[int, Waiter]]] = {}  # of those with equal needs only the first can be the next
    for place, waiter in enumerate(sorted(waiters, key=lambda waiter: waiter.start)):
        lines.setdefault(waiter.share, deque()).append((place, waiter))
    expected: dict[str, datetime] = {}
    while lines and changes:
        moment = changes[0][0]
        while changes and changes[0][0] <= moment:
            held -= heapq.heappop(changes)[2]
        heads = [(line[0][0], share) for share, line in lines.items() if now is None or line[0][1].start <= moment]
        heapq.heapify(heads)
        while heads:
            share = heapq.heappop(heads)[1]
            if limits.lack(share, held) is not None:
                continue
            line = lines[share]
            waiter = line.popleft()[1]
            expected[waiter.uid] = moment
            if moment < waiter.start + waiter.length:
                held += share
                heapq.heappush(changes, (moment + waiter.length, next(order), share))
            if not line:
                del lines[share]
            elif now is None or line[0][1].start <= moment:
                heapq.heappush(heads, (line[0][0], share))
    return expected
