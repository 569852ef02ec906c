"""The acting part of a desk: controller, scheduler, template cleaning and log retention, under one start and stop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from labdesk.control.metrics import Metrics
from labdesk.control.tasks import TaskOwner
from labdesk.control.watcher import ResourceWatcherBase
from labdesk.engines.monitor import EngineMonitor
from labdesk.engines.service import ContainerService
from labdesk.labs.capacity import CapacityLedger
from labdesk.labs.controller import LabCollaborators, LabInstanceController
from labdesk.labs.engine_steps import END_SLOTS, LOOK_SLOTS, START_SLOTS, EngineSteps
from labdesk.labs.lifecycle import DeskRules
from labdesk.labs.lineages import OwnLineages
from labdesk.labs.pulls import ImagePullCoordinator
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.scheduler import LabInstanceSchedulerService
from labdesk.labs.template import LabTemplate
from labdesk.labs.timekeeping import SteadyClock
from labdesk.labs.watcher import LabInstanceWatcher
from labdesk.resource.errors import ResourceConflictError, ResourceNotFoundError
from labdesk.resource.events import ResourceChangeEvent, ResourceChangeType
from labdesk.resource.resource import ResourceKey
from labdesk.store.errors import NotActingError
from labdesk.store.secrets import SecretStore
from labdesk.store.store import ResourceStore

RETENTION_SECONDS = 3600.0
CONFIRMATION_PAUSE = 0.2
"""Seconds between two looks under steady commits."""


@dataclass(frozen=True, slots=True)
class PlaneParts:
    """Everything the plane works with, made by the composition root."""

    store: ResourceStore
    engine: ContainerService
    monitor: EngineMonitor
    labs: LabInstanceWatcher
    templates: ResourceWatcherBase[LabTemplate]
    capacity: CapacityLedger
    secrets: SecretStore
    in_thread: Callable[..., Awaitable[Any]]
    clock: SteadyClock
    metrics: Metrics
    rules: DeskRules
    chance: random.Random
    on_error: Callable[[str, BaseException], None]


class ControlPlane:
    """Runs in the one process that acts."""

    def __init__(
        self, parts: PlaneParts, *, scheduler_interval: float, cleanup_interval: float, keep_days: int
    ) -> None:
        self._parts = parts
        self._keep = timedelta(days=keep_days)
        self._tasks = TaskOwner("control plane", parts.on_error)
        self._listening = ExitStack()
        self._lineages = OwnLineages(parts.store, parts.clock)
        self.pulls = ImagePullCoordinator(parts.engine, parts.clock, self._tasks, self._wake_for_image)
        self.controller = LabInstanceController(
            LabCollaborators(
                steps=EngineSteps(
                    store=parts.store,
                    engine=parts.engine,
                    monitor=parts.monitor,
                    secrets=parts.secrets,
                    pulls=self.pulls,
                    lineages=self._lineages,
                    metrics=parts.metrics.scheduler,
                    start_slots=asyncio.Semaphore(START_SLOTS),
                    look_slots=asyncio.Semaphore(LOOK_SLOTS),
                    end_slots=asyncio.Semaphore(END_SLOTS),
                    in_thread=parts.in_thread,
                    ticket_written=self._ticket_written,
                ),
                templates=parts.templates.cache,
                capacity=parts.capacity,
                clock=parts.clock,
                rules=parts.rules,
            ),
            parts.labs,
            parts.store,
            parts.clock,
            parts.metrics.controller,
            random=parts.chance,
            on_error=parts.on_error,
        )
        self.scheduler = LabInstanceSchedulerService(
            parts.store,
            parts.engine,
            parts.monitor,
            parts.clock,
            parts.metrics.scheduler,
            self.controller.enqueue,
            self.controller.plan_async,
            TaskOwner("scheduler", parts.on_error),
            self._lineages,
            uncleaned=self.controller.uncleaned,
            interval=scheduler_interval,
            cleanup_interval=cleanup_interval,
        )

    async def start_async(self) -> None:
        """Take account of all labs, then begin to drive them."""
        self._parts.clock.begin()
        await self._lineages.start_async()
        self._parts.capacity.forget_all()
        self._parts.labs.drive(self.controller)
        await self.controller.take_account_async()
        self._listen()
        await self.controller.start_async()
        await self.scheduler.start_async()
        self._tasks.spawn(self._clean_templates(), "clean templates")
        self._tasks.spawn(self._retention_loop(), "retention loop")
        self._tasks.spawn(self._confirmation_loop(), "confirmation loop")

    def _listen(self) -> None:
        labs, templates, monitor = self._parts.labs, self._parts.templates, self._parts.monitor
        labs.add_change_handler(self._due_may_have_moved)
        self._listening.callback(labs.remove_change_handler, self._due_may_have_moved)
        for handler in (self._clean_template, self._template_changed):
            templates.add_change_handler(handler)
            self._listening.callback(templates.remove_change_handler, handler)
        monitor.add_listener(self._engine_changed)
        self._listening.callback(monitor.remove_listener, self._engine_changed)

    async def stop_async(self, grace: float) -> None:
        """Take no new steps; wait at most `grace` seconds for those in flight. Also ends a start that failed."""
        self._listening.close()
        await self.scheduler.stop_async()
        await self.controller.stop_async(grace)
        await self._tasks.cancel_async()

    def _wake_for_image(self, key: ResourceKey) -> None:
        self.controller.wake_for_image(key)

    def _ticket_written(self) -> None:
        self.scheduler.keep_tickets_now()

    def _engine_changed(self) -> None:
        """The engine went, came or changed: look at everything that has to do with it."""
        self.scheduler.wake(everything=True)

    def _due_may_have_moved(self, event: ResourceChangeEvent[LabInstanceRequest]) -> None:
        if event.change_type != ResourceChangeType.DELETED:
            self.scheduler.expect(event.resource.due_index())

    def _template_changed(self, event: ResourceChangeEvent[LabTemplate]) -> None:
        if event.change_type in (ResourceChangeType.CREATED, ResourceChangeType.UPDATED):
            self.controller.template_changed(event.old_resource, event.resource)

    async def _clean_template(self, event: ResourceChangeEvent[LabTemplate]) -> None:
        if event.change_type != ResourceChangeType.DELETED:
            await self._remove_if_deleting(event.resource)

    async def _remove_if_deleting(self, template: LabTemplate) -> None:
        """A template holds nothing that must be cleaned up: its row goes as soon as it is asked to."""
        if not template.is_deleting:
            return
        try:
            await self._parts.store.remove_async(template)
        except (ResourceConflictError, ResourceNotFoundError, NotActingError):
            return  # a later change tells of it again, or it is gone, or another process does it

    async def _clean_templates(self) -> None:
        """Those that were deleted while nobody acted."""
        for image in list(self._parts.templates.cache.images()):
            try:
                template = cast("LabTemplate", image.decode())
            except Exception as error:  # noqa: BLE001  (one resource that cannot be read stops no other)
                self._tasks.report(f"look at {image.key.subject}", error)
                continue
            await self._remove_if_deleting(template)

    async def _confirmation_loop(self) -> None:
        """While containers wait for the instructor's word, listen for it in what this or another process commits."""
        committed = asyncio.Event()
        self._parts.store.add_commit_listener(committed.set)
        self._listening.callback(self._parts.store.remove_commit_listener, committed.set)
        while True:
            await committed.wait()
            committed.clear()
            try:
                if not self._lineages.are_all_known and await self._lineages.hear_async():
                    self.scheduler.wake(everything=True)
                self._tasks.resolve("read what is confirmed")
            except Exception as error:  # noqa: BLE001  (the loop's edge: what could not be heard now is heard later)
                self._tasks.report_standing("read what is confirmed", error)
                committed.set()
            await asyncio.sleep(CONFIRMATION_PAUSE)

    async def _retention_loop(self) -> None:
        while True:
            try:
                keep_after = self._parts.clock.now() - self._keep
                await self._parts.store.compact_async(keep_after)
                await self._parts.store.journal.forget_async(keep_after)
            except NotActingError:
                return  # the desk stops all of this
            except Exception as error:  # noqa: BLE001  (the loop's edge: tried again in an hour)
                self._tasks.report("retention", error)
            await asyncio.sleep(RETENTION_SECONDS)
