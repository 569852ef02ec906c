"""A controller of things whose decisions a test writes down as a function."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from labdesk.control.attempt import Attempt
from labdesk.control.controller import ResourceControllerBase
from labdesk.control.result import ReconciliationResult
from labdesk.control.watcher import ResourceWatcherBase
from labdesk.resource.events import JournalEvent, ResourceChangeEvent
from labdesk.store.writes import Remove, Update
from tests.control.kinds import Thing, World

Decide = Callable[["ThingController", Thing, Attempt], Awaitable[ReconciliationResult]]


async def grow(controller: ThingController, thing: Thing, attempt: Attempt) -> ReconciliationResult:
    """Give the thing the size it wants."""
    await attempt.commit_async([Update(thing, thing.with_status(size=thing.spec.size))])
    return ReconciliationResult.success()


class ThingController(ResourceControllerBase[Thing]):
    """Remembers when (seconds) it decided what it saw (name, wanted size)."""

    def __init__(self, decide: Decide, *base: Any, **more: Any) -> None:
        super().__init__(*base, **more)
        self.decide = decide
        self.seen: list[tuple[float, str, int]] = []
        self.attempts: list[Attempt] = []
        self.given_up: list[str] = []
        self._decided = asyncio.Event()

    async def _do_reconcile(self, resource: Thing, attempt: Attempt) -> ReconciliationResult:
        self.seen.append((self._clock.monotonic(), resource.metadata.name, resource.spec.size))
        self.attempts.append(attempt)
        self._decided.set()
        return await self.decide(self, resource, attempt)

    async def _do_finalize(self, resource: Thing, attempt: Attempt) -> ReconciliationResult:
        self.seen.append((self._clock.monotonic(), f"-{resource.metadata.name}", resource.spec.size))
        await attempt.commit_async([Remove(resource)])
        return ReconciliationResult.success()

    async def _do_give_up(self, resource: Thing, error: Exception, attempt: Attempt) -> None:
        self.given_up.append(f"{resource.metadata.name}: {error}")

    async def wait_for(self, decisions: int) -> None:
        """Wait until it decided that often."""
        while len(self.seen) < decisions:
            self._decided.clear()
            await self._decided.wait()

    def times(self) -> list[float]:
        """When it decided, in seconds."""
        return [when for when, _, _ in self.seen]

    def handle(self, event: ResourceChangeEvent[Thing]) -> None:
        """What a watcher of the kind does with every change."""
        if event.resource.is_deleting:
            self.finalize(event.resource)
        else:
            self.reconcile(event.resource)


@asynccontextmanager
async def controlling(world: World, decide: Decide = grow, **more: Any) -> AsyncIterator[ThingController]:
    """Run watcher and controller as the desk does."""
    grace = more.pop("grace", 10.0)
    async with world.watching() as watcher:
        controller = controller_of(world, watcher, decide, **more)
        watcher.add_change_handler(controller.handle)
        await controller.start_async()
        try:
            yield controller
        finally:
            await controller.stop_async(grace)


def controller_of(world: World, watcher: ResourceWatcherBase[Thing], decide: Decide, **more: Any) -> ThingController:
    options: dict[str, Any] = {"random": Random(1), "on_error": world.reports} | more
    return ThingController(decide, watcher, world.store, world.clock, world.metrics.controller, **options)


async def controller_events(world: World) -> list[JournalEvent]:
    """The journal's events of the controller, oldest first."""
    events = await world.store.journal.after_async(0, 1000)
    return [event for event in events if event.source.endswith("/controller")]
