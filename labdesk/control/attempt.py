"""One attempt at reconciling one resource: its identity, its time limit, and what it started."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from labdesk.resource.errors import LabDeskError
from labdesk.store.writes import NewEvent, PreparedWrite, Update, Write

if TYPE_CHECKING:
    from labdesk.control.limits import TimeLimits
    from labdesk.resource.resource import Resource, ResourceKey
    from labdesk.store.store import ResourceStore

T = TypeVar("T")


class AttemptFencedError(LabDeskError):
    """The attempt is over (timed out or ended): nothing it does late may take effect."""

    reason = "AttemptFenced"


class Attempt:
    """Handed to `_do_reconcile` and to the step it continues with.

    `id` is unique over restarts and stands in the attempt's events. `changed` tells whether it committed anything.
    """

    __slots__ = (
        "_expired", "_held_slots", "_limits", "_outstanding", "_over", "_store", "_timeout", "_waits",
        "changed", "id", "key",
    )  # fmt: skip

    def __init__(self, attempt_id: str, key: ResourceKey, store: ResourceStore, limits: TimeLimits) -> None:
        self.id = attempt_id
        self.key = key
        self.changed = False
        self._store = store
        self._limits = limits
        self._timeout: asyncio.Timeout | None = None
        self._expired = False
        self._over = False
        self._waits = 0
        self._outstanding: set[asyncio.Future[Any]] | None = None
        self._held_slots: list[AbstractAsyncContextManager[Any, Any]] | None = None

    # --- for those who reconcile ------------------------------------------------------------------------------

    @property
    def is_current(self) -> bool:
        """False once it timed out or ended."""
        return not (self._expired or self._over)

    def check(self) -> None:
        """Raise AttemptFencedError if the attempt is over. Call it before an effect that may come late."""
        if not self.is_current:
            raise AttemptFencedError(f"attempt {self.id} for {self.key.subject} is over; its late effect was dropped")

    def note_change(self) -> None:
        """Say that it changed something by other means than `commit_async`: its outcome is journalled then."""
        self.changed = True

    async def commit_async(
        self, writes: Sequence[Write | PreparedWrite], events: Sequence[NewEvent] = ()
    ) -> list[Resource]:
        """Commit to the store as `ResourceStore.commit_async` does, unless the attempt is over (AttemptFencedError)."""
        self.check()
        committed = await self._store.commit_async(writes, events)
        self.changed = self.changed or bool(events) or any(map(_is_change, writes, committed))
        return committed

    @asynccontextmanager
    async def slot(self, gate: AbstractAsyncContextManager[Any, Any]) -> AsyncIterator[None]:
        """Hold a slot of `gate` (an asyncio.Semaphore, say); the time limit stands still until it is granted.

        If the attempt is left while a shielded call still runs, the slot is given back when that call has ended.
        """
        self.check()
        left = self._limits.suspend(self) if self._waits == 0 else 0.0
        self._waits += 1
        try:
            await gate.__aenter__()
        finally:
            self._waits -= 1
            if self._waits == 0 and self.is_current:
                self._limits.resume(self, left)
        try:
            yield
        except BaseException:
            if self._outstanding:
                self._held_slots = [*(self._held_slots or ()), gate]
            else:
                await gate.__aexit__(None, None, None)
            raise
        await gate.__aexit__(None, None, None)

    async def shield(self, awaitable: Awaitable[T]) -> T:
        """Await something that must not be abandoned half-way: work in a thread, or a coroutine around one.

        After a timeout it runs on to its end, the key stays claimed until then, and its late result is dropped.
        """
        if not self.is_current and asyncio.iscoroutine(awaitable):
            awaitable.close()  # never to be awaited
        self.check()
        future = asyncio.ensure_future(awaitable)
        if self._outstanding is None:
            self._outstanding = set()
        self._outstanding.add(future)
        future.add_done_callback(self._forget)
        return await asyncio.shield(future)

    # --- for the controller -----------------------------------------------------------------------------------

    @property
    def waits_for_slot(self) -> bool:
        return self._waits > 0

    @property
    def is_settled(self) -> bool:
        """True if nothing that was shielded runs any more and no slot is held for it."""
        return not self._outstanding and not self._held_slots

    def begin(self, timeout: asyncio.Timeout, now: float) -> None:
        """Start the time limit (anew, for a step); `timeout` must be entered and have no deadline of its own."""
        self._timeout = timeout
        self._limits.start(self, now)

    def expire(self) -> None:
        """Fence the attempt and cancel what it awaits."""
        self._expired = True
        if self._timeout is not None:
            self._timeout.reschedule(0.0)

    def pause(self) -> None:
        """Stop the time limit: nothing of the attempt runs now."""
        self._limits.stop(self)

    def end(self) -> None:
        """Stop the time limit and fence what may come late."""
        self._limits.stop(self)
        self._over = True
        self._timeout = None

    async def settle_async(self) -> None:
        """Wait until everything shielded has ended, then give back the slots it held."""
        try:
            while self._outstanding:
                await asyncio.wait(self._outstanding)
        finally:
            for gate in self._held_slots or ():
                await gate.__aexit__(None, None, None)
            self._held_slots = None

    async def abandon_async(self) -> None:
        """Let go of everything shielded; threads run on, but nobody waits for them."""
        for future in self._outstanding or ():
            future.cancel()
        await self.settle_async()

    def _forget(self, future: asyncio.Future[Any]) -> None:
        if self._outstanding is not None:
            self._outstanding.discard(future)
        if not future.cancelled():
            future.exception()  # a late error has nobody left to handle it; it is not "never retrieved"


def _is_change(write: Write | PreparedWrite, committed: Resource) -> bool:
    """An update without a difference is not written: its resource keeps its version."""
    return not isinstance(write, Update) or (committed.metadata.resource_version != write.old.metadata.resource_version)
