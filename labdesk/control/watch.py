"""Watching by pulling: what is there now, then what changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from labdesk.resource.resource import Resource

if TYPE_CHECKING:
    from labdesk.control.cache import ResourceCache
    from labdesk.resource.events import ResourceChangeEvent, ResourceImage

R = TypeVar("R", bound=Resource)


class Watch(Generic[R]):
    """Made by `ResourceWatcherBase.watch`. Iterate it for the changes after `revision`; `images` are the state there.

    Whoever iterates slowly is handed the changes later; the memory it takes is bounded. Usable in `async with`.
    """

    def __init__(
        self,
        images: Sequence[ResourceImage],
        revision: int,
        cache: ResourceCache[R],
        on_close: Callable[[Watch[R]], None],
    ) -> None:
        self.images = tuple(images)
        self.revision = revision
        self._cache = cache
        self._on_close = on_close
        self._next: asyncio.Queue[ResourceChangeEvent[R] | None] = asyncio.Queue(maxsize=1)
        self._closed = False

    def resources(self) -> Iterator[R]:
        """What was there at `revision`, decoded one by one."""
        return (self._cache.decode(image) for image in self.images)

    async def take(self, event: ResourceChangeEvent[R]) -> None:
        """The change handler behind the iterator: waits until the event before was taken."""
        await self._next.put(event)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ResourceChangeEvent[R]:
        if self._closed and self._next.empty():
            raise StopAsyncIteration
        event = await self._next.get()
        if event is None:
            raise StopAsyncIteration
        return event

    def close(self) -> None:
        """End the iteration, after a change that was handed over already."""
        if self._closed:
            return
        self._closed = True
        self._on_close(self)
        if self._next.empty():
            self._next.put_nowait(None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
