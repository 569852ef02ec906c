"""The watcher on a real store: what it tells, in which order, and what it costs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from labdesk.control.watcher import ResourceWatcherBase
from labdesk.resource.errors import RevisionExpired
from labdesk.resource.events import ResourceChangeType
from labdesk.resource.resource import ResourceMetadata
from labdesk.store.errors import StoreError
from labdesk.store.views import Listing, ResourceChange
from labdesk.store.writes import Create, Update
from tests.control.kinds import Body, Other, Seen, Thing, World, key, thing

InWorld = Callable[[Body], None]


def test_a_change_is_told_in_order_with_the_state_before_it(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen = Seen()
            watcher.add_change_handler(seen)
            first = await world.create(size=1)
            second = await world.resize(first, 2)
            third = await world.report_size(second, 2)
            await world.store.remove_async(third)
            await world.settle(watcher)
            assert seen.told() == ["created a", "updated a", "status_updated a", "deleted a"]
            assert seen.revisions() == sorted(seen.revisions())
            assert [event.resource for event in seen.events[:3]] == [first, second, third]
            assert [event.old_resource for event in seen.events[:3]] == [None, first, second]
            assert seen.events[3].resource.status.size == 2
            assert world.metrics.watcher.changes_detected == world.metrics.watcher.events_published == 4

    in_world(body)


def test_handlers_find_the_cache_at_the_change_they_are_told(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            shown: list[tuple[int, int | None]] = []

            def look(event: Any) -> None:
                held = watcher.cache.get(event.key)
                shown.append((watcher.revision - event.revision, None if held is None else held.spec.size))

            watcher.add_change_handler(look)
            current = await world.create(size=0)
            for size in (1, 2, 3):
                current = await world.resize(current, size)
            await world.store.remove_async(current)
            await world.settle(watcher)
            assert shown == [(0, 0), (0, 1), (0, 2), (0, 3), (0, None)]

    in_world(body)


def test_starting_lists_what_is_there_and_tells_only_what_comes_after(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        old = await world.create("old")
        watcher, seen = world.watcher(), Seen()
        watcher.add_change_handler(seen)
        await watcher.start_async()
        assert watcher.cache.get(key("old")) == old
        await world.create("new")
        await world.settle(watcher)
        assert seen.told() == ["created new"]
        await watcher.stop()

    in_world(body)


def test_other_kinds_in_the_log_move_the_cursor_and_tell_nobody(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen = Seen()
            watcher.add_change_handler(seen)
            await world.store.create_async(Other(metadata=ResourceMetadata(name="a")))
            await world.settle(watcher)
            assert (seen.told(), len(watcher.cache)) == ([], 0)
            assert watcher.revision == await world.store.head_async()

    in_world(body)


def test_a_local_commit_is_told_at_once(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching(watch_interval=1000.0) as watcher:
            seen = Seen()
            watcher.add_change_handler(seen)
            before = world.clock.monotonic()
            await world.create()
            await seen.wait_for(1)
            assert world.clock.monotonic() == before

    in_world(body)


def test_a_lost_wake_costs_no_more_than_the_watch_interval(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen = Seen()
            watcher.add_change_handler(seen)
            await asyncio.sleep(1)
            world.store.remove_commit_listener(watcher.wake)
            before = world.clock.monotonic()
            await world.create()
            await seen.wait_for(1)
            assert 0 < world.clock.monotonic() - before <= 5

    in_world(body)


class CountingWatcher(ResourceWatcherBase[Thing]):
    """Counts its questions to the store, and can be made to fail them."""

    log_reads = lists = 0
    failing: Exception | None = None
    hidden: frozenset[str] = frozenset()

    async def read_log_async(self, revision: int, limit: int) -> list[ResourceChange]:
        self.log_reads += 1
        if self.failing is not None:
            raise self.failing
        changes = await super().read_log_async(revision, limit)
        return [change for change in changes if change.image.name not in self.hidden]

    async def _list_resources(self) -> Listing:
        self.lists += 1
        if self.failing is not None:
            raise self.failing
        return await super()._list_resources()


def counting(world: World, **more: Any) -> CountingWatcher:
    return CountingWatcher(world.store, "Thing", world.clock, world.metrics.watcher, on_error=world.reports, **more)


def test_an_idle_watcher_reads_the_log_once_an_interval_and_lists_nothing(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        await world.store.commit_async([Create(thing(f"t{number}")) for number in range(50)])
        watcher = counting(world, watch_interval=5.0)
        await watcher.start_async()
        await asyncio.sleep(1)
        reads = watcher.log_reads
        await asyncio.sleep(500)
        assert watcher.log_reads - reads == 100
        assert watcher.lists == 1
        await watcher.stop()

    in_world(body)


def test_a_pass_without_a_commit_does_not_touch_the_store(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        watcher = counting(world)
        await watcher.start_async()
        await asyncio.sleep(1)
        reads = watcher.log_reads
        for _ in range(10):
            await watcher._pass()
        assert watcher.log_reads == reads
        await watcher.stop()

    in_world(body)


def test_a_failed_read_delays_and_loses_nothing(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        watcher, seen = counting(world), Seen()
        watcher.add_change_handler(seen)
        await watcher.start_async()
        await world.create("kept")
        await world.settle(watcher)
        watcher.failing = StoreError("the disk is on fire")
        await world.create("new")
        await asyncio.sleep(20)
        assert seen.told() == ["created kept"]
        watcher.failing = None
        await world.settle(watcher)
        assert seen.told() == ["created kept", "created new"]
        assert set(world.reports.texts()) == {"the disk is on fire"}
        await watcher.stop()

    in_world(body)


def test_a_failed_list_never_looks_like_deletion(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        watcher, seen = counting(world, resync_interval=60.0), Seen()
        watcher.add_change_handler(seen)
        await watcher.start_async()
        await world.create("a")
        await world.create("b")
        await world.settle(watcher)
        watcher.failing = StoreError("the disk is on fire")
        await asyncio.sleep(300)
        assert seen.told() == ["created a", "created b"]
        assert len(watcher.cache) == 2
        watcher.failing = None
        await asyncio.sleep(300)
        assert len(watcher.cache) == 2
        assert world.metrics.watcher.missed_changes == 0
        await watcher.stop()

    in_world(body)


def test_a_watcher_that_cannot_list_at_start_says_so(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        watcher = counting(world)
        watcher.failing = StoreError("the disk is on fire")
        with pytest.raises(StoreError, match="on fire"):
            await watcher.start_async()
        await watcher.stop()

    in_world(body)


def test_a_resync_finds_what_the_log_did_not_tell_and_counts_it_as_a_defect(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        await world.create("changed")
        await world.create("gone")
        watcher, seen = counting(world, resync_interval=60.0), Seen()
        watcher.add_change_handler(seen)
        await watcher.start_async()
        watcher.hidden = frozenset({"changed", "gone", "new"})
        await world.resize(await get(world, "changed"), 5)
        await world.store.remove_async(await get(world, "gone"))
        await world.create("new")
        await world.create("told")
        await world.settle(watcher)
        assert seen.told() == ["created told"]
        await asyncio.sleep(120)
        assert sorted(seen.told()[1:]) == ["created new", "deleted gone", "updated changed"]
        assert world.metrics.watcher.missed_changes == 3
        assert seen.events[1].revision <= seen.events[-1].revision
        await asyncio.sleep(120)
        assert len(seen.events) == 4, "found once, not at every resync"
        await watcher.stop()

    in_world(body)


def test_commits_during_a_resync_are_not_mistaken_for_missed_ones(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        class Busy(CountingWatcher):
            async def _list_resources(self) -> Listing:
                await world.create(f"before-{self.lists}")
                listing = await super()._list_resources()
                await world.create(f"after-{self.lists}")
                return listing

        watcher = Busy(
            world.store, "Thing", world.clock, world.metrics.watcher, resync_interval=60.0, on_error=world.reports
        )
        seen = Seen()
        watcher.add_change_handler(seen)
        await watcher.start_async()
        await asyncio.sleep(200)
        await world.settle(watcher)
        assert watcher.lists >= 3
        assert world.metrics.watcher.missed_changes == 0
        assert seen.revisions() == sorted(set(seen.revisions()))
        assert len(watcher.cache) == 2 * watcher.lists
        await watcher.stop()

    in_world(body)


def test_an_expired_cursor_lists_again_and_tells_the_difference_with_the_deletes(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        for name in ("same", "changed", "reported", "gone", "replaced"):
            await world.create(name)
        watcher, seen = counting(world), Seen()
        watcher.add_change_handler(seen)
        await watcher.start_async()
        await asyncio.sleep(1)
        world.store.remove_commit_listener(watcher.wake)
        await world.resize(await get(world, "changed"), 5)
        await world.report_size(await get(world, "reported"), 5)
        for name in ("gone", "replaced"):
            await world.store.remove_async(await get(world, name))
        await world.create("replaced")
        await world.create("new")
        watcher.failing = None
        expired = iter([RevisionExpired("the log begins later")])
        ordinary = watcher.read_log_async

        async def expire_once(revision: int, limit: int) -> list[ResourceChange]:
            for error in expired:
                raise error
            return await ordinary(revision, limit)

        watcher.read_log_async = expire_once  # type: ignore[method-assign]
        watcher.wake()
        await world.settle(watcher)
        assert sorted(seen.told()) == sorted(
            ["updated changed", "status_updated reported", "deleted gone", "deleted replaced", "created replaced",
             "created new"]
        )  # fmt: skip
        assert seen.told().index("deleted replaced") < seen.told().index("created replaced")
        assert seen.revisions() == sorted(seen.revisions())
        assert {image.name for image in watcher.cache.images()} == {"same", "changed", "reported", "replaced", "new"}
        assert world.metrics.watcher.relists == 1
        assert world.metrics.watcher.missed_changes == 0
        await watcher.stop()

    in_world(body)


def test_many_changes_are_read_in_pages_and_all_told(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen = Seen()
            watcher.add_change_handler(seen)
            await world.store.commit_async([Create(thing(f"t{number}")) for number in range(2500)])
            await world.settle(watcher)
            assert len(set(seen.revisions())) == 2500
            assert len(watcher.cache) == 2500

    in_world(body)


def test_waiting_for_a_revision_ends_when_the_cache_shows_it(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            await watcher.wait_for_revision(0)
            waiting = [asyncio.ensure_future(watcher.wait_for_revision(revision)) for revision in (3, 1, 2)]
            waiting[0].cancel()
            for number in range(3):
                await world.create(f"t{number}")
            await asyncio.gather(*waiting[1:])
            await world.settle(watcher)
            assert watcher.revision == 3

    in_world(body)


def test_one_commit_of_many_changes_is_told_change_by_change(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen = Seen()
            watcher.add_change_handler(seen)
            first = await world.create("a")
            await world.store.commit_async([Update(first, first.with_spec(size=1)), Create(thing("b"))])
            await world.settle(watcher)
            assert seen.told() == ["created a", "updated a", "created b"]

    in_world(body)


def test_a_stopped_watcher_tells_nothing_and_leaves_no_task(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        seen = Seen()
        async with world.watching() as watcher:
            watcher.add_change_handler(seen)
        await world.create()
        await asyncio.sleep(60)
        assert seen.events == []
        assert len(asyncio.all_tasks()) == 1

    in_world(body)


async def get(world: World, name: str) -> Thing:
    found = await world.store.get_async("Thing", "default", name)
    assert isinstance(found, Thing)
    return found


def test_kinds_of_change_are_told_apart(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen = Seen()
            watcher.add_change_handler(seen)
            current = await world.create()
            both = current.with_spec(size=1).with_status(size=1)
            current = await world.store.update_async(current, both)
            current = await world.store.update_async(current, current.with_metadata(labels={"app": "web"}))
            await world.report_size(current, 3)
            await world.settle(watcher)
            assert [event.change_type for event in seen.events[1:]] == [
                ResourceChangeType.UPDATED, ResourceChangeType.UPDATED, ResourceChangeType.STATUS_UPDATED,
            ]  # fmt: skip

    in_world(body)
