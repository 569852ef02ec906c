"""Owned tasks report their errors and end with their owner."""

from __future__ import annotations

import asyncio

import pytest

from labdesk.control.tasks import TaskOwner
from labdesk.rehearsal.virtual import VirtualClock, run_virtual
from tests.control.kinds import Reports


async def fail() -> None:
    raise RuntimeError("broken")


def test_an_error_of_a_task_is_reported_with_its_name() -> None:
    async def main(clock: VirtualClock) -> None:
        reports = Reports()
        owner = TaskOwner("desk", reports)
        task = owner.spawn(fail(), "loop")
        with pytest.raises(RuntimeError):
            await task
        assert [(what, str(error)) for what, error in reports.errors] == [("desk: loop", "broken")]
        assert len(owner) == 0

    run_virtual(main)


def test_cancelling_waits_until_every_task_has_ended() -> None:
    async def main(clock: VirtualClock) -> None:
        ended: list[str] = []
        owner = TaskOwner("desk")

        async def slow_to_end() -> None:
            try:
                await asyncio.sleep(1000)
            finally:
                owner.spawn(slow_too(), "born while ending")
                await asyncio.sleep(5)
                ended.append("slow")

        async def slow_too() -> None:
            try:
                await asyncio.sleep(1000)
            finally:
                await asyncio.sleep(3)
                ended.append("born while ending")

        owner.spawn(slow_to_end(), "slow")
        await asyncio.sleep(1)
        await owner.cancel_async()
        assert ended == ["slow", "born while ending"]
        assert len(owner) == 0
        assert clock.monotonic() == 9

    run_virtual(main)


def test_a_task_may_cancel_the_others_of_its_owner() -> None:
    async def main(clock: VirtualClock) -> None:
        reports = Reports()
        owner = TaskOwner("desk", reports)
        other = owner.spawn(asyncio.sleep(1000), "other")
        await owner.spawn(owner.cancel_async(), "stop")
        assert other.cancelled()
        assert reports.errors == []

    run_virtual(main)


def test_waiting_for_tasks_ends_at_the_limit() -> None:
    async def main(clock: VirtualClock) -> None:
        owner = TaskOwner("desk")
        owner.spawn(asyncio.sleep(3), "short")
        owner.spawn(asyncio.sleep(30), "long")
        assert not await owner.wait_async(10)
        assert clock.monotonic() == 10
        assert await owner.wait_async(100)
        assert clock.monotonic() == 30

    run_virtual(main)
