"""Commits that come together go together, and each is answered for itself."""

from __future__ import annotations

import asyncio

import pytest

from labdesk.resource.errors import ResourceConflictError, ResourceExistsError
from labdesk.store import commit_queue
from labdesk.store.commit import CommitBatch
from labdesk.store.errors import NotActingError, StoreClosedError, StoreFullError
from labdesk.store.writes import Create, Update
from tests.store.kinds import opened, widget
from tests.store.test_group_commit import held, sent


@pytest.fixture
def batches(monkeypatch) -> list[int]:
    """Return the sizes of the batches the writer was sent."""
    sizes: list[int] = []
    run = CommitBatch.__call__

    def noting(self: CommitBatch, connection):
        sizes.append(len(self.requests))
        return run(self, connection)

    monkeypatch.setattr(CommitBatch, "__call__", noting)
    return sizes


def test_what_one_turn_brings_and_what_comes_while_that_is_under_way_go_together_in_order(run, store_path, batches):
    async def story():
        async with opened(store_path) as store:
            with held(store):
                attempts = [asyncio.ensure_future(store.create_async(widget(f"w{n}"))) for n in range(10)]
                await sent()
                attempts += [asyncio.ensure_future(store.create_async(widget(f"w{n}"))) for n in range(10, 40)]
                await sent()
            made = await asyncio.gather(*attempts)
            assert [each.metadata.resource_version for each in made] == list(range(1, 41))
            changes = await store.changes_after_async(0)
            assert [change.image.name for change in changes] == [f"w{n}" for n in range(40)]
            events = await store.journal.after_async(0)
            assert [(event.sequence, event.revision) for event in events] == [(n, n) for n in range(1, 41)]
            assert [event.subject for event in events] == [f"default/w{n}" for n in range(40)]

    run(story())
    assert batches == [10, 30]


def test_a_batch_has_a_limit(run, store_path, batches, monkeypatch):
    monkeypatch.setattr(commit_queue, "BATCH_LIMIT", 7)

    async def story():
        async with opened(store_path) as store:
            with held(store):
                attempts = [asyncio.ensure_future(store.create_async(widget(f"w{n}"))) for n in range(20)]
                await asyncio.sleep(0)
            made = await asyncio.gather(*attempts)
            assert [each.metadata.resource_version for each in made] == list(range(1, 21))

    run(story())
    assert batches == [7, 7, 6]


def test_each_of_a_batch_is_refused_for_its_own_reason_and_the_rest_is_committed(run, store_path, batches):
    async def story():
        async with opened(store_path) as store:
            old = await store.create_async(widget("old"))
            with held(store):
                attempts = [
                    asyncio.ensure_future(attempt)
                    for attempt in (
                        store.create_async(widget("first")),
                        store.update_async(old, old.with_spec(color="blue")),
                        store.update_async(old, old.with_spec(color="green")),
                        store.update_async(old, old.with_status(note="not mine")),
                        store.create_async(widget("first")),
                        store.update_async(old, old),
                        store.create_async(widget("last")),
                    )
                ]
                await asyncio.sleep(0)
            outcomes = await asyncio.gather(*attempts, return_exceptions=True)
            told = [getattr(getattr(each, "metadata", None), "resource_version", type(each)) for each in outcomes]
            conflict, fenced, exists = ResourceConflictError, NotActingError, ResourceExistsError
            assert told == [2, 3, conflict, fenced, exists, conflict, 4]
            assert [change.revision for change in await store.changes_after_async(0)] == [1, 2, 3, 4]
            assert [event.sequence for event in await store.journal.after_async(0)] == [1, 2, 3, 4]
            assert (await store.get_async("Widget", "default", "old")).spec.color == "blue"

    run(story())
    assert batches == [1, 7]


def test_rivals_in_one_batch_are_told_apart(run, store_path, batches):
    """Neither of two new names, nor of two changes of one version, was in the store when the batch was tried."""

    async def story():
        async with opened(store_path) as store:
            old = await store.create_async(widget("old"))
            with held(store):
                attempts = [
                    asyncio.ensure_future(attempt)
                    for attempt in (
                        store.create_async(widget("first")),
                        store.create_async(widget("twin")),
                        store.create_async(widget("twin")),
                        store.update_async(old, old.with_spec(color="blue")),
                        store.update_async(old, old.with_spec(color="green")),
                    )
                ]
                await asyncio.sleep(0)
            outcomes = await asyncio.gather(*attempts, return_exceptions=True)
            told = [getattr(getattr(each, "metadata", None), "resource_version", type(each)) for each in outcomes]
            assert told == [2, 3, ResourceExistsError, 4, ResourceConflictError]

    run(story())
    assert batches == [1, 5]


def test_a_commit_that_clashes_with_itself_is_refused_whole(run, store_path):
    async def story():
        async with opened(store_path) as store:
            old = await store.create_async(widget("old"))
            with pytest.raises(ResourceExistsError, match="twice"):
                await store.commit_async([Create(widget("twin")), Create(widget("twin"))])
            with pytest.raises(ResourceExistsError):
                await store.create_async(widget("new").with_metadata(uid=old.metadata.uid))
            changes = [Update(old, old.with_spec(color=color)) for color in ("blue", "green")]
            with pytest.raises(ResourceConflictError, match="twice"):
                await store.commit_async(changes)
            assert await store.head_async() == 1
            assert (await store.create_async(widget("new"))).metadata.resource_version == 2

    run(story())


def test_a_full_disk_that_shows_while_a_refused_batch_is_done_again_fails_all_of_it(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget("taken"))
            used = store._access._writer.submit(lambda c: c.execute_scalar("PRAGMA page_count", {})).result()
            store._access._writer.submit(lambda c: c.run(f"PRAGMA max_page_count = {used + 8}")).result()
            with held(store):
                attempts = [asyncio.ensure_future(store.create_async(widget("first")))]
                await sent()
                attempts += [
                    asyncio.ensure_future(store.create_async(widget(name, owner=owner)))
                    for name, owner in (("taken", ""), ("b", ""), ("large", "x" * 200_000))
                ]
                await asyncio.sleep(0)
            outcomes = await asyncio.gather(*attempts, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes[1:]] == [StoreFullError] * 3
            assert sorted(image.name for image in (await store.list_async()).images) == ["first", "taken"]
            await store.create_async(widget("b"))

    run(story())


def test_commits_that_wait_when_the_store_is_closed_are_still_made_or_told(run, store_path):
    async def story():
        async with opened(store_path) as store:
            with held(store):
                attempts = [asyncio.ensure_future(store.create_async(widget(f"w{n}"))) for n in range(5)]
                await asyncio.sleep(0)
                closing = asyncio.ensure_future(store.close_async())
                await asyncio.sleep(0)
            await closing
            assert len(await asyncio.gather(*attempts)) == 5
            with pytest.raises(StoreClosedError):
                await store.create_async(widget("late"))

    run(story())
