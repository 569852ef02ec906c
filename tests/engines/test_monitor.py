from __future__ import annotations

import asyncio

import pytest

from labdesk.engines.monitor import EngineMonitor, EngineState
from labdesk.engines.service import (
    HINT_CONNECTED,
    HINT_DISCONNECTED,
    ContainerService,
    EngineHint,
    EngineUnavailable,
)
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Latencies, Operation
from labdesk.engines.watched import WatchedContainerService
from labdesk.rehearsal.virtual import VirtualClock, run_virtual
from tests.engines.samples import IMAGE, identity_of, spec_of


def engine_of(clock: VirtualClock) -> SimulatedContainerService:
    return SimulatedContainerService(clock.now, latencies=Latencies.none(), images=[IMAGE])


async def settle() -> None:
    await asyncio.sleep(0.001)


def test_it_knows_nothing_until_the_engine_was_asked() -> None:
    async def main(clock: VirtualClock) -> None:
        monitor = EngineMonitor(engine_of(clock), clock.now)
        assert (monitor.state, monitor.reachable, monitor.info) == (EngineState.CONNECTING, True, None)
        await monitor.start_async()
        await settle()
        assert monitor.state == EngineState.REACHABLE
        assert monitor.info is not None
        assert monitor.info.engine_id == "simulated"
        await monitor.stop_async()

    run_virtual(main)


def test_one_probe_loop_asks_ever_more_rarely_until_the_engine_answers() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        monitor = EngineMonitor(engine, clock.now)
        await monitor.start_async()
        await settle()
        changes: list[bool] = []
        monitor.add_listener(lambda: changes.append(monitor.reachable))
        engine.reachable = False
        for _ in range(10):
            monitor.report_failure(EngineUnavailable("gone"))
        assert not monitor.reachable
        before = engine.calls[Operation.INFO]
        await asyncio.sleep(60)
        assert 12 <= engine.calls[Operation.INFO] - before <= 20
        engine.reachable = True
        await asyncio.sleep(5)
        assert monitor.reachable
        assert monitor.last_error is None
        assert changes == [False, True]
        asked = engine.calls[Operation.INFO]
        await asyncio.sleep(60)
        assert engine.calls[Operation.INFO] == asked
        await monitor.stop_async()

    run_virtual(main)


def test_retry_now_does_not_wait_for_the_loop() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        engine.reachable = False
        monitor = EngineMonitor(engine, clock.now)
        await monitor.start_async()
        await asyncio.sleep(30)
        engine._reachable = True  # no event tells of it
        before = clock.monotonic()
        answered = asyncio.Event()
        monitor.add_listener(answered.set)
        monitor.retry_now()
        await answered.wait()
        assert monitor.reachable
        assert clock.monotonic() == before
        await monitor.stop_async()

    run_virtual(main)


def test_a_broken_event_stream_makes_it_ask_at_once() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        monitor = EngineMonitor(engine, clock.now)
        await monitor.start_async()
        await settle()
        engine.reachable = False
        await settle()
        assert not monitor.reachable
        await monitor.stop_async()

    run_virtual(main)


def test_listeners_hear_when_events_are_heard_again_although_the_engine_always_answered() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        monitor = EngineMonitor(engine, clock.now)
        await monitor.start_async()
        await engine.start_async()
        await settle()
        told: list[bool] = []
        monitor.add_listener(lambda: told.append(monitor.reachable))
        engine._tell(EngineHint("", "", HINT_DISCONNECTED))
        await settle()
        assert told == []
        engine._tell(EngineHint("", "", HINT_CONNECTED))
        await settle()
        assert told == [True]
        await monitor.stop_async()

    run_virtual(main)


def test_listeners_hear_of_another_engine() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        monitor = EngineMonitor(engine, clock.now)
        await monitor.start_async()
        await settle()
        seen: list[str] = []
        monitor.add_listener(lambda: seen.append(monitor.info.engine_id if monitor.info else ""))
        engine.exchange("other")
        monitor.retry_now()
        await settle()
        assert seen == ["other"]
        await monitor.stop_async()

    run_virtual(main)


def test_a_listener_that_went_hears_not_even_of_what_came_before() -> None:
    async def main(clock: VirtualClock) -> None:
        monitor = EngineMonitor(engine_of(clock), clock.now)
        heard: list[str] = []
        listeners = [lambda name=name: heard.append(name) for name in ("gone", "stays")]
        for listener in listeners:
            monitor.add_listener(listener)
        monitor.report_failure(EngineUnavailable("gone"))
        monitor.remove_listener(listeners[0])
        await settle()
        assert heard == ["stays"]

    run_virtual(main)


def test_an_answer_that_makes_no_sense_is_told_once_and_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        monitor = EngineMonitor(engine, clock.now)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "get_engine_info_async", nonsense)
            await monitor.start_async()
            await asyncio.sleep(60)
            assert monitor.state == EngineState.UNREACHABLE
            assert monitor.last_error is not None
            assert "no dict" in monitor.last_error.message
        await asyncio.sleep(5)
        assert monitor.reachable
        await monitor.stop_async()

    async def nonsense() -> None:
        raise TypeError("no dict")

    run_virtual(main)
    assert [record.message.partition("\n")[0] for record in caplog.records] == [
        "The engine's answer makes no sense (no dict); LabDesk keeps asking."
    ]
    caplog.clear()


def test_a_failure_older_than_the_recovery_is_no_news() -> None:
    async def main(clock: VirtualClock) -> None:
        monitor = EngineMonitor(engine_of(clock), clock.now)
        await monitor.start_async()
        await settle()
        old = monitor.recoveries
        monitor.report_failure(EngineUnavailable("gone"), old)
        await asyncio.sleep(1)
        assert monitor.reachable
        monitor.report_failure(EngineUnavailable("a call that timed out late"), old)
        assert monitor.reachable
        await monitor.stop_async()

    run_virtual(main)


def test_the_watched_service_reports_failures_and_fails_fast_until_recovery() -> None:
    async def main(clock: VirtualClock) -> None:
        engine = engine_of(clock)
        monitor = EngineMonitor(engine, clock.now)
        await monitor.start_async()
        await settle()
        watched: ContainerService = WatchedContainerService(monitor)
        engine._reachable = False
        with pytest.raises(EngineUnavailable):
            await watched.image_present_async(IMAGE)
        assert not monitor.reachable
        asked = engine.calls[Operation.IMAGE]
        with pytest.raises(EngineUnavailable):
            await watched.image_present_async(IMAGE)
        assert engine.calls[Operation.IMAGE] == asked
        engine._reachable = True
        await asyncio.sleep(1)
        container_id = await watched.create_container_async(identity_of(spec_of()), spec_of(), "")
        assert engine.find(container_id) is not None
        await monitor.stop_async()

    run_virtual(main)
