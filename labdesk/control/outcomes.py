"""Controller events on their way to the journal: in order, many in one transaction, tried again until kept."""

from __future__ import annotations

import asyncio
from collections import deque
from random import Random
from typing import TYPE_CHECKING

from labdesk.control.backoff import Backoff
from labdesk.store.errors import StoreError

if TYPE_CHECKING:
    from labdesk.control.tasks import TaskOwner
    from labdesk.store.store import ResourceStore
    from labdesk.store.writes import NewEvent

_KEPT = 10_000  # events held while the store cannot take them; beyond that the oldest go
_BATCH = 200


class OutcomeJournal:
    """Takes events at once and appends them in the background, so that no reconcile waits for a log line."""

    def __init__(self, store: ResourceStore, random: Random, tasks: TaskOwner) -> None:
        self._store = store
        self._tasks = tasks
        self._backoff = Backoff(random, first=0.5, longest=30.0)
        self._events: deque[NewEvent] = deque(maxlen=_KEPT)
        self._wake = asyncio.Event()
        self._appending = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._writer = self._tasks.spawn(self._write(), "write controller events")

    def add(self, event: NewEvent) -> None:
        self._events.append(event)
        self._wake.set()

    async def stop_async(self) -> None:
        """Append what is left and end; what cannot be kept now is reported and lost."""
        async with self._appending:  # cancelled in the middle, a batch would be lost or written twice
            if self._writer is not None:
                self._writer.cancel()
        try:
            await self._append()
        except Exception as error:  # noqa: BLE001  (the end must go on, whatever is wrong with a line of the log)
            self._tasks.report("write the last controller events", error)

    async def _write(self) -> None:
        failures = 0
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._append()
                failures = 0
                self._tasks.resolve("write controller events")
            except Exception as error:  # noqa: BLE001  (the loop's edge: what nothing can hold keeps nothing else back)
                failures += 1
                self._tasks.report_standing("write controller events", error)
                await asyncio.sleep(self._backoff.delay(failures))
                self._wake.set()

    async def _append(self) -> None:
        async with self._appending:
            while self._events:
                batch = [self._events.popleft() for _ in range(min(_BATCH, len(self._events)))]
                try:
                    await self._store.journal.append_async(batch)
                except StoreError:
                    self._events.extendleft(reversed(batch))
                    raise
