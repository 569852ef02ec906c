"""Opening the store as an observer: the command line reads and commands, it never acts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from labdesk.cli.invocation import Invocation
from labdesk.labs.kinds import lab_scheme
from labdesk.store.store import ResourceStore


@asynccontextmanager
async def opened_store(invocation: Invocation, *, create: bool = False) -> AsyncIterator[ResourceStore]:
    """Give the store, closed afterwards; without `create` a missing one is a StoreMissingError."""
    store = await ResourceStore.open_async(invocation.settings.store, lab_scheme(), invocation.clock.now, create=create)
    try:
        store.add_time_listener(invocation.clock.raise_floor)
        yield store
    finally:
        await store.close_async()
