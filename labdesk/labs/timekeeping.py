"""The desk's time: never before the last committed time, and aware of suspend and of clock steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from labdesk.control.clock import Clock

STEP_SECONDS = 2.0
"""A difference between wall clock and boot clock above this is a step (NTP slews stay far below it)."""
ABSENCES_KEPT = 8
"""Jumps of time that are remembered: what was due in one is told why it is late, and is dealt with soon after."""


class Cause(StrEnum):
    """Why nothing could be started or ended for a while."""

    OFF = "off"  # no desk ran
    ASLEEP = "asleep"  # the computer was suspended
    SET = "set"  # its clock was set forth or back: the time between never was


@dataclass(frozen=True, slots=True)
class Absence:
    """From one moment of the computer's clock to another (aware UTC); it ends earlier where a clock was set back."""

    begin: datetime
    end: datetime
    cause: Cause


def why_missed(moment: datetime, absences: Iterable[Absence]) -> Cause | None:
    """Return why nobody could act at that moment, None if somebody could."""
    return next((absence.cause for absence in absences if absence.begin < moment <= absence.end), None)


class JumpDetector:
    """Compares the clocks between looks: CLOCK_BOOTTIME goes on during suspend, the monotonic clock does not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._boot, self._mono = clock.now(), clock.boottime(), clock.monotonic()

    def look(self) -> Absence | None:
        """Return the jump since the last look, or None."""
        before, boot, mono = self._wall, self._boot, self._mono
        self._wall, self._boot, self._mono = self._clock.now(), self._clock.boottime(), self._clock.monotonic()
        booted = self._boot - boot
        if booted - (self._mono - mono) >= STEP_SECONDS:
            return Absence(before, self._wall, Cause.ASLEEP)
        if abs((self._wall - before).total_seconds() - booted) >= STEP_SECONDS:
            return Absence(before, self._wall, Cause.SET)
        return None


class SteadyClock:
    """The computer's clock, which stands still while it is behind the last commit of the store, of any process.

    What was committed has happened: it must not become due, be started or ended a second time. Every effect follows a
    commit, so what was only read had none: time may go back behind it, and a clock that was set right after it had run
    ahead holds up nothing that did not happen meanwhile.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._floor: datetime | None = None
        self._jumps = JumpDetector(clock)
        self._absences: deque[Absence] = deque(maxlen=ABSENCES_KEPT)

    def begin(self) -> None:
        """Somebody acts from now on; nobody did before."""
        now = self._clock.now()
        self._jumps.look()
        self._absences.append(Absence(datetime.min.replace(tzinfo=now.tzinfo), now, Cause.OFF))

    def look(self) -> tuple[Absence, ...]:
        """Notice whether time has jumped since the last look; return the latest absences, the newest last."""
        if (jump := self._jumps.look()) is not None:
            self._absences.append(jump)
        return tuple(self._absences)

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
