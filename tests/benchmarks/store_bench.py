"""How fast the store tells of commits: at 1,000 changes a second, and of another process's."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from labdesk.control.pacing import paced_interpreter
from labdesk.labs.request import LabInstanceRequest, LabInstanceRequestSpec
from labdesk.labs.template import LabTemplate
from labdesk.resource.conditions import Condition, ConditionStatus
from labdesk.resource.resource import Resource, ResourceMetadata
from labdesk.resource.scheme import Scheme
from labdesk.store.store import ResourceStore
from labdesk.store.writes import Create

T = TypeVar("T")

WORKERS = 64
"""Commits under way at once, as a controller has workers."""

SCHEME = Scheme([LabTemplate, LabInstanceRequest])


@dataclass(frozen=True)
class Latencies:
    """Milliseconds, of `count` changes; `rate` is what was really reached, per second."""

    p50: float
    p99: float
    maximum: float
    count: int
    rate: float


def now() -> datetime:
    return datetime.now(UTC)


def run_on_qasync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run on the window's loop over an offscreen application, garbage collected as the programs do."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from labdesk.ui.loop import DeskEventLoop

    application = cast("QApplication", QApplication.instance() or QApplication([]))

    async def collected() -> T:
        with paced_interpreter(lambda: False):
            return await coroutine

    with asyncio.Runner(loop_factory=lambda: DeskEventLoop(application)) as runner:
        return runner.run(collected())


def sample_lab(number: int) -> LabInstanceRequest:
    return LabInstanceRequest(
        metadata=ResourceMetadata(name=f"lab-{number:06}", labels={"labdesk/course": f"course-{number % 20}"}),
        spec=LabInstanceRequestSpec(
            lab_template="web-server", student_email=f"student{number}@example.edu", student_name=f"Student {number}"
        ),
    )


async def load(store: ResourceStore, count: int) -> list[Resource]:
    """Create `count` labs, 500 to a commit."""
    labs: list[Resource] = []
    for start in range(0, count, 500):
        labs += await store.commit_async([Create(sample_lab(n)) for n in range(start, min(start + 500, count))])
    return labs


def changed(lab: Resource, step: int) -> Resource:
    """Return the lab with one status change as a controller writes it."""
    condition = Condition(
        type="EngineReachable",
        status=ConditionStatus.TRUE if step % 2 else ConditionStatus.FALSE,
        reason="EngineReachable" if step % 2 else "EngineUnavailable",
        message="The engine answers." if step % 2 else "The engine does not answer; the lab stays as it is.",
        last_transition=now(),
    )
    return lab.with_status(conditions=(condition,), waited_seconds=float(step))


def summarize(samples: list[float], elapsed: float) -> Latencies:
    ordered = sorted(samples)
    at = lambda share: ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1e3  # noqa: E731
    return Latencies(at(0.5), at(0.99), ordered[-1] * 1e3, len(ordered), len(ordered) / elapsed)


async def commit_to_handler(
    path: Path, *, resources: int = 10_000, rate: int = 1_000, seconds: float = 30.0, active: int = 8_000
) -> Latencies:
    """Change `active` of `resources` labs in turn, `rate` a second; time each from its commit call to its handler."""
    store = await ResourceStore.open_async(path, SCHEME, now)
    try:
        await store.take_epoch_async()
        labs = (await load(store, resources))[:active]
        listing = await store.list_async()
        gc.collect()
        gc.freeze()
        measured = await _change_and_follow(store, labs, listing.revision, rate, seconds)
        assert len(listing.images) == resources
        return measured
    finally:
        gc.unfreeze()
        await store.close_async()


async def _change_and_follow(
    store: ResourceStore, labs: list[Resource], cursor: int, rate: int, seconds: float
) -> Latencies:
    begun: dict[str, float] = {}
    samples: list[float] = []
    total = int(rate * seconds)
    wake = asyncio.Event()
    store.add_commit_listener(wake.set)

    async def follow() -> None:
        nonlocal cursor
        while len(samples) < total:
            await wake.wait()
            wake.clear()
            changes = await store.changes_after_async(cursor)
            arrived = time.perf_counter()
            samples.extend(arrived - begun[change.uid] for change in changes)
            if changes:
                cursor = changes[-1].revision

    due: asyncio.Queue[int] = asyncio.Queue()

    async def work() -> None:
        while (step := await due.get()) >= 0:
            place = step % len(labs)
            lab = labs[place]
            begun[lab.metadata.uid] = time.perf_counter()
            labs[place] = await store.update_async(lab, changed(lab, step))

    follower = asyncio.ensure_future(follow())
    async with asyncio.TaskGroup() as tasks:
        for _ in range(WORKERS):
            tasks.create_task(work())
        started = time.perf_counter()
        step = 0
        while step < total:
            await asyncio.sleep(0.001)  # Qt's timers are whole milliseconds; less would spin
            while step < min((time.perf_counter() - started) * rate, total):
                due.put_nowait(step)
                step += 1
        for _ in range(WORKERS):
            due.put_nowait(-1)
    await follower
    elapsed = time.perf_counter() - started
    store.remove_commit_listener(wake.set)
    return summarize(samples, elapsed)


_FOREIGN_WRITER = """
import asyncio, sys, time
from pathlib import Path
from tests.benchmarks.store_bench import SCHEME, ResourceStore, now, sample_lab
async def main():
    store = await ResourceStore.open_async(Path(sys.argv[1]), SCHEME, now)
    for number in range(int(sys.argv[2])):
        lab = sample_lab(500_000 + number)
        made = await store.create_async(lab.with_metadata(annotations={"begun": repr(time.monotonic())}))
        await asyncio.sleep(float(sys.argv[3]))
    await store.close_async()
asyncio.run(main())
"""


async def foreign_commit_to_handler(
    path: Path, *, resources: int = 10_000, commits: int = 300, pause: float = 0.05
) -> Latencies:
    """Let another process commit; time each from before its commit call to the handler here."""
    store = await ResourceStore.open_async(path, SCHEME, now)
    try:
        await store.take_epoch_async()
        await load(store, resources)
        cursor = await store.head_async()
        wake = asyncio.Event()
        store.add_commit_listener(wake.set)
        samples: list[float] = []
        started = time.perf_counter()
        arguments = [sys.executable, "-c", _FOREIGN_WRITER, str(path), str(commits), str(pause)]
        writer = subprocess.Popen(arguments)
        while len(samples) < commits:
            await wake.wait()
            wake.clear()
            changes = await store.changes_after_async(cursor)
            arrived = time.monotonic()
            for change in changes:
                begun = float(change.image.decode().metadata.annotations["begun"])
                samples.append(arrived - begun)
                cursor = change.revision
        writer.wait()
        return summarize(samples, time.perf_counter() - started)
    finally:
        await store.close_async()


async def idle_cost(path: Path, seconds: float = 30.0) -> float:
    """Return what an open, idle store costs: CPU time of the process in % of one core."""
    store = await ResourceStore.open_async(path, SCHEME, now)
    try:
        await store.head_async()
        await asyncio.sleep(1)
        before = time.process_time()
        await asyncio.sleep(seconds)
        return (time.process_time() - before) / seconds * 100
    finally:
        await store.close_async()
