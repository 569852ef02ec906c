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
_MIDDLE_EVERY = 4
_WORTH_A_LOOK = 700
"""Objects made and not freed since the last collection, as in Python's own timing; an idle desk makes hardly any."""
_WHATEVER_EVERY = 40  # ten seconds
_LATE = 0.02  # seconds; a loop that is so late has better to do
_POSTPONED_AT_MOST = 8
_FULL_EVERY = 1_200
_FULL_AT_LATEST = 14_400


@contextmanager
def paced_interpreter(is_idle: Callable[[], bool]) -> Iterator[None]:
    """Take over from Python's own timing until the end of the block; there must be a running loop.

    A loop that wants the interpreter lock waits one turn for each thread that wants it too: with ten threads at the
    engine that was up to 165 ms at Python's 5 ms a turn (measured).

    Left to itself Python collects in whichever thread allocates next: a widget in a cycle would then die in the
    store's writer thread, which crashes Qt. And it counts objects made less objects freed, so a store under steady
    change piles up young ones until a collection takes 40 ms, a full one 200 ms (measured). Here young ones go every
    quarter of a second, from some seconds after the start on; all are looked at every five minutes when `is_idle` says
    that nobody would notice, every hour in any case.
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
        self._since_full = 0
        self._postponed = 0
        self._due = 0.0
        self._timer: asyncio.Handle | None = None

    def start(self, delay: float = _FIRST) -> None:
        self._due = self._loop.time() + delay
        self._timer = self._loop.call_later(delay, self._look)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        if self._loop.time() - self._due > _LATE and self._postponed < _POSTPONED_AT_MOST:
            self._postponed += 1
        else:
            self._postponed = 0
            self._collect()
        self.start(_INTERVAL)

    def _collect(self) -> None:
        self._since_full += 1
        if self._since_full >= _FULL_AT_LATEST or (self._since_full >= _FULL_EVERY and self._is_idle()):
            gc.collect()
            self._since_full = 0
        elif gc.get_count()[0] >= _WORTH_A_LOOK or self._since_full % _WHATEVER_EVERY == 0:
            gc.collect(0 if self._since_full % _MIDDLE_EVERY else 1)
