"""Watching by pulling: the state first, then every change after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.control.kinds import Body, World

InWorld = Callable[[Body], None]


def test_a_watch_gives_the_state_and_then_the_changes_after_it(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        first = await world.create("first")
        async with world.watching() as watcher, watcher.watch() as watch:
            assert list(watch.resources()) == [first]
            assert watch.revision == first.metadata.resource_version
            await world.create("second")
            await world.resize(first, 3)
            told = [await anext(watch) for _ in range(2)]
            assert [event.key.name for event in told] == ["second", "first"]

    in_world(body)


def test_a_watch_of_a_part_begins_and_goes_on_with_that_part(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        await world.create("db", labels={"app": "db"})
        await world.create("web", labels={"app": "web"})
        await world.create("elsewhere", namespace="other", labels={"app": "web"})
        async with world.watching() as watcher, watcher.watch("default", "app in (web)") as watch:
            assert [image.name for image in watch.images] == ["web"]
            await world.create("db2", labels={"app": "db"})
            await world.create("web2", labels={"app": "web"})
            assert (await anext(watch)).key.name == "web2"

    in_world(body)


def test_whoever_pulls_slowly_misses_nothing(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher, watcher.watch() as watch:
            for number in range(30):
                await world.create(f"t{number}")
            names = []
            for _ in range(30):
                await asyncio.sleep(60)
                names.append((await anext(watch)).key.name)
            assert names == [f"t{number}" for number in range(30)]

    in_world(body)


def test_closing_a_watch_ends_the_iteration_of_whoever_waits(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            watch = watcher.watch()

            async def collect() -> list[str]:
                return [event.key.name async for event in watch]

            collecting = asyncio.ensure_future(collect())
            await world.create("a")
            await world.settle(watcher)
            await asyncio.sleep(1)
            watch.close()
            watch.close()
            assert await collecting == ["a"]
            await world.create("b")
            await world.settle(watcher)
            assert [event async for event in watch] == []

    in_world(body)


def test_stopping_the_watcher_closes_its_watches(in_world: InWorld) -> None:
    async def body(world: World) -> None:
        async with world.watching() as watcher:
            watch = watcher.watch()
        assert [event async for event in watch] == []

    in_world(body)
