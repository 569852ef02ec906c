from datetime import datetime, timedelta

from labdesk.labs.timekeeping import Absence, Cause, JumpDetector, SteadyClock, why_missed
from tests.labs.samples import NOW


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.wall, self.boot, self.mono = NOW, 100.0, 50.0

    def now(self) -> datetime:
        return self.wall

    def boottime(self) -> float:
        return self.boot

    def monotonic(self) -> float:
        return self.mono

    def advance(self, seconds: float, *, suspended: bool = False) -> None:
        self.wall += timedelta(seconds=seconds)
        self.boot += seconds
        self.mono += 0.0 if suspended else seconds


def test_time_stands_still_until_the_clock_has_caught_up_with_the_last_commit() -> None:
    hand = HandClock()
    clock = SteadyClock(hand)
    clock.raise_floor(clock.now())
    hand.wall -= timedelta(hours=1)
    assert clock.now() == NOW
    assert clock.held_until == NOW
    hand.wall += timedelta(hours=1, seconds=5)
    assert clock.now() == NOW + timedelta(seconds=5)
    assert clock.held_until is None


def test_the_last_committed_time_is_a_floor_and_a_reading_is_none() -> None:
    hand = HandClock()
    clock = SteadyClock(hand)
    clock.raise_floor(NOW + timedelta(minutes=3))
    clock.raise_floor(NOW)
    assert clock.now() == NOW + timedelta(minutes=3)
    hand.wall += timedelta(hours=2)
    assert clock.now() == NOW + timedelta(hours=2)
    hand.wall -= timedelta(hours=1)
    assert clock.now() == NOW + timedelta(hours=1)
    assert clock.held_until is None


def test_suspend_and_steps_are_told_apart() -> None:
    hand = HandClock()
    jumps = JumpDetector(hand)
    hand.advance(30)
    assert jumps.look() is None
    slept = hand.wall
    hand.advance(600, suspended=True)
    assert jumps.look() == Absence(slept, slept + timedelta(seconds=600), Cause.ASLEEP)
    hand.wall -= timedelta(hours=1)
    assert jumps.look() == Absence(hand.wall + timedelta(hours=1), hand.wall, Cause.SET)
    assert jumps.look() is None


def test_what_was_missed_is_told_by_what_kept_the_desk_from_it() -> None:
    hand = HandClock()
    clock = SteadyClock(hand)
    clock.begin()
    hand.advance(3600)
    before = hand.wall
    clock.look()
    hand.advance(600, suspended=True)
    asleep = hand.wall
    absences = clock.look()
    assert why_missed(NOW, absences) == Cause.OFF
    assert why_missed(before, absences) is None
    assert why_missed(asleep, absences) == Cause.ASLEEP
    assert why_missed(asleep + timedelta(seconds=1), absences) is None
    hand.wall += timedelta(hours=2)
    assert why_missed(asleep + timedelta(seconds=1), clock.look()) == Cause.SET
