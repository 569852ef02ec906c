from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from labdesk.engines.service import (
    ContainerGoneError,
    ContainerState,
    EngineHint,
    EngineRequestError,
    EngineUnavailable,
    ImageAbsentError,
    ImagePullError,
    MadeBeforeError,
    NameConflictError,
    PortTakenError,
    PullProgress,
)
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Behaviour, Latencies, Operation
from labdesk.engines.spec import Probe, WorkspaceMount
from labdesk.rehearsal.virtual import VirtualClock, run_virtual
from tests.engines.samples import IMAGE, identity_of, port, spec_of

TCP = Probe(kind="tcp", port=80)


def engine_of(clock: VirtualClock, **settings: object) -> SimulatedContainerService:
    settings.setdefault("images", [IMAGE])
    return SimulatedContainerService(clock.now, **settings)  # type: ignore[arg-type]


async def start_lab(engine: SimulatedContainerService, lab: str = "lab1", **changes: object) -> str:
    spec = spec_of(**changes)
    container_id = await engine.create_container_async(identity_of(spec, lab), spec, "secret")
    await engine.start_container_async(container_id)
    return container_id


def test_a_lab_goes_from_created_over_running_to_ready_and_stopped() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock, behaviour_of=lambda *_: Behaviour(ready_after=3, exits_after=10, exit_code=4))
        identity = identity_of(spec_of())
        assert (await engine.get_container_status_async(identity, TCP)).state == ContainerState.NOT_FOUND
        container_id = await engine.create_container_async(identity, spec_of(), "")
        assert (await engine.get_container_status_async(identity, TCP)).state == ContainerState.CREATING
        await engine.start_container_async(container_id)
        assert (await engine.get_container_status_async(identity, TCP)).state == ContainerState.RUNNING
        assert (await engine.get_container_status_async(identity)).state == ContainerState.READY
        await asyncio.sleep(3)
        assert (await engine.get_container_status_async(identity, TCP)).state == ContainerState.READY
        await asyncio.sleep(7)
        seen = await engine.get_container_status_async(identity, TCP)
        assert (seen.state, seen.exit_code) == (ContainerState.STOPPED, 4)
        assert seen.started_at is not None
        assert seen.finished_at == seen.started_at + timedelta(seconds=10)

    run_virtual(main)


def test_eight_starts_run_at_once_and_a_thousand_take_their_time() -> None:
    async def main(clock: VirtualClock) -> float:
        engine = engine_of(clock, latencies=replace(Latencies.none(), start=0.11))
        await asyncio.gather(*(start_lab(engine, f"lab{number}") for number in range(1000)))
        assert engine.most_starting == 8
        assert sum(engine.starts_of.values()) == 1000
        return clock.monotonic()

    assert run_virtual(main) == pytest.approx(1000 / 8 * 0.11)


def test_stops_do_not_queue_behind_starts() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock, latencies=replace(Latencies.none(), start=60.0))
        first = await asyncio.wait_for(start_lab(engine, "first"), 100)
        starts = [asyncio.create_task(start_lab(engine, f"lab{number}")) for number in range(20)]
        await asyncio.sleep(1)
        before = clock.monotonic()
        await engine.stop_container_async(first, 5)
        assert clock.monotonic() == before
        for start in starts:
            start.cancel()
        await asyncio.gather(*starts, return_exceptions=True)
        await engine.close_async()

    run_virtual(main)


def test_the_same_seed_gives_the_same_run() -> None:
    async def main(clock: VirtualClock) -> list[object]:
        engine = engine_of(clock, seed=7)
        engine.faults.probability = {Operation.START: 0.3}
        results = await asyncio.gather(*(start_lab(engine, f"lab{n}") for n in range(40)), return_exceptions=True)
        return [clock.monotonic(), *(str(result) for result in results)]

    first, second = run_virtual(main), run_virtual(main)
    assert first == second
    assert any("dropped the connection" in str(result) for result in first)


def test_an_unreachable_engine_says_nothing_about_its_containers() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        await start_lab(engine)
        engine.reachable = False
        with pytest.raises(EngineUnavailable):
            await engine.get_container_status_async(identity_of(spec_of()))
        with pytest.raises(EngineUnavailable):
            await engine.list_containers_async("desk1")
        engine.reachable = True
        assert [seen.state for seen in await engine.list_containers_async("desk1")] == [ContainerState.READY]

    run_virtual(main)


def test_a_lost_answer_leaves_a_container_that_the_next_create_adopts() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        engine.faults.script(Operation.CREATE, EngineUnavailable("gone"), after_effect=True)
        with pytest.raises(EngineUnavailable):
            await start_lab(engine)
        await start_lab(engine)
        assert len(engine.containers) == 1

    run_virtual(main)


def test_a_cancelled_create_still_happens_and_the_next_look_waits_for_it() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock, latencies=replace(Latencies.none(), create=10.0))
        identity = identity_of(spec_of())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.create_container_async(identity, spec_of(), ""), 1)
        assert (await engine.get_container_status_async(identity)).state == ContainerState.CREATING

    run_virtual(main)


def test_another_spec_replaces_and_a_foreign_container_is_left_alone() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        first = await start_lab(engine)
        second = await start_lab(engine, pids=99)
        assert first != second
        assert [found.container_id for found in engine.containers] == [second]
        foreign = identity_of(spec_of(), "lab2")
        stranger = engine.add_foreign(foreign.container_name, spec_of())
        with pytest.raises(NameConflictError):
            await engine.create_container_async(foreign, spec_of(), "")
        assert (await engine.get_container_status_async(foreign)).state == ContainerState.NOT_FOUND
        assert engine.find(stranger) is not None

    run_virtual(main)


def test_a_container_of_another_lineage_is_not_touched_until_that_lineage_is_confirmed() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        container_id = await start_lab(engine)
        restored = identity_of(spec_of(), lineage="l2")
        with pytest.raises(MadeBeforeError):
            await engine.create_container_async(restored, spec_of(), "")
        confirmed = replace(restored, confirmed=frozenset({"l1"}))
        assert await engine.create_container_async(confirmed, spec_of(), "") == container_id

    run_virtual(main)


def test_a_taken_port_is_refused_and_a_moved_one_makes_a_new_container() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        engine.ports_in_use.add(20001)
        with pytest.raises(PortTakenError, match="20001"):
            await start_lab(engine, ports=(port(80, 20001),))
        await start_lab(engine, ports=(port(80, 20002),))
        assert [found.host_ports for found in engine.containers] == [{80: 20002}]

    run_virtual(main)


def test_images_are_pulled_with_progress_or_refused() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock, images=[], registry={IMAGE})
        with pytest.raises(ImageAbsentError):
            await start_lab(engine)
        seen: list[PullProgress] = []
        await engine.pull_image_async(IMAGE, seen.append)
        assert await engine.image_present_async(IMAGE)
        assert [progress.current for progress in seen] == sorted(progress.current for progress in seen)
        assert seen[-1].current == seen[-1].total > 0
        with pytest.raises(ImagePullError, match="lab/none"):
            await engine.pull_image_async("lab/none:1", seen.append)

    run_virtual(main)


def test_what_happens_from_outside_is_seen_and_hinted() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        hints: list[EngineHint] = []
        engine.add_hint_handler(hints.append)
        killed, starved, taken = [await start_lab(engine, lab) for lab in ("killed", "starved", "taken")]
        hints.clear()
        engine.kill(killed)
        engine.run_out_of_memory(starved)
        engine.remove_by_hand(taken)
        statuses = [
            await engine.get_container_status_async(identity_of(spec_of(), lab)) for lab in ("killed", "starved")
        ]
        assert [(seen.exit_code, seen.oom_killed) for seen in statuses] == [(137, False), (137, True)]
        with pytest.raises(ContainerGoneError):
            await engine.start_container_async(taken)
        expected = [("killed", "die"), ("starved", "oom"), ("starved", "die"), ("taken", "die"), ("taken", "destroy")]
        assert [(hint.lab_uid, hint.action) for hint in hints] == expected

    run_virtual(main)


def test_a_program_that_ignores_stop_costs_the_whole_grace() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock, latencies=Latencies.none(), behaviour_of=lambda *_: Behaviour(ignores_stop=True))
        container_id = await start_lab(engine)
        before = clock.monotonic()
        await engine.stop_container_async(container_id, 5)
        assert clock.monotonic() - before == pytest.approx(5)
        await engine.remove_container_async(container_id)
        await engine.remove_container_async(container_id)
        assert engine.containers == []

    run_virtual(main)


def test_a_workspace_outlives_its_lab_and_goes_only_when_nobody_uses_it() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        mount = WorkspaceMount(volume="ws1", path="/home/lab", labels={"student": "ada"})
        container_id = await start_lab(engine, workspace=mount)
        with pytest.raises(EngineRequestError, match="in use"):
            await engine.remove_workspace_async("ws1")
        await engine.remove_container_async(container_id)
        (left,) = await engine.list_workspaces_async("desk1")
        assert (left.name, left.labels["student"]) == ("ws1", "ada")
        assert await engine.list_workspaces_async("desk2") == []
        await engine.remove_workspace_async("ws1")
        assert await engine.list_workspaces_async("desk1") == []

    run_virtual(main)


def test_logs_grow_with_time_and_following_ends_with_the_container() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock, behaviour_of=lambda *_: Behaviour(exits_after=60))
        container_id = await start_lab(engine, ports=(port(8080),))
        early = await engine.get_logs_async(container_id)
        assert "listening on port 8080" in early
        followed = [line async for line in engine.follow_logs(container_id)]
        late = (await engine.get_logs_async(container_id)).splitlines()
        assert followed == late
        assert len(late) > len(early.splitlines())
        assert await engine.get_logs_async("unknown") == ""

    run_virtual(main)


def test_the_password_is_filled_in_only_inside_the_container() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        await start_lab(engine, env={"PASSWORD": "{{lab.password}}"}, command=("serve", "--pw={{lab.password}}"))
        container = engine.containers[0]
        assert container.spec.env == {"PASSWORD": "secret"}
        assert container.spec.command == ("serve", "--pw=secret")
        assert "secret" not in str(container.labels)

    run_virtual(main)


def test_an_exchanged_engine_is_empty_and_has_another_identity() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        await start_lab(engine)
        engine.exchange("other")
        assert (await engine.get_engine_info_async()).engine_id == "other"
        assert await engine.list_containers_async("desk1") == []

    run_virtual(main)
