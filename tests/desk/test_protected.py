"""Labs that wait and could not start: told when the desk's access or their template changes, not only at their time."""

from __future__ import annotations

from pathlib import Path

from labdesk.config import AccessMode
from labdesk.desk import Desk
from labdesk.labs.request import LabInstanceRequest
from tests.desk.harness import World, add, in_world, read, until
from tests.labs.samples import MINUTE, NOW, lab


def is_open(current: LabInstanceRequest) -> bool:
    return current.lacks("Protected")


def is_protected(current: LabInstanceRequest) -> bool:
    return bool(current.status.conditions) and not current.lacks("Protected")


async def set_env(desk: Desk, **env: str) -> None:
    template = await desk.store.get_async("LabTemplate", "default", "web")
    await desk.store.update_async(template, template.with_spec(env=env))


def test_waiting_labs_are_told_when_access_is_opened_and_when_that_is_mended(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=NOW + 60 * MINUTE))
            await until(desk, lambda current: bool(current.status.host_ports))
            assert (await read(desk)).status.conditions == ()
            desk.use_access(AccessMode.MY_NETWORK)
            assert (await until(desk, is_open)).status.conditions[0].reason == "PasswordRequired"
            desk.use_access(AccessMode.ONLY_ME)
            await until(desk, is_protected)
            desk.use_access(AccessMode.MY_NETWORK)
            await until(desk, is_open)
            await set_env(desk, PASSWORD="{{lab.password}}")
            await until(desk, is_protected)
            await set_env(desk)
            await until(desk, is_open)
            assert world.clock.now() < NOW + 60 * MINUTE

    in_world(tmp_path, story)


def test_labs_created_for_later_on_an_open_desk_are_told_at_once(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk(access_mode=AccessMode.MY_NETWORK) as desk:
            await add(desk, lab(scheduledStart=NOW + 60 * MINUTE))
            await until(desk, is_open)
            assert world.clock.now() < NOW + MINUTE

    in_world(tmp_path, story)
