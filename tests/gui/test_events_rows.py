"""Which events are shown: order, memory, and what has to be read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from labdesk.labs.narrate import is_routine
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import MinuteCounts
from labdesk.ui.pages.events.minutes import MinuteBars, minute_of
from labdesk.ui.pages.events.rows import EventRows

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def event(sequence: int, severity: str = "info", minute: int = 0) -> JournalEvent:
    return JournalEvent(
        sequence=sequence,
        id=f"rev-{sequence}",
        type="labinstancerequest.status_updated",
        source="labdesk/desk/watcher",
        subject="default/ada-shell",
        time=START + timedelta(minutes=minute),
        severity=severity,
        reason="Ready",
        message="Ready.",
        data={},
    )


def events(*sequences: int) -> list[JournalEvent]:
    return [event(sequence) for sequence in sequences]


def test_what_the_controller_says_of_its_own_turns_is_passed_over() -> None:
    for type_, severity, routine in (
        ("labinstancerequest.reconciled", "info", True),
        ("labinstancerequest.reconciliation.requeued", "info", True),
        ("labinstancerequest.reconciliation.requeued", "warning", False),
        ("labinstancerequest.reconciliation.failed", "info", False),
        ("labinstancerequest.status_updated", "info", False),
    ):
        assert is_routine(replace(event(1, severity), type=type_)) is routine


def shown(rows: EventRows) -> list[int]:
    return [rows.sequence_at(row) for row in range(len(rows))]


def test_the_newest_event_is_row_0() -> None:
    rows = EventRows()
    rows.add_newest(events(5, 6))
    rows.add_older([3, 4])
    rows.add_newest(events(9))
    assert shown(rows) == [9, 6, 5, 4, 3]
    assert (rows.newest, rows.oldest) == (9, 3)
    assert rows.row_of(5) == 2
    assert rows.row_of(7) is None


def test_an_event_told_twice_is_shown_once() -> None:
    rows = EventRows()
    rows.add_newest(events(1, 2))
    assert [e.sequence for e in rows.newer_than_all(events(2, 4, 3, 4))] == [3, 4]
    assert rows.older_than_all([2, 1]) == []


def test_bodies_are_forgotten_but_rows_stay() -> None:
    rows = EventRows(kept=3)
    rows.add_newest(events(1, 2, 3, 4, 5))
    assert len(rows) == 5
    assert rows.event_at(0) is not None
    assert rows.event_at(4) is None
    assert rows.missing_between(0, 4) == (3, 4)
    rows.keep(events(1))
    assert rows.event_at(4) is not None


def test_beyond_its_capacity_the_oldest_rows_go() -> None:
    rows = EventRows(capacity=128)
    rows.add_newest(events(*range(1, 132)))
    surplus = rows.surplus()
    assert surplus == 3
    rows.forget_oldest(surplus)
    assert (len(rows), rows.newest, rows.oldest) == (128, 131, 4)
    assert rows.older_than_all([1, 2, 3]) == []


@given(st.lists(st.sets(st.integers(1, 400), max_size=30), max_size=12))
def test_rows_are_always_the_journal_s_order_whatever_comes_when(batches: list[set[int]]) -> None:
    rows = EventRows()
    expected: set[int] = set()
    for number, batch in enumerate(batches):
        if number % 2:
            older = rows.older_than_all(batch)
            rows.add_older(older)
            expected |= set(older)
        else:
            newer = rows.newer_than_all(events(*batch))
            rows.add_newest(newer)
            expected |= {e.sequence for e in newer}
    assert shown(rows) == sorted(expected, reverse=True)
    assert all(rows.row_of(sequence) == row for row, sequence in enumerate(shown(rows)))


def test_minutes_count_by_severity_and_never_twice() -> None:
    counts = MinuteBars()
    counts.load([MinuteCounts(START, info=2, warning=0, error=1)], head=3)
    counts.add([event(3), event(4), event(5, "warning", 1), event(6, "warning", 1)])
    first = minute_of(START)
    assert counts.bars(first - 1, 3) == [(0, 0, 0), (3, 0, 1), (0, 2, 0)]
    assert counts.bars(first, 2, severities=("error",)) == [(0, 0, 1), (0, 0, 0)]
    assert counts.bars(first - 2, 2, 2) == [(0, 0, 0), (3, 2, 1)]


def test_minutes_of_long_ago_are_forgotten() -> None:
    counts = MinuteBars(span=10)
    counts.add(event(number, minute=number) for number in range(1, 25))
    first = minute_of(START)
    assert sum(bar[0] for bar in counts.bars(first, 25)) <= 20
    assert counts.bars(first + 24, 1) == [(1, 0, 0)]
