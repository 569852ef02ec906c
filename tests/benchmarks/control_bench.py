"""How much an idle watcher costs, and how fast the controller turns, on the loop the window runs on."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from prometheus_client import CollectorRegistry

from labdesk.control.attempt import Attempt
from labdesk.control.clock import SystemClock
from labdesk.control.controller import ResourceControllerBase
from labdesk.control.metrics import Metrics
from labdesk.control.queue import Priority
from labdesk.control.result import ReconciliationResult
from labdesk.control.watcher import ResourceWatcherBase
from labdesk.labs.request import LabInstanceRequest
from labdesk.store.store import ResourceStore
from labdesk.store.writes import Create
from tests.benchmarks.store_bench import SCHEME, run_on_qasync, sample_lab

KIND = LabInstanceRequest.KIND
Watcher = ResourceWatcherBase[LabInstanceRequest]


@dataclass(frozen=True)
class IdlePass:
    """Seconds: one pass when nothing was committed, the safety read every watch interval, one list-and-compare."""

    idle: float
    safety_read: float
    list_and_compare: float

    @property
    def ratio(self) -> float:
        """List-and-compare ÷ idle pass."""
        return self.list_and_compare / self.idle


@dataclass(frozen=True)
class Turnover:
    """Reconciles a second, over `count` of them, and per second of the loop thread's own CPU time.

    `stall_ms` is the longest the loop was held. On a busy machine only the CPU figure tells of this program.
    """

    per_second: float
    per_cpu_second: float
    count: int
    stall_ms: float


def idle_pass(resources: int = 10_000) -> IdlePass:
    """Return what the passes of a watcher over that many labs cost; medians."""

    async def measure() -> IdlePass:
        async with watching(resources) as (_, watcher):
            await asyncio.sleep(0.2)
            idle = await _median_time(lambda: _idle(watcher), 20_000)
            safety = await _median_time(lambda: _safety_read(watcher), 300)
            compare = await _median_time(lambda: _list_and_compare(watcher), 5)
            return IdlePass(idle, safety, compare)

    return run_on_qasync(measure())


async def _list_and_compare(watcher: Watcher) -> None:
    """What a watcher without a log does in every pass: read all, decode all, compare each with what it knows."""
    listing = await watcher._list_resources()
    changed = [image for image in listing.images if image.decode() != watcher.cache.get(image.key)]
    assert not changed


def idle_pass_ratio() -> float:
    """Return list-and-compare of 10,000 labs ÷ one idle pass."""
    return idle_pass(10_000).ratio


def idle_pass_growth(rounds: int = 15) -> float:
    """Return the cost of an idle pass over 10,000 labs ÷ over 100: the larger of pass and safety read.

    Measured in turns, so that whatever else the machine does falls on both.
    """

    async def measure() -> float:
        async with watching(10_000) as (_, large), watching(100) as (_, small):
            await asyncio.sleep(0.2)
            ratios = []
            for work, times in ((_idle, 2_000), (_safety_read, 40)):
                on_large, on_small = partial(work, large), partial(work, small)
                pairs = [
                    (await _median_time(on_large, times), await _median_time(on_small, times)) for _ in range(rounds)
                ]
                ratios.append(median(one / other for one, other in pairs))
            return max(ratios)

    return run_on_qasync(measure())


async def _idle(watcher: Watcher) -> None:
    await watcher._pass()


async def _safety_read(watcher: Watcher) -> None:
    watcher._log_may_have_grown = True
    await watcher._pass()


async def _median_time(work: Callable[[], Awaitable[None]], times: int) -> float:
    spans = []
    for _ in range(times):
        started = time.perf_counter()
        await work()
        spans.append(time.perf_counter() - started)
    return median(spans)


class TurningController(ResourceControllerBase[LabInstanceRequest]):
    """Decides with the given pure function and changes nothing."""

    decide: Callable[[LabInstanceRequest], object]
    decided = 0

    async def _do_reconcile(self, resource: LabInstanceRequest, attempt: Attempt) -> ReconciliationResult:
        self.decide(resource)
        self.decided += 1
        return ReconciliationResult.success()

    _do_finalize = _do_reconcile


def reconciles_per_s(
    seconds: float = 30.0,
    keys: int = 2_000,
    resources: int = 10_000,
    decide: Callable[[LabInstanceRequest], object] = LabInstanceRequest.needs_reconciliation,
) -> Turnover:
    """Return how fast no-op reconciles go through queue, cache, gate, time limit, `decide` and metrics."""

    async def measure() -> Turnover:
        async with watching(resources) as (store, watcher):
            metrics = Metrics(CollectorRegistry()).controller
            controller = TurningController(watcher, store, SystemClock(), metrics, random=Random(1))
            controller.decide = decide
            chosen = list(watcher.cache.keys())[:keys]
            await controller.start_async()
            await asyncio.sleep(2)  # the labs that a start takes up
            before, stalls = controller.decided, Stalls()
            started, cpu = time.perf_counter(), time.thread_time()
            while time.perf_counter() - started < seconds:
                target = controller.decided + keys
                for key in chosen:
                    controller.enqueue(key, Priority.DUE)
                while controller.decided < target:
                    await asyncio.sleep(0.001)
            passed, used = time.perf_counter() - started, time.thread_time() - cpu
            count = controller.decided - before
            await controller.stop_async()
            return Turnover(count / passed, count / used, count, stalls.stop() * 1000)

    return run_on_qasync(measure())


def run_delay() -> float:
    """Seconds this thread was ready to run and had no core, since it began (Linux: proc(5), schedstat)."""
    return int(Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text().split()[1]) / 1e9


class Stalls:
    """Notices how long the loop was held, by a timer that should come every 2 ms.

    Time in which the kernel had the core do other processes' work is no hold of ours and is taken off: beside an
    engine that starts thirty containers on two cores, an idle process that only sleeps wakes up to 140 ms late
    (measured). `waited` is the longest that includes it.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._last = time.perf_counter()
        self._last_delay = run_delay()
        self._longest = 0.0
        self.waited = 0.0
        self._handle = self._loop.call_later(0.002, self._tick)

    def _tick(self) -> None:
        now, delay = time.perf_counter(), run_delay()
        late = now - self._last - 0.002
        self.waited = max(self.waited, late)
        self._longest = max(self._longest, late - (delay - self._last_delay))
        self._last, self._last_delay = now, delay
        self._handle = self._loop.call_later(0.002, self._tick)

    def stop(self) -> float:
        """Return the longest hold, in seconds."""
        self._handle.cancel()
        return self._longest


@asynccontextmanager
async def watching(resources: int) -> AsyncIterator[tuple[ResourceStore, Watcher]]:
    """Open a new store with that many labs and watch it, as the acting process."""
    clock = SystemClock()
    with TemporaryDirectory() as directory:
        store = await ResourceStore.open_async(Path(directory) / "desk.db", SCHEME, clock.now)
        await store.take_epoch_async()
        for numbers in _batches(resources, 500):
            await store.commit_async([Create(sample_lab(number)) for number in numbers])
        watcher = Watcher(store, KIND, clock, Metrics(CollectorRegistry()).watcher)
        await watcher.start_async()
        gc.collect()
        gc.freeze()  # as the desk does after loading
        try:
            yield store, watcher
        finally:
            gc.unfreeze()
            await watcher.stop()
            await store.close_async()


def _batches(count: int, size: int) -> Iterator[range]:
    return (range(first, min(first + size, count)) for first in range(0, count, size))
