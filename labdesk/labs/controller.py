"""Carries out what decide() says, lab by lab, against store and engine."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, cast

from labdesk.control.attempt import Attempt
from labdesk.control.cache import ResourceCache
from labdesk.control.controller import STOP_GRACE, ResourceControllerBase
from labdesk.control.queue import Priority
from labdesk.control.result import ReconciliationResult
from labdesk.control.slices import TimeSlices
from labdesk.control.timer import Alarm
from labdesk.engines.service import (
    NOT_FOUND,
    ContainerBeingRemovedError,
    EngineHint,
    EngineLookError,
    EngineRequestError,
    EngineUnavailable,
    MadeBeforeError,
    PortTakenError,
)
from labdesk.labs.capacity import CapacityLedger
from labdesk.labs.decisions import (
    Commit,
    Create,
    Decision,
    Nothing,
    Observe,
    Pull,
    Release,
    Remove,
    Start,
    Wait,
)
from labdesk.labs.engine_steps import EngineSteps
from labdesk.labs.lifecycle import DeskRules, ImageState, Observation, decide
from labdesk.labs.narrate import filter_words
from labdesk.labs.phases import LabPhase
from labdesk.labs.planned import STALE, PlannedStarts
from labdesk.labs.reasons import SENTENCES, sentence
from labdesk.labs.repository import read_each
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.resolve import need_of, needs_password
from labdesk.labs.template import LabTemplate
from labdesk.labs.timekeeping import SteadyClock
from labdesk.resource.errors import LabDeskError, ResourceNotFoundError
from labdesk.resource.events import ResourceChangeEvent, ResourceChangeType
from labdesk.resource.resource import ResourceKey
from labdesk.store.writes import NewEvent, PreparedWrite, Update

STEPS_PER_ATTEMPT = 40
BEING_REMOVED_SECONDS = 0.5
ROOM_DEBOUNCE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class LabCollaborators:
    """What a controller of labs works with beyond the base's own."""

    steps: EngineSteps
    templates: ResourceCache[LabTemplate]
    capacity: CapacityLedger
    clock: SteadyClock
    rules: DeskRules


class LabInstanceController(ResourceControllerBase[LabInstanceRequest]):
    """One reconcile per lab at a time.

    Fast decisions are made in the worker; whatever needs the engine goes on beside it, so that a slow start never
    holds back a lab that is due.
    """

    def __init__(self, lab: LabCollaborators, *base: Any, **more: Any) -> None:
        super().__init__(*base, **more)
        self._steps = lab.steps
        self._templates = lab.templates
        self._capacity = lab.capacity
        self._steady = lab.clock
        self._rules = lab.rules
        self._own_revisions: set[int] = set()
        self._committing: dict[str, int] = {}
        self._planned = PlannedStarts(self._store, self._capacity)
        self._waiting_for_room: dict[ResourceKey, datetime] = {}
        self._room = Alarm(self._bring_up_waiting)
        self.uncleaned: set[ResourceKey] = set()
        self._capacity.add_release_listener(self._room_came_free)
        self._steps.engine.add_hint_handler(self._take_hint)

    def use_rules(self, rules: DeskRules) -> None:
        """Decide by these from now on; labs that have begun keep what they have."""
        self._rules = rules
        self._background.spawn(self._look_at_waiting(), "look at labs that wait")

    def template_changed(self, old: LabTemplate | None, new: LabTemplate) -> None:
        """Where that decides whether labs of it may start, tell those that wait."""
        access = self._rules.access
        if needs_password(new, access) != (old is not None and needs_password(old, access)):
            self._background.spawn(self._look_at_waiting(new.key), "look at labs that wait")

    async def _look_at_waiting(self, template: ResourceKey | None = None) -> None:
        """Bring up labs that have not begun: all, or those of one template."""
        async for lab in read_each(list(self.cache.images()), self._report_unreadable):
            if lab.phase == LabPhase.PENDING and template in (None, _template_key(lab)):
                self.enqueue(lab.key)

    def _report_unreadable(self, what: str, error: Exception) -> None:
        self._tasks.report(f"look at {what}", error)

    async def stop_async(self, grace: float = STOP_GRACE) -> None:
        """Be woken by nothing any more, then stop as every controller does."""
        self._watcher.remove_change_handler(self.handle_change)
        self._capacity.remove_release_listener(self._room_came_free)
        self._steps.engine.remove_hint_handler(self._take_hint)
        self._room.close()
        await super().stop_async(grace)

    # --- what brings a lab up ---------------------------------------------------------------------------------

    def handle_change(self, event: ResourceChangeEvent[LabInstanceRequest]) -> None:
        """Book what the commit shows, and bring the lab up, unless this controller's own step goes on with it."""
        if event.change_type == ResourceChangeType.DELETED:
            self._forget(event.key, event.image.uid)
            return
        if event.revision in self._own_revisions:
            self._own_revisions.discard(event.revision)
            return
        self.note(event.resource)
        if event.image.uid in self._committing:
            self._committing[event.image.uid] = event.revision  # the watch may be faster than the answer
        else:
            self._bring_up(event.resource)

    def _bring_up(self, lab: LabInstanceRequest) -> None:
        if lab.is_deleting:
            self.finalize(lab)
        else:
            self.reconcile(lab)

    def note(self, resource: LabInstanceRequest) -> None:
        """Keep account of what a lab holds: room, ports, a container still to be removed."""
        lab = resource
        self._capacity.observe(lab)
        if lab.is_final and not lab.status.cleaned_up:
            self.uncleaned.add(lab.key)
        else:
            self.uncleaned.discard(lab.key)
        self._note_waiting(lab)

    def _note_waiting(self, lab: LabInstanceRequest) -> None:
        if lab.phase == LabPhase.PENDING and lab.lacks("Schedulable"):
            self._waiting_for_room[lab.key] = lab.scheduled_start
            if template := self._template_of(lab):
                self._capacity.wait(lab.metadata.uid, need_of(lab, template))
        else:
            self._waiting_for_room.pop(lab.key, None)
            self._capacity.wait_no_more(lab.metadata.uid)

    def _forget(self, key: ResourceKey, uid: str) -> None:
        self._capacity.forget(uid)
        self._waiting_for_room.pop(key, None)
        self.uncleaned.discard(key)

    def _take_hint(self, hint: EngineHint) -> None:
        """The engine says that something happened to a container: look."""
        lab = self.cache.get_uid(hint.lab_uid)
        if lab is not None:
            self.enqueue(lab.key, Priority.DUE)

    def wake_for_image(self, key: ResourceKey) -> None:
        """A pull that the lab waits for went on or ended."""
        self.enqueue(key, Priority.DUE)

    def _room_came_free(self) -> None:
        """Bring up who waits for room, a moment later and all at once: rooms come free in bursts."""
        if self._waiting_for_room and self._room.when is None:
            self._room.set(asyncio.get_running_loop().time() + ROOM_DEBOUNCE_SECONDS)

    def _bring_up_waiting(self) -> None:
        """Those first that should have started first."""
        for key in sorted(self._waiting_for_room, key=self._waiting_for_room.__getitem__):
            self.enqueue(key, Priority.DUE)

    async def plan_async(self, keys: Collection[ResourceKey]) -> None:
        """Work out the starts of labs that are due soon, in slices."""
        loop, slices = asyncio.get_running_loop(), TimeSlices()
        self._planned.forget_before(self._steady.now() - STALE)
        for key in keys:
            if slices.is_over(loop):
                await slices.pause(loop)
            try:
                lab = self.cache.get(key)
                if lab is not None:
                    self._planned.plan(lab, self._template_of(lab), self._steps.known(), self._rules)
            except Exception as error:  # noqa: BLE001  (one resource that cannot be read stops no other)
                self._tasks.report(f"plan {key.subject}", error)

    # --- one reconcile ----------------------------------------------------------------------------------------

    async def _do_reconcile(self, resource: LabInstanceRequest, attempt: Attempt) -> ReconciliationResult:
        seen = self._steps.known()
        planned = self._planned.take(resource, self._template_of(resource), seen, self._rules, self._steady.now())
        decision = Commit(planned[0]) if planned else await self._decide(resource, seen)
        if isinstance(decision, Commit):
            begins = resource.phase == LabPhase.PENDING
            resource = await self._commit(resource, decision.lab, attempt, planned and planned[1])
            if resource.phase == LabPhase.PROVISIONING:  # when a thousand begin, all are told so before any goes on
                return ReconciliationResult.continue_with(lambda: self._go_on(resource, None, attempt, begins))
            decision = await self._decide(resource, self._steps.known())
        if isinstance(decision, Nothing):
            return ReconciliationResult.success()
        if isinstance(decision, Wait):
            return ReconciliationResult.requeue_after(decision.seconds)
        return ReconciliationResult.continue_with(lambda: self._go_on(resource, decision, attempt))

    async def _do_finalize(self, resource: LabInstanceRequest, attempt: Attempt) -> ReconciliationResult:
        return await self._do_reconcile(resource, attempt)

    async def _decide(self, lab: LabInstanceRequest, seen: Observation) -> Decision:
        template = self._template_of(lab)
        if template is None and lab.needs_template:
            template = await self._template_in_store(lab)
        now = self._steady.now()
        if lab.phase == LabPhase.PROVISIONING or lab.is_overdue(now):
            seen = replace(seen, absences=self._steady.look())
        return decide(lab, template, seen, self._capacity, now, self._rules)

    def _template_of(self, lab: LabInstanceRequest) -> LabTemplate | None:
        """Return its template; nothing, whatever became of that, for a lab that takes nothing from it any more."""
        return self._templates.get(_template_key(lab)) if lab.needs_template else None

    async def _template_in_store(self, lab: LabInstanceRequest) -> LabTemplate | None:
        """The watch of templates may be a moment behind that of labs: only the store can say that there is none."""
        try:
            return cast("LabTemplate", await self._store.get_async(*_template_key(lab)))
        except ResourceNotFoundError:
            return None

    async def _go_on(
        self, lab: LabInstanceRequest, decision: Decision | None, attempt: Attempt, begins: bool = False
    ) -> ReconciliationResult:
        """Wait for a turn with the engine, then carry out decision after decision until there is nothing to do now."""
        async with attempt.slot(self._steps.slots_for(lab)):
            if decision is None:
                seen = self._steps.just_begun(lab) if begins else self._steps.known()
                decision = await self._decide(lab, seen)
            return await self._carry_on(lab, decision, attempt)

    async def _carry_on(self, lab: LabInstanceRequest, decision: Decision, attempt: Attempt) -> ReconciliationResult:
        seen = self._steps.known()
        unseen: LabDeskError | None = None
        for _ in range(STEPS_PER_ATTEMPT):
            if isinstance(decision, Nothing):
                return ReconciliationResult.failed(unseen) if unseen else ReconciliationResult.success()
            if isinstance(decision, Wait):
                return ReconciliationResult.requeue_after(decision.seconds)
            if isinstance(decision, Release):
                attempt.check()
                await self._steps.release(lab, ticket=decision.ticket)
                attempt.note_change()
                # With a ticket its container is still there: it must not be told that all is cleaned up.
                return ReconciliationResult.requeue() if decision.ticket else ReconciliationResult.success()
            slots = self._steps.slots_for(lab)
            try:
                lab, seen = await self._carry_out(lab, decision, seen, attempt)
            except (EngineUnavailable, MadeBeforeError):  # what a look shows decides
                seen = self._steps.known()
            except ContainerBeingRemovedError:
                return ReconciliationResult.requeue_after(BEING_REMOVED_SECONDS)
            except (EngineLookError, EngineRequestError) as error:
                refused = isinstance(error, EngineRequestError)
                if refused and lab.is_final:
                    return ReconciliationResult.failed(error)
                if refused and lab.phase == LabPhase.PROVISIONING:
                    lab = await self._commit(lab, self._refused(lab, error), attempt)
                    seen = self._steps.known()
                else:  # what the clock alone decides goes on; then look again, later each time
                    unseen, seen = error, Observation(reachable=False, look_error=error.message)
            if lab.is_final and self._steps.slots_for(lab) is not slots:  # others that end come before its removal
                return ReconciliationResult.continue_with(partial(self._go_on, lab, None, attempt))
            decision = await self._decide(lab, seen)
        return ReconciliationResult.requeue()

    async def _carry_out(
        self, lab: LabInstanceRequest, decision: Decision, seen: Observation, attempt: Attempt
    ) -> tuple[LabInstanceRequest, Observation]:
        match decision:
            case Commit(new):
                return await self._commit(lab, new, attempt), replace(seen, container=None)
            case Observe():
                return lab, await self._steps.observe(lab, attempt)
            case Pull(image):
                self._steps.pulls.pull(image, lab.key, lab.status.provisioning_at)
                return lab, replace(seen, image=ImageState.PULLING)
            case Create():
                return lab, await self._steps.create(lab, seen, attempt)
            case Start(container_id):
                return await self._start(lab, container_id, seen, attempt)
            case Remove(container):
                return lab, await self._steps.remove(lab, container, seen, attempt)
        raise TypeError(f"{decision} is nothing to carry out")

    async def _start(
        self, lab: LabInstanceRequest, container_id: str, seen: Observation, attempt: Attempt
    ) -> tuple[LabInstanceRequest, Observation]:
        try:
            return lab, await self._steps.start(container_id, seen, attempt)
        except PortTakenError as error:
            await self._steps.discard(container_id, attempt)
            moved = self._with_other_ports(lab, error)
            return await self._commit(lab, moved, attempt), replace(seen, container=NOT_FOUND)

    def _with_other_ports(self, lab: LabInstanceRequest, error: PortTakenError) -> LabInstanceRequest:
        """Something outside LabDesk listens on a port of the lab: give it others; raise `error` if there are none."""
        taken = frozenset(lab.status.host_ports.values())
        ports = self._capacity.choose_ports(lab.metadata.uid, tuple(lab.status.host_ports), {}, avoid=taken)
        if ports is None:
            raise error
        spec = self._steps.spec_of(lab)
        bindings = tuple(port.model_copy(update={"host_port": ports[port.name]}) for port in spec.ports)
        return lab.with_status(host_ports=ports, resolved_spec=spec.model_copy(update={"ports": bindings}))

    def _event_tokens(self, resource: LabInstanceRequest) -> dict[str, str]:
        return filter_words(resource)

    def _event_data(self, resource: LabInstanceRequest) -> dict[str, str]:
        return {"student": resource.student}

    # --- commits ----------------------------------------------------------------------------------------------

    async def _commit(
        self, old: LabInstanceRequest, new: LabInstanceRequest, attempt: Attempt, write: PreparedWrite | None = None
    ) -> LabInstanceRequest:
        """Store, with room booked from this moment on; given back if somebody else was faster."""
        uid = old.metadata.uid
        self._capacity.intend(new)
        self._note_waiting(new)
        self._committing[uid] = 0
        try:
            committed = await attempt.commit_async([write or Update(old, new)], self._port_events(old, new))
        except BaseException:
            self._capacity.withdraw(uid)
            self._note_waiting(old)
            if self._committing.pop(uid):
                self.enqueue(old.key, Priority.RETRY)
            raise
        lab = cast("LabInstanceRequest", committed[0])
        seen, revision = self._committing.pop(uid), lab.metadata.resource_version
        if seen > revision:  # somebody has changed it since
            self.enqueue(old.key, Priority.INSTRUCTOR)
        elif seen < revision and lab is not old:
            self._own_revisions.add(revision)
            self.note(lab)
        if lab.phase != old.phase:
            self._steps.metrics.state_transitions += 1
            if lab.is_final:
                self._steps.pulls.leave(lab.key)
        return lab

    def _port_events(self, old: LabInstanceRequest, new: LabInstanceRequest) -> Sequence[NewEvent]:
        """Links may have been handed out: a port that moves together with a phase change gets an event of its own."""
        if new.phase == old.phase:
            return ()
        moved = [
            {"old": str(port), "new": str(new.status.host_ports.get(name, 0))}
            for name, port in old.status.host_ports.items()
            if new.status.host_ports.get(name) != port
        ]
        return [
            NewEvent(
                type="labinstancerequest.port_moved",
                subject=new.key.subject,
                time=self._steady.now(),
                severity="warning",
                reason="PortMoved",
                message=sentence("PortMoved", parameters),
                data={"parameters": parameters, "student": new.student},
                tokens=filter_words(new),
            )
            for parameters in moved
        ]

    def _refused(self, lab: LabInstanceRequest, error: LabDeskError) -> LabInstanceRequest:
        """The engine said no for good: a lab that is being prepared fails with the engine's words."""
        spec = lab.status.resolved_spec
        name = self._steps.lineages.identity_of(lab).container_name
        parameters = {"detail": error.message, "name": name, "image": spec.image if spec else ""}
        reason = error.reason if error.reason in SENTENCES else "InvalidContainer"
        return lab.transition_to_failed(self._steady.now(), reason, parameters)


def _template_key(lab: LabInstanceRequest) -> ResourceKey:
    return ResourceKey(LabTemplate.KIND, lab.metadata.namespace, lab.spec.lab_template)
