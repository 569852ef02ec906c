"""When labs that wait for room should get it."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from labdesk.labs.limits import NOTHING, CapacityLimits, Share
from labdesk.labs.waiting import Waiter, expected_starts
from tests.labs.samples import NOW

MINUTE = timedelta(minutes=1)
LIMITS = CapacityLimits(10)


def waiter(uid: str, memory: int, minutes: int = 60, due: int = 0) -> Waiter:
    return Waiter(uid, Share(memory), NOW + due * MINUTE, minutes * MINUTE)


def ends(*held: tuple[int, int]) -> list[tuple[datetime, Share]]:
    """Memory held and the minute in which it comes free."""
    return [(NOW + minute * MINUTE, Share(memory)) for memory, minute in held]


def minutes_of(expected: dict[str, datetime]) -> dict[str, int]:
    return {uid: (moment - NOW) // MINUTE for uid, moment in expected.items()}


def test_each_room_that_comes_free_is_given_once_to_who_should_have_begun_first() -> None:
    waiters = [waiter("c", 5, due=2), waiter("a", 5, minutes=30), waiter("b", 5, due=1)]
    expected = expected_starts(waiters, Share(10), ends((5, 10), (5, 20)), LIMITS)
    assert minutes_of(expected) == {"a": 10, "b": 20, "c": 40}


def test_who_fits_does_not_wait_for_a_larger_one_before_it() -> None:
    waiters = [waiter("large", 8), waiter("small", 2, due=1)]
    expected = expected_starts(waiters, Share(10), ends((3, 10), (7, 30)), LIMITS)
    assert minutes_of(expected) == {"small": 10, "large": 30}


def test_who_gives_up_before_there_is_room_takes_none_from_others() -> None:
    waiters = [waiter("short", 10, minutes=15), waiter("long", 10, due=1)]
    expected = expected_starts(waiters, Share(10), ends((10, 20)), LIMITS)
    assert minutes_of(expected) == {"short": 20, "long": 20}


def test_who_never_fits_is_left_out() -> None:
    assert expected_starts([waiter("a", 11)], Share(5), ends((5, 10)), LIMITS) == {}
    assert expected_starts([waiter("a", 6)], Share(5), [], LIMITS) == {}


@given(
    st.lists(st.tuples(st.integers(1, 10), st.integers(1, 90), st.integers(0, 30)), max_size=12),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 120)), max_size=6),
)
def test_no_moment_holds_more_than_there_is_and_everybody_gets_room(
    waiting: list[tuple[int, int, int]], holding: list[tuple[int, int]]
) -> None:
    limits = CapacityLimits(30)
    waiters = [waiter(str(place), *one) for place, one in enumerate(waiting)]
    held = sum((Share(memory) for memory, _ in holding), NOTHING)
    expected = expected_starts(waiters, held, ends(*holding), limits)
    assert set(expected) == ({one.uid for one in waiters} if holding else set())
    spans = [(NOW - MINUTE, end, share) for end, share in ends(*holding)]
    begun = [one for one in waiters if one.uid in expected and expected[one.uid] < one.start + one.length]
    spans += [(expected[one.uid], expected[one.uid] + one.length, one.share) for one in begun]
    for moment, _, _ in spans:
        assert sum(share.memory for begin, end, share in spans if begin <= moment < end) <= limits.memory
