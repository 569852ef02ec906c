"""The event bus: every row of the journal once, in sequence, to every sink."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from labdesk.control.bus import EventBus, JournalTail
from labdesk.resource.events import JournalEvent
from labdesk.store.backup import backup
from labdesk.store.errors import StoreError
from labdesk.store.restore import put_in_place
from labdesk.store.writes import NewEvent
from tests.control.kinds import Body, World

InWorld = Callable[[Body], None]


@asynccontextmanager
async def tailing(world: World, *sinks: Callable[[JournalEvent], None]) -> AsyncIterator[JournalTail]:
    bus = EventBus(world.reports)
    for sink in sinks:
        bus.add_sink(sink)
    tail = JournalTail(world.store, bus, on_error=world.reports)
    await tail.start_async()
    try:
        yield tail
    finally:
        await tail.stop_async()


def note(world: World, number: int) -> NewEvent:
    return NewEvent("thing.noted", "default/a", world.clock.now(), "info", "Noted", f"Note {number}.")


def test_changes_and_other_events_come_once_in_the_journals_order(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        await world.create("before")
        got: list[JournalEvent] = []
        async with tailing(world, got.append) as tail:
            created = await world.create(size=1)
            await world.store.journal.append_async([note(world, number) for number in range(3)])
            await world.resize(created, 2)
            await asyncio.sleep(60)
            assert [event.type for event in got] == [
                "thing.created", "thing.noted", "thing.noted", "thing.noted", "thing.updated",
            ]  # fmt: skip
            assert [event.sequence for event in got] == sorted({event.sequence for event in got})
            assert got[0].revision == created.metadata.resource_version
            assert got[0].source == f"labdesk/{world.store.desk_id}/watcher"
            assert tail.sequence == await world.store.journal.head_async()

    in_world(body)


def test_a_sink_that_raises_keeps_events_from_nobody(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        got: list[JournalEvent] = []

        def stumble(event: JournalEvent) -> None:
            raise RuntimeError("no paper")

        async with tailing(world, stumble, got.append):
            await world.create("a")
            await world.create("b")
            await asyncio.sleep(1)
            assert [event.subject for event in got] == ["default/a", "default/b"]
            assert world.reports.texts() == ["no paper", "no paper"]

    in_world(body)


def test_a_removed_sink_gets_nothing_more(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        got: list[JournalEvent] = []
        bus = EventBus()
        bus.add_sink(got.append)
        bus.remove_sink(got.append)
        bus.remove_sink(print)
        tail = JournalTail(world.store, bus)
        await tail.start_async()
        await world.create()
        await asyncio.sleep(1)
        await tail.stop_async()
        assert got == []

    in_world(body)


@pytest.mark.parametrize("trouble", [StoreError("busy"), ValueError("busy")])
def test_a_journal_that_cannot_be_read_for_a_while_loses_nothing(in_world: InWorld, trouble: Exception) -> None:
    async def body(world: World) -> None:
        got: list[JournalEvent] = []
        async with tailing(world, got.append):
            await world.create("a")
            await asyncio.sleep(1)
            ordinary, broken = world.store.journal.after_async, True

            async def read(sequence: int, limit: int = 500) -> list[JournalEvent]:
                if broken:
                    raise trouble
                return await ordinary(sequence, limit)

            world.store.journal.after_async = read  # type: ignore[method-assign]
            await world.create("b")
            await asyncio.sleep(60)
            assert len(got) == 1
            broken = False
            await asyncio.sleep(60)
            assert [event.subject for event in got] == ["default/a", "default/b"]
            assert world.reports.texts() == ["busy"]

    in_world(body)


def test_a_lost_wake_costs_no_more_than_the_interval(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        got: list[float] = []
        async with tailing(world, lambda event: got.append(world.clock.monotonic())) as tail:
            await asyncio.sleep(1)
            world.store.remove_commit_listener(tail._wake.set)
            before = world.clock.monotonic()
            await world.create()
            await asyncio.sleep(60)
            (when,) = got
            assert when - before <= 5

    in_world(body)


def test_a_backup_put_in_the_stores_place_leaves_no_event_after_it_untold(
    in_world: InWorld, tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    async def body(world: World) -> None:
        loop = asyncio.get_running_loop()
        backup(world.store.path, tmp_path / "backup.db")
        got: list[str] = []
        async with tailing(world, lambda event: got.append(event.message)):
            await world.store.journal.append_async([note(world, number) for number in range(10)])
            await asyncio.sleep(10)
            await loop.run_in_executor(pool, put_in_place, tmp_path / "backup.db", world.store.path, world.clock.now())
            await asyncio.sleep(10)
            got.clear()
            await world.store.journal.append_async([note(world, 100)])
            await asyncio.sleep(10)
            assert got == ["Note 100."]

    in_world(body)
