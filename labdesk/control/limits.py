"""Time limits of many attempts on one timer."""

from __future__ import annotations

import asyncio
from typing import Protocol

from labdesk.control.timer import Alarm
from labdesk.resource.errors import LabDeskError


class Limited(Protocol):
    """Something with a time limit; hashable."""

    def expire(self) -> None:
        """Called once when the limit is reached."""


class ReconciliationTimeout(LabDeskError):
    """An attempt ran longer than its time limit."""

    reason = "TimedOut"


class TimeLimits:
    """Calls `expire` of whatever ran longer than `seconds`, not counting the time it was suspended.

    One timer for all: `asyncio.timeout(300)` leaves a Qt timer behind for 300 s at every use, even when it is left at
    once.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends_at: dict[Limited, float] = {}
        self._alarm = Alarm(self._expire)

    def start(self, limited: Limited, now: float) -> None:
        """Give it the whole time from `now` (loop time) on."""
        self._set(limited, now + self.seconds)

    def stop(self, limited: Limited) -> None:
        """Forget it; harmless if it expired already."""
        self._ends_at.pop(limited, None)

    def suspend(self, limited: Limited) -> float:
        """Stop counting; return the seconds that are left for `resume`."""
        ends_at = self._ends_at.pop(limited, None)
        return 0.0 if ends_at is None else ends_at - asyncio.get_running_loop().time()

    def resume(self, limited: Limited, left: float) -> None:
        """Count on with the seconds that `suspend` returned."""
        self._set(limited, asyncio.get_running_loop().time() + left)

    def timeout(self) -> ReconciliationTimeout:
        """Return the error of what ran too long."""
        return ReconciliationTimeout(f"it took longer than {self.seconds:g} s", seconds=f"{self.seconds:g}")

    def close(self) -> None:
        self._ends_at.clear()
        self._alarm.close()

    def _set(self, limited: Limited, ends_at: float) -> None:
        self._ends_at[limited] = ends_at
        when = self._alarm.when
        if when is None or ends_at < when:
            self._alarm.set(ends_at)

    def _expire(self) -> None:
        now = asyncio.get_running_loop().time()
        for limited in [limited for limited, ends_at in self._ends_at.items() if ends_at <= now]:
            del self._ends_at[limited]
            limited.expire()
        if self._ends_at:
            self._alarm.set(min(self._ends_at.values()))
