"""Delivering changes to one handler: in order, at least once, at the handler's own pace."""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from labdesk.control.difference import find_differences
from labdesk.control.slices import TimeSlices
from labdesk.control.tasks import is_being_cancelled
from labdesk.resource.errors import RevisionExpired, UnreadableResourceError
from labdesk.resource.resource import Resource, ResourceKey

if TYPE_CHECKING:
    from labdesk.control.backoff import Backoff
    from labdesk.control.cache import ResourceCache
    from labdesk.control.changes import CachedChangeEvent, Selection
    from labdesk.control.clock import Clock
    from labdesk.control.metrics import WatcherMetrics
    from labdesk.control.tasks import TaskOwner
    from labdesk.resource.events import ResourceChangeEvent, ResourceImage
    from labdesk.store.views import ResourceChange

R = TypeVar("R", bound=Resource)
ChangeHandler = Callable[["ResourceChangeEvent[R]"], Awaitable[None] | None]

BUFFER = 1000
"""Changes kept for a handler that is behind; further ones it reads again from the log."""
_PAGE = 500


class ChangeSource(Protocol[R]):
    """What a delivery needs of its watcher."""

    @property
    def cache(self) -> ResourceCache[R]: ...
    @property
    def revision(self) -> int: ...
    @property
    def clock(self) -> Clock: ...

    async def read_log_async(self, revision: int, limit: int) -> list[ResourceChange]:
        """Changes of every kind after a revision; raises RevisionExpired and StoreErrors."""

    def event_of(self, change: ResourceChange) -> CachedChangeEvent[R] | None:
        """The change as an event, or None if it is another kind's."""


class Delivery(Generic[R]):
    """One handler with its own position.

    A sync handler is called at once; an async one, and a sync one that failed, by a task of its own, which tries each
    change again with backoff until the handler takes it. A resource that cannot be read will not be so at the next try
    either: that change is reported and passed over. Who falls far behind reads the log from its position, and gets the
    computed difference if the log does not reach back so far.
    """

    def __init__(
        self,
        handler: ChangeHandler[R],
        selection: Selection,
        source: ChangeSource[R],
        tasks: TaskOwner,
        metrics: WatcherMetrics,
        backoff: Backoff,
    ) -> None:
        self.handler = handler
        self._selection = selection
        self._source = source
        self._tasks = tasks
        self._metrics = metrics
        self._backoff = backoff
        self._is_async = _is_async(handler)
        self._slices = TimeSlices()
        self._waiting: deque[CachedChangeEvent[R]] = deque()
        self._known: dict[ResourceKey, ResourceImage] | None = None
        self._read_to = source.revision
        self._log_is_void = False
        self._task: asyncio.Task[None] | None = None
        self._removed = False
        self._trouble = ""
        self.position = source.revision

    def offer(self, event: CachedChangeEvent[R]) -> None:
        """Deliver a change that the cache already shows, or keep it for later."""
        if self._removed or self._known is not None:
            return
        if not self._is_async and not self._waiting and self._deliver_now(event):
            return
        if len(self._waiting) >= BUFFER:
            self._fall_behind(event)
        else:
            self._waiting.append(event)
        if self._task is None:
            self._task = self._tasks.spawn(self._drain(), f"deliver to {_name(self.handler)}")

    def _deliver_now(self, event: CachedChangeEvent[R]) -> bool:
        try:
            result = self._call(event)
        except UnreadableResourceError as error:
            self._report(event, error)
            result = None
        except Exception as error:  # noqa: BLE001  (a handler's edge: reported, tried again)
            self._report(event, error)
            return False
        if result is not None:  # it did not look like it, but it is async: its task calls it anew
            self._is_async = True
            if inspect.iscoroutine(result):
                result.close()
            return False
        self.position = event.revision
        return True

    def void_log(self) -> None:
        """The watcher had to list again: the log does not lead from this handler's position to the cache any more."""
        self._log_is_void = True

    def remove(self) -> None:
        """Deliver nothing more; a call under way is cancelled."""
        self._removed = True
        self._waiting.clear()
        self._known = None
        if self._task is not None:
            self._task.cancel()

    # --- the handler's own task -------------------------------------------------------------------------------

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting or self._known is not None:
                if self._slices.is_over(loop):
                    await self._slices.pause(loop)
                if not self._waiting:
                    await self._read_log()
                    continue
                event = self._waiting[0]
                await self._deliver(event)
                if self._removed:
                    return
                self._waiting.popleft()
                self.position = event.revision
        finally:
            self._task = None

    async def _deliver(self, event: CachedChangeEvent[R]) -> None:
        failures = 0
        while True:
            try:
                result = self._call(event)
                if result is not None:
                    await result
            except UnreadableResourceError as error:
                self._report(event, error)
                return
            except (Exception, asyncio.CancelledError) as error:
                if is_being_cancelled():
                    raise
                failures += 1
                self._report(event, error)
                self._metrics.handler_retries += 1
                await asyncio.sleep(self._backoff.delay(failures))
            else:
                break
        self._tasks.resolve(self._trouble)

    def _call(self, event: CachedChangeEvent[R]) -> Awaitable[None] | None:
        narrowed = self._selection.narrow(event)
        return None if narrowed is None else self.handler(narrowed)

    def _report(self, event: CachedChangeEvent[R], error: BaseException) -> None:
        self._trouble = f"handle {event!r} in {_name(self.handler)}"
        self._tasks.report_standing(self._trouble, error)

    # --- falling behind ---------------------------------------------------------------------------------------

    def _fall_behind(self, event: CachedChangeEvent[R]) -> None:
        """Keep the state before `event`, so that a difference can be computed if the log should be gone by then."""
        known = {image.key: image for image in self._source.cache.images()}
        if event.old_image is None:
            known.pop(event.key, None)
        else:
            known[event.key] = event.old_image
        self._known = known
        self._read_to = self._waiting[-1].revision
        self._log_is_void = False

    async def _read_log(self) -> None:
        head = self._source.revision
        try:
            if self._log_is_void:
                raise RevisionExpired("the watcher listed again")
            changes = await self._source.read_log_async(self._read_to, _PAGE)
            if self._log_is_void:
                raise RevisionExpired("the watcher listed again")
        except RevisionExpired:
            await self._take_difference()
            return
        except Exception as error:  # noqa: BLE001  (a task's edge: what could not be read now is read later)
            self._tasks.report_standing(f"read the log for {_name(self.handler)}", error)
            await asyncio.sleep(self._backoff.delay(1))
            return
        self._tasks.resolve(f"read the log for {_name(self.handler)}")
        # What lies beyond the watcher's own position comes when the watcher gets there.
        reached = self._source.revision
        due = [change for change in changes if change.revision <= reached]
        self._wait_for(self._source.event_of(change) for change in due)
        self._read_to = due[-1].revision if due else self._read_to
        if len(changes) < _PAGE and reached == head:
            self._known = None

    async def _take_difference(self) -> None:
        known, self._known = self._known or {}, None  # from here on new changes wait behind the difference
        images, revision = list(self._source.cache.images()), self._source.revision
        changes = await find_differences(known, images, revision, self._source.clock.now())
        later = list(self._waiting)
        self._waiting.clear()
        self._wait_for(self._source.event_of(change) for change in changes)
        self._waiting.extend(later)

    def _wait_for(self, events: Iterable[CachedChangeEvent[R] | None]) -> None:
        self._waiting.extend(event for event in events if event is not None)


def _is_async(handler: object) -> bool:
    call = getattr(type(handler), "__call__", None)  # noqa: B004  (the question is not whether it can be called)
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(call)


def _name(handler: object) -> str:
    return cast("str", getattr(handler, "__qualname__", None)) or repr(cast("Any", handler))
