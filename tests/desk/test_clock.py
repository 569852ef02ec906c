"""A computer that sleeps, and a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from labdesk.desk import DeskMode
from labdesk.engines.simulation import Behaviour
from labdesk.labs.phases import LabPhase
from labdesk.rehearsal.virtual import VirtualClock
from tests.desk.harness import World, add, in_world, is_phase, lab, read, until
from tests.labs.samples import MINUTE, NOW


def test_suspend_and_a_clock_set_back(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=60), lab("later-web", scheduledStart=NOW + 180 * MINUTE))
            await until(desk, is_phase("RUNNING"))
            world.clock.suspend(timedelta(hours=2))
            ended = await until(desk, lambda current: current.is_final)
            assert ended.phase == LabPhase.TIMEOUT
            assert "asleep" in ended.status.message
            world.clock.step(-timedelta(hours=2))
            later = await until(desk, is_phase("RUNNING"), "later-web")
            assert later.status.started_at is not None
            assert later.status.started_at >= NOW + 180 * MINUTE
            assert (await read(desk)).phase == LabPhase.TIMEOUT
        assert "ClockWentBack" in [event.reason or event.data.get("reason") for event in world.told]

    in_world(tmp_path, story)


def test_a_clock_set_back_is_told_at_once_and_makes_no_busy_loop(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await asyncio.sleep(61)
            start = desk.clock.now() + timedelta(milliseconds=2)
            await add(desk, lab(scheduledStart=start))
            world.clock.step(-timedelta(hours=1))
            passes = desk.metrics.scheduler.scheduler_loop_iterations
            await asyncio.sleep(2)
            assert "ClockWentBack" in [event.reason for event in world.told]
            await asyncio.sleep(60)
            assert desk.metrics.scheduler.scheduler_loop_iterations - passes < 10
            begun = await until(desk, is_phase("RUNNING"))
            assert timedelta() <= (begun.status.provisioning_at or NOW) - start < timedelta(seconds=1)

    in_world(tmp_path, story)


def test_a_clock_that_had_run_ahead_holds_nothing_up_once_it_is_right(tmp_path: Path) -> None:
    """Nothing was committed by it, so nothing is repeated."""

    async def story(world: World) -> None:
        async with world.desk() as desk:
            await asyncio.sleep(1)
            world.clock.step(timedelta(hours=2))
            await asyncio.sleep(100)
            world.clock.step(-timedelta(hours=2))
            await asyncio.sleep(2)
            start = world.clock.now() + 5 * MINUTE
            await add(desk, lab(scheduledStart=start))
            begun = await until(desk, is_phase("RUNNING"))
            assert begun.status.provisioning_at == start
            assert abs(world.clock.now() - start) < MINUTE
            assert "ClockWentBack" not in [event.reason for event in world.told]

    in_world(tmp_path, story)


def test_what_the_clock_ended_or_let_pass_is_told_as_that(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            later = lab("later-web", scheduledStart=NOW + 60 * MINUTE, durationMinutes=30)
            await add(desk, lab(durationMinutes=60), later)
            await until(desk, is_phase("RUNNING"))
            world.clock.step(timedelta(hours=2))
            ended = await until(desk, lambda current: current.is_final)
            assert (ended.phase, ended.status.reason) == (LabPhase.TIMEOUT, "ExpiredByClock")
            assert "clock was set forward" in ended.status.message
            missed = await until(desk, lambda current: current.is_final, "later-web")
            assert missed.status.reason == "MissedWindow"
            assert "clock was set forward" in missed.status.message

    in_world(tmp_path, story)


@pytest.mark.parametrize("jump", [VirtualClock.suspend, VirtualClock.step])
def test_time_that_never_was_does_not_count_against_a_lab_that_is_being_prepared(
    tmp_path: Path, jump: Callable[[VirtualClock, timedelta], None]
) -> None:
    """Its program needs a minute more when the computer wakes up."""

    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=240), readinessProbe={"tcpSocket": {"port": "http"}})
            await until(desk, is_phase("PROVISIONING"))
            await asyncio.sleep(10)
            jump(world.clock, timedelta(hours=1))
            ready = await until(desk, lambda current: current.phase != LabPhase.PROVISIONING)
            assert (ready.phase, ready.status.reason) == (LabPhase.RUNNING, "ReadyLate")

    in_world(tmp_path, story, behaviour_of=lambda _identity, _spec: Behaviour(ready_after=3660))


def test_who_takes_over_counts_from_the_last_commit_of_the_former(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as first, world.desk() as second:
            await asyncio.sleep(3600)
            await add(first, lab(durationMinutes=30))
            running = await until(first, is_phase("RUNNING"))
            world.clock.step(-timedelta(hours=2))
            await first.stop_async()
            await asyncio.sleep(5)
            assert second.mode is DeskMode.ACTING
            assert running.status.started_at is not None
            assert second.clock.now() >= running.status.started_at

    in_world(tmp_path, story)
