"""The work ledger outlives a restart and belongs to the acting process."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labdesk.resource.resource import ResourceKey
from labdesk.store.errors import NotActingError
from labdesk.store.work import WorkItem
from tests.store.kinds import T0, opened, widget

A, B = ResourceKey("Widget", "default", "a"), ResourceKey("Widget", "default", "b")


def test_work_is_kept_over_a_restart_by_priority_and_due_time(run, store_path):
    async def story():
        later = WorkItem(A, T0 + timedelta(seconds=8, microseconds=5), 3, "The engine refused.", 2)
        at_once = WorkItem(B, None, 0, "", 0)
        async with opened(store_path, acting=True) as store:
            await store.work.save_async(WorkItem(A, T0, 1, "once", 2))
            await store.work.save_async(later)
            await store.work.save_async(at_once)
        async with opened(store_path, acting=True) as store:
            assert await store.work.load_async() == [at_once, later]
            await store.work.clear_async(B)
            await store.work.clear_async(B)
            assert await store.work.load_async() == [later]

    run(story())


def test_an_observer_and_a_former_actor_may_not_write_work(run, store_path):
    async def story():
        async with opened(store_path) as observer, opened(store_path, acting=True) as former:
            with pytest.raises(NotActingError, match="observes"):
                await observer.work.save_async(WorkItem(A))
            await observer.take_epoch_async()
            with pytest.raises(NotActingError, match="taken over"):
                await former.work.clear_async(A)
            assert not former.is_acting
            await observer.work.save_async(WorkItem(A))

    run(story())


def test_removing_a_resource_clears_its_work_only(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget("a"))
            await store.work.save_async(WorkItem(A))
            await store.work.save_async(WorkItem(B))
            await store.remove_async(made)
            assert [item.key for item in await store.work.load_async()] == [B]

    run(story())
