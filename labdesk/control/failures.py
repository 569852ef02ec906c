"""How often a key failed in a row and when it may be tried again, kept in the store over restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from labdesk.control.queue import Priority
from labdesk.store.errors import NotActingError, StoreError
from labdesk.store.work import WorkItem

if TYPE_CHECKING:
    from labdesk.control.backoff import Backoff
    from labdesk.control.clock import Clock
    from labdesk.control.tasks import TaskOwner
    from labdesk.resource.resource import Resource, ResourceKey
    from labdesk.store.work import WorkLedger

_KEEPING = "keep the retries"

Wish = tuple[str, int, bool, tuple[tuple[str, str], ...]]
"""What people want of a resource: uid, generation, whether it is deleting, annotations."""


@dataclass(slots=True)
class Failure:
    """Of one key; `not_before` in the loop's time. `wish` is unknown after a restart until the resource is seen."""

    attempts: int
    not_before: float
    wish: Wish | None


def wish_of(resource: Resource) -> Wish:
    """Return what decides whether a resource that failed is wanted differently now."""
    metadata = resource.metadata
    return metadata.uid, metadata.generation, resource.is_deleting, tuple(sorted(metadata.annotations.items()))


class FailureLedger:
    """Failures by key. What could not be written to the store is reported, once for all, and still holds in memory."""

    def __init__(self, kind: str, work: WorkLedger, clock: Clock, backoff: Backoff, tasks: TaskOwner) -> None:
        self._kind = kind
        self._work = work
        self._clock = clock
        self._backoff = backoff
        self._tasks = tasks
        self._failures: dict[ResourceKey, Failure] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._failures

    def attempts(self, key: ResourceKey) -> int:
        """How often in a row the key has failed."""
        failure = self._failures.get(key)
        return failure.attempts if failure else 0

    async def load_async(self, known: Collection[ResourceKey]) -> dict[ResourceKey, float]:
        """Read the ledger; return the seconds each key still has to wait. Entries of unknown keys are dropped."""
        now, loop_now = self._clock.now(), asyncio.get_running_loop().time()
        delays: dict[ResourceKey, float] = {}
        for item in await self._work.load_async():
            if item.key.kind != self._kind:
                continue
            if item.key not in known:
                await self.clear_async(item.key, stored=True)
                continue
            delay = (item.due_at - now).total_seconds() if item.due_at else 0.0
            # A wall clock set back since then must not lengthen the wait beyond what was decided.
            delay = min(max(delay, 0.0), self._backoff.longest)
            self._failures[item.key] = Failure(item.attempts, loop_now + delay, None)
            delays[item.key] = delay
        return delays

    def time_to_wait(self, resource: Resource, priority: Priority, now: float) -> float:
        """Return the seconds until the resource may be tried (`now` in loop time), 0 if it may be now.

        A changed wish forgets the failures; what an instructor does and what is due does not wait.
        """
        failure = self._failures.get(resource.key) if self._failures else None
        if failure is None:
            return 0.0
        wish = wish_of(resource)
        if failure.wish is None:
            failure.wish = wish
        elif failure.wish != wish:
            failure.attempts, failure.not_before, failure.wish = 0, now, wish
        return 0.0 if priority <= Priority.DUE else failure.not_before - now

    def has_failed_at(self, resource: Resource) -> bool:
        """True if what is wanted of the resource now is what failed."""
        failure = self._failures.get(resource.key)
        return failure is not None and failure.wish in (None, wish_of(resource))

    async def record_async(self, resource: Resource, error: str) -> float:
        """Count a failure; return the seconds to wait before the next attempt."""
        failure = self._failures.setdefault(resource.key, Failure(0, 0.0, None))
        failure.attempts += 1
        failure.wish = wish_of(resource)
        delay = self._backoff.delay(failure.attempts)
        failure.not_before = asyncio.get_running_loop().time() + delay
        due_at = self._clock.now() + timedelta(seconds=delay)
        item = WorkItem(resource.key, due_at, failure.attempts, error, Priority.RETRY)
        try:
            await self._work.save_async(item)
            self._tasks.resolve(_KEEPING)
        except NotActingError:
            pass  # another process acts; the desk stops this one
        except StoreError as problem:
            self._tasks.report_standing(_KEEPING, problem)
        return delay

    async def clear_async(self, key: ResourceKey, *, stored: bool = False) -> None:
        """Forget the key's failures; costs nothing if it has none (`stored`: it has one in the store)."""
        if self._failures.pop(key, None) is None and not stored:
            return
        try:
            await self._work.clear_async(key)
            self._tasks.resolve(_KEEPING)
        except NotActingError:
            return  # another process acts; the desk stops this one
        except StoreError as problem:
            self._tasks.report_standing(_KEEPING, problem)
