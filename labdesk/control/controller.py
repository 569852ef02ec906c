"""The controller every kind shares: keyed, level-triggered, one attempt per key at a time."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from labdesk.control.attempt import Attempt
from labdesk.control.backoff import Backoff
from labdesk.control.failures import FailureLedger
from labdesk.control.limits import TimeLimits
from labdesk.control.long_steps import LongSteps
from labdesk.control.outcomes import OutcomeJournal
from labdesk.control.queue import Priority, QueueClosed, WorkQueue
from labdesk.control.result import Outcome, ReconciliationResult, Step
from labdesk.control.slices import TimeSlices
from labdesk.control.tasks import ErrorHandler, TaskOwner, is_being_cancelled
from labdesk.control.wording import sentence
from labdesk.resource.errors import LabDeskError, ResourceConflictError, ResourceNotFoundError
from labdesk.resource.resource import Resource, ResourceKey
from labdesk.store.errors import NotActingError
from labdesk.store.writes import NewEvent

if TYPE_CHECKING:
    from labdesk.control.clock import Clock
    from labdesk.control.metrics import ControllerMetrics
    from labdesk.control.watcher import ResourceWatcherBase
    from labdesk.store.store import ResourceStore

R = TypeVar("R", bound=Resource)

WORKERS = 256
RECONCILIATION_TIMEOUT = 300.0
STOP_GRACE = 10.0
_AT_ONCE = 3  # requeues in a row without a pause
_FAILED = "reconciliation.failed"
_CATCH_UP_PAUSE = 1.0  # seconds before deciding again when the store could not even tell how far it is


class Reconcilable(Protocol):
    """What a controlled kind offers."""

    def needs_reconciliation(self) -> bool:
        """True if the controller still has something to do for it."""


class ResourceControllerBase(ABC, Generic[R]):
    """Brings resources of one kind to what their specs want.

    Keys come from the watch, the scheduler and people; `workers` cheap coroutines take them by priority, look the
    resource up in the watcher's cache and call `_do_reconcile` or `_do_finalize` under `reconciliation_timeout`
    seconds. A stale cache is caught by the store's compare-and-swap.
    """

    def __init__(
        self,
        watcher: ResourceWatcherBase[R],
        store: ResourceStore,
        clock: Clock,
        metrics: ControllerMetrics,
        *,
        workers: int = WORKERS,
        reconciliation_timeout: float = RECONCILIATION_TIMEOUT,
        random: Random | None = None,
        on_error: ErrorHandler | None = None,
    ) -> None:
        random = random or Random()  # noqa: S311  (spreads retries; no secret)
        self.kind = watcher.kind
        self.cache = watcher.cache
        self.queue: WorkQueue[ResourceKey] = WorkQueue()
        self._watcher = watcher
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._workers = workers
        self._tasks = TaskOwner(f"{self.kind} controller", on_error)
        self._background = TaskOwner(f"{self.kind} controller background", on_error)
        self._failures = FailureLedger(self.kind, store.work, clock, Backoff(random), self._tasks)
        self._outcomes = OutcomeJournal(store, random, self._background)
        self._reconciliation_timeout = TimeLimits(reconciliation_timeout)
        self._slices = TimeSlices()
        self._pauses = Backoff(random, first=0.05, longest=5.0)
        self._eager: dict[ResourceKey, int] = {}
        self._attempt_numbers = count(1)
        self._long_steps = LongSteps(self._tasks, self.queue.stir)
        self._stopping = False
        self._took_account = False

    # --- for the watch, the scheduler and people --------------------------------------------------------------

    def enqueue(self, key: ResourceKey, priority: Priority = Priority.RESYNC) -> None:
        """Have the key looked at soon. INSTRUCTOR and DUE do not wait for the backoff of a key that failed."""
        self.queue.add(key, priority)

    def reconcile(self, resource: R) -> None:
        """Enqueue a resource that changed: a new wish before everything else, a new status among the retries."""
        unseen = resource.metadata.generation != resource.status.observed_generation
        self._enqueue_wish(resource, unseen)

    def finalize(self, resource: R) -> None:
        """Enqueue a resource that is being deleted."""
        self._enqueue_wish(resource, True)

    @property
    def in_flight(self) -> int:
        """Long steps that run or wait for a slot now."""
        return len(self._long_steps)

    # --- what a kind decides ----------------------------------------------------------------------------------

    @abstractmethod
    async def _do_reconcile(self, resource: R, attempt: Attempt) -> ReconciliationResult:
        """Decide and commit; return `continue_with` for anything that takes long."""

    @abstractmethod
    async def _do_finalize(self, resource: R, attempt: Attempt) -> ReconciliationResult:
        """The same for a resource that is being deleted; it is done when the finalizers and the row are gone."""

    async def _do_give_up(self, resource: R, error: Exception, attempt: Attempt) -> None:
        """Bring a resource with a permanent error to its end. The base does nothing but leave it alone."""

    def note(self, resource: R) -> None:
        """Keep account of what a resource holds. The base keeps none."""

    def _needs_work(self, resource: R) -> bool:
        return resource.is_deleting or cast("Reconcilable", resource).needs_reconciliation()

    def _event_tokens(self, resource: R) -> dict[str, str]:  # noqa: ARG002  (kinds override it)
        """Exact filter words of the controller's events about this resource."""
        return {}

    def _event_data(self, resource: R) -> dict[str, str]:  # noqa: ARG002  (kinds override it)
        """What every event of the controller about this resource says of it."""
        return {}

    def _enqueue_wish(self, resource: R, is_new: bool) -> None:
        # What failed and is still wanted the same way stays in its backoff, however often its status changes.
        urgent = is_new and not self._failures.has_failed_at(resource)
        self.queue.add(resource.key, Priority.INSTRUCTOR if urgent else Priority.RETRY)

    # --- life -------------------------------------------------------------------------------------------------

    async def start_async(self) -> None:
        """Start the workers, and take account in the background if nobody did. The watcher must have started."""
        delays = await self._failures.load_async(self.cache.keys())
        for key, delay in delays.items():
            self.queue.add_after(key, delay, Priority.RETRY)
        self._outcomes.start()
        for number in range(self._workers):
            self._tasks.spawn(self._work(), f"worker {number}")
        if not self._took_account:
            self._background.spawn(self.take_account_async(), "enqueue what is not done")

    async def stop_async(self, grace: float = STOP_GRACE) -> None:
        """Take no new steps, give those in flight `grace` seconds, cancel the rest, write the last events."""
        self._stopping = True
        self.queue.close()
        self._long_steps.stop()
        await self._tasks.wait_async(grace)
        await self._tasks.cancel_async()
        await self._outcomes.stop_async()
        await self._background.cancel_async()
        self._reconciliation_timeout.close()

    async def take_account_async(self) -> None:
        """Note everything there is, in slices, and enqueue what is not done."""
        self._took_account = True
        loop, slices = asyncio.get_running_loop(), TimeSlices()
        for key in list(self.cache.keys()):
            if slices.is_over(loop):
                await slices.pause(loop)
            image = self.cache.image(key)
            if image is None:
                continue
            try:
                # Decoded past the cache: most of these are done, and would push out what is in use.
                resource = cast("R", image.decode())
                self.note(resource)
                if self._needs_work(resource):
                    self.queue.add(image.key, Priority.RESYNC)
            except Exception as error:  # noqa: BLE001  (one resource that cannot be read stops no other)
                self._background.report(f"look at {image.key.subject}", error)

    # --- one key at a time ------------------------------------------------------------------------------------

    async def _work(self) -> None:
        loop, queue, slices = asyncio.get_running_loop(), self.queue, self._slices
        try:
            while True:
                if slices.is_over(loop):
                    await slices.pause(loop)
                key = queue.take()
                self._long_steps.begin(loop, idle=key is None)
                if key is None:
                    await queue.wait_async()
                else:
                    await self._attempt_key(key, loop)
        except QueueClosed:
            return

    async def _attempt_key(self, key: ResourceKey, loop: asyncio.AbstractEventLoop) -> None:
        try:
            resource = self.cache.get(key)
            if resource is None or not self._needs_work(resource):
                self._eager.pop(key, None)
                if key in self._failures:
                    await self._failures.clear_async(key)
                self.queue.done(key)
                return
            wait = self._failures.time_to_wait(resource, self.queue.priority_of(key), loop.time())
        except Exception as error:  # noqa: BLE001  (a worker's edge: one resource that cannot be read stops no other)
            self._tasks.report(f"look at {key.subject}", error)
            self.queue.done(key)
            return
        if wait > 0:
            self.queue.add_after(key, wait, Priority.RETRY)
            self.queue.done(key)
            return
        attempt_id = f"{self._store.epoch}-{next(self._attempt_numbers)}"
        attempt = Attempt(attempt_id, key, self._store, self._reconciliation_timeout)
        do = self._do_finalize if resource.is_deleting else self._do_reconcile
        started = self._clock.monotonic()
        result = await self._run(attempt, do(resource, attempt))
        await self._conclude(resource, attempt, result, started)

    async def _run(self, attempt: Attempt, work: Awaitable[ReconciliationResult]) -> ReconciliationResult:
        """Await a part of an attempt under the time limit; whatever it raises becomes its result."""
        limit = asyncio.timeout(None)
        try:
            async with limit:
                attempt.begin(limit, asyncio.get_running_loop().time())
                result = await work
        except asyncio.CancelledError:
            if is_being_cancelled():
                await attempt.abandon_async()
                raise
            return ReconciliationResult.failed(LabDeskError("something it waited for was called off"))
        except ResourceConflictError:
            return ReconciliationResult.stale()
        except Exception as error:  # noqa: BLE001  (an attempt's edge: journalled and retried)
            if isinstance(error, TimeoutError) and limit.expired():
                self._metrics.timed_out += 1
                return ReconciliationResult.failed(self._reconciliation_timeout.timeout())
            if not isinstance(error, LabDeskError):
                self._tasks.report(f"attempt {attempt.id} for {attempt.key.subject}", error)
            return ReconciliationResult.failed(error)
        finally:
            attempt.pause()
        if isinstance(result.error, ResourceConflictError):
            return ReconciliationResult.stale()
        return result

    async def _conclude(self, resource: R, attempt: Attempt, result: ReconciliationResult, started: float) -> None:
        if result.outcome is Outcome.CONTINUE and result.step is not None:
            if not self._stopping:
                self._long_steps.add(attempt, partial(self._continue, resource, attempt, result.step, started))
                return
            result = ReconciliationResult.requeue()  # what is left to do is found again at the next start
        self._metrics.total += 1
        self._metrics.reconciliation_time.add(self._clock.monotonic() - started)
        try:
            if result.outcome is Outcome.FAILED:
                error = result.error or LabDeskError("it failed without saying why")
                await self._handle_reconciliation_error(resource, error, attempt, permanent=result.permanent)
            else:
                await self._handle_reconciliation_result(resource, result, attempt)
        except Exception as error:  # noqa: BLE001  (a worker's edge: the key must come free again)
            self._tasks.report(f"conclude attempt {attempt.id} for {attempt.key.subject}", error)
            self.queue.add_after(attempt.key, _CATCH_UP_PAUSE, Priority.RETRY)
        attempt.end()
        if attempt.is_settled and result.outcome is not Outcome.STALE:
            self.queue.done(attempt.key)
        else:
            self._tasks.spawn(self._release(attempt, result), f"release {attempt.key.subject}")

    async def _continue(self, resource: R, attempt: Attempt, step: Step, started: float) -> None:
        result = await self._run(attempt, step())
        await self._conclude(resource, attempt, result, started)

    async def _release(self, attempt: Attempt, result: ReconciliationResult) -> None:
        """Give the key free when all that the attempt started has ended and the cache shows what it ran into."""
        key = attempt.key
        try:
            await attempt.settle_async()
            if result.outcome is Outcome.STALE:
                await self._watcher.wait_for_revision(await self._store.head_async())
                self._requeue_soon(key)
        except Exception as error:  # noqa: BLE001  (a task's edge: the key is looked at again, whatever it was)
            self._tasks.report(f"catch up with {key.subject}", error)
            self.queue.add_after(key, _CATCH_UP_PAUSE, Priority.RETRY)
        finally:
            self.queue.done(key)

    def _requeue_soon(self, key: ResourceKey) -> None:
        times = self._eager[key] = self._eager.get(key, 0) + 1
        if times <= _AT_ONCE:
            self.queue.add(key, Priority.RETRY)
        else:
            self.queue.add_after(key, self._pauses.delay(times - _AT_ONCE), Priority.RETRY)

    # --- what an attempt came to ------------------------------------------------------------------------------

    async def _handle_reconciliation_result(self, resource: R, result: ReconciliationResult, attempt: Attempt) -> None:
        """Queue what the result asks for; an attempt that changed something is journalled."""
        key = attempt.key
        if result.outcome is Outcome.STALE:
            self._metrics.requeued += 1
            self._metrics.conflicts += 1
            return
        if result.outcome is Outcome.REQUEUE:
            self._metrics.requeued += 1
            self._requeue_soon(key)
            self._journal_change(resource, attempt, "reconciliation.requeued", "Requeued")
            return
        if self._eager:
            self._eager.pop(key, None)
        if key in self._failures:
            await self._failures.clear_async(key)
        if result.outcome is Outcome.REQUEUE_AFTER:
            self._metrics.requeued += 1
            self.queue.add_after(key, result.delay, Priority.DUE)
            seconds = f"{result.delay:.0f}"
            self._journal_change(resource, attempt, "reconciliation.requeued", "RequeuedAfter", seconds=seconds)
            return
        self._metrics.successful += 1
        if resource.is_deleting and await self._store.find_uid_async(resource.metadata.uid) is None:
            self._journal_change(resource, attempt, "finalized", "Finalized")
        else:
            self._journal_change(resource, attempt, "reconciled", "Reconciled")

    async def _handle_reconciliation_error(
        self, resource: R, error: Exception, attempt: Attempt, *, permanent: bool = False
    ) -> None:
        """Journal the error and retry with backoff, or give the resource up if trying again cannot help."""
        if isinstance(error, NotActingError):
            return  # another process acts now and looks at this key itself; the desk tells of it, once
        if isinstance(error, ResourceNotFoundError) and await self._store.find_uid_async(resource.metadata.uid) is None:
            await self._watcher.wait_for_revision(await self._store.head_async())
            self.queue.add(attempt.key, Priority.RETRY)  # it is gone: the next look forgets it
            return
        self._metrics.failed += 1
        self._eager.pop(attempt.key, None)
        told = str(error) or type(error).__name__
        data = {"cause": error.reason if isinstance(error, LabDeskError) else type(error).__name__}
        if permanent:
            await self._failures.clear_async(attempt.key)
            await self._do_give_up(resource, error, attempt)
            self._journal(resource, attempt, _FAILED, "GivenUp", {"error": told}, "error", data)
            return
        delay = await self._failures.record_async(resource, told)
        self.queue.add_after(attempt.key, delay, Priority.RETRY)
        data["failures"] = str(self._failures.attempts(attempt.key))
        parameters = {"error": told, "seconds": f"{delay:.0f}"}
        self._journal(resource, attempt, _FAILED, "ReconciliationFailed", parameters, "warning", data)

    def _journal_change(self, resource: R, attempt: Attempt, type_: str, reason: str, **parameters: str) -> None:
        if attempt.changed:
            self._journal(resource, attempt, type_, reason, parameters, "info", {})

    def _journal(
        self,
        resource: R,
        attempt: Attempt,
        type_: str,
        reason: str,
        parameters: dict[str, str],
        severity: str,
        data: dict[str, str],
    ) -> None:
        event = NewEvent(
            type=f"{self.kind.lower()}.{type_}",
            subject=attempt.key.subject,
            time=self._clock.now(),
            severity=severity,
            reason=reason,
            message=sentence(reason, parameters),
            data={"attempt": attempt.id, "parameters": parameters, **data, **self._event_data(resource)},
            tokens=self._event_tokens(resource),
        )
        self._outcomes.add(event)
