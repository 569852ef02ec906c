"""Logs, events, and what happens when the engine goes away and comes back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from labdesk.engines.monitor import EngineMonitor
from labdesk.engines.service import (
    HINT_CONNECTED,
    HINT_DISCONNECTED,
    ContainerState,
    EngineHint,
    EngineUnavailable,
)
from labdesk.engines.watched import WatchedContainerService
from tests.integration.bench import PATIENCE, Bench, until
from tests.integration.proxy import CuttableProxy

T = TypeVar("T")
COUNT = (
    "sh",
    "-c",
    "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; echo ü; exec sleep 1000",
)


def engine_proxy(bench: Bench, directory: Path) -> CuttableProxy:
    return CuttableProxy(Path(bench.address.removeprefix("unix://")), directory / "engine.sock")


def now() -> datetime:
    return datetime.now(UTC)


async def or_none(asked: Awaitable[T]) -> T | None:
    """What an engine answers, None if it is away or slower than the service waits."""
    try:
        return await asked
    except EngineUnavailable:
        return None


def test_the_last_lines_of_a_log_are_read_and_nothing_of_one_that_is_gone(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec(command=COUNT))
            log = await until(lambda: service.get_logs_async(lab.container_id, 3), lambda text: "ü" in text)
            assert log.splitlines() == ["line 4998", "line 4999", "ü"]
            await service.remove_container_async(lab.container_id)
            assert await service.get_logs_async(lab.container_id) == ""
            assert [line async for line in service.follow_logs(lab.container_id)] == []

    asyncio.run(main())


def test_a_followed_log_loses_nothing_and_ends_with_its_container(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec(command=COUNT))
            lines: list[str] = []
            async for line in service.follow_logs(lab.container_id, 10_000):
                lines.append(line)
                if line == "ü":
                    await service.stop_container_async(lab.container_id, 5)
            assert lines == [*(f"line {number}" for number in range(5000)), "ü"]

    asyncio.run(main())


def test_closing_a_followed_log_unblocks_its_thread(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec(command=("sh", "-c", "echo hello; sleep 1000")))
            async with aclosing(service.follow_logs(lab.container_id)) as lines:
                assert await anext(lines) == "hello"
            name = f"labdesk-log-{lab.container_id[:12]}"

            async def threads() -> list[str]:
                return [thread.name for thread in threading.enumerate()]

            await until(threads, lambda names: name not in names)

    asyncio.run(main())


def test_closing_the_service_ends_who_follows(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            lab = await bench.start(service, bench.spec(command=("sh", "-c", "echo hello; sleep 1000")))
            seen = asyncio.Event()

            async def follow() -> list[str]:
                lines = []
                async for line in service.follow_logs(lab.container_id):
                    lines.append(line)
                    seen.set()
                return lines

            follower = asyncio.create_task(follow())
            async with asyncio.timeout(PATIENCE):
                await seen.wait()
                await service.close_async()
                assert await follower == ["hello"]
            with pytest.raises(EngineUnavailable, match="closing"):
                await service.get_engine_info_async()

    asyncio.run(main())


def test_events_hint_at_what_happens_to_this_desks_containers_only(bench: Bench, docker_host: str) -> None:
    other = Bench(bench.api, docker_host, bench.image)

    async def main() -> None:
        hints: list[EngineHint] = []
        async with bench.service() as service, other.service() as stranger:
            service.add_hint_handler(hints.append)
            await service.start_async()
            await until(lambda: asyncio.sleep(0, hints), lambda seen: len(seen) == 1)
            await other.start(stranger, other.spec())
            lab = await bench.start(service, bench.spec())
            bench.api.kill(lab.container_id)
            await service.remove_container_async(lab.container_id)
            seen = await until(lambda: asyncio.sleep(0, hints), lambda seen: seen[-1].action == "destroy")
            assert [hint.action for hint in seen] == [HINT_CONNECTED, "start", "die", "destroy"]
            assert {hint.lab_uid for hint in seen[1:]} == {lab.identity.lab_uid}
            assert {hint.container_id for hint in seen[1:]} == {lab.container_id}

    try:
        asyncio.run(main())
    finally:
        other.clean()


def test_events_come_back_after_the_engine_does(bench: Bench, tmp_path: Path) -> None:
    async def main() -> None:
        proxy = engine_proxy(bench, tmp_path)
        hints: list[str] = []
        async with bench.service(proxy.address) as service:
            service.add_hint_handler(lambda hint: hints.append(hint.action))
            await service.start_async()  # the engine is not there yet
            await proxy.restore()
            await until(lambda: asyncio.sleep(0, hints), lambda seen: seen == [HINT_CONNECTED])
            await proxy.cut()
            await until(lambda: asyncio.sleep(0, hints), lambda seen: seen[-1] == HINT_DISCONNECTED)
            await proxy.restore()
            await until(lambda: asyncio.sleep(0, hints), lambda seen: seen[-1] == HINT_CONNECTED)
            await bench.start(service, bench.spec())
            await until(lambda: asyncio.sleep(0, hints), lambda seen: seen[-1] == "start")
        await proxy.cut()

    asyncio.run(main())


def test_an_engine_that_is_not_there_is_unavailable_and_says_what_to_do(bench: Bench, tmp_path: Path) -> None:
    async def main() -> None:
        spec = bench.spec()
        async with bench.service(f"unix://{tmp_path}/nothing.sock") as service:
            await service.start_async()
            calls = [
                service.get_engine_info_async(),
                service.list_containers_async(bench.desk_id),
                service.get_container_status_async(bench.identity(spec)),
                service.image_present_async(bench.image),
                service.pull_image_async(bench.image, lambda _: None),
                service.create_container_async(bench.identity(spec), spec, ""),
                service.start_container_async("abc"),
                service.stop_container_async("abc", 1),
                service.remove_container_async("abc"),
                service.get_logs_async("abc"),
                anext(service.follow_logs("abc")),
                service.list_workspaces_async(bench.desk_id),
                service.remove_workspace_async("abc"),
            ]
            for call in calls:
                with pytest.raises(EngineUnavailable, match=r"Docker is not running .* start it"):
                    await call

    asyncio.run(main())


def test_a_followed_log_tells_an_engine_that_broke_off_from_an_end(bench: Bench, tmp_path: Path) -> None:
    async def main() -> None:
        proxy = engine_proxy(bench, tmp_path)
        await proxy.restore()
        async with bench.service(proxy.address) as service:
            lab = await bench.start(service, bench.spec(command=("sh", "-c", "echo hello; sleep 1000")))
            lines = service.follow_logs(lab.container_id)
            assert await anext(lines) == "hello"
            await proxy.cut()
            with pytest.raises(EngineUnavailable):
                await anext(lines)

    asyncio.run(main())


def test_an_engine_that_hangs_is_unavailable_and_those_in_the_queue_do_not_try_in_turn(
    bench: Bench, tmp_path: Path
) -> None:
    async def main() -> None:
        proxy = engine_proxy(bench, tmp_path)
        await proxy.restore()
        async with bench.service(proxy.address, timeout=0.5) as service:
            await until(lambda: or_none(service.get_engine_info_async()), lambda info: info is not None)
            tried = 0
            plain = service._connection.call

            def counted(use: object) -> object:
                nonlocal tried
                tried += 1
                return plain(use)  # type: ignore[arg-type]

            service._connection.call = counted  # type: ignore[assignment, method-assign]
            proxy.hold()
            looks = await asyncio.gather(
                *(service.list_containers_async(bench.desk_id) for _ in range(40)), return_exceptions=True
            )
            assert all(isinstance(look, EngineUnavailable) for look in looks)
            assert "did not answer within 0.5 s" in str(looks[0])
            assert tried <= 8
            proxy.release()
            await until(lambda: or_none(service.get_engine_info_async()), lambda info: info is not None)
        await proxy.cut()

    asyncio.run(main())


def test_the_monitor_notices_a_lost_engine_and_its_return(bench: Bench, tmp_path: Path) -> None:
    async def main() -> None:
        proxy = engine_proxy(bench, tmp_path)
        await proxy.restore()
        async with bench.service(proxy.address) as service:
            monitor = EngineMonitor(service, now, first_delay=0.05, longest_delay=0.2)
            watched = WatchedContainerService(monitor)
            await watched.start_async()
            checked = asyncio.Event()
            monitor.add_listener(checked.set)
            await monitor.start_async()
            await checked.wait()
            lab = await bench.start(service, bench.spec())
            changes: list[bool] = []
            changed = asyncio.Event()

            def note() -> None:
                changes.append(monitor.reachable)
                changed.set()

            monitor.add_listener(note)
            async with asyncio.timeout(PATIENCE):
                await proxy.cut()
                await changed.wait()  # nobody asked anything: the event stream told
                assert changes == [False]
                with pytest.raises(EngineUnavailable):
                    await watched.get_container_status_async(lab.identity)
                changed.clear()
                await proxy.restore()
                await changed.wait()
            assert changes == [False, True]
            seen = await watched.get_container_status_async(lab.identity)
            assert seen.state == ContainerState.READY
            await monitor.stop_async()
        await proxy.cut()

    asyncio.run(main())


def test_an_answer_lost_on_the_way_is_made_good_by_asking_again(bench: Bench, tmp_path: Path) -> None:
    async def main() -> None:
        proxy = engine_proxy(bench, tmp_path)
        await proxy.restore()
        async with bench.service(proxy.address, timeout=1.0) as service:
            spec = bench.spec()
            identity = bench.identity(spec)
            await until(lambda: or_none(service.get_engine_info_async()), lambda info: info is not None)
            service._do._networks.ensure(bench.api, bench.desk_id)
            proxy.hold_after(1)  # the request goes through, the answer does not
            with pytest.raises(EngineUnavailable):
                await service.create_container_async(identity, spec, "")
            proxy.release()
            await until(
                lambda: or_none(service.create_container_async(identity, spec, "")), lambda made: made is not None
            )
            assert len(bench.api.containers(all=True, filters={"label": f"labdesk.desk={bench.desk_id}"})) == 1
        await proxy.cut()

    asyncio.run(main())
