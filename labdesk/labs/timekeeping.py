"""The desk's time: never before the last committed time, and aware of suspend and of clock steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from labdesk.control.clock import Clock

STEP_SECONDS = 2.0
"""A difference between wall clock and boot clock above this is a step (NTP slews stay far below it)."""


class SteadyClock:
    """The computer's clock, which stands still while it is behind the last commit of the store, of any process.

    What was committed has happened: it must not become due, be started or ended a second time. Every effect follows a
    commit, so what was only read had none: time may go back behind it, and a clock that was set right after it had run
    ahead holds up nothing that did not happen meanwhile.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._floor: datetime | None = None

    def raise_floor(self, moment: datetime) -> None:
        """Something was committed at `moment` (aware UTC): no later reading may lie before it."""
        if self._floor is None or moment > self._floor:
            self._floor = moment

    @property
    def source(self) -> Clock:
        """The computer's own clock, which may be set back."""
        return self._clock

    @property
    def behind(self) -> timedelta:
        """How long time will stand still: what the computer's clock lacks to the floor, never negative."""
        return max(self._floor - self._clock.now(), timedelta()) if self._floor is not None else timedelta()

    @property
    def held_until(self) -> datetime | None:
        """The floor while the computer's clock is behind it, else None."""
        return self._floor if self.behind > timedelta(seconds=STEP_SECONDS) else None

    def now(self) -> datetime:
        now = self._clock.now()
        return now if self._floor is None else max(now, self._floor)

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def boottime(self) -> float:
        return self._clock.boottime()


@dataclass(frozen=True, slots=True)
class TimeJump:
    """`suspended` and `stepped` in seconds since the last look; a negative step is a clock set back."""

    suspended: float
    stepped: float


class JumpDetector:
    """Compares the clocks between looks: CLOCK_BOOTTIME goes on during suspend, the monotonic clock does not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._boot, self._mono = clock.now(), clock.boottime(), clock.monotonic()

    def look(self) -> TimeJump | None:
        """Return what jumped since the last look, or None."""
        wall, boot, mono = self._clock.now(), self._clock.boottime(), self._clock.monotonic()
        booted = boot - self._boot
        suspended = booted - (mono - self._mono)
        stepped = (wall - self._wall).total_seconds() - booted
        self._wall, self._boot, self._mono = wall, boot, mono
        if suspended < STEP_SECONDS and abs(stepped) < STEP_SECONDS:
            return None
        return TimeJump(suspended, stepped)
