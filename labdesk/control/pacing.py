"""How a process that lives by its loop sets up the interpreter: garbage in small portions, threads in short turns."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_THREAD_TURN = 0.0005  # seconds
_FIRST = 3.0  # seconds; what is loaded at the start is no garbage, and to look at it took a tenth of the start
_INTERVAL = 0.25  # seconds
_BUSY_INTERVAL = 0.05
_WORTH_A_LOOK = 700
"""Young objects, as in Python's own timing; an idle desk makes hardly any."""
_PORTION = 10_000
"""Objects that are looked at in some 4 ms (measured); fewer may wait for a loop that is late."""
_WHATEVER_EVERY = 10.0  # seconds
_LATE = 0.02  # seconds
_FULL_EVERY = 300.0  # seconds
_FULL_AT_LATEST = 3_600.0


@contextmanager
def paced_interpreter(is_idle: Callable[[], bool]) -> Iterator[None]:
    """Take over from Python's own timing until the end of the block; there must be a running loop.

    A loop that wants the interpreter lock waits one turn for each thread that wants it too: with ten threads at the
    engine that was up to 165 ms at Python's 5 ms a turn (measured).

    Left to itself Python collects in whichever thread allocates next: a widget in a cycle would then die in the
    store's writer thread, which crashes Qt. And it counts objects made less objects freed, so a store under steady
    change piles up young ones until a collection takes 40 ms, a full one 200 ms (measured). Here young ones go every
    quarter of a second, under steady change twenty times a second, from some seconds after the start on; all are
    looked at every five minutes when `is_idle` says that nobody would notice, every hour in any case.
    """
    collector = _Collector(is_idle)
    turn_before = sys.getswitchinterval()
    sys.setswitchinterval(_THREAD_TURN)
    gc.disable()
    collector.start()
    try:
        yield
    finally:
        collector.stop()
        gc.collect()
        gc.enable()
        sys.setswitchinterval(turn_before)


class _Collector:
    def __init__(self, is_idle: Callable[[], bool]) -> None:
        self._is_idle = is_idle
        self._loop = asyncio.get_running_loop()
        self._due = self._collected = self._collected_all = self._loop.time()
        self._timer: asyncio.Handle | None = None

    def start(self, delay: float = _FIRST) -> None:
        self._due = self._loop.time() + delay
        self._timer = self._loop.call_later(delay, self._look)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        now, young = self._loop.time(), _count(0)
        if now - self._due <= _LATE or young >= _PORTION:
            self._collect(now, young)
        self.start(_BUSY_INTERVAL if young >= _WORTH_A_LOOK else _INTERVAL)

    def _collect(self, now: float, young: int) -> None:
        age = now - self._collected_all
        if age >= _FULL_AT_LATEST or (age >= _FULL_EVERY and self._is_idle()):
            gc.collect()
            self._collected_all = now
        elif now - self._collected >= _WHATEVER_EVERY or young + _count(1) >= 2 * _PORTION:
            gc.collect(1)
        elif young >= _WORTH_A_LOOK:
            gc.collect(0)
        else:
            return
        self._collected = now


def _count(generation: int) -> int:
    """Return how many objects there are; `gc.get_count` takes off those of other generations that were freed."""
    return len(gc.get_objects(generation))
