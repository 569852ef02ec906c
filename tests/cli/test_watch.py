"""`labdesk get --watch`: a row for every change, in the order of commits."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from labdesk.cli.selection import Selection
from labdesk.cli.watching import follow
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.resource import Resource
from labdesk.store.backup import backup
from labdesk.store.restore import put_in_place
from labdesk.store.store import ResourceStore
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.process import PATIENCE, RunningCommand
from tests.labs.samples import lab as lab_resource

FRONT = Selection.of(LabInstanceRequest.KIND, (), "default", "row=front")


async def opened(path: Path) -> ResourceStore:
    return await ResourceStore.open_async(path, lab_scheme(), now)


def now() -> datetime:
    return datetime.now(UTC)


def front(name: str) -> LabInstanceRequest:
    return lab_resource(name, labels={"row": "front"}).with_metadata(uid="")


def test_entering_changing_leaving_and_going_are_told_in_order(store_path: Path) -> None:
    async def story() -> list[tuple[str, int, bool]]:
        store = await opened(store_path)
        await store.take_epoch_async()
        _, listing = await FRONT.list_async(store)
        told: list[tuple[str, int, bool]] = []

        async def listen() -> None:
            async for seen in follow(store, FRONT, listing, now):
                told.append((seen.resource.metadata.name, _minutes(seen.resource), seen.gone))
                if len(told) == 5:
                    return

        listener = asyncio.create_task(listen())
        first = await store.create_async(front("ada-web"))
        await store.create_async(lab_resource("bob-web", labels={"row": "back"}).with_metadata(uid=""))
        longer = await store.update_async(first, first.with_spec(duration_minutes=90))
        moved = await store.update_async(longer, longer.with_metadata(labels={"row": "back"}))
        back = await store.update_async(moved, moved.with_metadata(labels={"row": "front"}))
        await store.remove_async(back)
        async with asyncio.timeout(PATIENCE):
            await listener
        await store.close_async()
        return told

    assert asyncio.run(story()) == [
        ("ada-web", 60, False),
        ("ada-web", 90, False),
        ("ada-web", 90, True),
        ("ada-web", 90, False),
        ("ada-web", 90, True),
    ]


def test_a_store_that_was_put_back_is_bridged_by_comparing(store_path: Path, tmp_path: Path) -> None:
    """The numbers of revisions are given again then: one that is as before may be another state."""

    async def story() -> list[tuple[str, int, bool]]:
        kept = tmp_path / "backup.db"
        store = await opened(store_path)
        first = await store.create_async(front("changed"))
        await store.create_async(front("kept"))
        backup(store_path, kept)
        await store.create_async(front("lost"))
        await store.update_async(first, first.with_spec(duration_minutes=90))
        _, listing = await FRONT.list_async(store)
        put_in_place(kept, store_path, now())
        await store.create_async(front("new"))
        await store.update_async(first, first.with_spec(duration_minutes=30))
        async with asyncio.timeout(PATIENCE), aclosing(follow(store, FRONT, listing, now)) as follower:
            seen = [await anext(follower) for _ in range(3)]
        await store.close_async()
        return [(one.resource.metadata.name, _minutes(one.resource), one.gone) for one in seen]

    assert asyncio.run(story()) == [("new", 60, False), ("changed", 30, False), ("lost", 60, True)]


def test_rows_follow_the_commits_of_other_processes_until_interrupted(
    typed: Typed, applied: Callable[[str], None], start: Callable[..., RunningCommand]
) -> None:
    applied(together(TEMPLATE, lab()))
    watching = start("get", "labs", "--watch")
    watching.wait_for("ada-web")
    typed("extend", "ada-web", "30")
    watching.wait_for("1 h 30 min")
    typed("stop", "ada-web")
    watching.wait_for("Is being stopped.")
    watching.signal(signal.SIGINT)
    assert watching.end() == 130
    assert watching.text.count("NAME") == 1
    assert "Traceback" not in watching.text


def test_a_change_that_no_column_shows_is_no_row(
    typed: Typed, applied: Callable[[str], None], start: Callable[..., RunningCommand]
) -> None:
    applied(together(TEMPLATE, lab()))
    watching = start("get", "labs", "--watch")
    watching.wait_for("ada-web")
    applied(lab(labels="{row: front}"))
    typed("extend", "ada-web", "30")
    watching.wait_for("1 h 30 min")
    watching.signal(signal.SIGINT)
    watching.end()
    assert watching.text.count("ada-web") == 2


def test_json_is_one_object_a_line(
    typed: Typed, applied: Callable[[str], None], start: Callable[..., RunningCommand]
) -> None:
    applied(together(TEMPLATE, lab()))
    watching = start("get", "labs", "--watch", "-o", "json")
    watching.wait_for("\n")
    typed("extend", "ada-web", "30")
    watching.wait_for("\n", times=2)
    watching.signal(signal.SIGINT)
    watching.end()
    assert [json.loads(line)["spec"]["extensionMinutes"] for line in watching.text.splitlines()] == [0, 30]


def _minutes(resource: Resource) -> int:
    minutes: int = resource.spec.duration_minutes
    return minutes
