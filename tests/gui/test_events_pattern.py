"""The log while a regular expression filters it, over a real journal."""

from __future__ import annotations

from pathlib import Path

from labdesk.store.journal_reads import EventQuery
from labdesk.ui.pages.events.minutes import minute_of, start_of_minute
from labdesk.ui.pages.events.pattern_feed import PatternFeed
from tests.gui.test_events_feed import Log, over_a_journal


async def searched(log: Log, pattern: str, query: EventQuery | None = None) -> PatternFeed:
    """Let the log's feed be one that searches, and wait until it has searched everything."""
    feed = PatternFeed(log.store.journal, log.rows, log._spawn, log._changed)
    log.feed = feed
    await feed.open_pattern_async(query or EventQuery(), log.store.journal.open_scan(pattern))
    await log.settle()
    return feed


def sequences(log: Log) -> list[int]:
    return [log.rows.sequence_at(row) for row in range(len(log.rows))]


def test_what_is_found_stands_newest_first_and_nothing_older_is_left(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write("Exit code 1.", "Ended.", "Exit code 2.", tell=False)
        feed = await searched(log, r"code \d")
        assert log.shown == ["Exit code 2.", "Exit code 1."]
        assert (feed.progress.found, feed.progress.is_whole, feed.has_older) == (2, True, False)
        feed.leave()

    over_a_journal(store_path, story)


def test_live_events_are_matched_too_and_wait_while_paused(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write("Exit code 1.", tell=False)
        feed = await searched(log, r"code \d", EventQuery(severities=("info",)))
        await log.write("Exit code 2.", "Ended.")
        assert log.shown == ["Exit code 2.", "Exit code 1."]
        await log.write("Exit code 3.", severity="error")
        feed.pause()
        await log.write("Exit code 4.")
        assert (len(log.rows), feed.pending, feed.progress.found) == (2, 1, 3)
        feed.follow()
        assert log.shown == ["Exit code 4.", "Exit code 2.", "Exit code 1."]
        feed.leave()

    over_a_journal(store_path, story)


def test_another_expression_ends_the_former_search_and_its_processes(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write("apples", "pears", tell=False)
        journal = log.store.journal
        feed = PatternFeed(journal, log.rows, log._spawn, log._changed)
        first, second = journal.open_scan("apples"), journal.open_scan("pears")
        log._spawn(lambda: feed.open_pattern_async(EventQuery(), first), "first")
        log._spawn(lambda: feed.open_pattern_async(EventQuery(), second), "second")
        await log.settle()
        assert sequences(log) == [2]
        assert first._is_closed
        assert not second._is_closed
        feed.leave()
        assert second._is_closed

    over_a_journal(store_path, story)


def test_a_search_that_is_cancelled_keeps_what_it_found_and_looks_no_further(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write("Exit code 1.", tell=False)
        feed = await searched(log, "code")
        feed.cancel()
        await log.write("Exit code 2.")
        assert sequences(log) == [1]

    over_a_journal(store_path, story)


def test_a_search_within_a_time_leaves_the_bars_of_all_times(store_path: Path) -> None:
    async def story(log: Log) -> None:
        await log.write("Exit code 1.", "Ended.", tell=False)
        await log.write("Exit code 2.", severity="error", tell=False)
        feed = await searched(log, "code")
        minutes = [minute_of(event.time) for event in await log.store.journal.latest_async(3)]
        first, count = min(minutes), max(minutes) - min(minutes) + 1

        def bars() -> list[int]:
            return [sum(severity) for severity in zip(*feed.bars.bars(first, count), strict=True)]

        assert (bars(), feed.counts) == ([1, 0, 1], {"info": 1, "warning": 0, "error": 1})
        before_all = EventQuery(until=start_of_minute(first - 10))
        await feed.open_pattern_async(before_all, log.store.journal.open_scan("code"))
        await log.settle()
        assert (bars(), feed.counts.get("info", 0), len(log.rows)) == ([1, 0, 1], 0, 0)
        await feed.open_pattern_async(EventQuery(), log.store.journal.open_scan("ended"))
        await log.settle()
        assert bars() == [1, 0, 0]
        feed.leave()

    over_a_journal(store_path, story)
