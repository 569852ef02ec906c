"""A tiny kind for the control room's tests, and a store, watcher and controller around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from prometheus_client import CollectorRegistry
from pydantic import Field

from labdesk.control.clock import Clock
from labdesk.control.metrics import Metrics
from labdesk.control.watcher import ResourceWatcherBase
from labdesk.resource.events import ResourceChangeEvent, ResourceImage
from labdesk.resource.resource import Resource, ResourceKey, ResourceMetadata, Spec, Status
from labdesk.resource.scheme import Scheme
from labdesk.store.store import ResourceStore


class ThingSpec(Spec):
    size: int = 0


class ThingStatus(Status):
    size: int = 0
    note: str = ""


class Thing(Resource):
    """Wants to have a size."""

    KIND: ClassVar[str] = "Thing"
    PLURAL: ClassVar[str] = "things"
    kind: str = "Thing"
    spec: ThingSpec = Field(default_factory=ThingSpec)
    status: ThingStatus = Field(default_factory=ThingStatus)

    def needs_reconciliation(self) -> bool:
        return self.status.size != self.spec.size


class Other(Resource):
    """Lives in the same log, of no interest to a watcher of things."""

    KIND: ClassVar[str] = "Other"
    PLURAL: ClassVar[str] = "others"
    kind: str = "Other"
    spec: ThingSpec = Field(default_factory=ThingSpec)
    status: ThingStatus = Field(default_factory=ThingStatus)


SCHEME = Scheme([Thing, Other])


def key(name: str = "a", namespace: str = "default") -> ResourceKey:
    return ResourceKey("Thing", namespace, name)


def thing(name: str = "a", namespace: str = "default", *, labels: dict[str, str] | None = None, **spec: Any) -> Thing:
    metadata = ResourceMetadata(name=name, namespace=namespace, labels=labels or {})
    return Thing(metadata=metadata, spec=ThingSpec(**spec))


def image(resource: Thing, revision: int, uid: str = "") -> ResourceImage:
    """An image as the store would make it at that revision."""
    resource = resource.with_metadata(uid=uid or f"uid-{resource.metadata.name}")
    body = SCHEME.encode(resource)
    return ResourceImage(
        SCHEME, "Thing", resource.metadata.namespace, resource.metadata.name, resource.metadata.uid, revision, 1, body
    )


@dataclass
class Reports:
    """What was reported to an `on_error`."""

    errors: list[tuple[str, BaseException]] = field(default_factory=list)

    def __call__(self, what: str, error: BaseException) -> None:
        self.errors.append((what, error))

    def texts(self) -> list[str]:
        return [str(error) for _, error in self.errors]


class World:
    """A store that acts, on the given clock, and watchers of its things."""

    def __init__(self, store: ResourceStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.metrics = Metrics(CollectorRegistry())
        self.reports = Reports()

    def watcher(self, **more: Any) -> ResourceWatcherBase[Thing]:
        options: dict[str, Any] = {"random": Random(1), "on_error": self.reports} | more
        return ResourceWatcherBase(self.store, "Thing", self.clock, self.metrics.watcher, **options)

    @asynccontextmanager
    async def watching(self, **more: Any) -> AsyncIterator[ResourceWatcherBase[Thing]]:
        watcher = self.watcher(**more)
        await watcher.start_async()
        try:
            yield watcher
        finally:
            await watcher.stop()

    async def settle(self, watcher: ResourceWatcherBase[Thing]) -> None:
        """Wait until the watcher shows all that is committed."""
        await watcher.wait_for_revision(await self.store.head_async())

    async def create(self, name: str = "a", **more: Any) -> Thing:
        return await self.store.create_async(thing(name, **more))

    async def resize(self, old: Thing, size: int) -> Thing:
        return await self.store.update_async(old, old.with_spec(size=size))

    async def report_size(self, old: Thing, size: int) -> Thing:
        return await self.store.update_async(old, old.with_status(size=size))


@asynccontextmanager
async def world(path: Path, clock: Clock) -> AsyncIterator[World]:
    """Open a real store at `path`, as the acting process."""
    store = await ResourceStore.open_async(path, SCHEME, clock.now)
    try:
        await store.take_epoch_async()
        yield World(store, clock)
    finally:
        await store.close_async()


class Seen:
    """A change handler that remembers, and can be waited for."""

    def __init__(self) -> None:
        self.events: list[ResourceChangeEvent[Thing]] = []
        self._more = asyncio.Event()

    def __call__(self, event: ResourceChangeEvent[Thing]) -> None:
        self.events.append(event)
        self._more.set()

    def told(self) -> list[str]:
        """`created a`, `updated a` …, in order."""
        return [f"{event.change_type.value} {event.key.name}" for event in self.events]

    def revisions(self) -> list[int]:
        return [event.revision for event in self.events]

    async def wait_for(self, count: int) -> None:
        while len(self.events) < count:
            self._more.clear()
            await self._more.wait()


Body = Callable[[World], Awaitable[None]]
