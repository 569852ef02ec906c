"""What a desk finds when it comes back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from labdesk.desk import DeskMode
from labdesk.engines.simulation import Operation
from labdesk.labs.commands import LabCommands
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.phases import LabPhase
from labdesk.store.store import ResourceStore
from tests.desk.harness import World, add, in_world, is_phase, lab, read, until
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
            assert "1 h 30 min late" in ended.status.message

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


def test_suspend_and_a_clock_set_back(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=60), lab("later-web", scheduledStart=NOW + 180 * MINUTE))
            await until(desk, is_phase("RUNNING"))
            world.clock.suspend(timedelta(hours=2))
            ended = await until(desk, lambda current: current.is_final)
            assert ended.phase == LabPhase.TIMEOUT
            world.clock.step(-timedelta(hours=2))
            later = await until(desk, is_phase("RUNNING"), "later-web")
            assert later.status.started_at is not None
            assert later.status.started_at >= NOW + 180 * MINUTE
            assert (await read(desk)).phase == LabPhase.TIMEOUT
        assert "ClockWentBack" in [event.reason or event.data.get("reason") for event in world.told]

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
