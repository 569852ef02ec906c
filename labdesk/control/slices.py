"""Long work in short slices, so that the window keeps painting."""

from __future__ import annotations

import asyncio
from collections import deque

SLICE = 0.003  # seconds; a frame of 16 ms has room for several and for painting
_MOST_STEPS = 500
_WOKEN_AT_ONCE = 8


class TimeSlices:
    """Shared by coroutines that together must not hold the loop longer than `slice_seconds` at a time.

    Those who pause go on a few in each round of the loop: waking all of them for one slice would cost more than the
    slice. The number of steps is bounded too, because a virtual clock stands still during work.
    """

    def __init__(self, slice_seconds: float = SLICE) -> None:
        self._slice = slice_seconds
        self._ends_at = 0.0
        self._steps_left = _MOST_STEPS
        self._paused: deque[asyncio.Future[None]] = deque()
        self._opening = False

    def is_over(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Count a step; return whether `pause` is due before it. Call this first: it costs no coroutine."""
        self._steps_left -= 1
        return self._steps_left < 0 or loop.time() >= self._ends_at

    async def pause(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for a turn in the next slice."""
        turn: asyncio.Future[None] = loop.create_future()
        self._paused.append(turn)
        if not self._opening:
            self._opening = True
            loop.call_soon(self._open, loop)
        await turn

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        self._ends_at = loop.time() + self._slice
        self._steps_left = _MOST_STEPS
        woken = 0
        while self._paused and woken < _WOKEN_AT_ONCE:
            turn = self._paused.popleft()
            if not turn.done():
                turn.set_result(None)
                woken += 1
        self._opening = bool(self._paused)
        if self._opening:
            loop.call_soon(self._open, loop)
