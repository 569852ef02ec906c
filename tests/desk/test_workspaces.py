"""Workspaces outlive their labs, tell whose they are, and go only by a request that names them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from labdesk.desk import Desk
from labdesk.engines.service import EngineUnavailable, WorkspaceVolume
from labdesk.labs.workspaces import NoWorkspaceError, Workspace, WorkspaceInUseError, Workspaces
from labdesk.resource.events import JournalEvent
from tests.desk.harness import World, add, in_world, is_phase, key, lab, read, until


def workspaces_of(desk: Desk) -> Workspaces:
    return Workspaces(desk.store, desk.engine, desk.clock, "window")


async def end(desk: Desk, name: str = "ada-web") -> None:
    """Stop a lab and wait until its container is gone."""
    await desk.commands.stop_async([key(name)])
    await until(desk, lambda current: current.is_final and current.status.cleaned_up, name)


async def removals(desk: Desk) -> list[JournalEvent]:
    events = await desk.store.journal.latest_async(1000)
    return [event for event in events if event.type == "desk.workspace_removed"]


def test_a_workspace_tells_whose_it_is_and_which_lab_has_it(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            workspaces = workspaces_of(desk)
            assert await workspaces.list_async() == []
            await add(desk, lab(), lab("bob-web", studentEmail="Bob@example.edu"), workspace="/work")
            for name in ("ada-web", "bob-web"):
                await until(desk, is_phase("RUNNING"), name)
            ada, bob = workspaces.name_of(await read(desk)), workspaces.name_of(await read(desk, "bob-web"))
            await end(desk, "bob-web")
            assert sorted(await workspaces.list_async(), key=lambda one: one.student) == [
                Workspace(ada, "default", "web", "ada@example.edu", ("ada-web",)),
                Workspace(bob, "default", "web", "bob@example.edu"),
            ]
            await desk.commands.delete_async([key("bob-web")])
            await asyncio.sleep(60)
            assert desk.labs.cache.get(key("bob-web")) is None
            assert {one.student for one in await workspaces.list_async()} == {"ada@example.edu", "bob@example.edu"}

    in_world(tmp_path, story)


def test_one_that_a_lab_has_stays_and_so_do_those_named_with_it(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            workspaces = workspaces_of(desk)
            await add(desk, lab(), lab("bob-web", studentEmail="bob@example.edu"), workspace="/work")
            for name in ("ada-web", "bob-web"):
                await until(desk, is_phase("RUNNING"), name)
            await end(desk, "bob-web")
            ada, bob = workspaces.name_of(await read(desk)), workspaces.name_of(await read(desk, "bob-web"))
            with pytest.raises(WorkspaceInUseError, match=f"The workspace {ada} is in use by ada-web; end that lab"):
                await workspaces.remove_async([bob, ada])
            with pytest.raises(NoWorkspaceError, match="There is no workspace postgres-data of this desk"):
                await workspaces.remove_async([bob, "postgres-data"])
            assert len(await workspaces.list_async()) == 2
            assert await removals(desk) == []

    in_world(tmp_path, story)


def test_what_is_removed_is_gone_and_the_journal_tells_whose_it_was(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            workspaces = workspaces_of(desk)
            await add(desk, lab(), workspace="/work")
            await until(desk, is_phase("RUNNING"))
            await end(desk)
            name = workspaces.name_of(await read(desk))
            (removed,) = await workspaces.remove_async([name, name])
            assert (removed.student, await workspaces.list_async()) == ("ada@example.edu", [])
            (event,) = await removals(desk)
            assert event.source == f"labdesk/{desk.store.desk_id}/window"
            assert (event.reason, event.subject, event.data) == (
                "WorkspaceRemoved",
                f"default/{name}",
                {
                    "parameters": {"workspace": name, "student": "ada@example.edu", "template": "web"},
                    "student": "ada@example.edu",
                },
            )
            assert event.message == f"The workspace of ada@example.edu for the template web was deleted ({name})."
            with pytest.raises(NoWorkspaceError):
                await workspaces.remove_async([name])

    in_world(tmp_path, story)


def test_volumes_without_labels_are_known_by_the_labs_that_would_return_to_them(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            workspaces = workspaces_of(desk)
            await add(desk, lab(scheduledStart="2026-11-24T10:00:00Z"), workspace="/work")
            known = workspaces.name_of(await read(desk))
            for name in (known, "a-former-one"):
                world.engine.workspaces[name] = WorkspaceVolume(name, {"labdesk.desk": desk.store.desk_id})
            assert await workspaces.list_async() == [
                Workspace("a-former-one"),
                Workspace(known, "default", "web", "ada@example.edu"),
            ]
            await workspaces.remove_async(["a-former-one"])
            (event,) = await removals(desk)
            assert event.message == "The workspace a-former-one was deleted; whose it was is not known."
            assert (event.reason, event.subject) == ("UnknownWorkspaceRemoved", "a-former-one")

    in_world(tmp_path, story)


def test_an_engine_that_does_not_answer_is_no_empty_list(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            world.engine.reachable = False
            with pytest.raises(EngineUnavailable):
                await workspaces_of(desk).list_async()

    in_world(tmp_path, story)
