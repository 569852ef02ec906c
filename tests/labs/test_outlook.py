"""How labs that do not exist yet would start."""

from __future__ import annotations

from datetime import timedelta

from labdesk.labs.limits import CapacityLimits, Need, Share
from labdesk.labs.outlook import Claim, Outlook, foresee
from tests.labs.samples import NOW

GIB = 2**30
LIMITS = CapacityLimits(4 * GIB, total_pids=1_000)
NEED = Need(GIB, 100)
HOUR = timedelta(hours=1)


def claim(gib: int, begin: timedelta, end: timedelta, pids: int = 100) -> Claim:
    return Claim(Share(gib * GIB, pids), NOW + begin, NOW + end)


def test_all_start_on_time_where_there_is_room() -> None:
    assert foresee(4, NEED, NOW, HOUR, [], LIMITS) == Outlook(4, NOW)


def test_what_does_not_fit_starts_when_others_end() -> None:
    running = [claim(2, -HOUR, HOUR / 2), claim(1, -HOUR, HOUR / 4)]
    assert foresee(1, NEED, NOW, HOUR, running, LIMITS) == Outlook(1, NOW)
    assert foresee(2, NEED, NOW, HOUR, running, LIMITS) == Outlook(1, NOW + HOUR / 4)
    assert foresee(4, NEED, NOW, HOUR, running, LIMITS) == Outlook(1, NOW + HOUR / 2)


def test_more_than_fit_at_once_start_one_after_the_other() -> None:
    assert foresee(9, NEED, NOW, HOUR, [], LIMITS) == Outlook(4, NOW + 2 * HOUR)


def test_what_ended_before_or_begins_later_takes_no_room_at_the_start() -> None:
    elsewhen = [claim(4, -2 * HOUR, -HOUR), claim(4, HOUR, 2 * HOUR)]
    assert foresee(4, NEED, NOW, HOUR, elsewhen, LIMITS) == Outlook(4, NOW)


def test_what_begins_meanwhile_is_in_the_way_of_those_that_wait() -> None:
    planned = [claim(4, timedelta(), HOUR), claim(4, HOUR, 3 * HOUR)]
    assert foresee(1, NEED, NOW, HOUR, planned, LIMITS) == Outlook(0, NOW + 3 * HOUR)


def test_processes_count_as_memory_does() -> None:
    assert foresee(2, Need(GIB, 600), NOW, HOUR, [], LIMITS) == Outlook(1, NOW + HOUR)


def test_cpus_count_where_an_overcommit_is_set() -> None:
    need = Need(1, 1, cpu=2.0)
    assert foresee(3, need, NOW, HOUR, [], CapacityLimits(GIB, total_cpu=4.0)) == Outlook(2, NOW + HOUR)
    assert foresee(3, need, NOW, HOUR, [], CapacityLimits(GIB)) == Outlook(3, NOW)


def test_what_is_bigger_than_the_engine_never_starts() -> None:
    assert foresee(1, Need(5 * GIB, 100), NOW, HOUR, [], LIMITS) == Outlook(0, None)
