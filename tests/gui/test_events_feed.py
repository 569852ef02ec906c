"""What keeps the event log true, over a real journal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labdesk.labs.kinds import lab_scheme
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery, SeverityCounts
from labdesk.store.store import ResourceStore
from labdesk.store.writes import NewEvent
from labdesk.ui.pages.events.feed import FIRST_PAGE, MOST_PENDING, EventFeed, Work
from labdesk.ui.pages.events.minutes import minute_of
from labdesk.ui.pages.events.rows import EventRows
from labdesk.ui.pages.events.tally import EventTally

NOW = datetime(2026, 11, 23, 9, 42, 7, tzinfo=UTC)


class Rows(EventRows):
    """Rows without a view."""

    def reset(self, events: Sequence[JournalEvent]) -> None:
        self.clear()
        super().add_newest(events)

    def add_newest(self, events: Sequence[JournalEvent]) -> None:
        super().add_newest(self.newer_than_all(events))

    def add_older(self, sequences: Sequence[int]) -> None:
        super().add_older(self.older_than_all(sequences))

    def fill(self, events: Sequence[JournalEvent]) -> None:
        self.keep(events)


class Log:
    """A journal, a feed over it, and what the bus would tell."""

    def __init__(self, store: ResourceStore) -> None:
        self.store = store
        self.rows = Rows(kept=50)
        self.changes = 0
        self.feed = EventFeed(store.journal, self.rows, self._spawn, self._changed)
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(self, *messages: str, severity: str = "info", lab: str = "ada-web", tell: bool = True) -> None:
        before = await self.store.journal.head_async()
        await self.store.journal.append_async(
            [
                NewEvent(
                    type="labinstancerequest.status_updated", subject=f"default/{lab}", time=NOW, severity=severity,
                    reason="Ready", message=message, data={}, tokens={"lab": lab},
                )
                for message in messages
            ]
        )  # fmt: skip
        if tell:
            self.feed.accept(await self.store.journal.after_async(before, 10_000))
            await self.settle()

    async def settle(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def shown(self) -> list[str]:
        found = []
        for row in range(len(self.rows)):
            event = self.rows.event_at(row)
            found.append(event.message if event else "…")
        return found

    def _spawn(self, work: Work, name: str) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _changed(self) -> None:
        self.changes += 1


def over_a_journal(path: Path, story: Callable[[Log], Awaitable[None]]) -> None:
    async def main() -> None:
        store = await ResourceStore.open_async(path, lab_scheme(), lambda: NOW)
        try:
            await story(Log(store))
        finally:
            await store.close_async()

    asyncio.run(main())


def test_it_begins_with_the_newest_and_pages_older_ones(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write(*(f"step {number}" for number in range(FIRST_PAGE + 30)), tell=False)
        await log.feed.open_async(EventQuery())
        assert len(log.rows) == FIRST_PAGE
        assert log.feed.has_older
        await log.feed.load_older_async()
        assert not log.feed.has_older
        assert [log.rows.sequence_at(row) for row in (0, len(log.rows) - 1)] == [FIRST_PAGE + 30, 1]

    over_a_journal(store_path, story)


def test_live_events_appear_while_following_and_wait_while_paused(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.feed.open_async(EventQuery())
        await log.write("one")
        assert log.shown == ["one"]
        log.feed.pause()
        await log.write("two", "three")
        assert (log.shown, log.feed.pending) == (["one"], 2)
        log.feed.follow()
        assert (log.shown, log.feed.pending) == (["three", "two", "one"], 0)

    over_a_journal(store_path, story)


def test_a_full_text_filter_means_the_same_for_old_and_live_events(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write("Extended by 30 min.", "Ended on time.", tell=False)
        await log.feed.open_async(EventQuery(text="exten"))
        assert log.shown == ["Extended by 30 min."]
        await log.write("Ended by itself.")
        await log.write("Éxtended once more.")
        assert log.shown == ["Éxtended once more.", "Extended by 30 min."]
        log.feed.pause()
        await log.write("Extended a last time.", "Ended.")
        assert log.feed.pending == 1

    over_a_journal(store_path, story)


def test_severities_and_times_are_filtered_without_asking_the_journal(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.feed.open_async(EventQuery(severities=("error",), since=NOW - timedelta(minutes=1)))
        await log.write("bad", severity="error")
        await log.write("fine")
        assert log.shown == ["bad"]

    over_a_journal(store_path, story)


def test_events_that_come_while_the_first_page_is_read_are_not_lost(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write("one", tell=False)
        opening = asyncio.ensure_future(log.feed.open_async(EventQuery()))
        await asyncio.sleep(0)
        await log.write("two", "three")
        await opening
        await log.settle()
        assert log.shown == ["three", "two", "one"]

    over_a_journal(store_path, story)


def test_an_answer_for_an_earlier_filter_is_dropped(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write("apples", "pears", tell=False)
        first = asyncio.ensure_future(log.feed.open_async(EventQuery(text="apples")))
        await asyncio.sleep(0)
        await log.feed.open_async(EventQuery(text="pears"))
        await first
        assert log.shown == ["pears"]

    over_a_journal(store_path, story)


def test_a_flood_while_paused_is_counted_and_read_again_afterwards(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.feed.open_async(EventQuery())
        log.feed.pause()
        await log.write(*(f"step {number}" for number in range(MOST_PENDING + 10)))
        assert log.feed.pending == MOST_PENDING + 10
        log.feed.follow()
        await log.settle()
        assert log.feed.pending == 0
        assert (len(log.rows), log.rows.newest) == (FIRST_PAGE, MOST_PENDING + 10)
        assert log.feed.has_older

    over_a_journal(store_path, story)


def test_rows_that_were_put_away_are_read_again(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write(*(f"step {number}" for number in range(1, 101)), tell=False)
        await log.feed.open_async(EventQuery())
        assert log.rows.event_at(80) is None
        missing = log.rows.missing_between(75, 85)
        assert missing == (75, 85)
        await log.feed.fill_async([log.rows.sequence_at(row) for row in range(75, 86)])
        assert log.shown[75:86] == [f"step {100 - row}" for row in range(75, 86)]

    over_a_journal(store_path, story)


def test_counts_stay_true_however_live_events_and_the_journal_s_answer_meet(store_path: Path) -> None:
    async def story(log: Log) -> None:
        journal, tally = log.store.journal, EventTally()
        await log.write("a", "b", tell=False)
        await log.write("c", severity="error", tell=False)
        early = tally.ask(EventQuery(severities=("error",)))
        question = tally.ask(EventQuery(severities=("error",)))
        counts = await journal.count_severities_async(question.query)
        minutes = await journal.histogram_async(NOW - timedelta(hours=1), NOW, question.query)
        await log.write("d", tell=False)
        tally.take(await journal.after_async(counts.head))
        assert tally.counts is None
        assert not tally.answer(early, SeverityCounts({"info": 9}, 9))
        assert tally.answer(question, counts)
        assert tally.answer_minutes(question, minutes)
        assert tally.counts == {"info": 3, "warning": 0, "error": 1}
        await log.write("e", severity="warning", tell=False)
        tally.take(await journal.after_async(counts.head + 1))
        assert tally.counts == {"info": 3, "warning": 1, "error": 1}
        assert tally.bars.bars(minute_of(NOW), 1) == [(3, 1, 1)]

    over_a_journal(store_path, story)
