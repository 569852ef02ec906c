"""From create to remove on a real engine."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC

import pytest

from labdesk.engines.docker import KERNEL, DockerContainerService
from labdesk.engines.service import (
    NOT_FOUND,
    ContainerGoneError,
    ContainerState,
    EngineRequestError,
    ImageAbsentError,
    InvalidContainerError,
    NameConflictError,
    PortTakenError,
)
from labdesk.engines.spec import Probe
from tests.integration.bench import Bench, until

TCP = Probe(kind="tcp", port=8080)
HTTP = Probe(kind="http", port=8080, path="/index.html")
EXEC = Probe(kind="exec", command=("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"))


@pytest.mark.parametrize("probe", [TCP, HTTP, EXEC], ids=lambda probe: probe.kind)
def test_a_lab_is_created_started_ready_stopped_and_removed(bench: Bench, probe: Probe) -> None:
    async def main() -> None:
        async with bench.service() as service:
            spec = bench.web()
            identity = bench.identity(spec)
            assert await service.get_container_status_async(identity, probe) == NOT_FOUND
            container_id = await service.create_container_async(identity, spec, "")
            assert (await service.get_container_status_async(identity)).state == ContainerState.CREATING
            await service.start_container_async(container_id)
            await service.start_container_async(container_id)
            lab = await bench.start(service, spec, identity.lab_uid)
            assert lab.container_id == container_id
            ready = await lab.until(ContainerState.READY, probe)
            assert ready.started_at is not None
            assert ready.started_at.tzinfo == UTC
            assert ready.finished_at is None
            assert set(ready.host_ports or {}) == {8080}
            assert ready.labels == identity.labels
            await service.stop_container_async(container_id, 5)
            stopped = await lab.look(probe)
            assert stopped.state == ContainerState.STOPPED
            assert stopped.finished_at is not None
            await service.stop_container_async(container_id, 5)
            await service.remove_container_async(container_id)
            await service.remove_container_async(container_id)
            await service.stop_container_async(container_id, 5)
            assert await lab.look(probe) == NOT_FOUND
            with pytest.raises(ContainerGoneError):
                await service.start_container_async(container_id)

    asyncio.run(main())


@pytest.mark.parametrize("path", ["address", "published port"])
@pytest.mark.parametrize("probe", [TCP, HTTP], ids=lambda probe: probe.kind)
def test_a_port_that_only_docker_proxy_listens_on_is_not_ready(bench: Bench, probe: Probe, path: str) -> None:
    wait_for_word = ("sh", "-c", "until [ -e /tmp/go ]; do sleep 0.05; done; exec httpd -f -p 8080 -h /www")

    async def main() -> None:
        async with bench.service() as service:
            service._network_prober._try_address = path == "address"
            lab = await bench.start(service, bench.web(command=wait_for_word))
            host_port = ((await lab.look()).host_ports or {})[8080]
            _, writer = await asyncio.open_connection("127.0.0.1", host_port)  # docker-proxy accepts already
            writer.transport.abort()
            early = [await lab.look(probe) for _ in range(3)]
            assert [seen.state for seen in early] == [ContainerState.RUNNING] * 3
            assert "8080" in early[0].message
            done = bench.api.exec_create(lab.container_id, ["touch", "/tmp/go"])
            bench.api.exec_start(done["Id"])
            await lab.until(ContainerState.READY, probe)

    asyncio.run(main())


def test_an_http_answer_of_400_or_more_is_not_ready(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.web())
            await lab.until(ContainerState.READY, HTTP)
            seen = await lab.look(Probe(kind="http", port=8080, path="/missing"))
            assert (seen.state, seen.message) == (ContainerState.RUNNING, "GET /missing was answered with 404.")

    asyncio.run(main())


def test_a_readiness_command_that_hangs_is_bounded_and_not_started_twice(bench: Bench) -> None:
    probe = Probe(kind="exec", command=("sleep", "7777"), timeout_seconds=0.3)

    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec())
            for _ in range(3):
                seen = await lab.look(probe)
                assert seen.state == ContainerState.RUNNING
                assert "did not end within 0.3 s" in seen.message
            found = [process[-1] for process in bench.api.top(lab.container_id)["Processes"]]
            assert sum("sleep 7777" in command for command in found) == 1

    asyncio.run(main())


def test_the_same_lab_is_adopted_also_by_a_desk_that_was_restarted(bench: Bench) -> None:
    async def main() -> None:
        spec = bench.spec()
        async with bench.service() as service:
            lab = await bench.start(service, spec)
        async with bench.service() as service:
            assert await service.create_container_async(lab.identity, spec, "other") == lab.container_id
            assert [seen.container_id for seen in await service.list_containers_async(bench.desk_id)] == [
                lab.container_id
            ]

    asyncio.run(main())


def test_another_spec_of_the_same_lab_replaces_its_container(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec())
            changed = await bench.start(service, bench.spec(pids=40), lab.identity.lab_uid)
            assert changed.container_id != lab.container_id
            assert [seen.container_id for seen in await service.list_containers_async(bench.desk_id)] == [
                changed.container_id
            ]

    asyncio.run(main())


@pytest.mark.parametrize(
    "change", [{"desk_id": "stranger"}, {"lineage": "l2"}, {"lab_uid": "b"}], ids=lambda c: next(iter(c))
)
def test_a_container_of_somebody_else_is_never_touched(bench: Bench, change: dict[str, str]) -> None:
    async def main() -> None:
        async with bench.service() as service:
            spec = bench.spec()
            mine = bench.identity(spec, "a")
            theirs = bench.identity(spec, "a", **change)
            made = bench.api.create_container(
                bench.image, ["sleep", "1000"], name=mine.container_name, labels=theirs.labels
            )["Id"]
            try:
                with pytest.raises(NameConflictError, match=mine.container_name):
                    await service.create_container_async(mine, spec, "")
                assert bench.api.inspect_container(made)["State"]["Status"] == "created"
                seen = await service.get_container_status_async(mine)
                assert (seen == NOT_FOUND) == ("lineage" not in change)
                if "lineage" in change:
                    confirmed = replace(mine, confirmed=frozenset({"l2"}))
                    assert await service.create_container_async(confirmed, spec, "") == made
            finally:
                bench.api.remove_container(made)

    asyncio.run(main())


def test_a_container_without_labels_keeps_its_name(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            spec = bench.spec()
            identity = bench.identity(spec)
            made = bench.api.create_container(bench.image, ["sleep", "1"], name=identity.container_name)["Id"]
            try:
                with pytest.raises(NameConflictError):
                    await service.create_container_async(identity, spec, "")
            finally:
                bench.api.remove_container(made)

    asyncio.run(main())


def test_a_taken_port_is_told_and_a_moved_one_makes_a_container_that_starts(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            holder = await bench.start(service, bench.web())
            taken = ((await holder.look()).host_ports or {})[8080]
            spec = bench.web(ports=(bench.port(taken),))
            identity = bench.identity(spec)
            container_id = await service.create_container_async(identity, spec, "")
            with pytest.raises(PortTakenError, match=str(taken)):
                await service.start_container_async(container_id)
            assert (await service.get_container_status_async(identity)).state == ContainerState.CREATING
            moved = bench.web(ports=(bench.port(0),))
            assert moved.hash == spec.hash
            lab = await bench.start(service, moved, identity.lab_uid)
            assert lab.container_id != container_id
            await lab.until(ContainerState.READY, TCP)

    asyncio.run(main())


def test_a_port_held_by_a_program_of_this_computer_is_taken_too(bench: Bench) -> None:
    async def main() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, bench.service() as service:
            with pytest.raises(PortTakenError, match=str(port)):
                await bench.start(service, bench.web(ports=(bench.port(port),)))

    asyncio.run(main())


def test_exit_codes_and_the_lack_of_memory_are_seen(bench: Bench) -> None:
    # The child is killed, and its parent outlives it: an engine (20.10) that hears of a container's end before it hears
    # of the lack of memory never tells of it.
    eat = ("sh", "-c", "(x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done); code=$?; sleep 1; exit $code")

    async def main() -> None:
        async with bench.service() as service:
            failed = await bench.start(service, bench.spec(command=("sh", "-c", "echo last words; exit 7")))
            ended = await bench.start(service, bench.spec(command=("true",)))
            starved = await bench.start(service, bench.spec(command=eat, memory=8 * 2**20))
            seen = await failed.until(ContainerState.STOPPED)
            assert (seen.exit_code, seen.oom_killed) == (7, False)
            assert (await service.get_logs_async(failed.container_id)).splitlines() == ["last words"]
            assert (await ended.until(ContainerState.STOPPED)).exit_code == 0
            seen = await starved.until(ContainerState.STOPPED)
            assert (seen.exit_code, seen.oom_killed) == (137, True)
            listed = {each.container_id: each for each in await service.list_containers_async(bench.desk_id)}
            assert listed[failed.container_id].exit_code == 7
            assert listed[ended.container_id].state == ContainerState.STOPPED

    asyncio.run(main())


def test_what_is_done_by_hand_is_seen(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            killed, paused, removed = [await bench.start(service, bench.spec()) for _ in range(3)]
            bench.api.kill(killed.container_id)
            assert (await killed.until(ContainerState.STOPPED)).exit_code == 137
            bench.api.pause(paused.container_id)
            seen = await paused.look()
            assert (seen.state, "paused" in seen.message) == (ContainerState.RUNNING, True)
            bench.api.remove_container(removed.container_id, force=True)
            await removed.until(ContainerState.NOT_FOUND)

    asyncio.run(main())


def test_a_program_that_ignores_sigterm_is_killed_after_the_grace(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            deaf = bench.spec(command=("sh", "-c", "trap '' TERM; touch /tmp/deaf; while :; do sleep 0.1; done"))
            lab = await bench.start(service, deaf)
            armed = Probe(kind="exec", command=("test", "-e", "/tmp/deaf"))
            await lab.until(ContainerState.READY, armed)
            await service.stop_container_async(lab.container_id, 0.5)
            assert (await lab.look()).exit_code == 137

    asyncio.run(main())


def test_what_cannot_run_is_refused_in_the_engines_words(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            with pytest.raises(ImageAbsentError, match="nobody/nothing:1"):
                await bench.start(service, bench.spec(image="nobody/nothing:1"))
            assert not await service.image_present_async("nobody/nothing:1")
            assert await service.image_present_async(bench.image)
            for bad, words in (
                (bench.spec(image="UPPER/case"), "lowercase"),
                (bench.spec(user="nobodyknown"), "unable to find user"),
                (bench.spec(memory=2**20), "Minimum memory"),
            ):
                with pytest.raises(InvalidContainerError, match=words):
                    await bench.start(service, bad)

    asyncio.run(main())


def test_a_command_that_is_not_in_the_image_ends_the_container(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec(command=("no-such-program",)))
            seen = await lab.until(ContainerState.STOPPED)
            assert seen.exit_code == 127
            assert "no-such-program" in await service.get_logs_async(lab.container_id)

    asyncio.run(main())


def test_the_password_reaches_env_and_command_only(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            spec = bench.spec(env={"PASSWORD": "x{{lab.password}}"}, command=("echo", "{{lab.password}}"))
            lab = await bench.start(service, spec)
            await lab.until(ContainerState.STOPPED)
            found = bench.api.inspect_container(lab.container_id)["Config"]
            assert "PASSWORD=xs3cret" in found["Env"]
            assert found["Cmd"] == ["echo", "s3cret"]
            assert "s3cret" not in str(found["Labels"])

    asyncio.run(main())


def test_a_cancelled_create_never_makes_a_second_container(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            spec = bench.spec()
            identity = bench.identity(spec)
            for _ in range(3):
                attempt = asyncio.create_task(service.create_container_async(identity, spec, ""))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                attempt.cancel()
                await asyncio.gather(attempt, return_exceptions=True)
            container_id = await service.create_container_async(identity, spec, "")
            seen = await service.get_container_status_async(identity)
            assert (seen.state, seen.container_id) == (ContainerState.CREATING, container_id)
            assert len(await service.list_containers_async(bench.desk_id)) == 1

    asyncio.run(main())


def test_thirty_starts_at_once_take_no_more_than_their_slots(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            running, most = 0, 0
            plain = service._do.start

            def counted(container_id: str) -> None:
                nonlocal running, most
                running += 1
                most = max(most, running)
                try:
                    plain(container_id)
                finally:
                    running -= 1

            service._do.start = counted  # type: ignore[method-assign]
            labs = await asyncio.gather(*(bench.start(service, bench.web()) for _ in range(30)))
            assert most <= 8
            await asyncio.gather(*(lab.until(ContainerState.READY, TCP) for lab in labs))
            assert len(await service.list_containers_async(bench.desk_id)) == 30
            await asyncio.gather(*(service.remove_container_async(lab.container_id) for lab in labs))
            assert await service.list_containers_async(bench.desk_id) == []

    asyncio.run(main())


def test_the_network_is_made_again_when_somebody_removed_it(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            spec = bench.web()
            identity = bench.identity(spec)
            container_id = await service.create_container_async(identity, spec, "")
            bench.api.remove_network(f"labdesk-{bench.desk_id}")
            await service.start_container_async(container_id)
            await until(
                lambda: service.get_container_status_async(identity, TCP),
                lambda seen: seen.state == ContainerState.READY,
            )

    asyncio.run(main())


def test_a_network_of_somebody_else_is_not_used(bench: Bench) -> None:
    async def main() -> None:
        made = bench.api.create_network(f"labdesk-{bench.desk_id}", driver="bridge")["Id"]
        try:
            async with bench.service() as service:
                with pytest.raises(EngineRequestError, match="not LabDesk's"):
                    await bench.start(service, bench.spec())
        finally:
            bench.api.remove_network(made)

    asyncio.run(main())


def test_the_engine_says_who_it_is(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            info = await service.get_engine_info_async()
            assert info.engine_id == bench.api.info()["ID"]
            assert info.address == bench.address
            assert info.memory > 0
            assert info.cpus > 0
            assert info.pids == min(int((KERNEL / name).read_text()) for name in ("pid_max", "threads-max"))

    asyncio.run(main())


def test_the_shell_command_opens_a_shell_in_that_container() -> None:
    service = DockerContainerService("d", "unix:///run/some.sock")
    command = service.shell_command("abc")
    assert command[:6] == ["docker", "-H", "unix:///run/some.sock", "exec", "-it", "abc"]
