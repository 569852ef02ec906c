"""Long steps: they hold their key and no worker, wait for slots without losing time, and end before their key does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from labdesk.control.attempt import Attempt
from labdesk.control.queue import Priority
from labdesk.control.result import ReconciliationResult
from labdesk.rehearsal.virtual import VirtualTimeLoop
from labdesk.store.writes import Create, Update
from tests.control.controllers import ThingController, controller_events, controlling, grow
from tests.control.kinds import Body, Thing, World, key, thing

InWorld = Callable[[Body], None]
Step = Callable[[Thing, Attempt], Awaitable[ReconciliationResult]]
SUCCESS = ReconciliationResult.success()


def continuing(step: Step) -> Callable[[ThingController, Thing, Attempt], Awaitable[ReconciliationResult]]:
    async def decide(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
        return ReconciliationResult.continue_with(lambda: step(resource, attempt))

    return decide


def hang_on(pool: ThreadPoolExecutor, release: threading.Event) -> asyncio.Future[bool]:
    """A call in a thread that hangs while time goes on."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.let_time_pass_during(pool)
    return loop.run_in_executor(pool, release.wait)


def test_a_long_step_holds_its_key_but_no_worker(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def a_minute(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            await asyncio.sleep(60)
            return SUCCESS

        async with controlling(world, continuing(a_minute), workers=1) as controller:
            await world.store.commit_async([Create(thing(f"t{number}", size=1)) for number in range(20)])
            await asyncio.sleep(1)
            assert len(controller.seen) == 20
            assert controller.in_flight == 20
            controller.enqueue(key("t3"), Priority.INSTRUCTOR)
            await asyncio.sleep(30)
            assert len(controller.seen) == 20, "its key is claimed"
            await asyncio.sleep(40)
            assert len(controller.seen) == 21, "it was added while processed"
            assert world.metrics.controller.total == 20

    in_world(body)


def test_a_step_may_continue_with_another_and_all_is_one_attempt(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        ids: list[str] = []

        async def first(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            ids.append(attempt.id)
            return ReconciliationResult.continue_with(lambda: second(resource, attempt))

        async def second(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            ids.append(attempt.id)
            await attempt.commit_async([Update(resource, resource.with_status(size=resource.spec.size))])
            return SUCCESS

        async with controlling(world, continuing(first)):
            await world.create(size=2)
            await asyncio.sleep(1)
        assert len(ids) == 2
        assert len(set(ids)) == 1
        assert [event.data["attempt"] for event in await controller_events(world)] == ids[:1]

    in_world(body)


def test_a_step_that_takes_too_long_is_ended_and_retried(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async def for_ever(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            await asyncio.sleep(100_000)
            return SUCCESS

        async with controlling(world, continuing(for_ever)) as controller:
            await world.create(size=2)
            await asyncio.sleep(400)
            first, second = controller.times()
            assert 300 < second - first < 310
            assert world.metrics.controller.timed_out == 1
            assert not controller.attempts[0].is_current
            assert controller.attempts[1].is_current
        (event,) = await controller_events(world)
        assert (event.type, event.data["cause"]) == ("thing.reconciliation.failed", "TimedOut")

    in_world(body)


def test_a_reconcile_in_a_worker_has_the_same_time_limit(in_world: InWorld) -> None:
    async def for_ever(controller: ThingController, resource: Thing, attempt: Attempt) -> ReconciliationResult:
        await asyncio.sleep(100_000)
        return SUCCESS

    async def body(world: World) -> None:
        async with controlling(world, for_ever, reconciliation_timeout=20.0) as controller:
            await world.create(size=2)
            await asyncio.sleep(30)
            assert world.metrics.controller.timed_out == 1
            assert len(controller.seen) == 2

    in_world(body)


def test_waiting_for_a_slot_does_not_count_against_the_time_limit(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        slots = asyncio.Semaphore(1)

        async def four_minutes(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            async with attempt.slot(slots):
                await asyncio.sleep(240)
            await attempt.commit_async([Update(resource, resource.with_status(size=resource.spec.size))])
            return SUCCESS

        async with controlling(world, continuing(four_minutes)):
            await world.store.commit_async([Create(thing(f"t{number}", size=1)) for number in range(5)])
            await asyncio.sleep(5 * 240 + 1)
            assert world.metrics.controller.timed_out == 0
            assert world.metrics.controller.successful == 5

    in_world(body)


def test_the_time_before_and_after_a_slot_counts_together(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        slots = asyncio.Semaphore(1)
        timed_out_at: list[float] = []

        async def too_slow(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            await asyncio.sleep(200)
            try:
                async with attempt.slot(slots):
                    await asyncio.sleep(200)
            except asyncio.CancelledError:
                timed_out_at.append(world.clock.monotonic())
                raise
            return SUCCESS

        async with controlling(world, continuing(too_slow)):
            await slots.acquire()
            before = world.clock.monotonic()
            await world.create(size=1)
            await asyncio.sleep(1000)
            slots.release()
            await asyncio.sleep(150)
            assert timed_out_at == [before + 1000 + 100]

    in_world(body)


def test_a_timed_out_step_keeps_its_key_until_its_thread_ended(
    in_world: InWorld, pool: ThreadPoolExecutor, release: threading.Event
) -> None:
    async def body(world: World) -> None:
        ended: list[str] = []

        async def in_a_thread(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            await attempt.shield(hang_on(pool, release))
            ended.append(attempt.id)
            return SUCCESS

        async with controlling(world, continuing(in_a_thread)) as controller:
            await world.create(size=2)
            await asyncio.sleep(3600)
            assert world.metrics.controller.timed_out == 1
            assert len(controller.seen) == 1, "an hour later nobody else has touched the resource"
            assert controller.queue.priority_of(key()) in Priority, "its key is still claimed"
            first = controller.attempts[0]
            assert not first.is_current
            release.set()
            await controller.wait_for(2)
            await asyncio.sleep(1)
            assert first.id not in ended
        assert [event.data["cause"] for event in await controller_events(world)] == ["TimedOut"]

    in_world(body)


def test_the_late_result_of_a_timed_out_step_is_dropped(
    in_world: InWorld, pool: ThreadPoolExecutor, release: threading.Event
) -> None:
    async def body(world: World) -> None:
        refused: list[str] = []

        async def work(resource: Thing, attempt: Attempt) -> None:
            """Shielded as a whole, it goes on after the timeout, but may change nothing any more."""
            await hang_on(pool, release)
            try:
                await attempt.commit_async([Update(resource, resource.with_status(size=99))])
            except Exception as error:
                refused.append(type(error).__name__)
                raise

        async def step(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            if not refused:
                await attempt.shield(work(resource, attempt))
            return SUCCESS

        async with controlling(world, continuing(step)) as controller:
            created = await world.create(size=2)
            await asyncio.sleep(400)
            release.set()
            await controller.wait_for(2)
            assert refused == ["AttemptFencedError"]
            found = await world.store.find_uid_async(created.metadata.uid)
            assert isinstance(found, Thing)
            assert found.status.size == 0

    in_world(body)


def test_a_slot_is_given_back_only_when_the_thread_that_used_it_ended(
    in_world: InWorld, pool: ThreadPoolExecutor, release: threading.Event
) -> None:
    async def body(world: World) -> None:
        slots = asyncio.Semaphore(1)

        async def step(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            async with attempt.slot(slots):
                await attempt.shield(hang_on(pool, release))
            return SUCCESS

        async with controlling(world, continuing(step)) as controller:
            await world.create(size=2)
            await asyncio.sleep(400)
            assert world.metrics.controller.timed_out == 1
            assert slots.locked()
            release.set()
            await controller.wait_for(2)
            await slots.acquire()  # virtual time does not wait for the thread; the slot does

    in_world(body)


def test_an_error_inside_a_slot_gives_it_back(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        slots = asyncio.Semaphore(1)

        async def step(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            async with attempt.slot(slots):
                await attempt.shield(asyncio.sleep(0))
                raise ValueError("broken")

        async with controlling(world, continuing(step)):
            await world.create(size=2)
            await asyncio.sleep(0.5)
            assert not slots.locked()
            assert world.metrics.controller.failed == 1

    in_world(body)


def test_stopping_lets_steps_in_flight_end_and_begins_no_new_ones(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        slots = asyncio.Semaphore(1)
        begun, ended = [], []

        async def five_seconds(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            async with attempt.slot(slots):
                begun.append(resource.metadata.name)
                await asyncio.sleep(5)
            ended.append(resource.metadata.name)
            return await grow(None, resource, attempt)  # type: ignore[arg-type]

        async with controlling(world, continuing(five_seconds)):
            await world.store.commit_async([Create(thing(f"t{number}", size=1)) for number in range(3)])
            await asyncio.sleep(1)
            before = world.clock.monotonic()
        assert begun == ended == ["t0"]
        assert world.clock.monotonic() == before + 4
        assert [event.type for event in await controller_events(world)] == ["thing.reconciled"]

    in_world(body)


def test_stopping_waits_no_longer_than_its_grace(
    in_world: InWorld, pool: ThreadPoolExecutor, release: threading.Event
) -> None:
    async def body(world: World) -> None:
        async def hang(resource: Thing, attempt: Attempt) -> ReconciliationResult:
            await attempt.shield(hang_on(pool, release))
            return SUCCESS

        async with controlling(world, continuing(hang)):
            await world.create(size=1)
            await asyncio.sleep(1)
            before = world.clock.monotonic()
        assert world.clock.monotonic() == before + 10
        assert len(asyncio.all_tasks()) == 1

    in_world(body)
