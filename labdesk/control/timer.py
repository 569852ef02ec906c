"""Timers that are on time.

Qt's coarse timers, which qasync uses, miss by 5 %, and by half a second beyond 20 s, early or late (measured), and a
cancelled one stays until it would have fired. So a long wait goes in shrinking steps, and one alarm serves many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_EXACT_BELOW = 0.02  # seconds; Qt serves these precisely
_STEP = 0.9
_LONGEST_STEP = 3600.0  # Qt counts milliseconds in 32 bits


def _next_step(remaining: float) -> float:
    return remaining if remaining <= _EXACT_BELOW else min(remaining * _STEP, _LONGEST_STEP)


class Alarm:
    """Calls `callback` once at the loop time last set. Setting it anew is cheap, whichever way it moves."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback = callback
        self._when: float | None = None
        self._wakes_at = 0.0
        self._handle: asyncio.Handle | None = None

    @property
    def when(self) -> float | None:
        """The loop time it is set to, or None."""
        return self._when

    def set(self, when: float) -> None:
        """Set (or move) the alarm to that loop time, in seconds."""
        self._when = when
        # A timer that wakes earlier is kept: it finds out and waits on. That leaves no cancelled timers behind.
        if self._handle is None or self._wakes_at > when:
            self._arm(when)

    def clear(self) -> None:
        """Do not call back; the running timer ends by itself, without effect."""
        self._when = None

    def close(self) -> None:
        """Clear and drop the running timer."""
        self._when = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _arm(self, when: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        loop = asyncio.get_running_loop()
        now = loop.time()
        step = _next_step(max(when - now, 0.0))
        self._wakes_at = now + step
        self._handle = loop.call_later(step, self._wake)

    def _wake(self) -> None:
        self._handle = None
        when = self._when
        if when is None:
            return
        if asyncio.get_running_loop().time() < when:
            self._arm(when)
            return
        self._when = None
        self._callback()
