"""An engine that answers, and says no: what it costs a lab in each phase."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from labdesk.control.queue import Priority
from labdesk.engines.service import EngineLookError, EngineRequestError, EngineUnavailable
from labdesk.engines.simulation import Operation
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.tickets import RemovalTickets
from labdesk.resource.conditions import find_condition
from labdesk.resource.errors import LabDeskError
from tests.desk.harness import World, add, in_world, is_phase, key, lab, until


def broken_look() -> LabDeskError:
    return EngineLookError("layer does not exist")


def reason_unseen(current: LabInstanceRequest) -> str:
    condition = find_condition(current.status.conditions, "EngineReachable")
    return condition.reason if condition else ""


def container_of(world: World, uid: str) -> str:
    return next(found.container_id for found in world.engine.containers if found.lab_uid == uid)


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
            tickets = RemovalTickets(desk.store)
            await asyncio.sleep(10)
            promised = await tickets.load_async()
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
            assert await tickets.load_async() == [promised[0]]
            monkeypatch.undo()
            await asyncio.sleep(120)
            assert await tickets.load_async() == []
            assert await world.engine.list_containers_async(desk.store.desk_id) == []

    in_world(tmp_path, story)
