"""Hardening and workspaces, tried from inside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from labdesk.engines.service import ContainerState, EngineRequestError, NameConflictError
from labdesk.engines.spec import Probe
from tests.integration.bench import Bench, Lab, outcome
from tests.integration.images import busybox_tar

TCP = Probe(kind="tcp", port=8080)


def test_a_lab_gets_the_walls_it_should(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            spec = bench.web(capabilities=("CHOWN",), writable=("/var/cache",), user="1000")
            lab = await bench.start(service, spec)
            found = bench.api.inspect_container(lab.container_id)
            host = found["HostConfig"]
            assert host["Privileged"] is False
            assert host["CapDrop"] == ["ALL"]
            assert [name.removeprefix("CAP_") for name in host["CapAdd"]] == ["CHOWN"]
            assert host["SecurityOpt"] == ["no-new-privileges"]
            assert host["ReadonlyRootfs"] is True
            assert set(host["Tmpfs"]) == {"/tmp", "/run", "/var/cache"}
            assert (host["Memory"], host["MemorySwap"]) == (32 * 2**20, 32 * 2**20)
            assert host["PidsLimit"] == 32
            assert (host["CpuQuota"], host["CpuPeriod"]) == (50_000, 100_000)
            assert host["Init"] is True
            assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "2"}}
            assert host["RestartPolicy"]["Name"] == "no"
            assert not host["Binds"]
            assert not found["Mounts"]
            assert host["NetworkMode"] == f"labdesk-{bench.desk_id}"
            assert host["PortBindings"]["8080/tcp"][0]["HostIp"] == "127.0.0.1"
            network = bench.api.inspect_network(f"labdesk-{bench.desk_id}")
            assert network["Options"]["com.docker.network.bridge.enable_icc"] == "false"
            assert network["Labels"]["labdesk.desk"] == bench.desk_id

    asyncio.run(main())


def test_inside_only_the_writable_places_take_a_file(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            spec = bench.spec(user="1000", writable=("/var/cache",), workspace=bench.workspace("/workspace"))
            lab = await bench.start(service, spec)
            for place, allowed in (
                ("/", False),
                ("/etc", False),
                ("/www", False),
                ("/tmp", True),
                ("/run", True),
                ("/var/cache", True),
                ("/workspace", True),
            ):
                code, words = outcome(bench.api, lab.container_id, f"echo ok > {place}/file && cat {place}/file")
                assert (code == 0) == allowed, (place, words)
            code, words = outcome(bench.api, lab.container_id, "dd if=/dev/zero of=/tmp/big bs=1M count=30")
            assert code != 0
            assert "No space left" in words
            _, status = outcome(bench.api, lab.container_id, "cat /proc/self/status")
            lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            assert lines["CapBnd"] == "0000000000000000"
            assert lines["NoNewPrivs"] == "1"
            assert lines["Uid"].split() == ["1000"] * 4

    asyncio.run(main())


def test_a_writable_root_can_be_asked_for(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec(read_only_root=False))
            assert outcome(bench.api, lab.container_id, "echo ok > /file")[0] == 0

    asyncio.run(main())


def test_processes_are_limited(bench: Bench) -> None:
    forks = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 5 & done"

    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec(pids=12))
            code, words = outcome(bench.api, lab.container_id, forks)
            assert code != 0
            assert "fork" in words

    asyncio.run(main())


def test_labs_do_not_reach_each_other(bench: Bench) -> None:
    def fetch(lab: Lab, address: str) -> int:
        return outcome(bench.api, lab.container_id, f"timeout 2 wget -q -O - http://{address}:8080/")[0]

    async def main() -> None:
        async with bench.service() as service:
            first, second = await bench.start(service, bench.web()), await bench.start(service, bench.web())
            await first.until(ContainerState.READY, TCP)
            await second.until(ContainerState.READY, TCP)
            networks = bench.api.inspect_container(second.container_id)["NetworkSettings"]["Networks"]
            address = networks[f"labdesk-{bench.desk_id}"]["IPAddress"]
            assert fetch(second, address) == 0
            assert fetch(first, address) != 0

    asyncio.run(main())


@pytest.mark.parametrize(
    ("path", "user", "owner"),
    [
        ("/home/student", "student", "1000:1000"),  # the image has it, and it is that user's
        ("/home/student", "teacher", "2000:50"),  # the image has it, but it is another user's
        ("/data", "1000", "1000:1000"),  # the image has it, and it is root's
        ("/new/place", "1234", "1234:0"),  # not in the image, nor is the user
        ("/new", "1234:4321", "1234:4321"),
        ("/new", "student:staff", "1000:50"),
        ("/new", "", "0:0"),
    ],
)
def test_a_workspace_belongs_to_the_labs_user(bench: Bench, path: str, user: str, owner: str) -> None:
    async def main() -> None:
        async with bench.service() as service:
            for mount in (bench.workspace(path), bench.workspace(path)):  # the second one profits from the first
                lab = await bench.start(service, bench.spec(user=user, workspace=mount))
                code, words = outcome(bench.api, lab.container_id, f"stat -c %u:%g {path} && echo mine > {path}/file")
                assert (code, words) == (0, f"{owner}\n")
            assert len(bench.api.containers(all=True, filters={"label": f"labdesk.desk={bench.desk_id}"})) == 2

    asyncio.run(main())


def test_the_images_own_user_gets_the_workspace_when_the_spec_names_none(
    bench: Bench, make_image: Callable[..., str]
) -> None:
    image = make_image("labdesk-test/with-user:1", busybox_tar(), ("USER teacher",))

    async def main() -> None:
        async with bench.service() as service:
            spec = bench.spec(image=image, workspace=bench.workspace("/work"))
            lab = await bench.start(service, spec)
            assert outcome(bench.api, lab.container_id, "stat -c %U /work && touch /work/file") == (0, "teacher\n")

    asyncio.run(main())


def test_a_new_workspace_holds_what_the_image_has_there(bench: Bench, make_image: Callable[..., str]) -> None:
    image = make_image("labdesk-test/with-files:1", busybox_tar({"home/student/exercise.txt": b"do it\n"}))

    async def main() -> None:
        async with bench.service() as service:
            for user in ("student", "teacher"):
                spec = bench.spec(image=image, user=user, workspace=bench.workspace("/home/student"))
                lab = await bench.start(service, spec)
                assert outcome(bench.api, lab.container_id, "cat /home/student/exercise.txt") == (0, "do it\n")

    asyncio.run(main())


@pytest.mark.parametrize("path", ["/home/student", "/work"])
def test_a_workspace_outlives_its_lab_and_returns(bench: Bench, path: str) -> None:
    async def main() -> None:
        mount = bench.workspace(path).model_copy(update={"labels": {"student": "ada"}})
        spec = bench.spec(user="1000", workspace=mount)
        async with bench.service() as service:
            lab = await bench.start(service, spec)
            outcome(bench.api, lab.container_id, f"echo kept > {path}/file")
            await service.remove_container_async(lab.container_id)
        async with bench.service() as service:  # a restarted desk
            again = await bench.start(service, spec)
            check = f"cat {path}/file && echo more >> {path}/file"
            assert outcome(bench.api, again.container_id, check) == (0, "kept\n")
            (left,) = await service.list_workspaces_async(bench.desk_id)
            assert (left.name, left.labels["student"]) == (mount.volume, "ada")
            with pytest.raises(EngineRequestError, match="in use"):
                await service.remove_workspace_async(mount.volume)
            await service.remove_container_async(again.container_id)
            await service.remove_workspace_async(mount.volume)
            await service.remove_workspace_async(mount.volume)
            assert await service.list_workspaces_async(bench.desk_id) == []

    asyncio.run(main())


def test_a_workspace_follows_its_templates_user_there_and_back(bench: Bench) -> None:
    """What earlier labs left in it keeps its owner; what the lab makes now is its user's."""

    async def main() -> None:
        mount = bench.workspace("/work")
        async with bench.service() as service:
            for number, user in enumerate(("1000:1000", "2000:2000", "1000:1000")):
                lab = await bench.start(service, bench.spec(user=user, workspace=mount))
                check = f"stat -c %u:%g /work && echo mine > /work/file-{number}"
                assert outcome(bench.api, lab.container_id, check) == (0, f"{user}\n")
                await service.remove_container_async(lab.container_id)

    asyncio.run(main())


def test_a_desk_killed_while_it_prepared_a_workspace_is_repaired(bench: Bench) -> None:
    async def main() -> None:
        mount = bench.workspace("/work")
        labels = {"labdesk.desk": bench.desk_id, "labdesk.workspace": mount.volume}
        bench.api.create_volume(mount.volume, labels=labels)
        bench.api.create_container(
            bench.image,
            ["x"],
            name=f"labdesk-prepare-{mount.volume}",
            labels={"labdesk.desk": bench.desk_id, "labdesk.helper": mount.volume},
            host_config=bench.api.create_host_config(binds=[f"{mount.volume}:/work"]),
        )
        async with bench.service() as service:
            assert await service.list_containers_async(bench.desk_id) == []
            lab = await bench.start(service, bench.spec(user="1000", workspace=mount))
            assert outcome(bench.api, lab.container_id, "touch /work/file")[0] == 0

    asyncio.run(main())


def test_a_volume_that_is_not_the_desks_is_not_mounted(bench: Bench) -> None:
    async def main() -> None:
        mount = bench.workspace("/work")
        bench.api.create_volume(mount.volume)
        try:
            async with bench.service() as service:
                with pytest.raises(NameConflictError, match=mount.volume):
                    await bench.start(service, bench.spec(workspace=mount))
        finally:
            bench.api.remove_volume(mount.volume)

    asyncio.run(main())


def test_more_cpu_than_the_engine_has_is_no_error(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec(cpu=8.0))
            assert (await lab.look()).state == ContainerState.READY

    asyncio.run(main())
