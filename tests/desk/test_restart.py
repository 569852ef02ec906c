"""What a desk finds when it comes back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from labdesk.desk import Desk, DeskMode
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Operation
from labdesk.labs.commands import LabCommands
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.events import ResourceChangeEvent
from labdesk.store.errors import StoreError, StoreFullError
from labdesk.store.store import ResourceStore
from labdesk.store.work import WorkItem
from labdesk.store.writes import Create
from tests.desk.harness import IMAGE, World, add, in_world, is_phase, lab, read, until
from tests.labs.samples import MINUTE, NOW


def test_a_lab_overdue_while_the_desk_was_off_ends_at_the_next_start_and_says_how_late(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=30))
            await until(desk, is_phase("RUNNING"))
        assert len(world.engine.containers) == 1, "labs keep running without the desk"
        world.clock.suspend(timedelta(hours=2))
        async with world.desk() as desk:
            ended = await until(desk, lambda current: current.is_final and current.status.cleaned_up)
            assert ended.phase == LabPhase.TIMEOUT
            assert "1 h 30 min late: the desk was not running" in ended.status.message

    in_world(tmp_path, story)


def test_nothing_runs_twice_after_a_restart_in_the_middle(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        names = [f"student-{number}" for number in range(10)]
        async with world.desk() as desk:
            await add(desk, *(lab(name) for name in names))
            await until(desk, lambda current: current.phase != LabPhase.PENDING, names[-1])
        async with world.desk() as desk:
            for name in names:
                await until(desk, is_phase("RUNNING"), name)
            containers = await world.engine.list_containers_async(desk.store.desk_id)
            assert len(containers) == 10
            assert len({(found.labels or {})["labdesk.lab-uid"] for found in containers}) == 10

    in_world(tmp_path, story)


def test_a_missed_window_is_a_failure_in_words(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=NOW + 60 * MINUTE, durationMinutes=30))
        world.clock.suspend(timedelta(hours=3))
        async with world.desk() as desk:
            missed = await until(desk, lambda current: current.is_final)
            assert missed.status.reason == "MissedWindow"
            assert "The desk was not running" in missed.status.message
            assert world.engine.calls[Operation.CREATE] == 0

    in_world(tmp_path, story)


def test_a_second_desk_observes_and_takes_over(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as first, world.desk() as second:
            assert (first.mode, second.mode) == (DeskMode.ACTING, DeskMode.OBSERVING)
            await add(second, lab(durationMinutes=30))
            await until(second, is_phase("RUNNING"))
            await first.stop_async()
            ended = await until(second, lambda current: current.is_final and current.status.cleaned_up)
            assert second.mode == DeskMode.ACTING
            assert ended.phase == LabPhase.TIMEOUT

    in_world(tmp_path, story)


def test_a_template_deleted_while_nobody_acted_goes_at_the_next_start(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk)
            (image,) = (await desk.store.list_async("LabTemplate")).images
            await desk.stop_async()
            store = await ResourceStore.open_async(desk.settings.store, lab_scheme(), world.clock.now)
            await LabCommands(store, world.clock).delete_async([image.key])
            await store.close_async()
        async with world.desk() as desk:
            await asyncio.sleep(10)
            assert (await desk.store.list_async("LabTemplate")).images == []

    in_world(tmp_path, story)


def test_a_control_plane_that_could_not_start_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: World) -> None:
        desk = world.new_desk()
        await desk.open_async()
        try:
            before = listeners_of(desk, world)
            with monkeypatch.context() as patched:
                patched.setattr(desk.store.work, "load_async", cannot_read)
                with pytest.raises(StoreError):
                    await desk.act_async()
                assert (desk.mode, desk.plane, desk.store.is_acting) == (DeskMode.OBSERVING, None, False)
                await asyncio.sleep(20)
                assert listeners_of(desk, world) == before
            await add(desk, lab())
            await until(desk, is_phase("RUNNING"))
            assert desk.mode == DeskMode.ACTING
        finally:
            await desk.stop_async()

    in_world(tmp_path, story)


async def cannot_read() -> list[WorkItem]:
    raise StoreError("the store cannot be read")


def listeners_of(desk: Desk, world: World) -> tuple[int, int, int, int]:
    return (
        len(desk.labs._deliveries),
        len(desk.engine_monitor._listeners),
        len(desk.capacity._listeners),
        len(world.engine._handlers),
    )


def test_a_desk_ends_well_though_its_last_figures_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_key: str, _value: object) -> None:
        raise StoreFullError("the disk is full")

    async def story(world: World) -> None:
        async with world.desk() as desk:
            monkeypatch.setattr(desk.store.meta, "set_async", full)
        assert desk.mode == DeskMode.STOPPED
        async with world.desk() as again:
            assert again.mode == DeskMode.ACTING

    in_world(tmp_path, story)


def test_a_desk_stopped_before_a_lab_has_its_container_does_not_say_that_nothing_is_left_to_do(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            begun = asyncio.Event()

            def look(event: ResourceChangeEvent[LabInstanceRequest]) -> None:
                if event.resource.phase == LabPhase.PROVISIONING:
                    begun.set()

            desk.labs.add_change_handler(look)
            await add(desk, lab())
            await begun.wait()
            await desk.stop_async()
        async with world.desk() as desk:
            await until(desk, is_phase("RUNNING"))
            told = [event.reason for event in await desk.store.journal.after_async(0)]
        assert "Reconciled" not in told[: told.index("Ready")]

    in_world(tmp_path, story)


def test_what_is_left_on_another_engine_takes_no_room_of_this_one(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        names = [f"student-{number}" for number in range(8)]
        async with world.desk() as desk:
            await add(desk, *(lab(name, durationMinutes=480) for name in names), resources={"memory": "1Gi"})
            for name in names:
                await until(desk, is_phase("RUNNING"), name)
        world.engine = SimulatedContainerService(
            world.clock.now, 2, images=[IMAGE], engine_id="another", memory=3 * 2**30
        )
        async with world.desk() as desk:
            short, long = {"durationMinutes": 10}, {"durationMinutes": 60}
            new = [lab("one", **short), lab("two", **short), lab("three", **long)]
            await desk.store.commit_async([Create(each.with_metadata(uid="")) for each in new])
            for name in ("one", "two"):
                await until(desk, is_phase("RUNNING"), name)
            waits = await until(desk, lambda current: bool(current.status.conditions), "three")
            assert (waits.phase, waits.status.conditions[0].reason) == (LabPhase.PENDING, "EngineFullUntil")
            assert desk.capacity.booked_memory == 2 * 2**30
            await until(desk, is_phase("RUNNING"), "three")
            assert (await read(desk, "student-0")).phase == LabPhase.RUNNING

    in_world(tmp_path, story)
