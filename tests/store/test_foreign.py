"""Other processes' commits are noticed; our own are told directly and not a second time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from labdesk.resource.errors import ResourceExistsError
from labdesk.store.foreign import ForeignCommitWatch
from labdesk.store.writes import NewEvent
from tests.store.kinds import PATIENCE, T0, ManualClock, opened, widget


def watch_from(heads: tuple[int, int], own: list[tuple[int, int]], noticed: list[int]) -> ForeignCommitWatch:
    return ForeignCommitWatch(Path("unused"), heads, lambda: own[-1], lambda _time: noticed.append(1))


def test_growth_beyond_our_own_commits_is_somebody_elses():
    own, noticed = [(5, 9)], []
    watch = watch_from((5, 9), own, noticed)
    watch._look((5, 9))
    assert noticed == []
    own.append((6, 10))
    watch._look((6, 10))
    assert noticed == [], "our own commit, already told"
    watch._look((7, 11))
    assert noticed == [1]
    watch._look((7, 11))
    assert noticed == [1]
    watch._look((7, 12))
    assert noticed == [1, 1], "the journal alone"


def test_a_foreign_commit_below_our_own_later_one_was_told_with_ours():
    own, noticed = [(5, 9)], []
    watch = watch_from((5, 9), own, noticed)
    own.append((7, 11))
    watch._look((7, 11))
    assert noticed == []


def test_a_store_put_back_to_less_is_noticed():
    own, noticed = [(5, 9)], []
    watch = watch_from((5, 9), own, noticed)
    watch._look((3, 4))
    assert noticed == [1]


def test_when_the_last_commit_was_is_known_of_every_process(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, now=clock) as store:
            told: list[datetime] = []
            store.add_time_listener(told.append)
            assert told == [], "nothing was committed yet"
            await store.create_async(widget("a"))
            clock.advance(seconds=3)
            async with opened(store_path, now=clock) as other:
                heard = asyncio.Event()
                store.add_commit_listener(heard.set)
                await other.create_async(widget("b"))
                await asyncio.wait_for(heard.wait(), PATIENCE)
            assert told == [T0, T0 + timedelta(seconds=3)]
            clock.advance(seconds=-2)
            await store.journal.append_async([NewEvent("desk.told", "desk", T0, "info", "Told", "Told.")])
            assert len(told) == 2, "an earlier one is no news"
            later: list[datetime] = []
            store.add_time_listener(later.append)
            assert later == told[-1:]

    run(story())


def test_an_unexpected_error_is_told_once_and_other_processes_are_heard_all_the_same(
    run, store_path, monkeypatch, caplog
):
    ordinary, failures = ForeignCommitWatch._look, iter([TypeError("no row")] * 6)

    def look(watch: ForeignCommitWatch, *found):
        for failure in failures:
            raise failure
        ordinary(watch, *found)

    monkeypatch.setattr(ForeignCommitWatch, "_look", look)

    async def story():
        async with opened(store_path) as store, opened(store_path) as other:
            heard = asyncio.Event()
            store.add_commit_listener(heard.set)
            await other.create_async(widget("b"))
            await asyncio.wait_for(heard.wait(), PATIENCE)

    run(story())
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert set(said) == {"looking for other processes' commits failed: TypeError('no row')"}
    assert len(said) <= 2, "once for each of the two"


def test_the_store_knows_what_it_committed_itself(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget("a"))
            assert store._access.heads == (1, 1)
            with pytest.raises(ResourceExistsError):
                await store.create_async(widget("a"))
            assert store._access.heads == (1, 1), "a refused commit's revision will be somebody else's"
        async with opened(store_path) as store:
            assert store._access.heads == (1, 1)

    run(story())


def test_a_restore_to_the_heads_seen_last_is_noticed_by_its_lineage():
    noticed: list[int] = []
    watch = ForeignCommitWatch(Path("unused"), (5, 9), lambda: (5, 9), lambda _time: noticed.append(1), "first")
    watch._look((5, 9), "first")
    assert noticed == []
    watch._look((5, 9), "restored")
    assert noticed == [1]
