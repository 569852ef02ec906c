"""The control plane's figures, on the qasync loop with 10,000 labs loaded, journal and full text on."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

from labdesk.config import DeskSettings
from labdesk.control.clock import SystemClock
from labdesk.desk import Desk
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Latencies
from labdesk.labs.capacity import CapacityLedger
from labdesk.labs.lifecycle import DeskRules, Observation, decide
from labdesk.labs.limits import CapacityLimits
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.events import ResourceChangeEvent
from labdesk.resource.resource import Resource
from labdesk.store.writes import Create
from tests.benchmarks.control_bench import idle_pass, idle_pass_growth, reconciles_per_s
from tests.benchmarks.figures import Figure
from tests.benchmarks.store_bench import run_on_qasync
from tests.labs.samples import lab, template

T = TypeVar("T")
RESOURCES = 10_000
IMAGE = "labdesk-test/busybox:1"
RATE, SECONDS = 1_000, 30.0


def on_desk(story: Coroutine[Any, Any, T]) -> T:
    return run_on_qasync(story)


@asynccontextmanager
async def loaded_desk(resources: int = RESOURCES, start_seconds: float = 0.11) -> AsyncIterator[Desk]:
    """An acting desk on a simulated engine with room for everybody, and that many labs waiting for another day."""
    clock = SystemClock()

    def engine(_desk_id: str) -> SimulatedContainerService:
        latencies = Latencies(create=0.0, start=start_seconds, stop=0.0, remove=0.0, logs=0.0)
        return SimulatedContainerService(clock.now, 1, images=[IMAGE], latencies=latencies, memory=2**44)

    with TemporaryDirectory() as directory:
        settings = DeskSettings(store=Path(directory) / "desk.db")
        await fill(settings, clock, resources, engine)
        desk = Desk(settings, clock=clock, engine=engine)
        await desk.start_async()
        await settled(desk)
        try:
            yield desk
        finally:
            await desk.stop_async()


async def fill(settings: DeskSettings, clock: SystemClock, resources: int, engine: Any) -> None:
    """Make the labs with a desk of their own, so that the measured one starts with them as on any morning."""
    desk = Desk(settings, clock=clock, engine=engine)
    await desk.start_async()
    await desk.store.create_async(template())
    start = clock.now() + timedelta(days=2)
    for first in range(0, resources, 500):
        numbers = range(first, min(first + 500, resources))
        await desk.store.commit_async([Create(new_lab(f"waiting-{number}", start)) for number in numbers])
    await settled(desk)
    await desk.stop_async()


def new_lab(name: str, start: datetime) -> LabInstanceRequest:
    """A lab that the store has not seen."""
    request = lab(name, scheduledStart=start, labels={"labdesk/course": f"course-{hash(name) % 20}"})
    return request.with_metadata(uid="", created_at=None)


async def settled(desk: Desk) -> None:
    """Return when the controller has had nothing to do for a while."""
    quiet = 0
    while quiet < 5:
        await asyncio.sleep(0.1)
        controller = desk.plane and desk.plane.controller
        busy = controller is None or len(controller.queue) or controller.in_flight
        quiet = 0 if busy else quiet + 1


def percentile(samples: list[float], share: float) -> float:
    ordered = sorted(samples)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


# --- commit to handler --------------------------------------------------------------------------------------------


def measure_commits() -> list[Figure]:
    """1,000 changes a second for 30 s over 8,000 labs, from before the commit call to the watcher's handler."""

    async def story() -> list[Figure]:
        async with loaded_desk() as desk:
            samples = await changing(desk)
            return [
                Figure("commit_to_handler_p99_ms", percentile(samples, 0.99) * 1e3, "ms", 20),
                Figure("commit_to_handler_max_ms", max(samples) * 1e3, "ms", 50),
            ]

    return on_desk(story())


async def changing(desk: Desk) -> list[float]:
    labs = [cast("LabInstanceRequest", image.decode()) for image in list(desk.labs.cache.images())[:8_000]]
    gc.collect()
    gc.freeze()  # these are the load's own, no part of what is measured
    total = int(RATE * SECONDS)
    begun: dict[str, float] = {}
    samples: list[float] = []
    done = asyncio.Event()

    def handle(event: ResourceChangeEvent[LabInstanceRequest]) -> None:
        started = begun.pop(event.image.uid, None)
        if started is not None:
            samples.append(time.perf_counter() - started)
            if len(samples) == total:
                done.set()

    async def change(place: int, step: int) -> None:
        old = labs[place]
        begun[old.metadata.uid] = time.perf_counter()
        new = old.with_metadata(annotations={"step": str(step)})
        labs[place] = await desk.store.update_async(old, new)

    desk.labs.add_change_handler(handle)
    started, step, places = time.perf_counter(), 0, cycle(range(len(labs)))
    async with asyncio.TaskGroup() as tasks:
        while step < total:
            await asyncio.sleep(0.001)
            due = min(int((time.perf_counter() - started) * RATE), total)
            while step < due:
                tasks.create_task(change(next(places), step))
                step += 1
    await done.wait()
    desk.labs.remove_change_handler(handle)
    return samples


FOREIGN_WRITER = """
import asyncio, sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from labdesk.labs.kinds import lab_scheme
from labdesk.store.store import ResourceStore
from tests.benchmarks.desk_bench import new_lab
async def main():
    store = await ResourceStore.open_async(Path(sys.argv[1]), lab_scheme(), lambda: datetime.now(UTC))
    start = datetime.now(UTC) + timedelta(days=3)
    for number in range(int(sys.argv[2])):
        made = new_lab(f"foreign-{number}", start).with_metadata(annotations={"begun": repr(time.monotonic())})
        await store.create_async(made)
        await asyncio.sleep(0.05)
    await store.close_async()
asyncio.run(main())
"""


def measure_foreign() -> list[Figure]:
    """600 commits of another process over 30 s; then what an idle desk costs for 30 s, in % of a core."""

    async def story() -> list[Figure]:
        async with loaded_desk() as desk:
            samples: list[float] = []

            def handle(event: ResourceChangeEvent[LabInstanceRequest]) -> None:
                if event.image.name.startswith("foreign-") and event.old_image is None:
                    begun = event.resource.metadata.annotations["begun"]
                    samples.append(time.monotonic() - float(begun))

            desk.labs.add_change_handler(handle)
            writer = subprocess.Popen([sys.executable, "-c", FOREIGN_WRITER, str(desk.store.path), "600"])
            while len(samples) < 600:
                await asyncio.sleep(0.1)
            writer.wait()
            await settled(desk)
            used, began = time.process_time(), time.perf_counter()
            await asyncio.sleep(SECONDS)
            cost = (time.process_time() - used) / (time.perf_counter() - began) * 100
            return [
                Figure("foreign_commit_to_handler_p99_ms", percentile(samples, 0.99) * 1e3, "ms", 60),
                Figure("foreign_watch_idle_cost_percent", cost, "% of a core", 1),
            ]

    return on_desk(story())


# --- passes and turnover ------------------------------------------------------------------------------------------


def measure_idle() -> list[Figure]:
    """List-and-compare of 10,000 labs against an idle pass, and an idle pass with 10,000 labs against 100."""
    cost = idle_pass(RESOURCES)
    return [
        Figure("idle_pass_ratio", cost.ratio, "x", 10_000, at_least=True),
        Figure("idle_pass_growth", idle_pass_growth(), "x", 1.5),
    ]


def measure_turnover() -> list[Figure]:
    """No-op reconciles of 2,000 waiting labs with the real decide(), for 30 s."""
    ledger = CapacityLedger(CapacityLimits(2**40))
    seen = Observation(reachable=True, engine_id="simulated")
    rules, of, now = DeskRules("desk"), template(), datetime.now(UTC)

    def look(request: LabInstanceRequest) -> object:
        return decide(request, of, seen, ledger, now, rules)

    turned = reconciles_per_s(SECONDS, decide=look)
    return [Figure("reconciles_per_s", turned.per_second, "1/s", 20_000, at_least=True)]


# --- a thousand at once -------------------------------------------------------------------------------------------


def measure_due() -> list[Figure]:
    """1,000 labs due at once, each engine start taking 110 ms: from due to PROVISIONING committed; median of 3."""

    async def story() -> list[Figure]:
        async with loaded_desk(RESOURCES - 1_000) as desk:
            runs = [await a_thousand_due(desk, run) for run in range(3)]
            return [Figure("due_1000_p99_ms", median(percentile(run, 0.99) for run in runs) * 1e3, "ms", 250)]

    return on_desk(story())


async def a_thousand_due(desk: Desk, run: int) -> list[float]:
    """Seconds from due to the commit's arrival at a handler, for each of the thousand."""
    due = desk.clock.now() + timedelta(seconds=20)
    names = [f"due-{run}-{number}" for number in range(1_000)]
    made: list[Resource] = []
    for first in range(0, 1_000, 250):
        made += await desk.store.commit_async([Create(new_lab(name, due)) for name in names[first : first + 250]])
    late: dict[str, float] = {}
    done = asyncio.Event()

    def handle(event: ResourceChangeEvent[LabInstanceRequest]) -> None:
        name = event.image.name
        if name.startswith(f"due-{run}-") and name not in late and '"phase":"PROVISIONING"' in event.image.body:
            late[name] = (desk.clock.now() - due).total_seconds()
            if len(late) == len(names):
                done.set()

    desk.labs.add_change_handler(handle)
    await settled(desk)
    await done.wait()
    desk.labs.remove_change_handler(handle)
    await desk.commands.delete_async([one.key for one in made])
    await settled(desk)
    return list(late.values())
