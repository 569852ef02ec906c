"""Typed questions about stored labs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from datetime import datetime
from typing import cast

from labdesk.control.slices import TimeSlices
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.events import ResourceImage
from labdesk.resource.resource import ResourceKey
from labdesk.store.errors import StoreError
from labdesk.store.store import ResourceStore

EVERYTHING = 1_000_000
OnUnreadable = Callable[[str, Exception], None]
"""Hears of what is stored but cannot be read: its uid or key, and why."""


async def read_each(images: Iterable[ResourceImage], on_unreadable: OnUnreadable) -> AsyncIterator[LabInstanceRequest]:
    """Decode labs one after the other, in slices; one that cannot be read hides no other."""
    loop, slices = asyncio.get_running_loop(), TimeSlices()
    for image in images:
        if slices.is_over(loop):
            await slices.pause(loop)
        try:
            lab = cast("LabInstanceRequest", image.decode())
        except Exception as error:  # noqa: BLE001  (whatever is wrong with it, the others are none the worse)
            on_unreadable(image.key.subject, error)
            continue
        yield lab


class LabInstanceRepository:
    """Labs by what the scheduler asks; keys only where the answer is a list to enqueue, so that nothing is decoded."""

    def __init__(self, store: ResourceStore) -> None:
        self._store = store

    async def find_scheduled_pending_async(
        self, due_before: datetime, after: datetime | None = None
    ) -> list[ResourceKey]:
        """Labs PENDING whose start is at or before `due_before` (aware UTC) and after `after`, earliest first."""
        return await self._due(LabPhase.PENDING, due_before, after)

    async def find_running_instances_async(
        self, due_before: datetime | None = None, after: datetime | None = None
    ) -> list[ResourceKey]:
        """Labs RUNNING; with `due_before` only those that end by then, with `after` not those that ended before it."""
        return await self._due(LabPhase.RUNNING, due_before, after)

    async def find_by_uid_async(self, uids: Iterable[str], on_unreadable: OnUnreadable) -> list[LabInstanceRequest]:
        """The labs that exist among `uids`; `on_unreadable` hears of those that exist but cannot be read."""
        labs: list[LabInstanceRequest] = []
        for uid in uids:
            try:
                found = await self._store.find_uid_async(uid)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001  (one resource that cannot be read stops no other)
                on_unreadable(uid, error)
            else:
                labs += [found] if isinstance(found, LabInstanceRequest) else []
        return labs

    async def find_active_async(self, on_unreadable: OnUnreadable) -> list[LabInstanceRequest]:
        """Labs PROVISIONING or RUNNING: those that should have a container."""
        return await self.find_in_phases_async((LabPhase.PROVISIONING, LabPhase.RUNNING), on_unreadable)

    async def find_in_phases_async(
        self, phases: Collection[LabPhase], on_unreadable: OnUnreadable
    ) -> list[LabInstanceRequest]:
        """Labs in one of these phases; `on_unreadable` hears of those that cannot be read."""
        images = await self._store.query_async(LabInstanceRequest.KIND, phases, None, EVERYTHING)
        return [lab async for lab in read_each(images, on_unreadable)]

    async def next_due_async(self, after: datetime) -> datetime | None:
        """The earliest start or end after `after`."""
        return await self._store.next_due_async(LabInstanceRequest.KIND, (LabPhase.PENDING, LabPhase.RUNNING), after)

    async def get_async(self, namespace: str, name: str) -> LabInstanceRequest:
        """Raises ResourceNotFoundError."""
        return cast("LabInstanceRequest", await self._store.get_async(LabInstanceRequest.KIND, namespace, name))

    async def save_async(self, old: LabInstanceRequest, new: LabInstanceRequest) -> LabInstanceRequest:
        """Commit `new` over `old`; raises ResourceConflictError if somebody else was faster."""
        return cast("LabInstanceRequest", await self._store.update_async(old, new))

    async def _due(self, phase: LabPhase, due_before: datetime | None, after: datetime | None) -> list[ResourceKey]:
        return await self._store.query_keys_async(LabInstanceRequest.KIND, (phase,), due_before, EVERYTHING, after)
