"""From a thread's many values to a few calls on the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class Coalescer(Generic[T]):
    """Hands the latest value to `handler` on the loop, at most once in `period` seconds; the last is never lost."""

    def __init__(self, loop: asyncio.AbstractEventLoop, handler: Callable[[T], None], period: float = 0.2) -> None:
        self._loop = loop
        self._handler = handler
        self._period = period
        self._lock = threading.Lock()
        self._pending: list[T] = []
        self._armed = self._closed = False
        self._timer: asyncio.TimerHandle | None = None

    def offer(self, value: T) -> None:
        """Take a value; from any thread."""
        with self._lock:
            self._pending[:] = [value]
            arm, self._armed = not (self._armed or self._closed), True
        if arm:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to hear
                self._loop.call_soon_threadsafe(self._deliver)

    def close(self, *, flush: bool) -> None:
        """Stop on the loop; with `flush` hand over what is pending."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._closed = True
            pending, self._pending = self._pending, []
        if flush and pending:
            self._handler(pending[0])

    def _deliver(self) -> None:
        if self._closed:
            return
        with self._lock:
            pending, self._pending = self._pending, []
            self._armed = bool(pending)
        if pending:
            self._timer = self._loop.call_later(self._period, self._deliver)
            self._handler(pending[0])
