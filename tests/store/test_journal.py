"""The event journal: order, search, counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labdesk.resource.errors import InvalidResourceError
from labdesk.store.journal_reads import EventQuery
from labdesk.store.writes import NewEvent
from tests.store.kinds import T0, ManualClock, opened, widget


def told(
    message: str, minutes: float = 0, severity: str = "info", type_: str = "engine.seen", **tokens: str
) -> NewEvent:
    time = T0 + timedelta(minutes=minutes)
    return NewEvent(type_, "default/x", time, severity, "Told", message, {"minutes": minutes}, tokens)


async def found(store, query: EventQuery, **options) -> list[str]:
    events = await store.journal.search_async(query, **options)
    assert len(events) == await store.journal.count_async(query) or options
    return [event.message for event in events]


def test_a_commit_tells_its_event_once_with_the_revision_as_its_id(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget("web", owner="Ada"))
            noted = await store.update_async(made, made.with_status(note="Is dry.", severity="warning"))
            await store.remove_async(noted)
            events = await store.journal.after_async(0)
            assert [event.type for event in events] == ["widget.created", "widget.status_updated", "widget.deleted"]
            assert [event.id for event in events] == ["rev-1", "rev-2", "rev-3"]
            assert [event.sequence for event in events] == [1, 2, 3]
            event = events[1]
            assert (event.source, event.subject) == (f"labdesk/{store.desk_id}/watcher", "default/web")
            assert (event.severity, event.reason, event.message) == ("warning", "Painted", "Is red now. Is dry.")
            assert (event.data, event.revision, event.time) == ({"phase": "NEW", "owner": "Ada"}, 2, T0)
            assert events[2].message == "Was deleted."
            assert events[2].data["owner"] == "Ada"

    run(story())


def test_events_of_no_commit_have_their_sequence_for_an_id(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget())
            await store.journal.append_async([told("One."), told("Two.")])
            events = await store.journal.after_async(1)
            assert [(event.id, event.revision, event.message) for event in events] == [
                ("evt-2", None, "One."),
                ("evt-3", None, "Two."),
            ]
            assert events[0].source == f"labdesk/{store.desk_id}/controller"
            assert await store.journal.head_async() == 3
            assert (await store.journal.get_async(2)) == events[0]
            assert await store.journal.get_async(99) is None
            assert [event.sequence for event in await store.journal.latest_async(2)] == [3, 2]

    run(story())


def test_order_is_the_sequence_even_when_the_clock_goes_back(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async([told("Late.", 60), told("Early.", -60), told("Middle.", 0)])
            assert [event.message for event in await store.journal.after_async(0)] == ["Late.", "Early.", "Middle."]
            since = EventQuery(since=T0 - timedelta(minutes=1))
            assert await found(store, since) == ["Middle.", "Late."]

    run(story())


def test_every_word_typed_is_the_beginning_of_a_word(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async(
                [
                    told("The web server is ready."),
                    told("Ada Lovelace <ada@example.edu> stopped it: web-ada."),
                    told("Søren café, naïve façade, Ελλάδα, 学生"),
                ]
            )
            for text, expected in {
                "rea": ["The"],
                "WEB serv": ["The"],
                "web": ["Ada", "The"],
                "web-ada": ["Ada"],
                "ada@example.edu": ["Ada"],
                "lovel stop": ["Ada"],
                "lovelace web server": [],
                '"web server"': ["The"],
                '"server web"': [],
                "cafe naive": ["Søren"],
                "ελλ": ["Søren"],
                "学": ["Søren"],
                "told": ["Søren", "Ada", "The"],
                "default/x": ["Søren", "Ada", "The"],
                "- !! 🎉": ["Søren", "Ada", "The"],
            }.items():
                assert [message.split()[0] for message in await found(store, EventQuery(text))] == expected, text

    run(story())


def test_filters_are_exact_and_no_message_can_pass_for_one(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async(
                [
                    told("sev:error lab:web-ada", severity="info"),
                    told("Broke.", severity="error", lab="web-ada", course="cs-1"),
                    told("Near.", severity="warning", lab="web-ada-2", type_="engine.seen.twice", course="cs-10"),
                    told("Far.", severity="warning", lab="web", type_="desk.opened"),
                ]
            )
            assert await found(store, EventQuery(severities=["error"])) == ["Broke."]
            assert await found(store, EventQuery(severities=["error", "warning"])) == ["Far.", "Near.", "Broke."]
            assert await found(store, EventQuery(labs=["web-ada"])) == ["Broke."]
            assert await found(store, EventQuery(courses=["cs-1"])) == ["Broke."]
            assert await found(store, EventQuery(courses=["cs-1", "cs-10"], severities=["warning"])) == ["Near."]
            assert await found(store, EventQuery(types=["engine.seen"])) == [
                "Broke.",
                "sev:error lab:web-ada",
            ]
            assert len(await found(store, EventQuery(types=["engine.seen*"]))) == 3
            assert await found(store, EventQuery("sev:error")) == ["sev:error lab:web-ada"]
            assert await found(store, EventQuery("near", types=["engine.*"])) == ["Near."]

    run(story())


def test_pages_go_back_without_gap_or_overlap(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async([told(f"Number {n}.") for n in range(25)])
            for query in (EventQuery(), EventQuery("number")):
                seen: list[int] = []
                while page := await store.journal.search_async(query, before=seen[-1] if seen else None, limit=10):
                    seen += [event.sequence for event in page]
                assert seen == list(range(25, 0, -1))

    run(story())


def test_times_bound_search_and_count_exactly(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async([told(f"At {n}.", n / 2) for n in range(12)])
            for text in ("", "at"):
                query = EventQuery(text, since=T0 + timedelta(minutes=1.5), until=T0 + timedelta(minutes=3))
                assert await found(store, query) == ["At 5.", "At 4.", "At 3."]
                assert await found(store, EventQuery(text, since=T0 + timedelta(days=1))) == []
                assert await found(store, EventQuery(text, until=T0 + timedelta(minutes=0.5))) == ["At 0."]

    run(story())


def test_the_histogram_counts_each_minute_by_severity(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, now=clock) as store:
            await store.create_async(widget("web"))
            await store.journal.append_async(
                [told("a"), told("b", 0.9, "error"), told("c", 2, "warning"), told("d", 2.5, "warning"), told("e", 60)]
            )
            hour = (T0, T0 + timedelta(minutes=59))
            counts = await store.journal.histogram_async(*hour)
            assert counts.head == 6
            assert [(c.minute, c.info, c.warning, c.error) for c in counts.minutes] == [
                (T0, 2, 0, 1),
                (T0 + timedelta(minutes=2), 0, 2, 0),
            ]
            only = await store.journal.histogram_async(*hour, EventQuery(severities=["warning"]))
            assert [(c.minute, c.info, c.warning, c.error) for c in only.minutes] == [
                (T0 + timedelta(minutes=2), 0, 2, 0)
            ]
            no_words = await store.journal.histogram_async(*hour, EventQuery("- . !!"))
            assert no_words == counts
            matching = await store.journal.histogram_async(*hour, EventQuery("told", severities=["error", "warning"]))
            assert [(c.info, c.warning, c.error) for c in matching.minutes] == [(0, 0, 1), (0, 2, 0)]

    run(story())


def test_an_unknown_severity_is_refused(run, store_path):
    async def story():
        async with opened(store_path) as store:
            with pytest.raises(InvalidResourceError, match="severity"):
                await store.journal.append_async([told("a", severity="fatal")])

    run(story())


def test_severities_are_counted_in_one_moment_whatever_else_is_filtered(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async(
                [told("a", 0), told("b", 0.5, "error"), told("c", 3, "warning"), told("d", 90, "error", course="cs-1")]
            )
            for query, expected in {
                EventQuery(severities=("info",)): {"info": 1, "warning": 1, "error": 2},
                EventQuery(since=T0 + timedelta(minutes=1)): {"info": 0, "warning": 1, "error": 1},
                EventQuery(until=T0 + timedelta(seconds=20)): {"info": 1, "warning": 0, "error": 0},
                EventQuery("told", until=T0 + timedelta(hours=1)): {"info": 1, "warning": 1, "error": 1},
                EventQuery(courses=("cs-1",)): {"info": 0, "warning": 0, "error": 1},
                EventQuery("zebra"): {"info": 0, "warning": 0, "error": 0},
            }.items():
                found = await store.journal.count_severities_async(query)
                assert (found.counts, found.head) == (expected, 4), query

    run(story())


def test_the_values_of_filters_are_those_that_were_written_with_their_counts(run, store_path):
    async def story():
        async with opened(store_path) as store:
            assert await store.journal.values_async("course") == []
            await store.journal.append_async(
                [
                    told("a", course="CS 101: Übung", lab="web-1", type_="desk.opened"),
                    told("b", course="cs-1", lab="web-1"),
                    told("c", course="cs-1", lab="b.x_y"),
                ]
            )
            for name, expected in {
                "course": [("CS 101: Übung", 1), ("cs-1", 2)],
                "lab": [("b.x_y", 1), ("web-1", 2)],
                "type": [("desk.opened", 1), ("engine.seen", 2)],
            }.items():
                found = await store.journal.values_async(name)
                assert [(one.value, one.count) for one in found] == expected
                for one in found:
                    assert await store.journal.count_async(EventQuery(**{f"{name}s": [one.value]})) == one.count

    run(story())


def test_sequences_alone_are_those_of_the_events(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async([told(f"Number {n}.", n) for n in range(10)])
            for query in (EventQuery(), EventQuery("numb"), EventQuery("numb", since=T0 + timedelta(minutes=4))):
                events = await store.journal.search_async(query, 9, 4)
                assert await store.journal.sequences_async(query, 9, 4) == [event.sequence for event in events]
                assert await store.journal.events_async([event.sequence for event in events] + [99]) == events

    run(story())


def test_events_are_read_from_the_oldest_on_for_whoever_writes_them_down(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async([told(f"Number {n}.", n) for n in range(1, 11)])
            for query in (EventQuery(), EventQuery("numb")):
                page = await store.journal.oldest_async(query, 3, 9, 4)
                assert [event.sequence for event in page] == [4, 5, 6, 7]
                assert [event.sequence for event in await store.journal.oldest_async(query, 7, 9, 4)] == [8]

    run(story())
