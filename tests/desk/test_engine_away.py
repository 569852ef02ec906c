"""The engine hangs, goes and comes back under running and waiting labs."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from labdesk.engines.service import EngineUnavailable
from labdesk.labs import tickets
from labdesk.labs.engine_steps import LOOK_SECONDS
from labdesk.labs.phases import LabPhase
from tests.desk.harness import World, add, in_world, is_phase, key, lab, read, until
from tests.labs.samples import MINUTE, NOW

SECOND = timedelta(seconds=1)


async def hang_from(world: World, moment: datetime) -> None:
    """Let the engine swallow every call from `moment` on; a call then fails only after a minute."""
    await asyncio.sleep((moment - world.clock.now()).total_seconds())
    world.engine.latencies.unavailable = 60.0
    world.engine.reachable = False


def test_a_lab_begins_on_time_while_the_engine_hangs(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            start = NOW + 8 * MINUTE
            await add(desk, lab("early-web", durationMinutes=60), lab("later-web", scheduledStart=start))
            await until(desk, is_phase("RUNNING"), "early-web")
            await hang_from(world, start - 35 * SECOND)
            begun = await until(desk, is_phase("PROVISIONING"), "later-web")
            assert begun.status.provisioning_at is not None
            assert begun.status.provisioning_at - start < SECOND

    in_world(tmp_path, story)


def test_a_lab_ends_within_seconds_while_the_engine_hangs(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            names = [f"student-{number}" for number in range(30)]
            await add(desk, *(lab(name, durationMinutes=10) for name in names))
            running = [await until(desk, is_phase("RUNNING"), name) for name in names]
            end = max(one.status.expires_at or NOW for one in running)
            await hang_from(world, end - 20 * SECOND)
            for name in names:
                ended = await until(desk, is_phase("TIMEOUT"), name)
                assert ended.status.completed_at is not None
                assert ended.status.completed_at - end < (LOOK_SECONDS + 1) * SECOND
            world.engine.reachable = True
            for name in names:
                await until(desk, lambda current: current.status.cleaned_up, name)
            assert await world.engine.list_containers_async(desk.store.desk_id) == []

    in_world(tmp_path, story)


def test_a_running_lab_is_told_that_its_engine_went_and_that_it_came_back(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=60))
            await until(desk, is_phase("RUNNING"))
            world.engine.reachable = False
            desk.engine_monitor.report_failure(EngineUnavailable("gone"))
            async with asyncio.timeout(1):
                told = await until(desk, lambda current: current.lacks("EngineReachable"))
            assert "does not answer" in told.status.conditions[-1].message
            await desk.commands.extend_async([key()], 15)
            world.engine.reachable = True
            async with asyncio.timeout(10):
                back = await until(desk, lambda current: not current.lacks("EngineReachable"))
            assert (back.phase, back.status.expires_at) == (LabPhase.RUNNING, back.get_expiry())
            assert (await read(desk)).spec.extension_minutes == 15

    in_world(tmp_path, story)


def test_a_lab_deleted_while_its_engine_is_away_is_not_said_to_be_cleaned_up(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=60))
            await until(desk, is_phase("RUNNING"))
            world.engine.reachable = False
            desk.engine_monitor.report_failure(EngineUnavailable("gone"))
            await desk.commands.delete_async([key()])
            await asyncio.sleep(60)
            assert not finalized(world)
            world.engine.reachable = True
            await asyncio.sleep(60)
            assert finalized(world) == ["Everything of it is cleaned up."]

    in_world(tmp_path, story)


def test_a_container_missed_before_it_is_known_that_another_engine_answers_is_not_lost(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=60))
            await until(desk, is_phase("RUNNING"))
            world.engine.exchange("another")
            told = await until(desk, lambda current: current.is_final or current.lacks("EngineReachable"))
            assert (told.phase, told.status.conditions[-1].reason) == (LabPhase.RUNNING, "EngineChanged")

    in_world(tmp_path, story)


def test_deleting_a_lab_that_was_cleaned_up_long_ago_is_told_as_finalized(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=60))
            await until(desk, lambda current: current.is_final and current.status.cleaned_up)
            await desk.commands.delete_async([key()])
            await asyncio.sleep(60)
            assert finalized(world) == ["Everything of it is cleaned up."]

    in_world(tmp_path, story)


def test_a_lab_deleted_while_another_engine_answers_is_not_said_to_be_cleaned_up(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=60))
            await until(desk, is_phase("RUNNING"))
            world.engine.exchange("another")
            desk.engine_monitor.retry_now()
            await until(desk, lambda current: current.lacks("EngineReachable"))
            await desk.commands.delete_async([key()])
            await asyncio.sleep(60)
            assert key() not in desk.labs.cache
            assert not finalized(world)

    in_world(tmp_path, story)


def test_a_promise_to_remove_a_container_is_kept_for_its_own_engine(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=60))
            own = (await until(desk, is_phase("RUNNING"))).status.engine_id
            world.engine.exchange("another")
            desk.engine_monitor.retry_now()
            await until(desk, lambda current: current.lacks("EngineReachable"))
            await desk.commands.delete_async([key()])
            await asyncio.sleep(200)
            assert len(await desk.store.meta.list_async(tickets.BEGINNING)) == 1
            world.engine.exchange(own)
            desk.engine_monitor.retry_now()
            await asyncio.sleep(200)
            assert not await desk.store.meta.list_async(tickets.BEGINNING)

    in_world(tmp_path, story)


def finalized(world: World) -> list[str]:
    return [event.message for event in world.told if event.type == "labinstancerequest.finalized"]
