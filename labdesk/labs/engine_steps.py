"""The steps of a lab's life that touch the engine. Each does one thing and returns what is known afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from labdesk.control.attempt import Attempt
from labdesk.control.metrics import SchedulerMetrics
from labdesk.engines.adoption import is_of_lineage
from labdesk.engines.monitor import EngineMonitor, EngineState
from labdesk.engines.service import (
    NOT_FOUND,
    ContainerService,
    ContainerState,
    ContainerStatus,
    EngineRequestError,
    EngineUnavailable,
    ImageAbsentError,
)
from labdesk.engines.spec import ContainerSpec
from labdesk.labs.lifecycle import LOG_LINES_IN_MESSAGE, ImageState, Observation
from labdesk.labs.lineages import OwnLineages
from labdesk.labs.phases import LabPhase
from labdesk.labs.pulls import ImagePullCoordinator
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.tickets import RemovalTicket
from labdesk.store.secrets import SecretStore
from labdesk.store.store import ResourceStore
from labdesk.store.writes import Remove

START_SLOTS, LOOK_SLOTS, END_SLOTS = 10, 16, 16
"""Measured: thirty containers start fastest with about eight at a time; two more prepare meanwhile.

Neither labs that begin nor the removal of those that ended take the places of those that run: a program that ignores
its stop holds its place for seconds, and the next end must be on time all the same.
"""
LOOK_SECONDS = 10.0
STOP_GRACE_SECONDS = 5.0
LOG_LINES_KEPT = 200


@dataclass(frozen=True, slots=True)
class EngineSteps:
    """Effects only; what to do next is decided elsewhere. Every step may raise EngineUnavailable."""

    store: ResourceStore
    engine: ContainerService
    monitor: EngineMonitor
    secrets: SecretStore
    pulls: ImagePullCoordinator
    lineages: OwnLineages
    metrics: SchedulerMetrics
    start_slots: asyncio.Semaphore
    look_slots: asyncio.Semaphore
    end_slots: asyncio.Semaphore
    in_thread: Callable[..., Awaitable[Any]]
    ticket_written: Callable[[], None]

    def known(self) -> Observation:
        """What is known without asking the engine anything."""
        info = self.monitor.info
        if info is None or not self.monitor.reachable:
            return Observation(reachable=False, connecting=self.monitor.state is EngineState.CONNECTING)
        return Observation(reachable=True, engine_id=info.engine_id, reachable_since=self.monitor.since)

    def slots_for(self, lab: LabInstanceRequest) -> asyncio.Semaphore:
        """Where a lab waits for its turn with the engine."""
        if lab.is_final:
            return self.end_slots
        return self.start_slots if lab.phase == LabPhase.PROVISIONING else self.look_slots

    async def observe(self, lab: LabInstanceRequest, attempt: Attempt) -> Observation:
        """Look at the lab's container, once; a lab that is provisioning is also asked whether it is ready."""
        spec = lab.status.resolved_spec
        provisioning = lab.phase == LabPhase.PROVISIONING
        probe = spec.readiness_probe if spec and provisioning else None
        look = attempt.shield(self.engine.get_container_status_async(self.lineages.identity_of(lab), probe))
        container = await (self._in_time(look) if lab.phase == LabPhase.RUNNING else look)
        log_tail = ""
        if not lab.is_final and self._explains(container, provisioning=provisioning):
            log_tail = await attempt.shield(self.engine.get_logs_async(container.container_id, LOG_LINES_IN_MESSAGE))
        seen = replace(self.known(), container=container, log_tail=log_tail)
        if container.state == ContainerState.NOT_FOUND:
            if lab.phase == LabPhase.RUNNING:  # another engine may answer since, before anybody has noticed
                info = await attempt.shield(self.engine.get_engine_info_async())
                return replace(seen, engine_id=info.engine_id)
            return self._with_image(seen, lab)
        return replace(seen, made_before=not is_of_lineage(container.labels or {}, self.lineages.own))

    async def _in_time(self, look: Awaitable[ContainerStatus]) -> ContainerStatus:
        """A lab whose time is over must not wait for an engine that hangs; the call itself waits longer."""
        recoveries = self.monitor.recoveries
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await look
        except TimeoutError:
            error = EngineUnavailable(
                f"The engine did not answer within {LOOK_SECONDS:g} s; LabDesk keeps asking.", cause="timeout"
            )
            self.monitor.report_failure(error, recoveries)
            raise error from None

    def just_begun(self, lab: LabInstanceRequest) -> Observation:
        """What is known of a lab that was PENDING a moment ago: its container is still to be made.

        Should one have its name all the same, creating finds it; a look for each of thirty labs costs a class 3 %.
        """
        return self._with_image(replace(self.known(), container=NOT_FOUND), lab)

    def _with_image(self, seen: Observation, lab: LabInstanceRequest) -> Observation:
        spec = lab.status.resolved_spec
        if spec is None or lab.phase != LabPhase.PROVISIONING:
            return seen
        image, pull = self.pulls.state(spec.image, spec.image_pull_policy, lab.key, lab.status.provisioning_at)
        if pull is None:
            return replace(seen, image=image)
        return replace(
            seen, image=image, image_reason=pull.reason, image_detail=pull.detail, pull_progress=pull.progress
        )

    @staticmethod
    def _explains(container: ContainerStatus, *, provisioning: bool) -> bool:
        """Whether the container's last words may be needed to say why the lab failed."""
        if container.state == ContainerState.STOPPED:
            return True
        return provisioning and container.state == ContainerState.RUNNING

    async def create(self, lab: LabInstanceRequest, seen: Observation, attempt: Attempt) -> Observation:
        """Create the container, or find that the image is missing."""
        spec = self.spec_of(lab)
        password = await self.in_thread(self.secrets.ensure, lab.metadata.uid)
        try:
            container_id = await attempt.shield(
                self.engine.create_container_async(self.lineages.identity_of(lab), spec, password)
            )
        except ImageAbsentError:
            return replace(seen, image=ImageState.ABSENT)
        return replace(seen, container=ContainerStatus(ContainerState.CREATING, container_id))

    async def start(self, container_id: str, seen: Observation, attempt: Attempt) -> Observation:
        """Start the container; raises PortTakenError."""
        await attempt.shield(self.engine.start_container_async(container_id))
        return replace(seen, container=None)

    async def discard(self, container_id: str, attempt: Attempt) -> None:
        """Remove a container that never started."""
        await attempt.shield(self.engine.remove_container_async(container_id))

    async def remove(
        self, lab: LabInstanceRequest, container: ContainerStatus, seen: Observation, attempt: Attempt
    ) -> Observation:
        """Keep the log, stop gracefully, remove; whether it is gone is for the next look."""
        text = await attempt.shield(self.engine.get_logs_async(container.container_id, LOG_LINES_KEPT))
        await self.store.logs.save_async(lab.metadata.uid, lab.status.incarnation, text)
        await attempt.shield(self._stop_and_remove(container.container_id))
        self.metrics.cleanup_operations += 1
        return replace(seen, container=None)

    async def _stop_and_remove(self, container_id: str) -> None:
        await self.engine.stop_container_async(container_id, STOP_GRACE_SECONDS)
        await self.engine.remove_container_async(container_id)

    async def release(self, lab: LabInstanceRequest, *, ticket: bool) -> None:
        """Let the row go; with `ticket` the promise to remove its container is stored in the same commit."""
        values = {}
        if ticket:
            promise = RemovalTicket.of(self.lineages.identity_of(lab), lab.status.engine_id)
            values[promise.key] = promise.to_manifest()
        await self.store.commit_async([Remove(lab)], values=values)
        if ticket:
            self.ticket_written()
        await self.in_thread(self.secrets.forget, lab.metadata.uid)

    @staticmethod
    def spec_of(lab: LabInstanceRequest) -> ContainerSpec:
        """Return the frozen spec; a lab past PENDING always has one."""
        spec = lab.status.resolved_spec
        if spec is None:
            raise EngineRequestError("the lab was stored without its container; delete it and create it again")
        return spec
