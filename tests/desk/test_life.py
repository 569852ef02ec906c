"""One lab's whole life on a whole desk, hours in seconds."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from labdesk.engines.service import EngineRequestError, EngineUnavailable, PortTakenError, RegistryUnreachableError
from labdesk.engines.simulation import Behaviour, Latencies, Operation
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.students import Student
from labdesk.store.writes import Create
from tests.desk.harness import World, add, in_world, is_phase, key, lab, phases_told, read, until
from tests.labs.samples import MINUTE, NOW


def test_a_scheduled_lab_lives_its_whole_life_by_itself(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=NOW + 90 * MINUTE, durationMinutes=30))
            running = await until(desk, is_phase("RUNNING"))
            assert running.status.started_at is not None
            assert timedelta() <= running.status.started_at - (NOW + 90 * MINUTE) < timedelta(seconds=2)
            ended = await until(desk, lambda current: current.is_final and current.status.cleaned_up)
            assert ended.phase == LabPhase.TIMEOUT
            assert ended.status.completed_at is not None
            assert ended.status.completed_at - (running.status.expires_at or NOW) < timedelta(seconds=1)
            assert await world.engine.list_containers_async(desk.store.desk_id) == []
            kept = await desk.store.logs.get_async(ended.metadata.uid)
            assert kept is not None
            assert (kept.incarnation, bool(kept.text)) == (1, True)
        assert phases_told(world) == ["PENDING", "PROVISIONING", "RUNNING", "TIMEOUT"]

    in_world(tmp_path, story)


def test_a_start_that_comes_before_the_one_slept_for_is_on_time(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=NOW + 60 * MINUTE))
            await asyncio.sleep(100)
            start = world.clock.now() + timedelta(seconds=15)
            await desk.store.create_async(lab("bob-web", scheduledStart=start).with_metadata(uid=""))
            begun = await until(desk, is_phase("PROVISIONING"), "bob-web")
            assert begun.status.provisioning_at is not None
            assert begun.status.provisioning_at - start < timedelta(seconds=1)

    in_world(tmp_path, story)


def test_stop_extend_and_run_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(durationMinutes=30))
            await until(desk, is_phase("RUNNING"))
            await desk.commands.extend_async([key()], 15)
            extended = await until(desk, lambda current: current.spec.extension_minutes == 15)
            extended = await until(desk, lambda current: current.status.expires_at != extended.status.started_at)
            await desk.commands.stop_async([key()])
            ended = await until(desk, lambda current: current.is_final and current.status.cleaned_up)
            assert (ended.phase, ended.status.reason) == (LabPhase.COMPLETED, "StoppedByInstructor")
            await desk.commands.run_again_async([key()])
            again = await until(desk, is_phase("RUNNING"))
            assert again.status.incarnation == 2
            assert again.status.host_ports == ended.status.host_ports
            assert again.spec.extension_minutes == 0

    in_world(tmp_path, story)


def test_deleting_a_running_lab_leaves_nothing(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab())
            running = await until(desk, is_phase("RUNNING"))
            assert desk.secrets.password_for(running.metadata.uid)
            await desk.commands.delete_async([key()])
            while (await desk.store.list_async(running.kind)).images:
                await _moment()
            assert await world.engine.list_containers_async(desk.store.desk_id) == []
            assert desk.secrets.password_for(running.metadata.uid) is None
            assert desk.capacity.booked_memory == 0

    in_world(tmp_path, story)


def test_deleting_by_force_removes_the_containers_at_once_while_the_engine_answers(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.latencies = Latencies(remove=1.0)
        async with world.desk() as desk:
            names = ("ada-web", "bob-web", "eve-web")
            await add(desk, *map(lab, names))
            for name in names:
                await until(desk, is_phase("RUNNING"), name)
            await asyncio.sleep(100)
            for name in names:
                await desk.commands.delete_async([key(name)], force=True)
                await asyncio.sleep(0.5)  # the former is still being removed
            await asyncio.sleep(4)
            assert world.engine.containers == []
            assert (await desk.store.list_async("LabInstanceRequest")).images == []

    in_world(tmp_path, story)


def test_thirty_labs_of_an_absent_image_make_one_pull(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            names = [f"student-{number}" for number in range(30)]
            await add(desk, *(lab(name) for name in names))
            for name in names:
                await until(desk, is_phase("RUNNING"), name)
            assert world.engine.calls[Operation.PULL] == 1

    in_world(tmp_path, story, images=[])


def test_labs_that_are_due_while_their_image_is_pulled_start_when_it_is_there(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.latencies = Latencies(pull=40.0)
        async with world.desk() as desk:
            await add(desk, lab())
            await until(desk, lambda current: _is_told(current, "30 %"))
            await desk.store.commit_async([Create(lab("bob-web").with_metadata(uid=""))])
            await until(desk, lambda current: _is_told(current, "60 %"), "bob-web")
            first, second = await until(desk, is_phase("RUNNING")), await until(desk, is_phase("RUNNING"), "bob-web")
            assert first.status.started_at is not None
            assert second.status.started_at is not None
            assert second.status.started_at - first.status.started_at < timedelta(seconds=1)
            assert world.engine.calls[Operation.PULL] == 1

    in_world(tmp_path, story, images=[])


def test_a_pull_that_no_lab_waits_for_any_longer_is_called_off(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.latencies = Latencies(pull=400.0)
        async with world.desk() as desk:
            await add(desk, lab(), lab("bob-web"))
            for name in ("ada-web", "bob-web"):
                await until(desk, lambda current: _is_told(current, "Pulling"), name)
            assert desk.plane is not None
            await desk.commands.stop_async([key()])
            await until(desk, lambda current: current.status.cleaned_up)
            assert [pull.waiting for pull in desk.plane.pulls.pulls] == [{key("bob-web")}]
            await desk.commands.delete_async([key("bob-web")])
            while (await desk.store.list_async("LabInstanceRequest")).images[1:]:
                await _moment()
            assert desk.plane.pulls.pulls == ()
            await asyncio.sleep(1000)
            assert world.engine.images == set()
            await desk.commands.run_again_async([key()])
            await until(desk, is_phase("RUNNING"))
            assert world.engine.calls[Operation.PULL] == 2

    in_world(tmp_path, story, images=[])


def _is_told(current: LabInstanceRequest, words: str) -> bool:
    return any(words in condition.message for condition in current.status.conditions)


def test_a_refused_image_fails_in_words(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab())
            failed = await until(desk, is_phase("FAILED"))
            assert failed.status.reason == "ImagePull"
            assert "check its name in the template" in failed.status.message
            assert "network" not in failed.status.message

    in_world(tmp_path, story, images=[], registry=[])


def test_an_engine_that_fails_at_a_pull_fails_the_lab_in_its_words(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.faults.script(Operation.PULL, EngineRequestError("Docker failed: write /var/lib: I/O error"))
        async with world.desk() as desk:
            await add(desk, lab())
            failed = await until(desk, lambda current: current.is_final)
            assert (failed.phase, failed.status.reason) == (LabPhase.FAILED, "ImagePull")
            assert "write /var/lib: I/O error" in failed.status.message
            assert desk.errors == []

    in_world(tmp_path, story, images=[])


def test_a_registry_that_cannot_be_reached_is_another_matter_than_a_refused_image(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        away = RegistryUnreachableError("dial tcp: lookup registry.example: no such host")
        world.engine.faults.script(Operation.PULL, away, times=4)
        async with world.desk() as desk:
            await add(desk, lab())
            failed = await until(desk, is_phase("FAILED"))
            assert failed.status.reason == "RegistryUnreachable"
            assert "check this computer's network" in failed.status.message
            assert "no such host" in failed.status.message
            await until(desk, lambda current: current.status.cleaned_up)
            await desk.commands.run_again_async([key()])
            await until(desk, is_phase("RUNNING"))

    in_world(tmp_path, story, images=[])


def test_without_an_engine_nothing_is_lost_and_what_is_due_starts_when_it_comes(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.reachable = False
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=NOW + 5 * MINUTE))
            waiting = await until(desk, lambda current: bool(current.status.conditions))
            assert waiting.phase == LabPhase.PENDING
            assert waiting.status.conditions[0].reason == "EngineUnavailable"
            world.engine.reachable = True
            running = await until(desk, is_phase("RUNNING"))
            assert running.status.conditions[0].reason == "EngineReachable"

    in_world(tmp_path, story)


def test_the_engine_going_while_labs_run_ends_nobody_early_and_everybody_on_time(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab("short-web", durationMinutes=10), lab("long-web", durationMinutes=120))
            await until(desk, is_phase("RUNNING"), "short-web")
            await until(desk, is_phase("RUNNING"), "long-web")
            world.engine.reachable = False
            desk.engine_monitor.report_failure(EngineUnavailable("gone"))
            ended = await until(desk, is_phase("TIMEOUT"), "short-web")
            assert not ended.status.cleaned_up
            assert (await read(desk, "long-web")).phase == LabPhase.RUNNING
            world.engine.reachable = True
            await until(desk, lambda current: current.status.cleaned_up, "short-web")
            assert (await read(desk, "long-web")).phase == LabPhase.RUNNING
            assert len(await world.engine.list_containers_async(desk.store.desk_id)) == 1

    in_world(tmp_path, story)


def test_a_container_killed_or_removed_by_hand_is_noticed(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab("killed-web"), lab("removed-web"), lab("oom-web"))
            for name in ("killed-web", "removed-web", "oom-web"):
                await until(desk, is_phase("RUNNING"), name)
            by_name = {(await read(desk, name)).metadata.uid: name for name in ("killed-web", "removed-web", "oom-web")}
            ids = {by_name[(found.labels or {})["labdesk.lab-uid"]]: found.container_id
                   for found in await world.engine.list_containers_async(desk.store.desk_id)}  # fmt: skip
            world.engine.kill(ids["killed-web"])
            world.engine.remove_by_hand(ids["removed-web"])
            world.engine.run_out_of_memory(ids["oom-web"])
            assert (await until(desk, is_phase("FAILED"), "killed-web")).status.exit_code == 137
            assert (await until(desk, is_phase("FAILED"), "removed-web")).status.reason == "ContainerLost"
            assert (await until(desk, is_phase("FAILED"), "oom-web")).status.reason == "OOMKilled"

    in_world(tmp_path, story)


def test_a_taken_port_moves_with_an_event(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.faults.script(Operation.START, PortTakenError("port is already allocated"))
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=NOW + MINUTE))
            promised = await until(desk, lambda current: bool(current.status.host_ports))
            running = await until(desk, is_phase("RUNNING"))
            assert running.status.host_ports["http"] != promised.status.host_ports["http"]
            assert str(running.status.host_ports["http"]) in running.status.access_urls[0].url
        assert "PortMoved" in [event.reason or event.data.get("reason") for event in world.told]

    in_world(tmp_path, story)


def test_a_program_that_ends_by_itself_completes(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab())
            ended = await until(desk, lambda current: current.is_final)
            assert (ended.phase, ended.status.exit_code) == (LabPhase.COMPLETED, 0)

    in_world(tmp_path, story, behaviour_of=lambda _identity, _spec: Behaviour(exits_after=300.0))


def test_a_lab_that_does_not_fit_starts_when_another_ends(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk(reserve_memory=0) as desk:
            await add(desk, lab("first-web", durationMinutes=10), lab("second-web", durationMinutes=60))
            names = {"first-web", "second-web"}
            await until(
                desk, lambda current: current.phase != LabPhase.PENDING or bool(current.status.conditions), "second-web"
            )
            waiting = "first-web" if (await read(desk, "first-web")).phase == LabPhase.PENDING else "second-web"
            (running,) = names - {waiting}
            assert (await read(desk, waiting)).status.conditions[0].reason == "EngineFullUntil"
            await desk.commands.stop_async([key(running)])
            await until(desk, is_phase("RUNNING"), waiting)

    in_world(tmp_path, story, memory=600 * 2**20)


def test_a_class_larger_than_the_engine_is_told_its_turns_once_and_gets_them(tmp_path: Path) -> None:
    def told_of(world: World, name: str) -> list[str]:
        return [event.message for event in world.told if event.subject == f"default/{name}" and "full" in event.message]

    async def story(world: World) -> None:
        async with world.desk(reserve_memory=0) as desk:
            early = [lab(f"early-{n}", durationMinutes=10 + n) for n in range(4)]
            await add(desk, *early)
            await until(desk, is_phase("RUNNING"), "early-3")
            late = [lab(f"late-{n}", scheduledStart=NOW + MINUTE, durationMinutes=20 + 20 * n) for n in range(6)]
            await desk.store.commit_async([Create(one.with_metadata(uid="")) for one in late])
            await until(desk, is_phase("RUNNING"), "late-5")
            turns = [(await read(desk, f"late-{n}")).status.started_at for n in range(6)]
            assert [(moment - NOW) // MINUTE for moment in turns if moment] == [10, 11, 12, 13, 30, 51]
            assert [told_of(world, f"late-{n}") for n in range(6)] == [
                [f"Engine full: needs 512 MiB, 352 MiB free until 2026-11-23 10:{minute} UTC."]
                for minute in (10, 11, 12, 13, 30, 51)
            ]

    in_world(tmp_path, story, memory=4 * 600 * 2**20)


def test_room_that_comes_free_goes_to_the_lab_that_should_have_started_first(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk(reserve_memory=0) as desk:
            await add(desk, lab("first-web"), lab("late-web", scheduledStart=NOW + 2 * MINUTE))
            await desk.commands.create_labs_async("web", [Student("eve@example.edu", "early")], NOW + MINUTE, 60)
            for name in ("late-web", "early-web"):
                await until(desk, lambda current: current.lacks("Schedulable"), name)
            await desk.commands.stop_async([key("first-web")])
            await until(desk, is_phase("RUNNING"), "early-web")
            assert (await read(desk, "late-web")).phase == LabPhase.PENDING

    in_world(tmp_path, story, memory=600 * 2**20)


async def _moment() -> None:
    import asyncio

    await asyncio.sleep(0.1)


def test_cpus_are_booked_where_an_overcommit_is_set(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.engine.cpus = 2
        async with world.desk(cpu_overcommit=1.5) as desk:
            bob = lab("bob-web", scheduledStart=NOW + MINUTE, durationMinutes=60)
            await add(desk, lab(durationMinutes=30), bob, resources={"cpu": "2"})
            waiting = await until(desk, lambda current: current.lacks("Schedulable"), "bob-web")
            assert waiting.status.conditions[0].reason == "CpusFullUntil"
            running = await until(desk, is_phase("RUNNING"), "bob-web")
            assert running.status.started_at is not None
            assert running.status.started_at >= NOW + 30 * MINUTE

    in_world(tmp_path, story)


def test_an_end_is_on_time_while_others_take_long_to_stop(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            names = [f"student-{number}" for number in range(40)]
            start = NOW + 10 * MINUTE
            late = lab("late", scheduledStart=start + timedelta(seconds=3), durationMinutes=30)
            class_ = [lab(name, scheduledStart=start, durationMinutes=30) for name in names]
            await add(desk, *class_, late, resources={"memory": "64Mi"})
            for name in [*names, "late"]:
                ended = await until(desk, is_phase("TIMEOUT"), name)
                assert ended.status.completed_at is not None
                assert ended.status.expires_at is not None
                assert ended.status.completed_at - ended.status.expires_at < timedelta(seconds=0.5)
            for name in [*names, "late"]:
                await until(desk, lambda current: current.status.cleaned_up, name)

    in_world(tmp_path, story, behaviour_of=lambda *_: Behaviour(ignores_stop=True))
