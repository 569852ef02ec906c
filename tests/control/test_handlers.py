"""Each handler has its own position: in order, at least once, delaying nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from labdesk.control import handlers
from labdesk.resource.events import ResourceChangeEvent, ResourceChangeType
from labdesk.resource.scheme import Scheme
from labdesk.store.errors import StoreError
from labdesk.store.store import ResourceStore
from labdesk.store.views import ResourceChange
from labdesk.store.writes import Create
from tests.control.kinds import SCHEME, Body, Seen, Thing, World, key, thing

InWorld = Callable[[Body], None]
Event = ResourceChangeEvent[Thing]


async def create_many(world: World, count: int, prefix: str = "t") -> None:
    for first in range(0, count, 500):
        names = [f"{prefix}{number}" for number in range(first, min(first + 500, count))]
        await world.store.commit_async([Create(thing(name)) for name in names])


async def create_as_a_newer_program(world: World, *names: str, unreadable: str) -> None:
    """Store things from another process, one of them in a form that this one does not know."""
    scheme = Scheme([Thing])
    scheme.encode = lambda one: "?" if one.metadata.name == unreadable else SCHEME.encode(one)  # type: ignore[method-assign]
    store = await ResourceStore.open_async(world.store.path, scheme, world.clock.now)
    try:
        for name in names:
            await store.create_async(thing(name))
    finally:
        await store.close_async()


def test_a_slow_handler_delays_nobody_else(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            slow, quick = Seen(), Seen()

            async def take_an_hour(event: Event) -> None:
                await asyncio.sleep(3600)
                slow(event)

            watcher.add_change_handler(take_an_hour)
            watcher.add_change_handler(quick)
            before = world.clock.monotonic()
            await create_many(world, 3)
            await quick.wait_for(3)
            assert world.clock.monotonic() == before
            assert slow.told() == []
            await slow.wait_for(3)
            assert slow.revisions() == quick.revisions()
            assert world.clock.monotonic() == before + 3 * 3600

    in_world(body)


def test_a_failing_handler_is_tried_again_in_order_and_delays_nobody_else(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            taken, healthy, tries = Seen(), Seen(), 0

            def stumble(event: Event) -> None:
                nonlocal tries
                tries += 1
                if event.key.name == "t1" and tries < 6:
                    raise RuntimeError("not yet")
                taken(event)

            watcher.add_change_handler(stumble)
            watcher.add_change_handler(healthy)
            before = world.clock.monotonic()
            await create_many(world, 4)
            await healthy.wait_for(4)
            assert world.clock.monotonic() == before
            assert taken.told() == ["created t0"]
            await taken.wait_for(4)
            assert taken.revisions() == healthy.revisions()
            assert world.clock.monotonic() > before
            assert world.metrics.watcher.handler_retries > 0
            assert set(world.reports.texts()) == {"not yet"}
            await create_many(world, 1, "later")
            await world.settle(watcher)
            assert taken.told()[-1] == "created later0", "healthy again, it is told at once"

    in_world(body)


def test_an_async_handler_that_raises_gets_the_same_change_again(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen, tried = Seen(), []

            async def stumble(event: Event) -> None:
                tried.append(event.key.name)
                if len(tried) == 2:
                    raise RuntimeError("stumbled")
                seen(event)

            watcher.add_change_handler(stumble)
            await create_many(world, 3)
            await seen.wait_for(3)
            assert tried == ["t0", "t1", "t1", "t2"]

    in_world(body)


def test_a_handler_far_behind_reads_the_log_again_and_misses_nothing(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            slow, gate = Seen(), asyncio.Event()

            async def blocked(event: Event) -> None:
                await gate.wait()
                slow(event)

            watcher.add_change_handler(blocked)
            await create_many(world, 3 * handlers.BUFFER)
            await world.settle(watcher)
            (delivery,) = watcher._deliveries
            assert delivery.position < watcher.revision
            assert len(delivery._waiting) <= handlers.BUFFER
            gate.set()
            await slow.wait_for(3 * handlers.BUFFER)
            assert slow.revisions() == list(range(1, 3 * handlers.BUFFER + 1))
            await create_many(world, 2, "later")
            await slow.wait_for(3 * handlers.BUFFER + 2)
            assert slow.told()[-1] == "created later1"
            assert delivery.position == watcher.revision

    in_world(body)


def test_a_handler_behind_keeps_up_with_commits_that_go_on(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            slow = Seen()

            async def one_a_second(event: Event) -> None:
                await asyncio.sleep(1)
                slow(event)

            watcher.add_change_handler(one_a_second)
            for round_ in range(20):
                await create_many(world, 150, f"r{round_}-")
                await asyncio.sleep(97)
            await slow.wait_for(3000)
            assert slow.revisions() == list(range(1, 3001))

    in_world(body)


def test_a_handler_behind_a_compacted_log_is_told_the_difference(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            doomed, kept = await world.create("doomed"), await world.create("kept")
            await world.settle(watcher)
            slow, gate = Seen(), asyncio.Event()

            async def blocked(event: Event) -> None:
                await gate.wait()
                slow(event)

            watcher.add_change_handler(blocked)
            await create_many(world, handlers.BUFFER + 10)
            await world.settle(watcher)
            await world.store.remove_async(doomed)
            for size in range(1, 6):
                kept = await world.resize(kept, size)
            await world.settle(watcher)
            await world.store.compact_async(world.clock.now() + timedelta(days=1))
            gate.set()
            expected = handlers.BUFFER + 10 + 2
            await slow.wait_for(expected)
            assert {event.key.name for event in slow.events[:-2]} == {f"t{n}" for n in range(handlers.BUFFER + 10)}
            last = {event.key.name: event for event in slow.events[-2:]}
            assert last["doomed"].change_type is ResourceChangeType.DELETED
            assert (last["kept"].change_type, last["kept"].resource.spec.size) == (ResourceChangeType.UPDATED, 5)
            assert len(slow.events) == expected

    in_world(body)


@pytest.mark.parametrize("trouble", [StoreError("busy"), ValueError("busy")])
def test_a_log_that_cannot_be_read_delays_only_who_is_behind(in_world: InWorld, trouble: Exception) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            slow, quick, gate = Seen(), Seen(), asyncio.Event()

            async def blocked(event: Event) -> None:
                await gate.wait()
                slow(event)

            watcher.add_change_handler(blocked)
            watcher.add_change_handler(quick)
            await create_many(world, handlers.BUFFER + 10)
            await world.settle(watcher)
            ordinary, failures = watcher.read_log_async, iter([trouble, trouble])

            async def fail_twice(revision: int, limit: int) -> list[ResourceChange]:
                for failure in failures:
                    raise failure
                return await ordinary(revision, limit)

            watcher.read_log_async = fail_twice  # type: ignore[method-assign]
            gate.set()
            await slow.wait_for(handlers.BUFFER + 10)
            assert slow.revisions() == quick.revisions()
            assert world.reports.texts() == ["busy"]

    in_world(body)


def test_a_removed_handler_hears_nothing_more(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen, others, cancelled = Seen(), Seen(), asyncio.Event()

            async def hang(event: Event) -> None:
                try:
                    await asyncio.sleep(3600)
                finally:
                    cancelled.set()

            for handler in (seen, hang, others):
                watcher.add_change_handler(handler)
            await create_many(world, 1)
            await others.wait_for(1)
            await asyncio.sleep(1)
            watcher.remove_change_handler(seen)
            watcher.remove_change_handler(hang)
            watcher.remove_change_handler(print)
            await create_many(world, 1, "later")
            await others.wait_for(2)
            await cancelled.wait()
            assert seen.told() == ["created t0"]
            assert world.reports.errors == []

    in_world(body)


def test_a_handler_may_remove_itself(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            told: list[str] = []
            others = Seen()

            def once(event: Event) -> None:
                told.append(event.key.name)
                watcher.remove_change_handler(once)

            watcher.add_change_handler(once)
            watcher.add_change_handler(others)
            await create_many(world, 3)
            await others.wait_for(3)
            assert told == ["t0"]

    in_world(body)


def test_a_handler_tried_again_may_remove_itself(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            told: list[str] = []

            def at_the_second_time(event: Event) -> None:
                told.append(event.key.name)
                if len(told) == 1:
                    raise RuntimeError("not yet")
                watcher.remove_change_handler(at_the_second_time)

            watcher.add_change_handler(at_the_second_time)
            await create_many(world, 3)
            await asyncio.sleep(10)
            assert told == ["t0", "t0"]
            assert world.reports.texts() == ["not yet"]

    in_world(body)


def test_handlers_of_a_part_see_it_being_entered_and_left(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            web, everything = Seen(), Seen()
            watcher.add_change_handler(web, namespace="default", label_selector="app=web")
            watcher.add_change_handler(everything)
            current = await world.create("a", labels={"app": "db"})
            await world.create("b", namespace="other", labels={"app": "web"})
            for app in ("web", "web2", "web"):
                current = await world.store.update_async(current, current.with_metadata(labels={"app": app}))
            await world.store.remove_async(current)
            await world.settle(watcher)
            assert web.told() == ["created a", "deleted a", "created a", "deleted a"]
            assert [event.resource.metadata.labels["app"] for event in web.events] == ["web"] * 4
            assert len(everything.events) == 6

    in_world(body)


def test_a_handler_that_turns_out_to_be_async_is_awaited(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen = Seen()

            async def take(event: Event) -> None:
                await asyncio.sleep(1)
                seen(event)

            watcher.add_change_handler(lambda event: take(event))
            await create_many(world, 3)
            await seen.wait_for(3)
            assert seen.told() == ["created t0", "created t1", "created t2"]

    in_world(body)


def test_a_cancelled_call_inside_a_handler_is_tried_again(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen, tries = Seen(), 0

            async def called_off_once(event: Event) -> None:
                nonlocal tries
                tries += 1
                if tries == 1:
                    call: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    call.cancel()
                    await call
                seen(event)

            watcher.add_change_handler(called_off_once)
            await create_many(world, 1)
            await seen.wait_for(1)
            assert tries == 2

    in_world(body)


def test_a_change_that_cannot_be_read_is_told_once_and_passed_over(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            plain, patient = Seen(), Seen()

            def read_at_once(event: Event) -> None:
                assert event.resource.metadata.name
                plain(event)

            async def read_in_time(event: Event) -> None:
                await asyncio.sleep(1)
                assert event.resource.metadata.name
                patient(event)

            watcher.add_change_handler(read_at_once)
            watcher.add_change_handler(read_in_time)
            await create_as_a_newer_program(world, "t0", "t1", "t2", unreadable="t1")
            await patient.wait_for(2)
            assert plain.told() == patient.told() == ["created t0", "created t2"]
            assert [text.partition(" cannot")[0] for text in world.reports.texts()] == ["The Thing default/t1"] * 2
            assert {delivery.position for delivery in watcher._deliveries} == {watcher.revision}

    in_world(body)


def test_a_list_with_a_change_that_cannot_be_read_still_tells_of_the_others(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            seen = Seen()
            await create_as_a_newer_program(world, "t0", "t1", unreadable="t1")
            await world.settle(watcher)
            watcher.add_change_handler(seen)
            image = watcher.cache.image(key("t1"))
            assert image is not None
            image.body = "what it was before"
            await world.create("t2")
            watcher._next_resync = 0.0
            watcher.wake()
            await seen.wait_for(2)
            assert seen.told() == ["created t2", "updated t1"]
            assert world.reports.errors == []

    in_world(body)
