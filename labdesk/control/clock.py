"""Clocks: everything that needs the time gets one of these by constructor."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for people and resources, elapsed time for intervals."""

    def now(self) -> datetime:
        """Aware UTC; may be set forth or back at any time."""

    def monotonic(self) -> float:
        """Seconds that never go back and stand still while the computer is suspended."""

    def boottime(self) -> float:
        """Seconds that never go back and keep counting while the computer is suspended."""


class SystemClock:
    """The computer's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def boottime(self) -> float:
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()  # outside Linux the monotonic clock is the best there is
