"""`labdesk doctor`: what is there and what is missing, in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from labdesk.cli.doctor.engine import check_engine, check_image, check_password, check_room
from labdesk.cli.doctor.findings import State
from labdesk.cli.doctor.machine import check_disk, check_display, check_python, check_qt, check_time_zone
from labdesk.cli.doctor.store import check_store
from labdesk.cli.invocation import Invocation
from labdesk.config import EngineKind
from labdesk.engines.service import EngineInfo, EngineUnavailable
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Operation
from labdesk.store.lock import ProcessLock
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.labs.samples import NOW, template

INFO = EngineInfo("id", "box", "1", 2 * 2**30, 2)


def pulls(problem: str) -> Callable[[str], Awaitable[str]]:
    async def ask(_image: str) -> str:
        return problem

    return ask


def test_all_is_told_and_nothing_wrong_is_exit_code_0(process: Typed) -> None:
    done = process("doctor")
    assert (done.code, done.err) == (0, "")
    for check in ("Python", "Qt", "Display", "Disk", "Time zone", "Store", "Desk", "Engine"):
        assert f"\n{check} " in done.out
    assert "Europe/Berlin" in done.out


def test_what_is_wrong_is_named_and_exit_code_1(
    process: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LABDESK_ENGINE", "docker")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    done = process("doctor")
    assert (done.code, done.err) == (1, "Something is wrong with: Engine.\n")
    assert "Engine      wrong" in done.out


def test_a_template_is_checked_too(typed: Typed, process: Typed, applied: Callable[[str], None]) -> None:
    applied(together(TEMPLATE, lab()))
    done = process("doctor", "--template", "web")
    assert done.code == 0
    for check in ("Template", "Password", "Image", "Room"):
        assert f"\n{check} " in done.out
    unknown = process("doctor", "--template", "nosuch")
    assert unknown.code == 1
    assert "There is no template named nosuch (namespace default)" in unknown.err


def test_this_computer_passes() -> None:
    assert check_python().state == State.OK
    assert check_qt().state == State.OK


def test_no_display_is_worth_a_note_missing_libraries_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_display(lambda: "There is no display here").state == State.NOTE
    monkeypatch.setattr("labdesk.cli.doctor.machine.WINDOW_LIBRARIES", {"libnosuch.so.9": "libnosuch9"})
    missing = check_display(lambda: "", "linux")
    assert missing.state == State.WRONG
    assert "sudo apt-get install libnosuch9" in missing.sentence


@pytest.mark.parametrize(("free", "state"), [(50 * 2**30, State.OK), (2**30, State.NOTE), (100 * 2**20, State.WRONG)])
def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path, free: int, state: State) -> None:
    assert check_disk(tmp_path / "new" / "desk.db", lambda _: (0, 0, free)).state == state


def test_the_time_zone_names_where_it_comes_from() -> None:
    assert "Europe/Berlin (UTC+0" in check_time_zone(Invocation.of(None, None)).sentence


def test_a_store_is_looked_at_without_making_one(own_world: Path) -> None:
    store, desk = check_store(own_world)
    assert (store.state, desk.state) == (State.NOTE, State.NOTE)
    assert not own_world.exists()


def test_a_sound_store_and_who_works_on_it(applied: Callable[[str], None], own_world: Path) -> None:
    applied(TEMPLATE)
    lock = ProcessLock(own_world)
    assert lock.try_acquire("serve")
    try:
        store, desk = check_store(own_world)
    finally:
        lock.release()
    assert (store.state, desk.state) == (State.OK, State.OK)
    assert "serve" in desk.sentence


def test_a_file_that_is_no_store_is_wrong(own_world: Path) -> None:
    own_world.write_text("no database at all, but long enough to be looked at as one" * 100)
    store, _ = check_store(own_world)
    assert store.state == State.WRONG
    assert "damaged" in store.sentence


def test_an_engine_that_does_not_answer_is_wrong_in_its_own_words() -> None:
    async def story() -> None:
        engine = SimulatedContainerService(lambda: NOW)
        finding, info = await check_engine(engine, EngineKind.DOCKER)
        assert (finding.state, info is not None) == (State.OK, True)
        engine.faults.script(Operation.INFO, EngineUnavailable("Docker is not running: start it."))
        finding, info = await check_engine(engine, EngineKind.DOCKER)
        assert (finding.state, finding.sentence, info) == (State.WRONG, "Docker is not running: start it.", None)
        await engine.close_async()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("spec", "problem", "state"),
    [
        ({}, "", State.OK),
        ({"image": "absent:1"}, "", State.NOTE),
        ({"image": "absent:1"}, "no such host", State.WRONG),
        ({"image": "absent:1", "imagePullPolicy": "Never"}, "", State.WRONG),
        ({"imagePullPolicy": "Always"}, "denied", State.WRONG),
    ],
)
def test_an_image_is_present_or_can_be_pulled(spec: dict[str, object], problem: str, state: State) -> None:
    async def story() -> State:
        engine = SimulatedContainerService(lambda: NOW, images=["labdesk-test/busybox:1"])
        finding = await check_image(template(**spec), engine, pulls(problem))
        await engine.close_async()
        return finding.state

    assert asyncio.run(story()) == state


@pytest.mark.parametrize(
    ("memory", "state"), [("512Mi", State.OK), ("4Gi", State.WRONG), ("1Gi", State.OK), ("1536Mi", State.OK)]
)
def test_whether_one_lab_fits(memory: str, state: State) -> None:
    needs = template(resources={"memory": memory})
    assert check_room(Invocation.of(None, None), needs, INFO, []).state == state


def test_a_template_open_to_the_network_must_ask_for_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_password(Invocation.of(None, None), template()).state == State.OK
    monkeypatch.setenv("LABDESK_ACCESS_MODE", "my-network")
    open_to_all = check_password(Invocation.of(None, None), template())
    assert open_to_all.state == State.WRONG
    assert "asks for no password" in open_to_all.sentence
    asks = template(env={"TOKEN": "{{lab.password}}"})
    assert check_password(Invocation.of(None, None), asks).state == State.OK
