"""How labs that do not exist yet would start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from labdesk.labs.limits import CapacityLimits, Need, Share
from labdesk.labs.outlook import Claim, Outlook, foresee
from tests.labs.samples import NOW

GIB = 2**30
LIMITS = CapacityLimits(4 * GIB, total_pids=1_000)
NEED = Need(GIB, 100)
HOUR = timedelta(hours=1)


def claim(gib: int, begin: timedelta, end: timedelta, pids: int = 100) -> Claim:
    """Room that a lab holds if it began before, and wants later if not."""
    return Claim(Share(gib * GIB, pids), NOW + begin, NOW + end, is_held=begin < timedelta())


def look(
    count: int,
    claims: Sequence[Claim] = (),
    *,
    need: Need = NEED,
    start: datetime = NOW,
    length: timedelta = HOUR,
    limits: CapacityLimits = LIMITS,
) -> Outlook:
    return foresee(count, need, start, length, claims, limits, NOW)


def test_all_start_on_time_where_there_is_room() -> None:
    assert look(4) == Outlook(4, NOW)


def test_what_does_not_fit_starts_when_others_end() -> None:
    running = [claim(2, -HOUR, HOUR / 2), claim(1, -HOUR, HOUR / 4)]
    assert look(1, running) == Outlook(1, NOW)
    assert look(2, running) == Outlook(1, NOW + HOUR / 4)
    assert look(4, running) == Outlook(1, NOW + HOUR / 2)


def test_who_finds_no_room_until_their_time_is_over_never_starts() -> None:
    assert look(9) == Outlook(4, NOW, missed=5)
    assert look(1, [claim(4, -HOUR, 2 * HOUR)]) == Outlook(0, None, missed=1)


def test_what_has_ended_by_then_or_begins_later_takes_no_room_at_the_start() -> None:
    overdue = [claim(4, -2 * HOUR, -HOUR), claim(4, HOUR, 2 * HOUR)]
    assert look(4, overdue) == Outlook(4, NOW)
    assert look(4, [claim(4, -HOUR, HOUR)], start=NOW + HOUR) == Outlook(4, NOW + HOUR)


def test_what_was_planned_for_that_time_before_comes_first() -> None:
    assert look(1, [claim(4, HOUR, 2 * HOUR)], start=NOW + HOUR, length=2 * HOUR) == Outlook(0, NOW + 2 * HOUR)


def test_what_is_planned_for_later_waits_behind() -> None:
    planned = [claim(4, -HOUR, HOUR), claim(4, HOUR / 2, 3 * HOUR)]
    assert look(1, planned, length=2 * HOUR) == Outlook(0, NOW + HOUR)


def test_processes_count_as_memory_does() -> None:
    assert look(2, need=Need(GIB, 600)) == Outlook(1, NOW, missed=1)


def test_cpus_count_where_an_overcommit_is_set() -> None:
    need = Need(1, 1, cpu=2.0)
    assert look(3, need=need, limits=CapacityLimits(GIB, total_cpu=4.0)) == Outlook(2, NOW, missed=1)
    assert look(3, need=need, limits=CapacityLimits(GIB)) == Outlook(3, NOW)


def test_what_is_bigger_than_the_engine_never_starts() -> None:
    assert look(1, need=Need(5 * GIB, 100)) == Outlook(0, None, missed=1, too_big=True)
