"""Starts worked out ahead are what would have been decided, or are not used at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from labdesk.desk import Desk
from labdesk.labs import planned
from labdesk.labs.decisions import (
    Commit,
)
from labdesk.labs.lifecycle import decide
from labdesk.labs.planned import PlannedStarts
from labdesk.labs.request import LabInstanceRequest
from tests.desk.harness import World, add, in_world, is_phase, key, lab, read, until
from tests.labs.samples import MINUTE, NOW

START = NOW + 30 * MINUTE


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each start that was asked for came from the plan."""
    asked: list[bool] = []
    take = PlannedStarts.take

    def noting(self: PlannedStarts, lab: LabInstanceRequest, *rest: object) -> object:
        found = take(self, lab, *rest)  # type: ignore[arg-type]
        if lab.phase.value == "PENDING" and lab.spec.scheduled_start == START and rest[-1] >= START:  # type: ignore[operator]
            asked.append(found is not None)
        return found

    monkeypatch.setattr(PlannedStarts, "take", noting)
    return asked


def test_a_start_that_was_planned_is_the_one_that_would_be_decided(tmp_path: Path, taken: list[bool]) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=START))
            await asyncio.sleep(60)
            before = await read(desk)
            template = await desk.store.get_async("LabTemplate", "default", "web")
            plane = desk.plane
            assert plane is not None
            controller = plane.controller
            begun = await until(desk, is_phase("PROVISIONING"))
            decision = decide(before, template, controller._steps.known(), desk.capacity, START, controller._rules)  # type: ignore[arg-type]
            assert isinstance(decision, Commit)
            assert begun.status == decision.lab.status
            history = await desk.store.changes_of_async(begun.metadata.uid)
            assert timedelta() <= history[-1].time - START < planned.STALE
            await until(desk, is_phase("RUNNING"))

    in_world(tmp_path, story)
    assert taken == [True]


async def edit_the_template(desk: Desk) -> None:
    template = await desk.store.get_async("LabTemplate", "default", "web")
    await desk.store.update_async(template, template.with_spec(env={"COLOR": "blue"}))


async def edit_the_lab(desk: Desk) -> None:
    old = await read(desk)
    await desk.store.update_async(old, old.with_spec(duration_minutes=45))


async def change_the_rules(desk: Desk) -> None:
    desk.use_access(next(mode for mode in type(desk.settings.access_mode) if mode != desk.settings.access_mode))


@pytest.mark.parametrize("change", [edit_the_template, edit_the_lab, change_the_rules])
def test_a_plan_whose_grounds_changed_is_not_used(
    tmp_path: Path, taken: list[bool], change: Callable[[Desk], object]
) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=START))
            await asyncio.sleep((START - NOW - planned.AHEAD / 2).total_seconds())
            await change(desk)  # type: ignore[misc]
            begun = await until(desk, lambda current: current.phase.value != "PENDING")
            spec = begun.status.resolved_spec
            if change is edit_the_template:
                assert spec is not None
                assert spec.env == {"COLOR": "blue"}
            elif change is change_the_rules:  # open to the network, but the template asks for no password
                assert begun.status.reason == "PasswordRequired"

    in_world(tmp_path, story)
    assert taken == [False]


def test_a_plan_for_an_engine_that_was_exchanged_since_is_not_used(tmp_path: Path, taken: list[bool]) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=START))
            await asyncio.sleep((START - NOW - planned.AHEAD / 2).total_seconds())
            world.engine.exchange("another")
            desk.engine_monitor.retry_now()
            begun = await until(desk, is_phase("RUNNING"))
            assert begun.status.engine_id == "another"

    in_world(tmp_path, story)
    assert taken == [False]


def test_a_lab_is_open_to_those_who_were_chosen_since_its_start_was_planned(tmp_path: Path, taken: list[bool]) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=START), env={"PASSWORD": "{{lab.password}}"})
            await asyncio.sleep((START - NOW - planned.AHEAD / 2).total_seconds())
            await change_the_rules(desk)
            begun = await until(desk, is_phase("PROVISIONING"))
            assert begun.status.resolved_spec is not None
            assert {port.host_ip for port in begun.status.resolved_spec.ports} == {desk.access.bind} == {"0.0.0.0"}

    in_world(tmp_path, story)
    assert taken == [False]


def test_a_port_taken_since_is_chosen_anew(tmp_path: Path, taken: list[bool]) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=START))
            await asyncio.sleep((START - NOW - planned.AHEAD / 2).total_seconds())
            promised = (await read(desk)).status.host_ports
            desk.capacity._ports.update(dict.fromkeys(promised.values(), "somebody else"))
            begun = await until(desk, is_phase("PROVISIONING"))
            assert not set(begun.status.host_ports.values()) & set(promised.values())

    in_world(tmp_path, story)
    assert taken == [False]


def test_plans_of_labs_that_went_another_way_are_dropped(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=START))
            await asyncio.sleep((START - NOW - planned.AHEAD / 2).total_seconds())
            plane = desk.plane
            assert plane is not None
            plans = plane.controller._planned._planned
            assert len(plans) == 1
            await desk.commands.delete_async([key()])
            later = lab("bob-web", scheduledStart=START + 60 * MINUTE).with_metadata(uid="")
            await desk.store.create_async(later)
            await until(desk, is_phase("PROVISIONING"), "bob-web")
            assert plans == {}

    in_world(tmp_path, story)
