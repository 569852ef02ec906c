"""What an instructor may ask for, on a real store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from labdesk.labs.commands import LabCommands
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.students import Student
from labdesk.resource.errors import InvalidResourceError, ResourceConflictError
from labdesk.resource.resource import Resource, ResourceKey
from labdesk.store.store import ResourceStore
from labdesk.store.writes import Create, Update
from tests.labs.samples import MINUTE, NOW, lab, template

MANIFEST = """\
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: web}
spec: {image: "labdesk-test/busybox:1"}
---
apiVersion: labdesk/v1
kind: LabInstanceRequest
metadata: {name: ada-web}
spec: {labTemplate: web, studentEmail: ada@example.edu, durationMinutes: 30}
"""


class FixedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def boottime(self) -> float:
        return 0.0


def on_store(path: Path, story: Callable[[ResourceStore, LabCommands], Awaitable[None]]) -> None:
    async def main() -> None:
        store = await ResourceStore.open_async(path / "desk.db", lab_scheme(), lambda: NOW)
        await store.take_epoch_async()
        try:
            await story(store, LabCommands(store, FixedClock()))
        finally:
            await store.close_async()

    asyncio.run(main())


def key(name: str, kind: str = "LabInstanceRequest") -> ResourceKey:
    return ResourceKey(kind, "default", name)


async def read(store: ResourceStore, name: str = "ada-web") -> LabInstanceRequest:
    return cast("LabInstanceRequest", await store.get_async(*key(name)))


async def with_phase(store: ResourceStore, phase: str) -> LabInstanceRequest:
    """Store the lab as the control plane would have left it."""
    (_, made) = await store.commit_async([Create(template()), Create(lab())])
    new = cast("LabInstanceRequest", made).with_status(phase=LabPhase(phase), reason="Provisioning")
    return cast("LabInstanceRequest", (await store.commit_async([Update(made, new)]))[0])


def test_apply_creates_then_leaves_alone_then_updates(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        assert [applied.action for applied in await commands.apply_async(MANIFEST)] == ["created", "created"]
        assert [applied.action for applied in await commands.apply_async(MANIFEST)] == ["unchanged", "unchanged"]
        again = await commands.apply_async(MANIFEST.replace("30}", "45}"))
        assert [applied.action for applied in again] == ["unchanged", "updated"]
        stored = await read(store)
        assert (stored.spec.duration_minutes, stored.metadata.generation) == (45, 2)
        assert stored.metadata.finalizers == ("labdesk/container",)

    on_store(tmp_path, story)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (MANIFEST.replace("durationMinutes: 30", "durationMinutes: 481"), r"spec.durationMinutes: .* \(document 2\)"),
        (
            MANIFEST.replace("labTemplate: web", "labTemplate: missing"),
            "there is no template 'missing' .* known: none yet",
        ),
        (MANIFEST.replace("kind: LabTemplate", "kind: Pod"), "kind: must be one of"),
        (MANIFEST.replace("labdesk/v1", "labdesk/v2"), "apiVersion: must be labdesk/v1"),
        (MANIFEST + "---\n" + MANIFEST, "'web' is given twice"),
        (MANIFEST.replace("durationMinutes: 30", 'scheduledStart: "2026-11-23T08:00:00Z"'), "would lie in the past"),
    ],
)
def test_nothing_of_a_manifest_with_a_mistake_is_applied(tmp_path: Path, manifest: str, words: str) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        with pytest.raises(InvalidResourceError, match=words):
            await commands.apply_async(manifest)
        assert (await store.list_async()).images == []

    on_store(tmp_path, story)


def test_a_manifest_cannot_set_what_is_the_control_planes(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await commands.apply_async(
            MANIFEST.replace("name: ada-web}", "name: ada-web, uid: x, generation: 9}\nstatus: {phase: RUNNING}")
        )
        stored = await read(store)
        assert (stored.phase.value, stored.metadata.generation) == ("PENDING", 1)
        assert stored.metadata.uid != "x"

    on_store(tmp_path, story)


def test_an_exported_lab_brings_no_marks_of_the_control_plane_with_it(tmp_path: Path) -> None:
    exported = MANIFEST.replace(
        "name: ada-web}",
        "name: ada-web, annotations: {note: kept, labdesk/run-again: '3', labdesk/force-delete: 'true'}}",
    )

    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await commands.apply_async(exported)
        assert (await read(store)).metadata.annotations == {"note": "kept"}
        await commands.apply_async(exported)
        assert (await read(store)).metadata.annotations == {"note": "kept"}

    on_store(tmp_path, story)


def test_a_shorter_duration_must_leave_something_of_what_was_taken_back(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await commands.apply_async(MANIFEST)
        await commands.extend_async([key("ada-web")], -20)
        with pytest.raises(InvalidResourceError, match=r"spec.extensionMinutes: takes away all of the 10 min"):
            await commands.apply_async(MANIFEST.replace("durationMinutes: 30", "durationMinutes: 10"))

    on_store(tmp_path, story)


def test_labs_for_a_class_get_names_of_their_own(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await store.create_async(template())
        students = [
            Student("ada@example.edu", "Ada Lovelace"),
            Student("ada2@example.edu", "Ada Lovelace"),
            Student("bob@example.edu"),
        ]
        made = await commands.create_labs_async("web", students, NOW + 60 * MINUTE, 90)
        assert [one.metadata.name for one in made] == ["ada-lovelace-web", "ada-lovelace-web-2", "bob-web"]
        with pytest.raises(InvalidResourceError, match="there is no template 'none'"):
            await commands.create_labs_async("none", students, None, 90)
        with pytest.raises(InvalidResourceError, match="at least one student"):
            await commands.create_labs_async("web", [], None, 90)

    on_store(tmp_path, story)


def test_extend_adds_up_and_refuses_nonsense(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await with_phase(store, "RUNNING")
        await commands.extend_async([key("ada-web")], 30)
        await commands.extend_async([key("ada-web")], -10)
        assert (await read(store)).spec.extension_minutes == 20
        for minutes, words in ((0, "must not be 0"), (-200, "would last -120 min"), (99_999, "choose another number")):
            refused = (await commands.extend_async([key("ada-web")], minutes)).refused
            assert words in str(refused[0][1])

    on_store(tmp_path, story)


def test_one_refusal_keeps_no_other_lab_from_changing(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await store.commit_async([Create(template()), Create(lab("a-web")), Create(lab("b-web"))])
        outcome = await commands.stop_async([key("a-web"), key("nobody"), key("b-web")])
        assert [changed.metadata.name for changed in outcome.changed] == ["a-web", "b-web"]
        assert [refused[0].name for refused in outcome.refused] == ["nobody"]

    on_store(tmp_path, story)


@pytest.mark.parametrize(
    ("phase", "command", "words"),
    [
        ("COMPLETED", "stop", "has already ended"),
        ("TIMEOUT", "extend", "run it again instead"),
        ("RUNNING", "run_again", "stop it before running it again"),
        ("RUNNING", "start_now", "only a waiting lab can be started"),
    ],
)
def test_commands_that_make_no_sense_say_why(tmp_path: Path, phase: str, command: str, words: str) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await with_phase(store, phase)
        more = (10,) if command == "extend" else ()
        outcome = await getattr(commands, f"{command}_async")([key("ada-web")], *more)
        assert words in str(outcome.refused[0][1])

    on_store(tmp_path, story)


def test_running_again_may_be_asked_for_twice_and_called_off_before_it_begins(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await with_phase(store, "FAILED")
        for command, desired in (("run_again", "Run"), ("run_again", "Run"), ("stop", "Stop"), ("run_again", "Run")):
            outcome = await getattr(commands, f"{command}_async")([key("ada-web")])
            assert not outcome.refused
            stored = await read(store)
            assert stored.spec.desired == desired
            assert stored.requested_incarnation == 2

    on_store(tmp_path, story)


def test_after_provisioning_only_desired_and_extension_may_change(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        running = await with_phase(store, "RUNNING")
        with pytest.raises(
            InvalidResourceError, match=r"spec.durationMinutes: cannot change any more: the lab is RUNNING"
        ):
            await store.update_async(running, running.with_spec(duration_minutes=5))
        await store.update_async(running, running.with_spec(desired="Stop"))

    on_store(tmp_path, story)


def test_the_loser_of_two_edits_is_told_and_a_command_tries_again(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        stale = await with_phase(store, "RUNNING")
        await commands.extend_async([key("ada-web")], 5)
        with pytest.raises(ResourceConflictError):
            await store.update_async(stale, stale.with_spec(desired="Stop"))
        results = await asyncio.gather(*(commands.extend_async([key("ada-web")], 1) for _ in range(4)))
        assert not [refusal for result in results for refusal in result.refused]
        assert (await read(store)).spec.extension_minutes == 9

    on_store(tmp_path, story)


def test_a_template_that_waiting_labs_need_is_not_deleted(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await store.commit_async([Create(template()), Create(lab(scheduledStart=NOW + timedelta(hours=1)))])
        outcome = await commands.delete_async([key("web", "LabTemplate")])
        assert "1 lab not running yet uses the template web" in str(outcome.refused[0][1])

    on_store(tmp_path, story)


def test_a_template_stays_until_the_labs_being_prepared_have_their_links(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await with_phase(store, "PROVISIONING")
        outcome = await commands.delete_async([key("web", "LabTemplate")])
        assert "uses the template web" in str(outcome.refused[0][1])

    on_store(tmp_path, story)


def test_deleting_marks_and_keeps_the_first_time(tmp_path: Path) -> None:
    async def story(store: ResourceStore, commands: LabCommands) -> None:
        await with_phase(store, "RUNNING")
        first: Resource = (await commands.delete_async([key("ada-web")])).changed[0]
        again: Resource = (await commands.delete_async([key("ada-web")])).changed[0]
        assert first.metadata.deletion_timestamp == again.metadata.deletion_timestamp == NOW
        assert first.metadata.resource_version == again.metadata.resource_version

    on_store(tmp_path, story)


@pytest.mark.parametrize("is_cancelled", [False, True], ids=["a defect", "being cancelled"])
def test_a_defect_or_being_cancelled_calls_off_what_was_asked_for_together(tmp_path: Path, is_cancelled: bool) -> None:
    async def story(_: ResourceStore, commands: LabCommands) -> None:
        waiting, called_off = asyncio.Event(), list[str]()

        async def change(one: ResourceKey) -> Resource:
            if one.name == "last" and not is_cancelled:
                raise RuntimeError("a defect")
            try:
                waiting.set()
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                called_off.append(one.name)
                raise
            raise AssertionError

        together = asyncio.ensure_future(commands._each(map(key, ("first", "second", "last")), change))
        await waiting.wait()
        if is_cancelled:
            together.cancel()
        with pytest.raises(asyncio.CancelledError if is_cancelled else RuntimeError):
            await together
        assert sorted(called_off) == (["first", "last", "second"] if is_cancelled else ["first", "second"])

    on_store(tmp_path, story)
