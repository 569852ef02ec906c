"""Images as the Templates page follows them, over a real engine and registry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from docker.errors import APIError

from labdesk.control.tasks import TaskOwner
from labdesk.engines.monitor import EngineMonitor
from labdesk.engines.watched import WatchedContainerService
from labdesk.ui.panels.image_book import ImageBook, Presence
from tests.integration.bench import PATIENCE, Bench
from tests.integration.images import busybox_tar, random_layer
from tests.integration.proxy import CuttableProxy
from tests.integration.registry import Registry


def test_a_pull_is_followed_cancelled_and_finished(
    bench: Bench, registry: Registry, make_image: Callable[..., str]
) -> None:
    async def main() -> None:
        source = make_image("labdesk-test/book:1", busybox_tar(random_layer(24)))
        registry.push(bench.api, source, "lab/book:1")
        bench.api.remove_image(source)
        slow = CuttableProxy(registry.port)
        await slow.restore()
        slow.hold_after(8 * 2**20)
        image = f"{slow.address}/lab/book:1"
        failures: list[str] = []
        tasks = TaskOwner("book", lambda what, error: failures.append(f"{what}: {error}"))
        async with bench.service() as service:
            monitor = EngineMonitor(service, now=lambda: datetime.now(UTC))
            book = ImageBook(WatchedContainerService(monitor), monitor, tasks)
            changed = asyncio.Event()
            book.changed.connect(lambda _image: changed.set())

            async def until(presence: Presence, *, moving: bool = False) -> None:
                async with asyncio.timeout(PATIENCE):
                    while book.state(image).presence is not presence or (moving and not book.state(image).current):
                        changed.clear()
                        await changed.wait()

            try:
                book.look([image])
                await until(Presence.MISSING)
                book.pull(image)
                await until(Presence.PULLING, moving=True)
                book.cancel(image)
                await until(Presence.MISSING)
                assert not await service.image_present_async(image)
                slow.release()
                book.pull(image)
                await until(Presence.PRESENT)
                assert await service.image_present_async(image)
                assert failures == []
            finally:
                book.close()
                await tasks.cancel_async()
                await slow.cut()
                with suppress(APIError):
                    bench.api.remove_image(image)

    asyncio.run(main())
