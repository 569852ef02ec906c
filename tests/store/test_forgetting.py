"""Retention of the journal: what was told long ago is gone from lists, searches, counts and filters alike."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labdesk.store import forgetting
from labdesk.store.errors import NotActingError
from labdesk.store.journal_reads import EventQuery
from labdesk.store.writes import NewEvent
from tests.store.kinds import T0, ManualClock, opened, widget

DAY = 24 * 60


def told(message: str, minutes: float, severity: str = "info", **tokens: str) -> NewEvent:
    time = T0 + timedelta(minutes=minutes)
    data = {"minutes": minutes, "parameters": {"of": ["Grüße:", None, True]}, "student": 'Ada "A" Lovelace'}
    return NewEvent("engine.seen", "default/x", time, severity, "Told", message, data, tokens)


async def everything(store) -> dict[str, object]:
    """Return all that can be asked of the journal."""
    journal, since, until = store.journal, T0 - timedelta(days=9), T0 + timedelta(days=9)
    searched = [await journal.search_async(EventQuery(text)) for text in ("told", "ada", "grusse", "old", "new")]
    return {
        "events": await journal.after_async(0),
        "searched": searched,
        "counts": [await journal.count_async(EventQuery(text)) for text in ("", "told", "ada", "old", "new")],
        "severities": (await journal.count_severities_async(EventQuery())).counts,
        "minutes": (await journal.histogram_async(since, until)).minutes,
        "matching": (await journal.histogram_async(since, until, EventQuery("ada"))).minutes,
        "labs": await journal.values_async("lab"),
        "types": await journal.values_async("type"),
        "since": await journal.search_async(EventQuery(since=T0 - timedelta(minutes=1), until=until)),
    }


def test_what_is_old_is_gone_from_everything_and_what_is_new_is_untouched(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, acting=True, now=clock) as store:
            old = [told(f"Old {n}.", n, severity="warning" if n % 2 else "info", lab=f"lab-{n}") for n in range(250)]
            await store.journal.append_async([*old, told("New.", DAY, "error", lab="lab-7"), told("Newest.", DAY + 1)])
            assert await store.journal.forget_async(T0 + timedelta(days=1)) == 250
            left = await everything(store)
            assert [event.message for event in left["events"]] == ["New.", "Newest."]
            assert left["counts"] == [2, 2, 2, 0, 2]
            assert left["severities"] == {"info": 1, "warning": 0, "error": 1}
            assert [(value.value, value.count) for value in left["labs"]] == [("lab-7", 1)]
            assert [(value.value, value.count) for value in left["types"]] == [("engine.seen", 2)]
            assert [(minute.info, minute.error) for minute in left["minutes"]] == [(0, 1), (1, 0)]
            assert left["matching"] == left["minutes"]
            assert (await store.statistics_async(check_integrity=True)).integrity == "ok"
            await store.journal.append_async([told("More.", DAY + 2)])
            assert [event.sequence for event in await store.journal.after_async(0)] == [251, 252, 253]

    run(story())


MOMENTS = st.lists(st.integers(-3, 3), min_size=1, max_size=12)


@given(moments=MOMENTS, step=st.integers(1, 4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_a_journal_that_forgot_answers_as_one_that_never_knew(run, tmp_path_factory, monkeypatch, moments, step):
    monkeypatch.setattr(forgetting, "STEP", step)
    events = [told(f"At {n}.", n, "error" if n % 2 else "info", lab=f"lab{n}") for n in moments]

    async def story():
        folder = tmp_path_factory.mktemp("forgetting")
        async with opened(folder / "all.db", acting=True) as store:
            await store.journal.append_async(events)
            gone = await store.journal.forget_async(T0)
            first = next((place for place, n in enumerate(moments) if n >= 0), len(moments))
            assert gone == min(first, len(moments) - 1)
            left = await everything(store)
        async with opened(folder / "some.db", acting=True) as store:
            await store.journal.append_async(events[gone:])
            expected = await everything(store)
        assert without_numbers(left) == without_numbers(expected)

    run(story())


def without_numbers(answers: dict[str, object]) -> str:
    """Return the answers as text, but for sequences and what names the store."""
    return re.sub(r"(sequence=|id='evt-|source='labdesk/)\w+", r"\1", str(answers))


def test_the_newest_event_stays_and_with_it_when_the_last_commit_was(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, acting=True, now=clock) as store:
            await store.create_async(widget())
            clock.advance(days=400)
            assert await store.journal.forget_async(clock()) == 0
            assert await store.last_committed_async() == T0

    run(story())


def test_events_told_before_their_filter_words_were_kept_go_too(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            await store.journal.append_async([told("Old.", 0, lab="a"), told("New.", DAY)])
            text = "UPDATE journal_body SET body = json_remove(body, '$.tokens') WHERE sequence = 1"
            await store._access.write(lambda connection: connection.run(text))
            assert await store.journal.forget_async(T0 + timedelta(days=1)) == 1
            assert [event.message for event in await store.journal.search_async(EventQuery("told"))] == ["New."]

    run(story())


def test_only_the_acting_process_forgets(run, store_path):
    async def story():
        async with opened(store_path) as store:
            with pytest.raises(NotActingError):
                await store.journal.forget_async(T0)

    run(story())
