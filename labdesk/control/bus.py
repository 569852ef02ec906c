"""The event bus: every CloudEvent of the journal, once, in the journal's order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from labdesk.control.backoff import Backoff
from labdesk.control.slices import TimeSlices
from labdesk.control.tasks import ErrorHandler, TaskOwner
from labdesk.control.timer import Alarm

if TYPE_CHECKING:
    from labdesk.resource.events import JournalEvent
    from labdesk.store.store import ResourceStore

Sink = Callable[["JournalEvent"], None]

SAFETY_INTERVAL = 5.0
PAUSE = 0.02
"""Seconds between two looks under steady change: people read the events, and each look is a trip to a thread."""
_PAGE = 500


class EventBus:
    """Hands events to sinks: the live event log, the line per event of `serve`. Sinks are quick.

    One that raises is reported and keeps its place, and the others get the event all the same.
    """

    def __init__(self, on_error: ErrorHandler | None = None) -> None:
        self._tasks = TaskOwner("event bus", on_error)
        self._sinks: tuple[Sink, ...] = ()

    def add_sink(self, sink: Sink) -> None:
        self._sinks = (*self._sinks, sink)

    def remove_sink(self, sink: Sink) -> None:
        """Hand over nothing more; unknown ones are ignored."""
        self._sinks = tuple(known for known in self._sinks if known != sink)

    @property
    def has_sinks(self) -> bool:
        """False while nobody wants events."""
        return bool(self._sinks)

    def publish(self, event: JournalEvent) -> None:
        """Hand the event to every sink, now."""
        for sink in self._sinks:
            try:
                sink(event)
            except Exception as error:  # noqa: BLE001  (a sink's edge: it must not keep events from the others)
                self._tasks.report(f"publish {event.type} {event.sequence}", error)


class JournalTail:
    """Follows the journal by sequence and publishes each row once, from the journal's end at start on."""

    def __init__(
        self,
        store: ResourceStore,
        bus: EventBus,
        *,
        interval: float = SAFETY_INTERVAL,
        random: Random | None = None,
        on_error: ErrorHandler | None = None,
    ) -> None:
        self._store = store
        self._bus = bus
        self._interval = interval
        self._tasks = TaskOwner("journal tail", on_error)
        self._backoff = Backoff(random or Random(), first=0.1, longest=interval)  # noqa: S311  (spreads retries)
        self._slices = TimeSlices()
        self._wake = asyncio.Event()
        self._alarm = Alarm(self._wake.set)
        self.sequence = 0

    async def start_async(self) -> None:
        """Begin after the journal's present end; raises a StoreError if that cannot be read."""
        self.sequence = await self._store.journal.head_async()
        self._store.add_commit_listener(self._wake.set)
        self._wake.set()
        self._tasks.spawn(self._follow(), "follow the journal")

    async def stop_async(self) -> None:
        """Publish nothing more."""
        self._store.remove_commit_listener(self._wake.set)
        await self._tasks.cancel_async()
        self._alarm.close()

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            if not self._wake.is_set():
                self._alarm.set(loop.time() + self._interval)
                await self._wake.wait()
            self._wake.clear()
            try:
                await self._publish_new(loop)
                failures = 0
                self._tasks.resolve("read the journal")
                await asyncio.sleep(PAUSE)
            except Exception as error:  # noqa: BLE001  (the loop's edge: what happens later must still be told)
                failures += 1
                self._tasks.report_standing("read the journal", error)
                self._wake.set()
                await asyncio.sleep(self._backoff.delay(failures))

    async def _publish_new(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._bus.has_sinks:
            self.sequence = await self._store.journal.head_async()
            return
        while events := await self._store.journal.after_async(self.sequence, _PAGE):
            for event in events:
                if self._slices.is_over(loop):
                    await self._slices.pause(loop)
                self.sequence = event.sequence
                self._bus.publish(event)
            if len(events) < _PAGE:
                return
        # A backup put in the store's place ends before what was told; its next events have numbers known already.
        self.sequence = min(self.sequence, await self._store.journal.head_async())
