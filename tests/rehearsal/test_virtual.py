"""Virtual time: it jumps over waiting, waits for threads, and is the same in every run."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from labdesk.rehearsal.virtual import DEFAULT_START, StuckError, VirtualClock, VirtualTimeLoop, run_virtual


def test_hours_of_sleep_pass_without_waiting() -> None:
    async def main(clock: VirtualClock) -> datetime:
        await asyncio.sleep(36_000)
        return clock.now()

    assert run_virtual(main) == DEFAULT_START + timedelta(hours=10)


def test_timers_fire_in_the_order_of_their_times_and_exactly_then() -> None:
    async def main(clock: VirtualClock) -> list[tuple[str, float]]:
        fired: list[tuple[str, float]] = []

        async def after(seconds: float, name: str) -> None:
            await asyncio.sleep(seconds)
            fired.append((name, clock.monotonic()))

        await asyncio.gather(after(300, "c"), after(0.001, "a"), after(7.5, "b"))
        return fired

    assert run_virtual(main) == [("a", 0.001), ("b", 7.5), ("c", 300)]


def test_time_stands_still_while_a_thread_works() -> None:
    async def main(clock: VirtualClock) -> tuple[float, bool]:
        loop = asyncio.get_running_loop()
        release, overtaken = threading.Event(), False

        def overtake() -> None:
            nonlocal overtaken
            overtaken = True

        loop.call_later(1, overtake)
        with ThreadPoolExecutor(1) as pool:
            loop.call_soon(release.set)
            await loop.run_in_executor(pool, release.wait)
            return clock.monotonic(), overtaken

    assert run_virtual(main) == (0.0, False)


def test_an_abandoned_call_still_holds_the_time_until_its_thread_ended() -> None:
    async def main(clock: VirtualClock) -> tuple[list[str], int]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        happened: list[str] = []
        release = threading.Event()

        def work() -> None:
            release.wait()
            happened.append("thread ended")

        with ThreadPoolExecutor(1) as pool:
            call = asyncio.ensure_future(loop.run_in_executor(pool, work))
            await asyncio.sleep(0)
            call.cancel()
            loop.call_later(1, happened.append, "a second passed")
            loop.call_soon(release.set)
            await asyncio.sleep(2)
        return happened, loop.calls_in_flight

    assert run_virtual(main) == (["thread ended", "a second passed"], 0)


def test_time_passes_during_calls_on_an_executor_that_is_let_hang() -> None:
    async def main(clock: VirtualClock) -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        release = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            loop.let_time_pass_during(pool)
            hanging = loop.run_in_executor(pool, release.wait, 30)
            await asyncio.sleep(300)
            release.set()
            assert await hanging, "time stood still until the thread gave up"
        return clock.monotonic()

    assert run_virtual(main) == 300


def test_a_thread_that_reports_by_itself_is_heard() -> None:
    async def main(clock: VirtualClock) -> str:
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[str] = loop.create_future()
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(heard.set_result, "hello"))
        thread.start()
        try:
            return await heard
        finally:
            thread.join()

    assert run_virtual(main) == "hello"


@pytest.mark.usefixtures("cut_off")
def test_what_can_never_happen_is_said_instead_of_waited_for() -> None:
    async def main(clock: VirtualClock) -> None:
        await asyncio.Event().wait()

    with pytest.raises(StuckError, match="no timer is set"):
        run_virtual(main, patience=0.05)


@pytest.mark.usefixtures("cut_off")
def test_a_run_that_only_its_periodic_loops_keep_alive_ends_at_the_horizon() -> None:
    async def main(clock: VirtualClock) -> None:
        while True:  # noqa: ASYNC110  (a periodic loop, as the desk has them)
            await asyncio.sleep(5)

    with pytest.raises(StuckError, match="horizon"):
        run_virtual(main, horizon=3600)


def test_an_executor_must_be_named() -> None:
    async def main(clock: VirtualClock) -> None:
        await asyncio.to_thread(int)

    with pytest.raises(ValueError, match="executor of your own"):
        run_virtual(main)


def test_two_runs_are_alike() -> None:
    async def main(clock: VirtualClock) -> list[str]:
        log: list[str] = []

        async def worker(number: int) -> None:
            loop = asyncio.get_running_loop()
            with ThreadPoolExecutor(1) as pool:
                for round_ in range(5):
                    await asyncio.sleep(number * 0.37)
                    await loop.run_in_executor(pool, int)
                    log.append(f"{number}.{round_} at {clock.now().isoformat()}")

        async with asyncio.TaskGroup() as group:
            for number in range(1, 5):
                group.create_task(worker(number))
        return log

    # Different workers' threads may end in either order at one instant; at different instants never.
    assert sorted(run_virtual(main)) == sorted(run_virtual(main))
    times = [entry.partition(" at ")[2] for entry in run_virtual(main)]
    assert times == sorted(times)


def test_a_step_of_the_wall_clock_moves_neither_monotonic_nor_boottime() -> None:
    async def main(clock: VirtualClock) -> None:
        await asyncio.sleep(10)
        clock.step(timedelta(hours=-1))
        assert clock.now() == DEFAULT_START + timedelta(seconds=10, hours=-1)
        assert clock.monotonic() == clock.boottime() == 10

    run_virtual(main)


def test_suspending_moves_wall_clock_and_boottime_but_no_timer() -> None:
    async def main(clock: VirtualClock) -> None:
        fired = asyncio.Event()
        asyncio.get_running_loop().call_later(60, fired.set)
        clock.suspend(timedelta(hours=8))
        assert (clock.monotonic(), clock.boottime()) == (0, 8 * 3600)
        await asyncio.sleep(30)
        assert not fired.is_set()
        assert clock.now() == DEFAULT_START + timedelta(hours=8, seconds=30)

    run_virtual(main)


def test_the_clock_begins_where_it_is_told_and_speaks_utc() -> None:
    start = datetime.fromisoformat("2026-10-25T02:30:00+02:00")

    async def main(clock: VirtualClock) -> datetime:
        return clock.now()

    assert run_virtual(main, start) == start
    assert run_virtual(main, start).tzinfo is UTC
