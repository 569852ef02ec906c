"""What an instructor can ask for. The window, the command line and the rehearsal all call these."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar, cast

from labdesk.control.clock import Clock
from labdesk.labs.entering import admit, merge, set_by_people
from labdesk.labs.lifecycle import FORCE_DELETE_ANNOTATION
from labdesk.labs.phases import LabPhase
from labdesk.labs.repository import LabInstanceRepository
from labdesk.labs.request import (
    RUN_AGAIN_ANNOTATION,
    DesiredState,
    LabInstanceRequest,
    LabInstanceRequestSpec,
)
from labdesk.labs.students import Student, lab_name
from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import (
    InvalidResourceError,
    LabDeskError,
    ResourceConflictError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from labdesk.resource.manifest import read_documents
from labdesk.resource.resource import DEFAULT_NAMESPACE, Resource, ResourceKey
from labdesk.store.store import ResourceStore
from labdesk.store.writes import Create, Update, Write

CONFLICT_RETRIES = 5
CHANGES_AT_ONCE = 64
NEEDS_TEMPLATE = (LabPhase.PENDING, LabPhase.PROVISIONING)
"""In these phases a lab still takes something from its template: its container, then its links."""
T = TypeVar("T")


@dataclass
class Outcome:
    """What a command did: the resources as committed, and what was refused and why."""

    changed: list[Resource] = field(default_factory=list)
    refused: list[tuple[ResourceKey, LabDeskError]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Applied:
    resource: Resource
    action: Literal["created", "updated", "unchanged"]


class NotPossibleError(LabDeskError):
    """The command makes no sense for this lab as it is."""

    reason = "NotPossible"


class EditedMeanwhileError(LabDeskError):
    """What was to be replaced is no longer what the instructor saw: look again, decide again."""

    reason = "Conflict"


LabEdit = Callable[[LabInstanceRequest], LabInstanceRequest]


class LabCommands:
    """Every command validates, commits by compare-and-swap, and re-reads and tries again when somebody was faster."""

    def __init__(self, store: ResourceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    # --- manifests --------------------------------------------------------------------------------------------

    async def apply_async(self, text: str) -> list[Applied]:
        """Create or update every resource of a manifest, all or none. Raises InvalidResourceError naming the field."""
        documents = read_documents(text)
        wanted = [self._wanted(document, index, len(documents)) for index, document in enumerate(documents)]
        self._refuse_repeats(wanted)
        return await self._retrying(lambda: self._apply(wanted))

    def _wanted(self, document: object, index: int, count: int) -> Resource:
        try:
            resource = self._store.scheme.from_manifest(document)
            return admit(resource)
        except InvalidResourceError as error:
            if count == 1:
                raise
            raise InvalidResourceError(error.field, f"{error.problem} (document {index + 1})") from None

    @staticmethod
    def _refuse_repeats(wanted: Sequence[Resource]) -> None:
        seen: set[ResourceKey] = set()
        for resource in wanted:
            if resource.key in seen:
                raise InvalidResourceError(
                    "metadata.name", f"'{resource.metadata.name}' is given twice; names must differ"
                )
            seen.add(resource.key)

    async def _apply(self, wanted: Sequence[Resource]) -> list[Applied]:
        await self._require_templates(wanted)
        writes: list[Write] = []
        plan: list[tuple[Resource, Literal["created", "updated", "unchanged"]]] = []
        for resource in wanted:
            try:
                old = await self._store.get_async(*resource.key)
            except ResourceNotFoundError:
                self._refuse_past(resource)
                writes.append(Create(resource))
                plan.append((resource, "created"))
                continue
            new = merge(old, resource)
            if old.is_deleting:
                raise InvalidResourceError(
                    "metadata.name", f"'{old.metadata.name}' is being deleted; wait, then apply again"
                )
            if new == old:
                plan.append((old, "unchanged"))
                continue
            if isinstance(old, LabInstanceRequest) and old.phase == LabPhase.PENDING:
                self._refuse_past(new)
            writes.append(Update(old, new))
            plan.append((new, "updated"))
        committed = iter(await self._store.commit_async(writes) if writes else ())
        return [Applied(planned if action == "unchanged" else next(committed), action) for planned, action in plan]

    async def _require_templates(self, wanted: Sequence[Resource]) -> None:
        """A lab's template must exist or be made by the same manifest."""
        given = {resource.key for resource in wanted}
        for lab in wanted:
            if isinstance(lab, LabInstanceRequest):
                key = ResourceKey(LabTemplate.KIND, lab.metadata.namespace, lab.spec.lab_template)
                if key not in given:
                    await self._require_template(key)

    async def _require_template(self, key: ResourceKey) -> LabTemplate:
        try:
            return cast("LabTemplate", await self._store.get_async(*key))
        except ResourceNotFoundError:
            listing = await self._store.list_async(LabTemplate.KIND, key.namespace)
            known = ", ".join(sorted(image.name for image in listing.images)) or "none yet"
            raise InvalidResourceError(
                "spec.labTemplate", f"there is no template '{key.name}' in {key.namespace}; known: {known}"
            ) from None

    def _refuse_past(self, resource: Resource) -> None:
        if isinstance(resource, LabInstanceRequest):
            check_not_past(resource.spec, self._clock.now())

    # --- labs -------------------------------------------------------------------------------------------------

    async def edit_async(self, seen: LabInstanceRequest, manifest: object) -> LabInstanceRequest:
        """Give a lab what its manifest says, unless somebody changed it since it was `seen`.

        What the lab did by itself meanwhile does no harm. Raises EditedMeanwhileError, or as `apply_async` does.
        """
        wanted = cast("LabInstanceRequest", self._wanted(manifest, 0, 1))
        if wanted.key != seen.key:
            raise InvalidResourceError("metadata.name", f"cannot be changed ({seen.metadata.name})")
        if wanted.spec.lab_template != seen.spec.lab_template:
            await self._require_templates([wanted])
        return await self._retrying(lambda: self._edit_seen(seen, wanted))

    async def _edit_seen(self, seen: LabInstanceRequest, wanted: LabInstanceRequest) -> LabInstanceRequest:
        old = cast("LabInstanceRequest", await self._store.get_async(*seen.key))
        if set_by_people(old) != set_by_people(seen):
            raise EditedMeanwhileError(f"{old.metadata.name} was changed by somebody else meanwhile; look at it again")
        if old.is_deleting:
            raise NotPossibleError(f"{old.metadata.name} is being deleted")
        new = cast("LabInstanceRequest", merge(old, wanted))
        if old.phase == LabPhase.PENDING:
            self._refuse_past(new)
        return old if new == old else await self._store.update_async(old, new)

    async def create_labs_async(
        self,
        template: str,
        students: Sequence[Student],
        start: datetime | None,
        duration_minutes: int,
        namespace: str = DEFAULT_NAMESPACE,
        labels: Mapping[str, str] | None = None,
    ) -> list[LabInstanceRequest]:
        """Create one lab per student, all or none; `start` None means now. Raises InvalidResourceError."""
        if not students:
            raise InvalidResourceError("students", "name at least one student")
        return await self._retrying(
            lambda: self._create_labs(template, students, start, duration_minutes, namespace, dict(labels or {}))
        )

    async def _create_labs(
        self,
        template: str,
        students: Sequence[Student],
        start: datetime | None,
        minutes: int,
        namespace: str,
        labels: dict[str, str],
    ) -> list[LabInstanceRequest]:
        await self._require_template(ResourceKey(LabTemplate.KIND, namespace, template))
        listing = await self._store.list_async(LabInstanceRequest.KIND, namespace)
        taken = {image.name for image in listing.images}
        writes = [
            Create(
                self._new_lab(template, student, start, minutes, lab_name(student, template, taken), namespace, labels)
            )
            for student in students
        ]
        return cast("list[LabInstanceRequest]", await self._store.commit_async(writes))

    def _new_lab(
        self, template: str, student: Student, start: datetime | None, minutes: int, name: str, namespace: str,
        labels: dict[str, str],
    ) -> LabInstanceRequest:  # fmt: skip
        manifest = {
            "apiVersion": "labdesk/v1",
            "kind": LabInstanceRequest.KIND,
            "metadata": {"name": name, "namespace": namespace, "labels": labels},
            "spec": {
                "labTemplate": template,
                "studentEmail": student.email,
                "studentName": student.name,
                "durationMinutes": minutes,
                "scheduledStart": start,
            },
        }
        lab = cast("LabInstanceRequest", admit(self._store.scheme.from_manifest(manifest)))
        check_not_past(lab.spec, self._clock.now())
        return lab

    async def stop_async(self, keys: Iterable[ResourceKey]) -> Outcome:
        """End labs now; a lab that has not begun will not begin."""
        return await self._edit(keys, stop)

    async def start_now_async(self, keys: Iterable[ResourceKey]) -> Outcome:
        """Bring the start of waiting labs forward to now."""
        return await self._edit(keys, lambda lab: start_now(lab, self._clock.now()))

    async def reschedule_async(self, keys: Iterable[ResourceKey], start: datetime) -> Outcome:
        """Move the start of waiting labs (aware time)."""
        return await self._edit(keys, lambda lab: reschedule(lab, start, self._clock.now()))

    async def extend_async(self, keys: Iterable[ResourceKey], minutes: int) -> Outcome:
        """Give labs more minutes, or with a negative number take them back."""
        return await self._edit(keys, lambda lab: extend(lab, minutes))

    async def run_again_async(self, keys: Iterable[ResourceKey], start: datetime | None = None) -> Outcome:
        """Run ended labs once more, now or at a time (aware), with their workspace and ports."""
        return await self._edit(keys, lambda lab: run_again(lab, start or self._clock.now()))

    async def delete_async(self, keys: Iterable[ResourceKey], *, force: bool = False) -> Outcome:
        """Delete resources; a lab goes when its container is gone. `force` does not wait for its engine."""
        return await self._each(keys, lambda key: self._delete(key, force))

    async def _delete(self, key: ResourceKey, force: bool) -> Resource:
        old = await self._store.get_async(*key)
        if key.kind == LabTemplate.KIND:
            await self.require_unused_async(key)
        annotations = {**old.metadata.annotations, **({FORCE_DELETE_ANNOTATION: "true"} if force else {})}
        new = old.with_metadata(
            deletion_timestamp=old.metadata.deletion_timestamp or self._clock.now(), annotations=annotations
        )
        return old if new == old else await self._store.update_async(old, new)

    async def require_unused_async(self, key: ResourceKey) -> None:
        """Raise NotPossibleError if a template cannot be deleted now because labs still need it."""
        labs = LabInstanceRepository(self._store)
        found = await labs.find_in_phases_async(NEEDS_TEMPLATE, lambda _lab, _error: None)  # such a lab cannot begin
        waiting = [
            lab.metadata.name
            for lab in found
            if (lab.metadata.namespace, lab.spec.lab_template) == (key.namespace, key.name)
        ]
        if waiting:
            users = f"{len(waiting)} labs not running yet use" if len(waiting) > 1 else "1 lab not running yet uses"
            more = " …" if len(waiting) > 1 else ""
            raise NotPossibleError(
                f"{users} the template {key.name} ({waiting[0]}{more}); stop or delete {'them' if more else 'it'} first"
            )

    async def _edit(self, keys: Iterable[ResourceKey], edit: LabEdit) -> Outcome:
        return await self._each(keys, lambda key: self._edit_one(key, edit))

    async def _each(self, keys: Iterable[ResourceKey], change: Callable[[ResourceKey], Awaitable[Resource]]) -> Outcome:
        """Change each resource on its own, many at a time: one that refuses keeps no other from changing.

        Anything but a refusal, and being cancelled, calls off those that have not come to their turn.
        """
        at_once = asyncio.Semaphore(CHANGES_AT_ONCE)
        outcome = Outcome()

        async def one(key: ResourceKey) -> Resource | LabDeskError:
            async with at_once:
                try:
                    return await self._retrying(lambda: change(key))
                except LabDeskError as error:
                    return error

        try:
            async with asyncio.TaskGroup() as together:
                tasks = [(key, together.create_task(one(key))) for key in keys]
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        for key, task in tasks:
            result = task.result()
            if isinstance(result, LabDeskError):
                outcome.refused.append((key, result))
            else:
                outcome.changed.append(result)
        return outcome

    async def _edit_one(self, key: ResourceKey, edit: LabEdit) -> Resource:
        old = cast("LabInstanceRequest", await self._store.get_async(*key))
        new = edit(old)
        return old if new == old else await self._store.update_async(old, new)

    async def _retrying(self, attempt: Callable[[], Awaitable[T]]) -> T:
        for _ in range(CONFLICT_RETRIES):
            try:
                return await attempt()
            except (ResourceConflictError, ResourceExistsError):
                continue
        return await attempt()


# --- the rules, pure ----------------------------------------------------------------------------------------------


def check_not_past(spec: LabInstanceRequestSpec, now: datetime) -> None:
    """Raise InvalidResourceError if the whole window lies in the past."""
    start = spec.scheduled_start
    if start is not None and (now - start).total_seconds() >= spec.duration_minutes * 60:
        raise InvalidResourceError(
            "spec.scheduledStart",
            f"the whole lab would lie in the past ({start:%Y-%m-%d %H:%M} UTC); choose a later start",
        )


def stop(lab: LabInstanceRequest) -> LabInstanceRequest:
    """Raises NotPossibleError for a lab that has ended, unless it is about to run again."""
    if lab.is_final and not lab.wants_to_run_again:
        raise NotPossibleError(f"{lab.metadata.name} has already ended ({lab.phase.value})")
    return lab.with_spec(desired=DesiredState.STOP)


def start_now(lab: LabInstanceRequest, now: datetime) -> LabInstanceRequest:
    """Raises NotPossibleError for a lab that is no longer waiting."""
    if lab.phase != LabPhase.PENDING:
        raise NotPossibleError(f"{lab.metadata.name} is {lab.phase.value}; only a waiting lab can be started now")
    return lab if lab.should_start_now(now) else lab.with_spec(scheduled_start=now)


def reschedule(lab: LabInstanceRequest, start: datetime, now: datetime) -> LabInstanceRequest:
    """Raises NotPossibleError for a lab that is no longer waiting, InvalidResourceError for a time fully past."""
    if lab.phase != LabPhase.PENDING:
        raise NotPossibleError(f"{lab.metadata.name} is {lab.phase.value}; only a waiting lab can be moved")
    moved = lab.with_spec(scheduled_start=start)
    check_not_past(moved.spec, now)
    return moved


def extend(lab: LabInstanceRequest, minutes: int) -> LabInstanceRequest:
    """Raises NotPossibleError for a lab that has ended, InvalidResourceError for a nonsensical number."""
    if minutes == 0:
        raise InvalidResourceError("minutes", "must not be 0; write how many minutes to add")
    if lab.is_final:
        raise NotPossibleError(f"{lab.metadata.name} has already ended ({lab.phase.value}); run it again instead")
    total = lab.spec.extension_minutes + minutes
    if not -lab.spec.duration_minutes < total <= 7 * 24 * 60:
        raise InvalidResourceError(
            "minutes", f"the lab would last {lab.spec.duration_minutes + total} min; choose another number"
        )
    return lab.with_spec(extension_minutes=total)


def run_again(lab: LabInstanceRequest, start: datetime) -> LabInstanceRequest:
    """Once asked for is enough. Raises NotPossibleError for a lab that has not ended or is being deleted."""
    if not lab.is_final:
        raise NotPossibleError(f"{lab.metadata.name} is {lab.phase.value}; stop it before running it again")
    if lab.is_deleting:
        raise NotPossibleError(f"{lab.metadata.name} is being deleted; create a new lab instead")
    if lab.wants_to_run_again:
        return lab.with_spec(desired=DesiredState.RUN)
    again = {**lab.metadata.annotations, RUN_AGAIN_ANNOTATION: str(lab.status.incarnation + 1)}
    return lab.with_metadata(annotations=again).with_spec(
        scheduled_start=start, desired=DesiredState.RUN, extension_minutes=0
    )
