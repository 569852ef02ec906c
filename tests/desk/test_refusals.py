"""An engine that answers, and says no: what it costs a lab in each phase."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from labdesk.control.queue import Priority
from labdesk.engines.service import EngineLookError, EngineRequestError, EngineUnavailable
from labdesk.engines.simulation import Operation
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.tickets import RemovalTicket, RemovalTickets
from labdesk.resource.conditions import find_condition
from labdesk.resource.errors import LabDeskError
from labdesk.store.driver import dbapi
from tests.desk.harness import World, add, in_world, is_phase, key, lab, read, until


def broken_look() -> LabDeskError:
    return EngineLookError("layer does not exist")


def reason_unseen(current: LabInstanceRequest) -> str:
    condition = find_condition(current.status.conditions, "EngineReachable")
    return condition.reason if condition else ""


def container_of(world: World, uid: str) -> str:
    return next(found.container_id for found in world.engine.containers if found.lab_uid == uid)


def spoil(path: Path, name: str) -> None:
    """Make the stored lab one that this program cannot read."""
    with closing(dbapi.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE resource SET body = '{}' WHERE name = ?", (name,))


def warnings_told(world: World) -> list[str]:
    return [event.message for event in world.told if event.type.endswith("reconciliation.failed")]


def test_a_running_lab_the_engine_cannot_look_at_runs_on_and_ends_on_time(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=10), lab("long-web", durationMinutes=90))
            for name in ("ada-web", "long-web"):
                await until(desk, is_phase("RUNNING"), name)
            world.engine.faults.probability[Operation.LOOK] = 1.0
            world.engine.faults.make_error = broken_look
            ended = await until(desk, lambda current: current.is_final)
            assert (ended.phase, ended.status.cleaned_up) == (LabPhase.TIMEOUT, False)
            assert ended.status.completed_at is not None
            assert ended.status.expires_at is not None
            assert ended.status.completed_at - ended.status.expires_at < timedelta(seconds=1)
            assert desk.plane is not None
            desk.plane.controller.enqueue(key("long-web"), Priority.DUE)  # nothing else need ask for a look by now
            unseen = await until(desk, lambda current: reason_unseen(current) == "LookFailed", "long-web")
            assert unseen.phase == LabPhase.RUNNING
            assert desk.engine_monitor.reachable
            assert any("layer does not exist" in told for told in warnings_told(world))
            del world.engine.faults.probability[Operation.LOOK]
            await until(desk, lambda current: current.status.cleaned_up)
            seen = await until(desk, lambda current: reason_unseen(current) == "EngineReachable", "long-web")
            assert seen.phase == LabPhase.RUNNING

    in_world(tmp_path, story)


def test_a_lab_being_prepared_that_cannot_be_looked_at_starts_when_it_can(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.faults.script(Operation.LOOK, broken_look(), times=5)
        async with world.desk() as desk:
            await add(desk, lab())
            running = await until(desk, lambda current: current.phase in (LabPhase.RUNNING, LabPhase.FAILED))
            assert running.phase == LabPhase.RUNNING
            assert reason_unseen(running) == "EngineReachable"

    in_world(tmp_path, story)


def test_a_refusal_fails_no_running_lab(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=30))
            await until(desk, is_phase("RUNNING"))
            world.engine.faults.script(Operation.LOOK, EngineRequestError("Docker does not allow this"), times=3)
            ended = await until(desk, lambda current: current.is_final and current.status.cleaned_up)
            assert ended.phase == LabPhase.TIMEOUT
            assert any("Docker does not allow this" in told for told in warnings_told(world))

    in_world(tmp_path, story)


def test_a_refused_removal_is_told_in_the_engines_words_and_tried_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.faults.script(Operation.REMOVE, EngineRequestError("device or resource busy"), times=3)
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=30))
            ended = await until(desk, lambda current: current.is_final)
            gone = await until(desk, lambda current: current.status.cleaned_up)
            assert (gone.phase, gone.status.reason) == (LabPhase.TIMEOUT, ended.status.reason)
            assert len(warnings_told(world)) == 3
            assert all("device or resource busy" in told for told in warnings_told(world))

    in_world(tmp_path, story)


def test_a_refusal_while_a_lab_is_prepared_fails_it_in_the_engines_words(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.faults.script(Operation.CREATE, EngineRequestError("no such runtime"))
        async with world.desk() as desk:
            await add(desk, lab())
            failed = await until(desk, lambda current: current.is_final)
            assert (failed.phase, failed.status.reason) == (LabPhase.FAILED, "InvalidContainer")
            assert "no such runtime" in failed.status.message

    in_world(tmp_path, story)


def test_a_container_that_cannot_be_removed_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(), lab("bob-web"))
            for name in ("ada-web", "bob-web"):
                await until(desk, is_phase("RUNNING"), name)
            world.engine.reachable = False
            desk.engine_monitor.report_failure(EngineUnavailable("gone"))
            await desk.commands.delete_async([key(), key("bob-web")], force=True)
            tickets, unreadable = RemovalTickets(desk.store), list[str]()

            async def load() -> list[RemovalTicket]:
                return await tickets.load_async(lambda key, _error: unreadable.append(key))

            await asyncio.sleep(10)
            promised = await load()
            assert len(promised) == 2
            remove = world.engine.remove_container_async
            stuck = container_of(world, promised[0].lab_uid)

            async def refuse(container_id: str) -> None:
                if container_id == stuck:
                    raise EngineRequestError("device or resource busy")
                await remove(container_id)

            monkeypatch.setattr(world.engine, "remove_container_async", refuse)
            world.engine.reachable = True
            await asyncio.sleep(300)
            assert await load() == [promised[0]]
            monkeypatch.undo()
            await asyncio.sleep(120)
            assert await load() == []
            assert await world.engine.list_containers_async(desk.store.desk_id) == []
            assert unreadable == []

    in_world(tmp_path, story)


def test_a_list_the_engine_refuses_is_told_once(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await asyncio.sleep(100)
            world.engine.faults.script(Operation.LIST, EngineRequestError("Docker failed: no space left"), times=100)
            await asyncio.sleep(600)
            assert [(what, text) for _, what, text in desk.errors] == [
                ("list the containers", "Docker failed: no space left")
            ]

    in_world(tmp_path, story)


def test_a_lab_that_cannot_be_read_keeps_no_other_from_being_looked_at(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=90), lab("bob-web", durationMinutes=90))
            for name in ("ada-web", "bob-web"):
                await until(desk, is_phase("RUNNING"), name)
            assert desk.plane is not None
            spoil(world.path / "desk.db", "ada-web")
            for handler in list(world.engine._handlers):  # what only the list can tell
                world.engine.remove_hint_handler(handler)
            await world.engine.remove_container_async(container_of(world, (await read(desk, "bob-web")).metadata.uid))
            lost = await until(desk, lambda current: current.is_final, "bob-web")
            assert lost.status.reason == "ContainerLost"
            for handler in (desk.plane.controller._take_hint, desk.engine_monitor._on_hint):
                world.engine.add_hint_handler(handler)

    in_world(tmp_path, story)


def test_a_call_that_began_before_the_engine_came_back_says_nothing_of_it_now(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=90))
            await until(desk, is_phase("RUNNING"))
            assert desk.plane is not None
            world.engine.latencies.look = 8.0
            world.engine.faults.script(Operation.LOOK, EngineUnavailable("timed out"))
            desk.plane.controller.enqueue(key())
            await asyncio.sleep(5)
            world.engine.latencies.look = 0.0
            states: list[str] = []
            desk.engine_monitor.add_listener(lambda: states.append(desk.engine_monitor.state.value))
            desk.engine_monitor.report_failure(EngineUnavailable("gone"))
            await asyncio.sleep(100)
            assert states == ["unreachable", "reachable"]

    in_world(tmp_path, story)
