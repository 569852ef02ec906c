"""How a process that lives by its loop sets up the interpreter: garbage in small portions, threads in short turns."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_THREAD_TURN = 0.0005  # seconds
_FIRST = 3.0  # seconds; what is loaded at the start is no garbage, and to look at it took a tenth of the start
_INTERVAL = 0.25  # seconds
_BUSY_INTERVAL = 0.05
_BUSY = 0.001  # seconds that a portion took
_PORTION = 0.008
"""Seconds of young portions; what is left of them is then looked at once more, which takes no longer."""
_WHATEVER_EVERY = 10.0  # seconds
_LATE = 0.02  # seconds; a loop that is so late has better to do
_POSTPONED_AT_MOST = 2
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
    """The time that a portion took tells how much there is.

    Objects cannot be counted: `gc.get_objects` holds them for a moment, another thread's cursor past its end too, and
    its next statement fails. `gc.get_count` takes off what died of older generations.
    """

    def __init__(self, is_idle: Callable[[], bool]) -> None:
        self._is_idle = is_idle
        self._loop = asyncio.get_running_loop()
        self._postponed = 0
        self._took = self._young_took = 0.0
        self._due = self._collected_middle = self._collected_all = self._loop.time()
        self._timer: asyncio.Handle | None = None

    def start(self, delay: float = _FIRST) -> None:
        self._due = self._loop.time() + delay
        self._timer = self._loop.call_later(delay, self._look)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        if now - self._due > _LATE and self._postponed < _POSTPONED_AT_MOST:
            self._postponed += 1
        else:
            self._postponed = 0
            self._collect(now)
        self.start(_BUSY_INTERVAL if self._took > _BUSY else _INTERVAL)

    def _collect(self, now: float) -> None:
        age = now - self._collected_all
        if age >= _FULL_AT_LATEST or (age >= _FULL_EVERY and self._is_idle()):
            gc.collect()
            self._collected_all = now
        elif self._young_took >= _PORTION or now - self._collected_middle >= _WHATEVER_EVERY:
            gc.collect(1)
            self._young_took, self._collected_middle = 0.0, now
        else:
            began = time.thread_time()
            gc.collect(0)
            self._took = time.thread_time() - began
            self._young_took += self._took
