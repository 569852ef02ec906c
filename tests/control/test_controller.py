"""The controller: keyed, level-triggered, journalled when something changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from labdesk.control.attempt import Attempt
from labdesk.control.queue import Priority
from labdesk.control.result import ReconciliationResult
from labdesk.resource.errors import LabDeskError, ResourceConflictError
from labdesk.store.writes import Create, Update
from tests.control.controllers import ThingController, controller_events, controller_of, controlling, grow
from tests.control.kinds import Body, Thing, World, key, thing

InWorld = Callable[[Body], None]


async def nothing(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
    return ReconciliationResult.success()


async def current(world: World, name: str = "a") -> Thing:
    found = await world.store.get_async("Thing", "default", name)
    assert isinstance(found, Thing)
    return found


def test_what_is_wanted_becomes_what_is(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world):
            created = await world.create(size=3)
            await asyncio.sleep(1)
            assert (await current(world)).status.size == 3
            await world.resize(await current(world), 8)
            await asyncio.sleep(1)
            assert (await current(world)).status.size == 8
            assert created.status.size == 0

    in_world(body)


def test_a_start_takes_up_what_is_not_done_and_leaves_what_is(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        await world.create("open", size=3)
        await world.create("done", size=0)
        async with controlling(world) as controller:
            await asyncio.sleep(1)
            assert [name for _, name, _ in controller.seen] == ["open"]

    in_world(body)


def test_a_deletion_finalizes_and_is_journalled(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world) as controller:
            created = await world.create(size=0)
            await world.store.update_async(created, created.with_metadata(deletion_timestamp=world.clock.now()))
            await asyncio.sleep(1)
            assert [name for _, name, _ in controller.seen] == ["-a"]
            assert await world.store.find_uid_async(created.metadata.uid) is None
        (event,) = await controller_events(world)
        assert (event.type, event.subject) == ("thing.finalized", "default/a")

    in_world(body)


def test_an_attempt_that_changed_something_is_journalled_with_its_id(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world) as controller:
            await world.create(size=3)
            await asyncio.sleep(1)
            attempt = controller.attempts[0]
        (event,) = await controller_events(world)
        assert (event.type, event.subject, event.severity) == ("thing.reconciled", "default/a", "info")
        assert event.data["attempt"] == attempt.id
        assert attempt.id.startswith(f"{world.store.epoch}-")

    in_world(body)


def test_a_reconcile_that_changes_nothing_writes_nothing(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        await world.create(size=3)
        async with controlling(world, nothing) as controller:
            await asyncio.sleep(1)
            sequence = await world.store.journal.head_async()
            head = await world.store.head_async()
            for _ in range(100):
                controller.enqueue(key(), Priority.DUE)
                await asyncio.sleep(1)
            assert len(controller.seen) == 101
        assert await world.store.head_async() == head
        assert await world.store.journal.head_async() == sequence
        assert world.metrics.controller.successful == 101

    in_world(body)


def test_an_update_without_a_difference_is_no_change(in_world: InWorld) -> None:
    async def rewrite(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
        await attempt.commit_async([Update(resource, resource.with_status(note=""))])
        assert not attempt.changed
        return ReconciliationResult.success()

    async def body(world: World) -> None:
        async with controlling(world, rewrite) as controller:
            await world.create(size=3)
            await asyncio.sleep(1)
            assert controller.seen
        assert await controller_events(world) == []
        assert world.reports.errors == []

    in_world(body)


def test_requeue_after_really_waits(in_world: InWorld) -> None:
    async def every_minute(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
        return ReconciliationResult.requeue_after(60)

    async def body(world: World) -> None:
        async with controlling(world, every_minute) as controller:
            await world.create(size=3)
            await asyncio.sleep(200)
            start = controller.times()[0]
            assert [when - start for when in controller.times()] == [0, 60, 120, 180]
            assert world.metrics.controller.requeued == 4

    in_world(body)


def test_a_requeue_that_changes_nothing_soon_waits_between_its_rounds(in_world: InWorld) -> None:
    async def again(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
        return ReconciliationResult.requeue()

    async def body(world: World) -> None:
        async with controlling(world, again) as controller:
            await world.create(size=3)
            await asyncio.sleep(60)
            assert controller.times()[3] == controller.times()[0], "a few rounds come at once"
            assert len(controller.seen) < 40

    in_world(body)


def test_one_reconcile_per_key_at_a_time_and_duplicates_collapse(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        running: set[str] = set()

        async def slow(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            assert resource.metadata.name not in running
            running.add(resource.metadata.name)
            await asyncio.sleep(10)
            running.discard(resource.metadata.name)
            return ReconciliationResult.success()

        async with controlling(world, slow) as controller:
            await world.store.commit_async([Create(thing("a", size=1)), Create(thing("b", size=1))])
            await asyncio.sleep(1)
            assert running == {"a", "b"}
            for _ in range(5):
                controller.enqueue(key("a"), Priority.DUE)
            await asyncio.sleep(60)
            assert sorted(name for _, name, _ in controller.seen) == ["a", "a", "b"]

    in_world(body)


def test_an_instructors_action_overtakes_a_long_line(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def one_second(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            await asyncio.sleep(1)
            return ReconciliationResult.success()

        await world.store.commit_async([Create(thing(f"t{number}", size=1)) for number in range(50)])
        async with controlling(world, one_second, workers=1) as controller:
            await asyncio.sleep(3.5)
            controller.enqueue(key("t40"), Priority.DUE)
            await world.resize(await current(world, "t45"), 2)
            await asyncio.sleep(3)
            assert [name for _, name, _ in controller.seen][4:6] == ["t45", "t40"]

    in_world(body)


def test_a_conflict_is_no_failure_and_is_decided_again_on_the_newer_state(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        interfered = False

        async def lose_once(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            nonlocal interfered
            if not interfered:
                interfered = True
                await world.resize(resource, 9)
            return await grow(controller, resource, attempt)

        async with controlling(world, lose_once) as controller:
            await world.create(size=3)
            await asyncio.sleep(1)
            assert [size for _, _, size in controller.seen] == [3, 9]
            assert (await current(world)).status.size == 9
            assert world.metrics.controller.conflicts == 1
            assert world.metrics.controller.failed == 0
            assert await world.store.work.load_async() == []
        assert world.reports.errors == []

    in_world(body)


def test_a_conflict_that_never_ends_does_not_spin(in_world: InWorld) -> None:
    async def always(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
        raise ResourceConflictError("changed since")

    async def body(world: World) -> None:
        async with controlling(world, always) as controller:
            await world.create(size=3)
            await asyncio.sleep(60)
            assert 4 < len(controller.seen) < 40
        assert await controller_events(world) == []

    in_world(body)


def test_a_key_without_a_resource_is_forgotten(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world) as controller:
            controller.enqueue(key("nobody"), Priority.INSTRUCTOR)
            controller.queue.add_after(key("nobody"), 30, Priority.INSTRUCTOR)
            await asyncio.sleep(60)
            assert controller.seen == []
            assert len(controller.queue) == 0

    in_world(body)


def test_a_resource_that_cannot_be_read_stops_no_other(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        await world.create("broken", size=1)
        await world.create("sound", size=1)
        async with world.watching() as watcher:
            damaged = watcher.cache.image(key("broken"))
            assert damaged is not None
            damaged.body = '{"kind": "Thing", "spec": 3}'
            controller = controller_of(world, watcher, nothing)
            await controller.start_async()
            controller.enqueue(key("broken"), Priority.DUE)
            await asyncio.sleep(1)
            assert [name for _, name, _ in controller.seen] == ["sound"]
            assert len(world.reports.errors) == 2
            await controller.stop_async()

    in_world(body)


def test_a_late_effect_of_an_attempt_that_ended_is_refused(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, nothing) as controller:
            created = await world.create(size=3)
            await asyncio.sleep(1)
            (attempt,) = controller.attempts
            assert not attempt.is_current
            with pytest.raises(LabDeskError, match="late effect"):
                await attempt.commit_async([Update(created, created.with_status(size=3))])
            with pytest.raises(LabDeskError, match="late effect"):
                await attempt.shield(asyncio.sleep(0))

    in_world(body)


def test_metrics_tell_how_many_and_how_long(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def two_seconds(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            await asyncio.sleep(2)
            return ReconciliationResult.success()

        async with controlling(world, two_seconds):
            await world.store.commit_async([Create(thing(f"t{number}", size=1)) for number in range(4)])
            await asyncio.sleep(10)
        values = world.metrics.snapshot()
        assert values["reconciliations_total"] == values["reconciliations_successful"] == 4
        assert values["average_reconciliation_time"] == 2

    in_world(body)


def test_a_cancelled_call_inside_a_reconcile_costs_no_worker(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def called_off(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            if len(controller.seen) > 3:
                return await grow(controller, resource, attempt)
            call: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            call.cancel()
            await call
            raise AssertionError("not reached")

        async with controlling(world, called_off, workers=1) as controller:
            await world.create(size=3)
            await asyncio.sleep(60)
            assert len(controller.seen) == 4
            assert (await current(world)).status.size == 3

    in_world(body)


def test_a_resource_that_vanished_under_a_reconcile_is_no_failure(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def too_late(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            await world.store.remove_async(resource)
            return await grow(controller, resource, attempt)

        async with controlling(world, too_late) as controller:
            await world.create(size=3)
            await asyncio.sleep(60)
            assert len(controller.seen) == 1
            assert world.metrics.controller.failed == 0
        assert await controller_events(world) == []
        assert await world.store.work.load_async() == []

    in_world(body)
