from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from labdesk.engines.coalesce import Coalescer
from labdesk.engines.pools import BoundedPool, DaemonExecutor
from labdesk.engines.service import EngineUnavailable
from labdesk.rehearsal.virtual import VirtualClock, run_virtual


class Gate:
    """A call that blocks its thread until opened, and knows how many are inside."""

    def __init__(self) -> None:
        self.inside = self.most = 0
        self.opened = threading.Event()
        self.entered = threading.Semaphore(0)
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.release()
        self.opened.wait(30)
        with self._lock:
            self.inside -= 1


@asynccontextmanager
async def pool_of(threads: int, reserved: int = 0) -> AsyncIterator[BoundedPool]:
    pool = BoundedPool("test", threads, reserved)
    try:
        yield pool
    finally:
        await pool.close_async()


async def entered(gate: Gate, times: int) -> None:
    waiters = DaemonExecutor("waiters", 1)  # daemons: where a call never comes, the test fails and the run goes on
    try:
        for _ in range(times):
            await asyncio.get_running_loop().run_in_executor(waiters, gate.entered.acquire)
    finally:
        waiters.shutdown(wait=False)


def test_no_more_calls_run_than_there_are_slots() -> None:
    async def main() -> None:
        gate = Gate()
        async with pool_of(3) as pool:
            calls = [asyncio.create_task(pool.run_async(gate)) for _ in range(9)]
            await entered(gate, 3)
            gate.opened.set()
            await asyncio.gather(*calls)
            assert gate.most == 3

    asyncio.run(main())


def test_urgent_calls_have_slots_of_their_own_and_go_first() -> None:
    async def main() -> None:
        slow, urgent = Gate(), Gate()
        urgent.opened.set()
        async with pool_of(3, reserved=1) as pool:
            calls = [asyncio.create_task(pool.run_async(slow)) for _ in range(9)]
            await entered(slow, 2)
            await pool.run_async(urgent, urgent=True)
            assert slow.most == 2
            slow.opened.set()
            await asyncio.gather(*calls)
            assert slow.most == 2

    asyncio.run(main())


def test_a_cancelled_call_keeps_its_slot_and_its_key_until_its_thread_is_done() -> None:
    async def main() -> None:
        gate, order = Gate(), []
        async with pool_of(1) as pool:
            first = asyncio.create_task(pool.run_async(gate, key="a"))
            await entered(gate, 1)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            second = asyncio.create_task(pool.run_async(order.append, "second", key="a"))
            settled = asyncio.create_task(pool.settle_async("a"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert not settled.done()
            assert order == []
            gate.opened.set()
            await second
            await settled
            assert order == ["second"]

    asyncio.run(main())


def test_a_call_cancelled_while_it_waits_never_runs_and_frees_its_place() -> None:
    async def main() -> None:
        gate, order = Gate(), []
        async with pool_of(1) as pool:
            first = asyncio.create_task(pool.run_async(gate))
            await entered(gate, 1)
            second = asyncio.create_task(pool.run_async(order.append, "second", key="b"))
            third = asyncio.create_task(pool.run_async(order.append, "third"))
            await asyncio.sleep(0)
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)
            await pool.settle_async("b")
            gate.opened.set()
            await asyncio.gather(first, third)
            assert order == ["third"]

    asyncio.run(main())


def test_an_unavailable_engine_fails_those_in_the_queue_at_once() -> None:
    async def main() -> None:
        gate, tried = Gate(), []

        def fail() -> None:
            tried.append(1)
            gate()
            raise EngineUnavailable("it hangs", cause="timeout")

        async with pool_of(2) as pool:
            calls = [asyncio.create_task(pool.run_async(fail)) for _ in range(20)]
            await entered(gate, 2)
            gate.opened.set()
            results = await asyncio.gather(*calls, return_exceptions=True)
            assert [str(result) for result in results] == ["it hangs"] * 20
            assert len(tried) <= 4
            assert await pool.run_async(len, "the pool goes on") == 16

    asyncio.run(main())


def test_errors_and_results_come_through() -> None:
    async def main() -> None:
        async with pool_of(1) as pool:
            assert await pool.run_async(int, "7") == 7
            with pytest.raises(ValueError, match="invalid literal"):
                await pool.run_async(int, "x", key="k")
            assert await pool.run_async(int, "8", key="k") == 8

    asyncio.run(main())


def test_a_closed_pool_refuses_and_leaves_no_thread() -> None:
    async def main() -> None:
        async with pool_of(2) as pool:
            await pool.run_async(int)
        with pytest.raises(EngineUnavailable):
            await pool.run_async(int)

    asyncio.run(main())
    executor = DaemonExecutor("short", 2)
    future = executor.submit(threading.current_thread)
    thread = future.result()
    executor.shutdown()
    assert not thread.is_alive()
    assert thread.daemon
    with pytest.raises(RuntimeError, match="closed"):
        executor.submit(int)


def test_many_values_become_few_calls_and_the_last_is_never_lost() -> None:
    async def main(clock: VirtualClock) -> None:
        seen: list[tuple[float, int]] = []
        loop = asyncio.get_running_loop()
        coalescer = Coalescer[int](loop, lambda value: seen.append((round(loop.time(), 3), value)), 0.2)
        for value in range(50):
            coalescer.offer(value)
            await asyncio.sleep(0.02)
        await asyncio.sleep(1)
        assert seen[-1][1] == 49
        assert len(seen) <= 7
        assert all(later[0] - earlier[0] >= 0.199 for earlier, later in itertools.pairwise(seen))
        coalescer.offer(50)
        coalescer.close(flush=True)
        coalescer.offer(51)
        await asyncio.sleep(1)
        assert [value for _, value in seen][-1] == 50

    run_virtual(main)
