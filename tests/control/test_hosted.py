"""Services start in order and stop in reverse, whatever goes wrong."""

from __future__ import annotations

import asyncio

import pytest

from labdesk.control.hosted import ServiceHost


class Service:
    def __init__(self, name: str, log: list[str], *, fails_to: str = "") -> None:
        self._name, self._log, self._fails_to = name, log, fails_to

    async def start_async(self) -> None:
        self._do("start")

    async def stop_async(self) -> None:
        self._do("stop")

    def _do(self, what: str) -> None:
        self._log.append(f"{what} {self._name}")
        if self._fails_to == what:
            raise RuntimeError(f"{self._name} cannot {what}")


def test_services_start_in_order_and_stop_in_reverse() -> None:
    async def main() -> list[str]:
        log: list[str] = []
        host = ServiceHost([Service("store", log), Service("watcher", log), Service("controller", log)])
        await host.start_async()
        await host.stop_async()
        return log

    assert asyncio.run(main()) == [
        "start store", "start watcher", "start controller", "stop controller", "stop watcher", "stop store",
    ]  # fmt: skip


def test_what_was_started_is_stopped_when_a_later_one_cannot_start() -> None:
    async def main() -> list[str]:
        log: list[str] = []
        host = ServiceHost([Service("a", log), Service("b", log, fails_to="start"), Service("c", log)])
        with pytest.raises(RuntimeError, match="b cannot start"):
            await host.start_async()
        await host.stop_async()
        return log

    assert asyncio.run(main()) == ["start a", "start b", "stop a"]


def test_one_that_cannot_stop_does_not_keep_the_others_running() -> None:
    async def main() -> list[str]:
        log: list[str] = []
        host = ServiceHost([Service("a", log), Service("b", log, fails_to="stop")])
        await host.start_async()
        with pytest.raises(RuntimeError, match="b cannot stop"):
            await host.stop_async()
        return log

    assert asyncio.run(main())[-2:] == ["stop b", "stop a"]
