"""Services that live as long as the desk."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Protocol


class HostedService(Protocol):
    """Something that runs between start and stop. Both are called once, on the event loop."""

    async def start_async(self) -> None: ...

    async def stop_async(self) -> None: ...


class ServiceHost:
    """Starts services in order and stops them in reverse; what was started is always stopped."""

    def __init__(self, services: Sequence[HostedService]) -> None:
        self._services = tuple(services)
        self._running = AsyncExitStack()

    async def start_async(self) -> None:
        """Start all; if one cannot start, stop those already running and raise its error."""
        async with AsyncExitStack() as started:
            for service in self._services:
                await service.start_async()
                started.push_async_callback(service.stop_async)
            self._running = started.pop_all()

    async def stop_async(self) -> None:
        """Stop all in reverse; an error in one does not keep the others running and is raised at the end."""
        await self._running.aclose()
