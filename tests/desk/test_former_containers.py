"""A store that was copied: what its containers' makers may still be running is left alone until somebody says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from labdesk.control.clock import Clock, SystemClock
from labdesk.desk import Desk
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Latencies, Operation
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.lineages import FormerContainers
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.store.backup import backup
from labdesk.store.store import ResourceStore
from tests.desk.harness import IMAGE, World, add, in_world, is_phase, key, lab, read, until


@asynccontextmanager
async def copy_of(world: World, desk: Desk, name: str = "copy", **settings: Any) -> AsyncIterator[Desk]:
    """A desk on a copy of the desk's store and on the same engine."""
    folder = world.path / name
    folder.mkdir()
    backup(desk.store.path, folder / "desk.db")
    async with World(folder, world.clock, world.engine, world.told).desk(**settings) as copy:
        assert copy.store.lineage != desk.store.lineage
        yield copy


def left_alone(current: LabInstanceRequest) -> bool:
    return current.lacks("Owned")


def condition(lab: LabInstanceRequest) -> tuple[str, str]:
    (one,) = [one for one in lab.status.conditions if one.type == "Owned"]
    return one.status.value, one.reason


def changes(world: World) -> dict[Operation, int]:
    made = (Operation.CREATE, Operation.START, Operation.STOP, Operation.REMOVE)
    return {operation: world.engine.calls[operation] for operation in made}


async def count_of(desk: Desk) -> int:
    """How many labs wait, once the desk has looked."""
    await asyncio.sleep(1)
    return await desk.former.count_async()


def test_a_copied_store_touches_no_container_of_the_desk_it_was_copied_from(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            names = ("ada-web", "bob-web", "eve-web")
            await add(desk, *map(lab, names))
            for name in names:
                await until(desk, is_phase("RUNNING"), name)
            before = changes(world)
            async with copy_of(world, desk) as copy:
                running = await until(copy, left_alone)
                assert (running.phase, condition(running)) == (LabPhase.RUNNING, ("False", "MadeBefore"))
                await copy.commands.stop_async([key()])
                stopped = await until(copy, lambda current: current.is_final)
                assert stopped.status.reason == "StoppedByInstructor"
                await copy.commands.delete_async([key("bob-web")])
                await copy.commands.delete_async([key("eve-web")], force=True)
                await asyncio.sleep(300)
                assert changes(world) == before
                assert await count_of(copy) == 3
                assert [(await read(desk, name)).phase for name in names] == [LabPhase.RUNNING] * 3

    in_world(tmp_path, story)


def test_what_the_instructor_confirms_is_the_desks_at_once(tmp_path: Path) -> None:
    """Running labs go on, ended ones are cleaned up, and what no lab has is removed as an orphan."""

    async def story(world: World) -> None:
        async with world.desk() as desk:
            names = ("ada-web", "bob-web", "eve-web")
            await add(desk, *map(lab, names))
            for name in names:
                await until(desk, is_phase("RUNNING"), name)
            async with copy_of(world, desk) as copy:
                await until(copy, left_alone)
                await copy.commands.stop_async([key("bob-web")])
                await copy.commands.delete_async([key("eve-web")], force=True)
                await until(copy, lambda current: current.is_final, "bob-web")
                await desk.stop_async()
                assert await copy.former.confirm_async() == 3
                began = asyncio.get_running_loop().time()
                await until(copy, lambda current: current.status.cleaned_up, "bob-web")
                running = await until(copy, lambda current: not left_alone(current))
                assert asyncio.get_running_loop().time() - began < 5
                assert (running.phase, condition(running)) == (LabPhase.RUNNING, ("True", "Owned"))
                assert await copy.former.count_async() == 0
                assert await copy.former.confirm_async() == 0
                await asyncio.sleep(120)
                (left,) = await world.engine.list_containers_async(copy.store.desk_id)
                assert (left.labels or {})["labdesk.lab-uid"] == running.metadata.uid
            told = [event.reason for event in world.told]
            counts = [told.count(reason) for reason in ("ContainersFound", "ContainersConfirmed", "ContainersGone")]
            assert counts == [1, 1, 0]

    in_world(tmp_path, story)


def test_the_word_of_another_process_is_heard_at_once(tmp_path: Path) -> None:
    """In real time: a virtual clock would run past the thread that notices other processes' commits."""

    async def story(clock: Clock) -> None:
        engine = SimulatedContainerService(clock.now, 1, images=[IMAGE], latencies=Latencies.none())
        world = World(tmp_path, clock, engine)
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=None))
            await until(desk, is_phase("RUNNING"))
            async with copy_of(world, desk, scheduler_interval=300, cleanup_interval=3600) as copy:
                await until(copy, left_alone)
                other = await ResourceStore.open_async(copy.settings.store, lab_scheme(), clock.now)
                try:
                    former = FormerContainers(other, clock)
                    while not await former.count_async():  # noqa: ASYNC110  (told a commit after the lab)
                        await asyncio.sleep(0.01)
                    assert await former.confirm_async() == 1
                finally:
                    await other.close_async()
                async with asyncio.timeout(60):
                    await until(copy, lambda current: not left_alone(current))

    asyncio.run(story(SystemClock()))


def test_a_lab_that_begins_waits_while_a_container_made_before_has_its_name(tmp_path: Path) -> None:
    """It neither adopts that container nor fails; confirmed, the container is its own."""

    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab())
            folder = world.path / "copy"
            folder.mkdir()
            backup(desk.store.path, folder / "desk.db")
            await until(desk, is_phase("RUNNING"))
            before = changes(world)[Operation.START]
            async with World(folder, world.clock, world.engine).desk() as copy:
                waiting = await until(copy, left_alone)
                await asyncio.sleep(300)
                waiting = await read(copy)
                assert (waiting.phase, condition(waiting)) == (LabPhase.PROVISIONING, ("False", "MadeBefore"))
                await copy.former.confirm_async()
                running = await until(copy, is_phase("RUNNING"))
                assert condition(running) == ("True", "Owned")
                assert changes(world)[Operation.START] == before
                assert len(world.engine.containers) == 1

    in_world(tmp_path, story)


def test_a_copy_of_a_confirmed_store_asks_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab())
            await until(desk, is_phase("RUNNING"))
            async with copy_of(world, desk) as copy:
                assert await count_of(copy) == 1
                await copy.former.confirm_async()
                await until(copy, lambda current: condition(current) == ("True", "Owned"))
                async with copy_of(world, copy, "again") as again:
                    assert await count_of(again) == 1
                    assert condition(await until(again, left_alone)) == ("False", "MadeBefore")
            async with World(world.path / "copy", world.clock, world.engine).desk() as copy:
                assert await count_of(copy) == 0, "what was confirmed holds over a restart"
                assert not left_alone(await read(copy))

    in_world(tmp_path, story)


def test_nothing_waits_any_more_once_its_maker_has_removed_it(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=30))
            await until(desk, is_phase("RUNNING"))
            async with copy_of(world, desk) as copy:
                await until(copy, left_alone)
                assert await count_of(copy) == 1
                await desk.commands.stop_async([key()])
                ended = await until(copy, lambda current: current.status.cleaned_up)
                assert (ended.status.reason, left_alone(ended)) == ("ContainerLost", False)
                await asyncio.sleep(60)
                assert await copy.former.count_async() == 0
                assert "ContainersGone" in [event.reason for event in world.told]

    in_world(tmp_path, story)


def test_what_waited_in_the_store_that_was_copied_does_not_wait_in_the_copy(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=30))
            await until(desk, is_phase("RUNNING"))
            async with copy_of(world, desk) as copy:
                assert await count_of(copy) == 1
                world.engine.remove_by_hand(world.engine.containers[0].container_id)
                async with copy_of(world, copy, "again") as again:
                    assert await count_of(again) == 0

    in_world(tmp_path, story)
