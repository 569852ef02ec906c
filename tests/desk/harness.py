"""A whole desk on a virtual clock, a real store file and the simulated engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from labdesk.config import DeskSettings
from labdesk.desk import Desk
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Latencies
from labdesk.labs.request import LabInstanceRequest
from labdesk.rehearsal.virtual import VirtualClock, run_virtual
from labdesk.resource.events import JournalEvent
from labdesk.resource.resource import ResourceKey
from labdesk.store.writes import Create
from tests.labs.samples import NOW, lab, template

IMAGE = "labdesk-test/busybox:1"


@dataclass
class World:
    """A store path, a clock, and one engine that outlives desks, as Docker does."""

    path: Path
    clock: VirtualClock
    engine: SimulatedContainerService
    told: list[JournalEvent] = field(default_factory=list)

    def new_desk(self, **settings: Any) -> Desk:
        """A desk that is still to be started, and stopped."""
        desk = Desk(
            DeskSettings(store=self.path / "desk.db", **settings),
            clock=self.clock,
            engine=lambda _desk_id: self.engine,
            role="test",
            seed=1,
        )
        desk.bus.add_sink(self.told.append)
        return desk

    @asynccontextmanager
    async def desk(self, **settings: Any) -> AsyncIterator[Desk]:
        desk = self.new_desk(**settings)
        await desk.start_async()
        try:
            yield desk
        finally:
            await desk.stop_async()


def in_world(
    tmp_path: Path, story: Callable[[World], Awaitable[None]], *, start: datetime = NOW, **engine: Any
) -> None:
    """Run a story on virtual time; `engine` are the simulated engine's own settings."""

    async def main(clock: VirtualClock) -> None:
        options = {"images": [IMAGE], "latencies": Latencies(), **engine}
        await story(World(tmp_path, clock, SimulatedContainerService(clock.now, 1, **options)))

    run_virtual(main, start)


async def add(desk: Desk, *labs: LabInstanceRequest, **template_spec: Any) -> None:
    """Store the template `web` and labs of it."""
    await desk.store.commit_async(
        [Create(template(**template_spec)), *(Create(one.with_metadata(uid="")) for one in labs)]
    )


async def read(desk: Desk, name: str = "ada-web") -> LabInstanceRequest:
    """Return the lab as the store has it."""
    return cast("LabInstanceRequest", await desk.store.get_async(LabInstanceRequest.KIND, "default", name))


async def until(
    desk: Desk, condition: Callable[[LabInstanceRequest], bool], name: str = "ada-web"
) -> LabInstanceRequest:
    """Wait on virtual time, at most two days, until the watcher shows the lab so."""
    changed = asyncio.Event()

    def wake(_event: object) -> None:
        changed.set()

    desk.labs.add_change_handler(wake)
    try:
        async with asyncio.timeout(2 * 24 * 3600):
            while True:
                changed.clear()
                current = desk.labs.cache.get(key(name))
                if current is not None and condition(current):
                    return current
                await changed.wait()
    finally:
        desk.labs.remove_change_handler(wake)


def key(name: str = "ada-web") -> ResourceKey:
    return ResourceKey(LabInstanceRequest.KIND, "default", name)


def is_phase(phase: str) -> Callable[[LabInstanceRequest], bool]:
    return lambda current: current.phase.value == phase


def phases_told(world: World, name: str = "ada-web") -> list[str]:
    """The phases of a lab in the order in which the bus told of them, repeats left out."""
    phases: list[str] = []
    for event in world.told:
        phase = event.data.get("phase")
        if event.subject == f"default/{name}" and phase and (not phases or phases[-1] != phase):
            phases.append(phase)
    return phases


__all__ = ["NOW", "World", "add", "in_world", "is_phase", "key", "lab", "phases_told", "read", "until"]
