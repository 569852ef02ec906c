"""Failures: retried with backoff that outlives a restart, journalled, given up when permanent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

from labdesk.control.attempt import Attempt
from labdesk.control.backoff import LONGEST_DELAY
from labdesk.control.queue import Priority
from labdesk.control.result import ReconciliationResult
from labdesk.rehearsal.virtual import VirtualClock
from labdesk.resource.errors import LabDeskError
from labdesk.store.errors import StoreFullError
from labdesk.store.writes import Create, NewEvent, Update
from tests.control.controllers import ThingController, controller_events, controlling, grow
from tests.control.kinds import Body, Thing, World, key, thing

InWorld = Callable[[Body], None]


async def fail(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
    return ReconciliationResult.failed(LabDeskError("the shop is closed"))


async def crash(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
    raise ZeroDivisionError("a defect")


def gaps(controller: ThingController) -> list[float]:
    return [later - earlier for earlier, later in pairwise(controller.times())]


def test_failures_are_retried_ever_more_slowly(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, fail) as controller:
            await world.create(size=1)
            await asyncio.sleep(3600)
            waits = gaps(controller)
            assert 1 <= waits[0] < waits[1] < waits[2]
            assert max(waits) <= 300
            assert min(waits[9:]) >= 240
            assert world.metrics.controller.failed == len(controller.seen)

    in_world(body)


def test_a_failure_is_journalled_with_what_went_wrong_and_when_it_is_retried(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, fail):
            await world.create(size=1)
            await asyncio.sleep(0.5)
        (event,) = await controller_events(world)
        assert (event.type, event.severity) == ("thing.reconciliation.failed", "warning")
        assert "the shop is closed" in event.message
        assert event.data["failures"] == "1"
        assert event.data["parameters"] == {"error": "the shop is closed", "seconds": "1"}

    in_world(body)


def test_an_unexpected_error_is_reported_and_retried(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, crash) as controller:
            await world.create(size=1)
            await asyncio.sleep(3)
            assert len(controller.seen) >= 2
        assert set(world.reports.texts()) == {"a defect"}
        events = await controller_events(world)
        assert {(event.reason, event.data["cause"]) for event in events} == {
            ("ReconciliationFailed", "ZeroDivisionError")
        }

    in_world(body)


def test_backoff_survives_a_restart(in_world: InWorld) -> None:
    retries: list[float] = []

    async def first_run(world: World) -> None:
        async with controlling(world, fail) as controller:
            await world.create(size=1)
            await asyncio.sleep(100)
            (item,) = await world.store.work.load_async()
            assert (item.key, item.attempts) == (key(), len(controller.seen))
            assert item.due_at is not None
            assert item.last_error == "the shop is closed"
            retries.append((item.due_at - world.clock.now()).total_seconds())

    async def second_run(world: World) -> None:
        # A new process: its clock began where the first one's did, 100 seconds before.
        async with controlling(world, fail) as controller:
            await asyncio.sleep(400)
            assert controller.times()[0] >= min(100 + retries[0], 300) - 1
            (item,) = await world.store.work.load_async()
            assert item.attempts > 6

    in_world(first_run)
    in_world(second_run)


def test_a_clock_that_was_set_back_does_not_keep_what_failed_waiting(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, fail):
            await world.create(size=1)
            await asyncio.sleep(1)
        assert isinstance(world.clock, VirtualClock)
        world.clock.step(timedelta(hours=-5))
        before = world.clock.monotonic()
        async with controlling(world, fail) as controller:
            await controller.wait_for(1)
            assert world.clock.monotonic() - before <= LONGEST_DELAY

    in_world(body)


def test_success_forgets_the_failures(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def third_time(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            return await (fail if len(controller.seen) < 3 else grow)(controller, resource, attempt)

        async with controlling(world, third_time):
            await world.create(size=1)
            await asyncio.sleep(60)
            assert await world.store.work.load_async() == []
            assert world.metrics.controller.failed == 2
            assert world.metrics.controller.successful == 1

    in_world(body)


def test_a_spec_change_is_tried_at_once_and_begins_the_backoff_anew(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, fail) as controller:
            created = await world.create(size=1)
            await asyncio.sleep(1000)
            before = len(controller.seen)
            now = world.clock.monotonic()
            await world.resize(created, 2)
            await asyncio.sleep(2.5)
            assert controller.times()[before] == now
            assert 1 <= controller.times()[before + 1] - now < 2
            (item,) = await world.store.work.load_async()
            assert item.attempts == 2

    in_world(body)


def test_a_status_change_does_not_hurry_what_fails(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def fail_and_tell(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            note = f"failed {len(controller.seen)} times"
            await attempt.commit_async([Update(resource, resource.with_status(note=note))])
            return await fail(controller, resource, attempt)

        async with controlling(world, fail_and_tell) as controller:
            await world.create(size=1)
            await asyncio.sleep(3600)
            assert len(controller.seen) < 30

    in_world(body)


def test_what_is_due_does_not_wait_for_the_backoff(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, fail) as controller:
            await world.create(size=1)
            await asyncio.sleep(1000)
            before = len(controller.seen)
            controller.enqueue(key(), Priority.RESYNC)
            await asyncio.sleep(1)
            assert len(controller.seen) == before
            controller.enqueue(key(), Priority.DUE)
            await asyncio.sleep(1)
            assert len(controller.seen) == before + 1

    in_world(body)


def test_an_earlier_delay_does_not_lose_the_retry(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, fail) as controller:
            await world.create(size=1)
            await asyncio.sleep(1000)
            before = len(controller.seen)
            controller.queue.add_after(key(), 5, Priority.RETRY)
            await asyncio.sleep(600)
            assert len(controller.seen) > before

    in_world(body)


def test_a_permanent_error_ends_in_giving_up_and_not_in_a_loop(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def for_good(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            return ReconciliationResult.failed(LabDeskError("no such size"), permanent=True)

        async with controlling(world, for_good) as controller:
            await world.create(size=1)
            await asyncio.sleep(3600)
            assert len(controller.seen) == 1
            assert controller.given_up == ["a: no such size"]
            assert await world.store.work.load_async() == []
        (event,) = await controller_events(world)
        assert (event.type, event.severity) == ("thing.reconciliation.failed", "error")

    in_world(body)


def test_an_error_while_giving_up_frees_the_key(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def for_good(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
            return ReconciliationResult.failed(LabDeskError("no such size"), permanent=True)

        async with controlling(world, for_good) as controller:

            async def stumble(resource: Thing, error: Exception, attempt: Attempt) -> None:
                raise RuntimeError("stumbled")

            controller._do_give_up = stumble  # type: ignore[method-assign]
            await world.create(size=1)
            await asyncio.sleep(10)
            assert len(controller.seen) > 2
            assert set(world.reports.texts()) == {"stumbled"}

    in_world(body)


def test_many_failures_do_not_come_back_in_one_moment(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, fail) as controller:
            await world.store.commit_async([Create(thing(f"t{number}", size=1)) for number in range(30)])
            await asyncio.sleep(60)
            fifth = controller.times()[4 * 30 : 5 * 30]
            assert len(set(fifth)) > 15

    in_world(body)


def test_an_event_that_nothing_can_hold_keeps_no_later_one_back(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world, fail) as controller:
            ordinary, broken = world.store.journal.append_async, True

            async def append(events: Any) -> None:
                if broken:
                    raise ValueError("half a character")
                await ordinary(events)

            world.store.journal.append_async = append  # type: ignore[method-assign]
            await world.create(size=1)
            await asyncio.sleep(0.5)
            broken = False
            await asyncio.sleep(100)
        assert len(await controller_events(world)) == len(controller.seen) - 1
        assert "half a character" in world.reports.texts()

    in_world(body)


def test_the_end_goes_on_though_the_last_event_cannot_be_kept(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def append(events: Any) -> None:
            raise ValueError("half a character")

        async with controlling(world, fail) as controller:
            world.store.journal.append_async = append  # type: ignore[method-assign]
            event = NewEvent("thing.seen", "default/a", world.clock.now(), "info", "Seen", "Was seen.")
            controller._outcomes.add(event)
            await asyncio.sleep(0.1)
            controller._outcomes.add(event)
        told = [what for what, _ in world.reports.errors]
        assert told == ["write controller events", "write the last controller events"]
        assert len(controller._background) == 0

    in_world(body)


def test_a_full_disk_loses_neither_retries_nor_events(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        full = True
        journal, work = world.store.journal, world.store.work
        append, save = journal.append_async, work.save_async

        async def append_if_room(events: Any) -> None:
            if full:
                raise StoreFullError("the disk is full")
            await append(events)

        async def save_if_room(item: Any) -> None:
            if full:
                raise StoreFullError("the disk is full")
            await save(item)

        journal.append_async = append_if_room  # type: ignore[method-assign]
        work.save_async = save_if_room  # type: ignore[method-assign]
        async with controlling(world, fail) as controller:
            await world.create(size=1)
            await asyncio.sleep(100)
            failures = len(controller.seen)
            assert failures > 4
            full = False
            await asyncio.sleep(60)
        events = await controller_events(world)
        assert len(events) == len(controller.seen)
        told = [what for what, error in world.reports.errors if str(error) == "the disk is full"]
        assert told.count("keep the retries") == 1, "once, however many retries could not be kept"

    in_world(body)


def test_a_process_that_no_longer_acts_records_nothing(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with controlling(world) as controller:
            await asyncio.sleep(1)
            world.store.stop_acting()
            await world.store.commit_async([Create(thing("a", size=1))])
            await asyncio.sleep(60)
            assert len(controller.seen) == 1
        assert await controller_events(world) == []
        assert await world.store.work.load_async() == []

    in_world(body)
