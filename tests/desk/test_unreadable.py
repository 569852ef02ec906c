"""One thing in the store that cannot be read: it is left alone and told of, and everything else goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from labdesk.desk import Desk
from labdesk.engines.service import WorkspaceVolume
from labdesk.engines.spec import ContainerIdentity, ContainerSpec
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.tickets import BEGINNING, RemovalTicket
from labdesk.resource.resource import Resource, ResourceKey
from labdesk.store.store import ResourceStore
from tests.desk.harness import IMAGE, World, add, in_world, is_phase, key, lab, read, until
from tests.labs.samples import MINUTE, NOW, template


async def damage(desk: Desk, name: str) -> None:
    """Spoil the stored image of a lab or template."""
    text = "UPDATE resource SET body = '{\"spec\": 3}' WHERE name = :name"
    await desk.store._access.write(lambda connection: connection.run(text, {"name": name}))


async def change_as_a_newer_program(world: World, resource: ResourceKey, **labels: str) -> None:
    """Label a resource from another process that knows more of its spec than this one."""
    scheme = lab_scheme()
    plain = scheme.encode

    def encode(one: Resource) -> str:
        return plain(one).replace('"spec":{', '"spec":{"hue":1,')

    scheme.encode = encode  # type: ignore[method-assign]
    store = await ResourceStore.open_async(world.path / "desk.db", scheme, world.clock.now)
    try:
        old = await store.get_async(*resource)
        await store.update_async(old, old.with_metadata(labels=labels))
    finally:
        await store.close_async()


async def leave_behind(world: World, desk: Desk, uid: str) -> ContainerIdentity:
    """Make a container of this desk for a lab that no row tells of."""
    spec = ContainerSpec(image=IMAGE)
    identity = ContainerIdentity(desk.store.desk_id, desk.store.lineage, uid, "default", uid, 1, spec.hash)
    await world.engine.start_container_async(await world.engine.create_container_async(identity, spec, ""))
    return identity


def told(desk: Desk, text: str) -> int:
    return sum(text in what for _, what, _ in desk.errors)


def test_the_container_of_a_lab_that_cannot_be_read_is_no_orphan_and_the_others_are(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab("ada-web", durationMinutes=480), lab("bob-web", durationMinutes=480))
            for name in ("ada-web", "bob-web"):
                running = await until(desk, is_phase("RUNNING"), name)
            image = desk.labs.cache.image(key("ada-web"))
            assert image is not None
            await damage(desk, "ada-web")
            await leave_behind(world, desk, "gone")
            await asyncio.sleep(300)
            left = {found.lab_uid for found in world.engine.containers}
            assert left == {image.uid, running.metadata.uid}
            assert told(desk, image.uid) == 1

    in_world(tmp_path, story)


def test_a_ticket_that_cannot_be_read_keeps_no_other_from_being_kept(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await asyncio.sleep(1)
            identity = await leave_behind(world, desk, "gone")
            ticket = RemovalTicket.of(identity, world.engine.engine_id)
            await desk.store.commit_async(
                [], values={f"{BEGINNING}a/1": {"whose": "?"}, ticket.key: ticket.to_manifest()}
            )
            await asyncio.sleep(100)
            assert world.engine.containers == []
            assert list(await desk.store.meta.list_async(BEGINNING)) == [f"{BEGINNING}a/1"]
            assert told(desk, f"{BEGINNING}a/1") == 1

    in_world(tmp_path, story)


def test_a_lab_that_cannot_be_read_keeps_no_other_from_being_planned_and_started(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        start = NOW + 30 * MINUTE
        async with world.desk() as desk:
            await add(desk, lab("ada-web", scheduledStart=start), lab("bob-web", scheduledStart=start))
            await until(desk, lambda current: bool(current.status.host_ports))  # nothing more is written of it now
            await damage(desk, "ada-web")
        async with world.desk() as desk:
            running = await until(desk, is_phase("RUNNING"), "bob-web")
            assert running.status.provisioning_at == start
            assert told(desk, "plan default/ada-web") == 1

    in_world(tmp_path, story)


def test_a_lab_that_cannot_be_read_keeps_no_workspace_from_being_listed_and_no_template_from_going(
    tmp_path: Path,
) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab("ada-web"), lab("bob-web", scheduledStart=NOW + 90 * MINUTE), workspace="/home/lab")
            await until(desk, is_phase("RUNNING"), "ada-web")
            for name in ("ada-web", "bob-web"):
                await damage(desk, name)
            for volume in list(world.engine.workspaces):  # made by a version that noted no owner
                world.engine.workspaces[volume] = WorkspaceVolume(volume, {"labdesk.desk": desk.store.desk_id})
            (workspace,) = await desk.workspaces.list_async()
            assert (workspace.student, workspace.labs) == ("", ())
            gone = await desk.commands.delete_async([template().key])
            assert not gone.refused

    in_world(tmp_path, story)


def test_a_lab_that_a_newer_program_changed_keeps_no_other_from_being_stopped_and_started(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab("ada-web"), lab("bob-web"), lab("cat-web", scheduledStart=NOW + 600 * MINUTE))
            for name in ("ada-web", "bob-web"):
                await until(desk, is_phase("RUNNING"), name)
            await change_as_a_newer_program(world, key("ada-web"), group="a")
            await asyncio.sleep(1)
            assert "default/ada-web cannot be read here (because of its spec.hue)" in desk.errors[0][2]
            assert not (await desk.commands.stop_async([key("bob-web")])).refused
            assert not (await desk.commands.start_now_async([key("cat-web")])).refused
            ((_, refusal),) = (await desk.commands.stop_async([key("ada-web")])).refused
            assert refusal.reason == "Unreadable"
            await asyncio.sleep(5)
            assert (await read(desk, "bob-web")).status.reason == "StoppedByInstructor"
            assert (await read(desk, "cat-web")).phase == "RUNNING"

    in_world(tmp_path, story)


def test_labs_that_have_begun_end_on_time_whatever_became_of_their_template(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab("ada-web"), lab("bob-web"))
            for name in ("ada-web", "bob-web"):
                await until(desk, is_phase("RUNNING"), name)
            await change_as_a_newer_program(world, template().key, group="a")
            await asyncio.sleep(1)
            await desk.commands.stop_async([key("bob-web")])
            stopped = await until(desk, lambda current: current.status.cleaned_up, "bob-web")
            assert stopped.status.reason == "StoppedByInstructor"
            ended = await until(desk, is_phase("TIMEOUT"))
            assert ended.status.reason == "Expired"

    in_world(tmp_path, story)
