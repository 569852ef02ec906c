"""Real pulls from a registry on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from docker.errors import APIError

from labdesk.engines.service import ImagePullError, PullProgress, RegistryUnreachableError
from tests.integration.bench import PATIENCE, Bench
from tests.integration.images import busybox_tar, random_layer
from tests.integration.proxy import CuttableProxy
from tests.integration.registry import Registry

BALLAST_MIB = 24


@pytest.fixture
def pushed(bench: Bench, registry: Registry, make_image: Callable[..., str]) -> Iterator[str]:
    """Return an image that is in the registry and not on the engine."""
    source = make_image("labdesk-test/ballast:1", busybox_tar(random_layer(BALLAST_MIB)))
    name = registry.push(bench.api, source, "lab/ballast:1")
    bench.api.remove_image(source)
    yield name
    with suppress(APIError):
        bench.api.remove_image(name)


def test_a_pull_shows_its_progress_and_brings_the_image(bench: Bench, pushed: str) -> None:
    async def main() -> None:
        async with bench.service() as service:
            assert not await service.image_present_async(pushed)
            seen: list[PullProgress] = []
            await service.pull_image_async(pushed, seen.append)
            assert await service.image_present_async(pushed)
            assert [progress.current for progress in seen] == sorted(progress.current for progress in seen)
            assert seen[-1].current == seen[-1].total >= BALLAST_MIB * 2**20
            assert {progress.image for progress in seen} == {pushed}
            await bench.start(service, bench.spec(image=pushed))
            await service.pull_image_async(pushed, seen.append)
            for container in await service.list_containers_async(bench.desk_id):
                await service.remove_container_async(container.container_id)

    asyncio.run(main())


def test_an_image_the_registry_does_not_have_is_refused_in_its_words(bench: Bench, registry: Registry) -> None:
    async def main() -> None:
        async with bench.service() as service:
            with pytest.raises(ImagePullError, match="not found") as refused:
                await service.pull_image_async(registry.name("lab/none:1"), lambda _: None)
            assert not isinstance(refused.value, RegistryUnreachableError)
            with pytest.raises(ImagePullError, match="invalid reference"):
                await service.pull_image_async("Not An Image", lambda _: None)

    asyncio.run(main())


def test_a_registry_that_does_not_answer_is_told_apart(bench: Bench) -> None:
    async def main() -> None:
        async with bench.service() as service:
            with pytest.raises(RegistryUnreachableError, match="connection refused"):
                await service.pull_image_async("127.0.0.1:1/lab/none:1", lambda _: None)

    asyncio.run(main())


def test_cancelling_stops_the_engines_pull_at_once(bench: Bench, registry: Registry, pushed: str) -> None:
    async def main() -> None:
        slow = CuttableProxy(registry.port)
        await slow.restore()
        slow.hold_after(8 * 2**20)
        name = f"{slow.address}/lab/ballast:1"
        started = asyncio.Event()
        async with bench.service() as service:
            pull = asyncio.create_task(service.pull_image_async(name, lambda seen: seen.current and started.set()))
            async with asyncio.timeout(PATIENCE):
                await started.wait()
                pull.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await pull
                slow.release()
                await slow.idle.wait()
            assert not await service.image_present_async(name)
        await slow.cut()

    asyncio.run(main())


def test_a_pull_that_hangs_holds_up_nothing_else(bench: Bench, registry: Registry, pushed: str) -> None:
    async def main() -> None:
        hanging = CuttableProxy(registry.port)
        await hanging.restore()
        hanging.hold()
        name = f"{hanging.address}/lab/ballast:1"
        async with bench.service() as service:
            pulls = [asyncio.create_task(service.pull_image_async(name, lambda _: None)) for _ in range(6)]
            async with asyncio.timeout(PATIENCE):
                lab = await bench.start(service, bench.spec())
                await service.remove_container_async(lab.container_id)
            for pull in pulls:
                pull.cancel()
            results = await asyncio.gather(*pulls, return_exceptions=True)
            assert all(isinstance(result, asyncio.CancelledError) for result in results)
        await hanging.cut()

    asyncio.run(main())
