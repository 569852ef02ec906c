"""A desk whose epoch another process has taken: it drives nothing any more, says so once, and waits for its turn."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from labdesk.desk import Desk, DeskMode
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.phases import LabPhase
from labdesk.labs.plane import ControlPlane
from labdesk.store.lock import ProcessLock
from labdesk.store.store import ResourceStore
from tests.desk.harness import World, add, in_world, is_phase, key, lab, until


@asynccontextmanager
async def another_acts(world: World, desk: Desk) -> AsyncIterator[None]:
    """Another process acts although this one was started first: somebody removed the lock file."""
    ProcessLock(desk.settings.store).path.unlink()
    lock = ProcessLock(desk.settings.store)
    store = await ResourceStore.open_async(desk.settings.store, lab_scheme(), world.clock.now)
    try:
        assert lock.try_acquire("test")
        await store.take_epoch_async()
        yield
    finally:
        lock.release()
        await store.close_async()


async def observing(desk: Desk) -> None:
    changed = asyncio.Event()
    desk.add_mode_listener(lambda _mode: changed.set())
    while desk.mode is not DeskMode.OBSERVING:
        changed.clear()
        await changed.wait()


def told(desk: Desk) -> list[str]:
    return [what for _, what, _ in desk.errors]


def test_a_refused_write_ends_the_plane_at_once(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab("ada-web"), lab("bob-web"))
            for name in ("ada-web", "bob-web"):
                await until(desk, is_phase("RUNNING"), name)
            async with another_acts(world, desk):
                began = asyncio.get_running_loop().time()
                await desk.commands.stop_async([key("ada-web"), key("bob-web")])
                await observing(desk)
                assert asyncio.get_running_loop().time() - began < 1
                assert (desk.plane, desk.store.is_acting) == (None, False)
                assert told(desk) == ["run the labs"]
                assert "Another process has taken over" in desk.errors[0][2]
                await asyncio.sleep(300)
                assert desk.labs.cache.get(key()).phase == LabPhase.RUNNING  # type: ignore[union-attr]
                assert len(world.engine.containers) == 2
            ended = await until(desk, lambda current: current.status.cleaned_up and current.is_final)
            assert (desk.mode, ended.status.reason) == (DeskMode.ACTING, "StoppedByInstructor")
            assert told(desk) == ["run the labs"]

    in_world(tmp_path, story)


def test_a_desk_that_writes_nothing_else_notices_by_its_own_figures(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            async with another_acts(world, desk):
                began = asyncio.get_running_loop().time()
                await observing(desk)
                assert asyncio.get_running_loop().time() - began <= 5
                assert told(desk) == ["run the labs"]
            await add(desk, lab())
            await until(desk, is_phase("RUNNING"))
            assert desk.mode == DeskMode.ACTING

    in_world(tmp_path, story)


def test_a_desk_that_is_closed_while_it_gives_way_ends_whole(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk, another_acts(world, desk):
            refused = asyncio.Event()
            desk.store.add_fenced_off_listener(refused.set)
            await refused.wait()
            await desk.stop_async()
            assert (desk.mode, desk.plane) == (DeskMode.STOPPED, None)

    in_world(tmp_path, story)


def test_a_desk_that_fails_to_take_over_lets_go_of_the_lock_and_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: World) -> None:
        acting, waiting = world.new_desk(), world.new_desk()
        await acting.start_async()
        await waiting.start_async()
        with monkeypatch.context() as broken:
            broken.setattr(ControlPlane, "start_async", fail)
            await acting.stop_async()
            await asyncio.sleep(61)  # between two of its attempts, which hold the lock for a moment
            assert (waiting.mode, told(waiting)) == (DeskMode.OBSERVING, ["take over"])
            lock = ProcessLock(waiting.settings.store)
            assert lock.try_acquire("test")
            lock.release()
        await asyncio.sleep(5)
        assert waiting.mode == DeskMode.ACTING
        await waiting.stop_async()

    async def fail(_plane: ControlPlane) -> None:
        raise RuntimeError("a defect")

    in_world(tmp_path, story)


def test_a_desk_that_steps_down_lets_go_of_the_lock_only_when_nothing_of_it_acts_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holders: list[int | None] = []
    end = ControlPlane.stop_async

    async def story(world: World) -> None:
        async def ending(plane: ControlPlane, grace: float) -> None:
            await end(plane, grace)
            holders.append(desk.lock_holder_pid)

        monkeypatch.setattr(ControlPlane, "stop_async", ending)
        async with world.desk() as desk:
            await desk.step_down_async()
            assert (desk.lock_holder_pid, desk.store.is_acting) == (None, False)

    in_world(tmp_path, story)
    assert holders == [os.getpid()]


def test_a_desk_that_acts_again_books_nothing_for_labs_that_went_meanwhile(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab("ada-web"), lab("bob-web"))
            for name in ("ada-web", "bob-web"):
                await until(desk, is_phase("RUNNING"), name)
            both = desk.capacity.booked_memory
            await desk.step_down_async()
            async with world.desk() as other:
                await other.commands.delete_async([key("ada-web")])
                await asyncio.sleep(30)
                assert key("ada-web") not in desk.labs.cache
            await desk.act_async()
            assert desk.capacity.booked_memory == both / 2

    in_world(tmp_path, story)


def test_listeners_that_fail_keep_no_desk_from_acting_nor_from_giving_way(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        desk = world.new_desk()
        desk.add_mode_listener(fail)
        desk.add_metrics_listener(fail)
        await desk.start_async()
        plane = desk.plane
        assert (desk.mode, plane is None) == (DeskMode.ACTING, False)
        await asyncio.sleep(60)
        assert desk.plane is plane
        async with another_acts(world, desk):
            await asyncio.sleep(60)
            assert (desk.mode, desk.plane, desk.store.is_acting) == (DeskMode.OBSERVING, None, False)
        await desk.stop_async()

    def fail(*_news: object) -> None:
        raise RuntimeError("a defect")

    in_world(tmp_path, story)
