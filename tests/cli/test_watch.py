"""`labdesk get --watch`: a row for every change, in the order of commits."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from labdesk.cli.selection import Selection
from labdesk.cli.watching import difference, follow
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.resource import Resource
from labdesk.store.store import ResourceStore
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.process import PATIENCE, RunningCommand
from tests.labs.samples import lab as lab_resource

FRONT = Selection.of(LabInstanceRequest.KIND, (), "default", "row=front")


async def opened(path: Path) -> ResourceStore:
    return await ResourceStore.open_async(path, lab_scheme(), lambda: datetime.now(UTC))


def test_entering_changing_leaving_and_going_are_told_in_order(store_path: Path) -> None:
    async def story() -> list[tuple[str, int, bool]]:
        store = await opened(store_path)
        await store.take_epoch_async()
        _, listing = await FRONT.list_async(store)
        told: list[tuple[str, int, bool]] = []

        async def listen() -> None:
            async for seen in follow(store, FRONT, listing):
                told.append((seen.resource.metadata.name, _minutes(seen.resource), seen.gone))
                if len(told) == 5:
                    return

        listener = asyncio.create_task(listen())
        new = lab_resource("ada-web", labels={"row": "front"}).with_metadata(uid="")
        first = await store.create_async(new)
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


def test_a_log_that_was_lost_is_bridged_by_comparing(store_path: Path) -> None:
    async def story() -> list[tuple[str, bool]]:
        store = await opened(store_path)
        await store.take_epoch_async()
        kept, gone, changed = [
            await store.create_async(lab_resource(name, labels={"row": "front"}).with_metadata(uid=""))
            for name in ("kept", "gone", "changed")
        ]
        before = await store.list_async(LabInstanceRequest.KIND)
        await store.remove_async(gone)
        await store.update_async(changed, changed.with_spec(duration_minutes=90))
        await store.create_async(lab_resource("new", labels={"row": "front"}).with_metadata(uid=""))
        after = await store.list_async(LabInstanceRequest.KIND)
        await store.close_async()
        assert kept.metadata.name == "kept"
        return [(seen.resource.metadata.name, seen.gone) for seen in difference(before, after, FRONT)]

    assert asyncio.run(story()) == [("changed", False), ("new", False), ("gone", True)]


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
