from datetime import datetime, timedelta

from labdesk.labs.timekeeping import JumpDetector, SteadyClock, TimeJump
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
    hand.advance(600, suspended=True)
    assert jumps.look() == TimeJump(suspended=600.0, stepped=0.0)
    hand.wall -= timedelta(hours=1)
    assert jumps.look() == TimeJump(suspended=0.0, stepped=-3600.0)
    assert jumps.look() is None
