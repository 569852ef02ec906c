"""The keyed work queue of client-go, with priorities."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Hashable
from enum import IntEnum
from itertools import count
from typing import Generic, TypeVar

from labdesk.control.timer import Alarm

K = TypeVar("K", bound=Hashable)

_SLACK = 64  # superseded entries a delay heap may always hold before it is rebuilt


class Priority(IntEnum):
    """Why a key is queued; lower goes first."""

    INSTRUCTOR = 0
    DUE = 1
    RETRY = 2
    RESYNC = 3


class QueueClosed(Exception):
    """The queue gives out no more keys."""


class WorkQueue(Generic[K]):
    """Gives each key to one worker at a time; a key added while processed comes back once, after `done`.

    Adding a queued key again changes nothing but perhaps its priority. Of several delays of a key the earliest holds.
    After client-go's util/workqueue.
    """

    def __init__(self) -> None:
        self._dirty: dict[K, Priority] = {}
        self._processing: dict[K, Priority] = {}
        self._lines: tuple[tuple[Priority, deque[K]], ...] = tuple((priority, deque()) for priority in Priority)
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._due: dict[K, tuple[float, Priority]] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._order = count()
        self._alarm = Alarm(self._add_due)
        self._closed = False

    def __len__(self) -> int:
        """Keys that wait for a worker or for the end of their present run; delayed keys are not among them."""
        return len(self._dirty)

    @property
    def depth(self) -> int:
        """Keys that a free worker could take now."""
        return sum(1 for key in self._dirty if key not in self._processing)

    @property
    def delayed(self) -> int:
        """Keys that wait for their time."""
        return len(self._due)

    def add(self, key: K, priority: Priority) -> None:
        """Queue the key, or raise the priority of a queued one."""
        queued = self._dirty.get(key)
        if queued is not None and queued <= priority:
            return
        self._dirty[key] = priority
        if key not in self._processing:
            self._push(key, priority)

    def add_after(self, key: K, delay: float, priority: Priority) -> None:
        """Queue the key in `delay` seconds of the loop's time; at once if that is not positive."""
        if delay <= 0:
            self.add(key, priority)
        if delay <= 0 or self._closed:
            return
        when = asyncio.get_running_loop().time() + delay
        known = self._due.get(key)
        if known is not None and known[0] <= when:
            return
        self._due[key] = (when, priority)
        heapq.heappush(self._heap, (when, next(self._order), key))
        if len(self._heap) > 2 * len(self._due) + _SLACK:
            self._rebuild_heap()
        self._set_alarm()

    async def get(self) -> K:
        """Return the key to work on next, waiting for one; pair with `done`. Raise QueueClosed after `close`."""
        while (key := self.take()) is None:
            await self.wait_async()
        return key

    def take(self) -> K | None:
        """Return the key to work on next, or None; pair with `done`. Raise QueueClosed after `close`."""
        if self._closed:
            raise QueueClosed
        for priority, line in self._lines:
            while line:
                key = line.popleft()
                # A key whose priority was raised stands in two lines; the place in the lower one is void.
                if self._dirty.get(key) is priority and key not in self._processing:
                    del self._dirty[key]
                    self._processing[key] = priority
                    return key
        return None

    async def wait_async(self) -> None:
        """Wait until there may be something to take (another may be faster)."""
        if self._closed:
            raise QueueClosed
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            elif not waiter.cancelled():
                self._wake_one()  # this wake-up was meant for a key that somebody else must take now
            raise

    def priority_of(self, key: K) -> Priority:
        """The priority with which a key in work was taken; KeyError for others."""
        return self._processing[key]

    def done(self, key: K) -> None:
        """Say that the work on a key ended; if it was added meanwhile it is queued now."""
        del self._processing[key]
        priority = self._dirty.get(key)
        if priority is not None:
            self._push(key, priority)

    def stir(self) -> None:
        """Have one who waits look again, though nothing was added."""
        self._wake_one()

    def close(self) -> None:
        """Give out no more keys and release those who wait for one."""
        self._closed = True
        self._alarm.close()
        while self._waiting:
            self._wake_one()

    def _push(self, key: K, priority: Priority) -> None:
        self._lines[priority][1].append(key)
        self._wake_one()

    def _wake_one(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _add_due(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._heap and self._heap[0][0] <= now:
            when, _, key = heapq.heappop(self._heap)
            known = self._due.get(key)
            if known is not None and known[0] == when:
                del self._due[key]
                self.add(key, known[1])
        self._set_alarm()

    def _set_alarm(self) -> None:
        while self._heap:
            when, _, key = self._heap[0]
            known = self._due.get(key)
            if known is not None and known[0] == when:
                self._alarm.set(when)
                return
            heapq.heappop(self._heap)

    def _rebuild_heap(self) -> None:
        self._heap = [(when, next(self._order), key) for key, (when, _) in self._due.items()]
        heapq.heapify(self._heap)
