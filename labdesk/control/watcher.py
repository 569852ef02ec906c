"""The watcher every kind shares: follows the store's log, keeps a cache, tells handlers."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from labdesk.control.backoff import Backoff
from labdesk.control.cache import DECODED_LIMIT, ResourceCache
from labdesk.control.changes import EVERYTHING, CachedChangeEvent, Selection
from labdesk.control.difference import find_differences
from labdesk.control.handlers import ChangeHandler, Delivery
from labdesk.control.slices import TimeSlices
from labdesk.control.tasks import ErrorHandler, TaskOwner
from labdesk.control.timer import Alarm
from labdesk.control.watch import Watch
from labdesk.resource.errors import RevisionExpired
from labdesk.resource.events import ResourceChangeType
from labdesk.resource.resource import Resource
from labdesk.resource.selectors import LabelSelector

if TYPE_CHECKING:
    from labdesk.control.clock import Clock
    from labdesk.control.metrics import WatcherMetrics
    from labdesk.store.store import ResourceStore
    from labdesk.store.views import Listing, ResourceChange

R = TypeVar("R", bound=Resource)

WATCH_INTERVAL = 5.0
RESYNC_INTERVAL = 1800.0
_PAGE = 1000


class ResourceWatcherBase(Generic[R]):
    """Follows one kind. `start_async` lists at a revision; from there on the log is read, in revision order.

    A pass costs what changed, never what is there. A commit of this or another process starts one at once; every
    `watch_interval` seconds one reads the log in any case, so that a lost wake costs only time. Every
    `resync_interval` seconds a full list is compared; what only that finds is a defect and is counted.
    """

    def __init__(
        self,
        store: ResourceStore,
        kind: str,
        clock: Clock,
        metrics: WatcherMetrics,
        *,
        watch_interval: float = WATCH_INTERVAL,
        resync_interval: float = RESYNC_INTERVAL,
        decoded_limit: int = DECODED_LIMIT,
        random: Random | None = None,
        on_error: ErrorHandler | None = None,
    ) -> None:
        self.kind = kind
        self.clock = clock
        self.cache: ResourceCache[R] = ResourceCache(metrics, decoded_limit)
        self.watch_interval = watch_interval
        self.resync_interval = resync_interval
        self._store = store
        self._metrics = metrics
        self._tasks = TaskOwner(f"{kind} watcher", on_error)
        self._backoff = Backoff(random or Random(), first=0.1, longest=30.0)  # noqa: S311  (spreads retries; no secret)
        self._revision = 0
        self._lineage = ""
        self._deliveries: tuple[Delivery[R], ...] = ()
        self._watches: set[Watch[R]] = set()
        self._slices = TimeSlices()
        self._wake = asyncio.Event()
        self._log_may_have_grown = False
        self._next_safety_pass = 0.0
        self._next_resync = 0.0
        self._alarm = Alarm(self._wake.set)
        self._waiters: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()

    # --- life -------------------------------------------------------------------------------------------------

    async def start_async(self) -> None:
        """List, then watch from there; raises a StoreError if the store cannot be listed."""
        listing = await self._list_resources()
        self.cache.replace(listing.images)
        self._revision, self._lineage = listing.revision, listing.lineage
        for delivery in self._deliveries:
            delivery.position = listing.revision
        self._store.add_commit_listener(self.wake)
        self._next_resync = asyncio.get_running_loop().time() + self.resync_interval
        self.wake()  # a commit between the list and the listener
        self._tasks.spawn(self._watch_loop(), "watch loop")

    async def stop(self) -> None:
        """End the loop, all deliveries and all watches."""
        self._store.remove_commit_listener(self.wake)
        for watch in tuple(self._watches):
            watch.close()
        for delivery in self._deliveries:
            delivery.remove()
        self._deliveries = ()
        await self._tasks.cancel_async()
        for _, _, waiter in self._waiters:
            waiter.cancel()
        self._alarm.close()

    async def stop_async(self) -> None:
        """The same by the name of a hosted service."""
        await self.stop()

    # --- for users --------------------------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """The revision the cache shows."""
        return self._revision

    def add_change_handler(
        self,
        handler: ChangeHandler[R],
        *,
        namespace: str | None = None,
        label_selector: LabelSelector | str | None = None,
    ) -> None:
        """Tell `handler` of every change from now on (of a part of the kind, if given).

        A sync handler is called in the loop and must be quick; an async one runs at its own pace. One that raises is
        tried again with the same change, later ones wait for it; no other handler does.
        """
        selection = _selection(namespace, label_selector)
        delivery = Delivery(handler, selection, self, self._tasks, self._metrics, self._backoff)
        self._deliveries = (*self._deliveries, delivery)

    def remove_change_handler(self, handler: ChangeHandler[R]) -> None:
        """Tell `handler` nothing more; unknown ones are ignored."""
        gone = [delivery for delivery in self._deliveries if delivery.handler == handler]
        self._deliveries = tuple(delivery for delivery in self._deliveries if delivery not in gone)
        for delivery in gone:
            delivery.remove()

    def watch(self, namespace: str | None = None, label_selector: LabelSelector | str | None = None) -> Watch[R]:
        """Return what is there now and, as an async iterator, what changes after it. Close it when done."""
        selection = _selection(namespace, label_selector)
        is_everything = selection.namespace is None and selection.selector is None
        images = [image for image in self.cache.images() if is_everything or selection.holds(self.cache.decode(image))]
        watch = Watch(images, self._revision, self.cache, self._unwatch)
        self._watches.add(watch)
        self.add_change_handler(watch.take, namespace=namespace, label_selector=label_selector)
        return watch

    def _unwatch(self, watch: Watch[R]) -> None:
        self._watches.discard(watch)
        self.remove_change_handler(watch.take)

    async def wait_for_revision(self, revision: int) -> None:
        """Wait until the cache shows that revision or a later one, and the handlers were told."""
        if revision <= self._revision:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiters, (revision, next(self._order), waiter))
        self.wake()
        await waiter

    def wake(self) -> None:
        """Read the log now. The store calls this after every commit; calling it without need is cheap."""
        self._log_may_have_grown = True
        self._wake.set()

    # --- the loop ---------------------------------------------------------------------------------------------

    async def _watch_loop(self) -> None:
        failures = 0
        while True:
            await self._wait()
            try:
                await self._pass()
                failures = 0
                self._tasks.resolve("watch pass")
            except Exception as error:  # noqa: BLE001  (the loop's edge: what could not be read now is read later)
                failures += 1
                self._log_may_have_grown = True
                self._tasks.report_standing("watch pass", error)
                await asyncio.sleep(min(self._backoff.delay(failures), self.watch_interval))

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._wake.is_set():
            self._next_safety_pass = loop.time() + self.watch_interval
            self._alarm.set(min(self._next_safety_pass, self._next_resync))
            await self._wake.wait()
        self._wake.clear()

    async def _pass(self) -> None:
        """Bring the cache and the handlers up to the log's end; compare with a full list when that is due."""
        started = self.clock.monotonic()
        now = asyncio.get_running_loop().time()
        self._metrics.watch_loop_iterations += 1
        if now >= self._next_safety_pass:
            self._log_may_have_grown = True
            self._next_safety_pass = now + self.watch_interval
        try:
            await self._follow_log()
            if now >= self._next_resync:
                await self._resync()
        except RevisionExpired:
            await self._list_again()
        self._metrics.poll_duration.add(self.clock.monotonic() - started)

    async def _follow_log(self) -> None:
        while changes := await self._list_changes():
            await self._apply(changes)

    async def _list_changes(self) -> list[ResourceChange]:
        """Return the next changes of the log, of all kinds; nothing, without asking, if it cannot have grown."""
        if not self._log_may_have_grown:
            return []
        self._log_may_have_grown = False
        changes = await self.read_log_async(self._revision, _PAGE)
        self._log_may_have_grown |= len(changes) >= _PAGE
        return changes

    async def _apply(self, changes: list[ResourceChange]) -> None:
        loop = asyncio.get_running_loop()
        for change in changes:
            if self._slices.is_over(loop):
                await self._slices.pause(loop)
            event = self._process_change(change)
            if event is not None:
                self._publish_change_event(event)
            self._tell_waiters()

    def _process_change(self, change: ResourceChange) -> CachedChangeEvent[R] | None:
        """Bring the cache to this revision; return the event, or None for another kind's change."""
        event = self.event_of(change)
        if event is not None:
            self._metrics.changes_detected += 1
            held = self.cache.image(event.key)
            if change.change_type is not ResourceChangeType.DELETED:
                self.cache.put(change.image, cast("R | None", change.resource))
            elif held is not None and held.uid == change.uid:
                self.cache.remove(event.key)
        self._revision = max(self._revision, change.revision)
        return event

    def _publish_change_event(self, event: CachedChangeEvent[R]) -> None:
        """Hand the event to every handler; each takes it at its own pace."""
        self._metrics.events_published += 1
        for delivery in self._deliveries:
            delivery.offer(event)

    def _tell_waiters(self) -> None:
        while self._waiters and self._waiters[0][0] <= self._revision:
            _, _, waiter = heapq.heappop(self._waiters)
            if not waiter.done():
                waiter.set_result(None)

    # --- full lists -------------------------------------------------------------------------------------------

    async def _list_resources(self) -> Listing:
        """Return all resources of the kind and the head they belong to. A failed list raises; it is never empty."""
        return await self._store.list_async(self.kind)

    async def _detect_changes(self, listing: Listing) -> list[ResourceChange]:
        """Return what the cache would have to be told to show `listing`; the cache must be at its revision."""
        known = {image.key: image for image in self.cache.images()}
        return await find_differences(known, listing.images, listing.revision, self.clock.now())

    async def _resync(self) -> None:
        """Compare with a full list. Whatever the log did not tell is published now and counted as a defect."""
        self._next_resync = asyncio.get_running_loop().time() + self.resync_interval
        listing = await self._list_resources()
        while self._revision < listing.revision:
            changes = await self.read_log_async(self._revision, _PAGE)
            due = [change for change in changes if change.revision <= listing.revision]
            if not due:
                break
            await self._apply(due)
        missed = await self._detect_changes(listing)
        self._metrics.missed_changes += len(missed)
        await self._show(listing, missed)
        self.wake()  # the list may be older than the last wake

    async def _list_again(self) -> None:
        """Begin anew from a list: the log does not lead on from the cursor."""
        self._metrics.relists += 1
        listing = await self._list_resources()
        changes = await self._detect_changes(listing)
        for delivery in self._deliveries:
            delivery.void_log()
        self._revision = 0  # another lineage may count from lower numbers
        self._lineage = listing.lineage
        await self._show(listing, changes)
        self.wake()

    async def _show(self, listing: Listing, changes: list[ResourceChange]) -> None:
        await self._apply(changes)
        self._revision = max(self._revision, listing.revision)
        self._tell_waiters()

    # --- for deliveries ---------------------------------------------------------------------------------------

    async def read_log_async(self, revision: int, limit: int) -> list[ResourceChange]:
        """Return changes of every kind after `revision` of the lineage that was listed."""
        return await self._store.changes_after_async(revision, limit, self._lineage)

    def event_of(self, change: ResourceChange) -> CachedChangeEvent[R] | None:
        """Return the change as an event, or None if it is another kind's."""
        if change.image.kind != self.kind:
            return None
        key, old_image, old = change.image.key, change.old_image, None
        held = self.cache.image(key)
        if held is not None and old_image is not None and held.revision == old_image.revision:
            old_image, old = held, self.cache.find_decoded(key)  # the same state, decoded perhaps
        resource, revision = cast("R | None", change.resource), change.revision
        return CachedChangeEvent(change.change_type, change.image, old_image, revision, self.cache, old, resource)


def _selection(namespace: str | None, label_selector: LabelSelector | str | None) -> Selection:
    if isinstance(label_selector, str):
        label_selector = LabelSelector.parse(label_selector)
    if label_selector is not None and not label_selector.requirements:
        label_selector = None
    return Selection(namespace, label_selector) if namespace is not None or label_selector is not None else EVERYTHING
