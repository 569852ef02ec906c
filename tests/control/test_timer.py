"""Timers: on time, although each single timer of the loop may not be; and time slices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from labdesk.control.slices import TimeSlices
from labdesk.control.timer import Alarm
from labdesk.rehearsal.virtual import VirtualClock, VirtualTimeLoop, run_virtual


class CoarseLoop(VirtualTimeLoop):
    """Misses long timers by a share, as Qt's coarse timers do; remembers how many it was asked for."""

    error = 0.0
    timers = 0

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> asyncio.TimerHandle:  # type: ignore[override]
        self.timers += 1
        delay = when - self.time()
        if delay > 0.02:
            when = self.time() + delay * (1 + self.error)
        return super().call_at(when, callback, *args, **kwargs)


@pytest.mark.parametrize("error", [-0.05, 0.05])
@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.5, 25.0, 7200.0])
def test_an_alarm_is_exact_on_coarse_timers_and_needs_few(error: float, seconds: float) -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, CoarseLoop)
        loop.error = error
        rung: asyncio.Future[float] = loop.create_future()
        Alarm(lambda: rung.set_result(loop.time())).set(seconds)
        at = await rung
        assert loop.timers < 200
        return at

    with asyncio.Runner(loop_factory=CoarseLoop) as runner:
        assert runner.run(main()) == pytest.approx(seconds, abs=1e-6)


def test_an_alarm_can_be_moved_both_ways_and_rings_once() -> None:
    async def main(clock: VirtualClock) -> list[float]:
        rung: list[float] = []
        alarm = Alarm(lambda: rung.append(clock.monotonic()))
        for when in (50, 20, 80, 30):
            alarm.set(when)
        await asyncio.sleep(200)
        return rung

    assert run_virtual(main) == [30]


def test_a_cleared_alarm_does_not_ring_and_can_be_set_again() -> None:
    async def main(clock: VirtualClock) -> list[float]:
        rung: list[float] = []
        alarm = Alarm(lambda: rung.append(clock.monotonic()))
        alarm.set(10)
        alarm.clear()
        await asyncio.sleep(60)
        assert rung == []
        alarm.set(70)
        await asyncio.sleep(60)
        alarm.set(130)
        alarm.close()
        await asyncio.sleep(60)
        return rung

    assert run_virtual(main) == [70]


def test_pushing_an_alarm_back_needs_no_new_timer() -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, CoarseLoop)
        alarm = Alarm(lambda: None)
        for when in range(10, 1000):
            alarm.set(when)
        return loop.timers

    with asyncio.Runner(loop_factory=CoarseLoop) as runner:
        assert runner.run(main()) == 1


def test_slices_let_others_run_even_when_the_clock_stands_still() -> None:
    async def main(clock: VirtualClock) -> None:
        loop, slices = asyncio.get_running_loop(), TimeSlices()
        rounds = 0

        def count() -> None:
            nonlocal rounds
            rounds += 1
            loop.call_soon(count)

        async def work() -> None:
            for _ in range(10_000):
                if slices.is_over(loop):
                    await slices.pause(loop)

        loop.call_soon(count)
        await work()
        assert rounds >= 10

    run_virtual(main)


def test_everyone_who_pauses_gets_a_turn_and_a_cancelled_one_holds_up_nobody() -> None:
    async def main(clock: VirtualClock) -> None:
        loop, slices = asyncio.get_running_loop(), TimeSlices()
        paused = [asyncio.ensure_future(slices.pause(loop)) for _ in range(5)]
        await asyncio.sleep(0)
        paused[0].cancel()
        paused[3].cancel()
        results = await asyncio.gather(*paused, return_exceptions=True)
        assert [result is None for result in results] == [False, True, True, False, True]

    run_virtual(main)
