"""Delays double up to five minutes, with jitter, and never fall below the first."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from labdesk.control.backoff import Backoff


def test_delays_double_from_one_second_to_five_minutes() -> None:
    backoff = Backoff(Random(1), jitter=0)
    assert [backoff.delay(attempts) for attempts in range(1, 12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@given(st.integers(1, 10_000), st.integers())
def test_jitter_only_shortens_and_keeps_within_the_bounds(attempts: int, seed: int) -> None:
    nominal = Backoff(Random(1), jitter=0).delay(attempts)
    delay = Backoff(Random(seed)).delay(attempts)
    assert 1 <= delay <= 300
    assert 0.8 * nominal <= delay <= nominal or delay == 1


def test_what_failed_together_does_not_come_back_together() -> None:
    backoff = Backoff(Random(1))
    assert len({backoff.delay(5) for _ in range(30)}) == 30
