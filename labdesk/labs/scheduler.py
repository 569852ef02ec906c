"""Finds labs that are due or drifting and enqueues them. It drives none itself, so each lab has one writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from datetime import datetime, timedelta
from typing import Any

from labdesk.control.hosted import HostedService
from labdesk.control.metrics import SchedulerMetrics
from labdesk.control.queue import Priority
from labdesk.control.tasks import TaskOwner
from labdesk.control.timer import Alarm
from labdesk.engines.adoption import is_of_lineage
from labdesk.engines.monitor import EngineMonitor
from labdesk.engines.service import (
    ContainerService,
    ContainerState,
    ContainerStatus,
    EngineLookError,
    EngineRequestError,
    EngineUnavailable,
)
from labdesk.labs.lineages import OwnLineages
from labdesk.labs.orphans import judge_orphans
from labdesk.labs.phases import LabPhase
from labdesk.labs.planned import AHEAD
from labdesk.labs.reasons import sentence
from labdesk.labs.repository import LabInstanceRepository
from labdesk.labs.tickets import RemovalTickets
from labdesk.labs.timekeeping import Absence, SteadyClock
from labdesk.resource.resource import ResourceKey
from labdesk.store.store import ResourceStore
from labdesk.store.writes import NewEvent

HEARTBEAT_SECONDS = 1.0
"""Suspend and clock steps are noticed within this time; a heartbeat reads three clocks and nothing else."""
ORPHAN_SECONDS = 30.0
RETRY_SECONDS = 1.0
"""After a pass that failed: what is due must not wait for the interval's end."""

Enqueue = Callable[[ResourceKey, Priority], None]
Plan = Callable[[list[ResourceKey]], Coroutine[Any, Any, None]]
"""Works out the starts of labs that are due soon."""


class LabInstanceSchedulerService(HostedService):
    """It sleeps until the earliest due time, at most `interval` seconds."""

    def __init__(
        self,
        store: ResourceStore,
        engine: ContainerService,
        monitor: EngineMonitor,
        clock: SteadyClock,
        metrics: SchedulerMetrics,
        enqueue: Enqueue,
        plan_async: Plan,
        tasks: TaskOwner,
        lineages: OwnLineages,
        *,
        uncleaned: Collection[ResourceKey] = (),
        interval: float = 30.0,
        cleanup_interval: float = 60.0,
    ) -> None:
        self._store = store
        self._labs = LabInstanceRepository(store)
        self._tickets = RemovalTickets(store)
        self._engine = engine
        self._monitor = monitor
        self._clock = clock
        self._metrics = metrics
        self._enqueue = enqueue
        self._plan_async = plan_async
        self._tasks = tasks
        self._lineages = lineages
        self._interval = interval
        self._cleanup_interval = cleanup_interval
        self._beside: dict[str, asyncio.Task[None]] = {}
        self._woken = False
        self._stir = asyncio.Event()
        self._alarm = Alarm(self._stir.set)
        self._absences: tuple[Absence, ...] = ()
        self._seen_due = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._planned_to = self._seen_due
        self._full_pass_at = 0.0
        self._cleanup_at = 0.0
        self._orphans_at = 0.0
        self._suspects: frozenset[str] = frozenset()
        self._ticket_written = False
        self._held = False
        self._uncleaned = uncleaned
        self._next_due: datetime | None = None
        self.last_pass: datetime | None = None

    async def start_async(self) -> None:
        """Begin; the first pass comes at once."""
        self._absences = self._clock.look()
        self._tasks.spawn(self._run_scheduler_loop(), "scheduler loop")

    async def stop_async(self) -> None:
        """Stop taking passes; nothing under way is cut off, as a pass only enqueues."""
        await self._tasks.cancel_async()
        self._alarm.close()

    def wake(self, *, everything: bool = False) -> None:
        """Pass now: a start or end may have come nearer. `everything` also looks again at all that is overdue."""
        if everything:
            self._full_pass_at = 0.0
            self._cleanup_at = 0.0
        self._wake_up()

    def keep_tickets_now(self) -> None:
        """A promise to remove a container was stored: keep it in a moment, not at the next cleaning."""
        self._ticket_written = True
        self._cleanup_at = 0.0
        self._wake_up()

    def expect(self, due: datetime | None) -> None:
        """A lab's due time was committed; pass earlier if it is the next one."""
        if due is not None and due > self._seen_due and (self._next_due is None or due < self._next_due):
            self._wake_up()

    async def _run_scheduler_loop(self) -> None:
        while True:
            self._woken = False
            began = self._clock.monotonic()
            until = began + RETRY_SECONDS
            try:
                await self._pass(began)
                until = await self._next_wake()
                self._tasks.resolve("scheduler pass")
            except Exception as error:  # noqa: BLE001  (the loop's edge: one bad resource must not stop scheduling)
                self._tasks.report_standing("scheduler pass", error)
            self.last_pass = self._clock.now()
            self._metrics.scheduler_loop_iterations += 1
            self._metrics.loop_duration.add(self._clock.monotonic() - began)
            await self._sleep(until)

    async def _pass(self, began: float) -> None:
        await self._note_clock()
        full = began >= self._full_pass_at
        if full:
            self._full_pass_at = began + self._interval
        now = self._clock.now()
        await self._process_scheduled_instances(now, full)
        await self._process_running_instances(now, full)
        self._seen_due = now
        await self._look_ahead(now)
        if began >= self._cleanup_at:
            self._cleanup_at = began + self._cleanup_interval
            await self._cleanup_expired_instances()

    async def _process_scheduled_instances(self, now: datetime, full: bool) -> None:
        """Enqueue what has become due; in a full pass also what has been due and still waits."""
        priority = Priority.RESYNC if full else Priority.DUE
        fresh = await self._labs.find_scheduled_pending_async(now, None if full else self._seen_due)
        self._enqueue_all(fresh, priority)

    async def _look_ahead(self, now: datetime) -> None:
        """Have starts worked out before they are due, beside whatever becomes due meanwhile."""
        soon = await self._labs.find_scheduled_pending_async(now + AHEAD, max(now, self._planned_to))
        self._planned_to = now + AHEAD
        if soon:
            self._tasks.spawn(self._plan_async(soon), "plan starts")

    async def _process_running_instances(self, now: datetime, full: bool) -> None:
        """Enqueue what should end; in a full pass also labs whose container is not as their phase says."""
        due = await self._labs.find_running_instances_async(now, None if full else self._seen_due)
        self._enqueue_all(due, Priority.DUE)
        if full:
            self._go_beside("look for drift", self._enqueue_drifting)

    async def _enqueue_drifting(self) -> None:
        """Bring up whose container is not as the phase says, and who must be told that its engine or owner changed."""
        containers = await self._list_containers() if self._monitor.reachable else []
        if containers is None:
            return
        alive = {
            (_uid_of(container), (container.labels or {}).get("labdesk.incarnation"))
            for container in containers
            if container.state in (ContainerState.RUNNING, ContainerState.READY)
            and is_of_lineage(container.labels or {}, self._lineages.own)
        }
        for lab in await self._labs.find_active_async(self._report_unreadable):
            running = (lab.metadata.uid, str(lab.status.incarnation)) in alive
            if not running or lab.phase == LabPhase.PROVISIONING or lab.lacks("EngineReachable") or lab.lacks("Owned"):
                self._enqueue(lab.key, Priority.RESYNC)

    async def _list_containers(self) -> list[ContainerStatus] | None:
        """Return this desk's containers, None if the engine does not say; the next pass asks again."""
        try:
            containers = await self._engine.list_containers_async(self._store.desk_id)
        except EngineUnavailable:
            return None
        except EngineRequestError as error:
            self._tasks.report_standing("list the containers", error)
            return None
        self._tasks.resolve("list the containers")
        await self._lineages.note_async(containers)
        return containers

    async def _cleanup_expired_instances(self) -> None:
        """Bring labs with something left to remove back to the controller, keep tickets, and sweep orphans."""
        self._enqueue_all(list(self._uncleaned), Priority.RESYNC)
        if self._monitor.reachable:
            self._go_beside("remove what was left", self._remove_what_was_left)

    async def _remove_what_was_left(self) -> None:
        try:
            self._ticket_written = True
            while self._ticket_written:  # one written meanwhile woke nobody
                self._ticket_written = False
                await self._keep_tickets()
                if self._clock.monotonic() >= self._orphans_at:
                    self._orphans_at = self._clock.monotonic() + ORPHAN_SECONDS
                    await self._sweep_orphans()
        except EngineUnavailable:
            return  # all of it is done again when the engine comes

    async def _keep_tickets(self) -> None:
        info = self._monitor.info
        for ticket in await self._tickets.load_async(self._report_unreadable):
            if info is None or ticket.engine_id != info.engine_id:
                continue
            what = f"remove the container of {ticket.namespace}/{ticket.lab_name}"
            try:
                container = await self._engine.get_container_status_async(ticket.identity)
                if container.state != ContainerState.NOT_FOUND:
                    if not is_of_lineage(container.labels or {}, self._lineages.own):
                        continue
                    await self._engine.remove_container_async(container.container_id)
            except (EngineLookError, EngineRequestError) as error:  # tried again in the next pass
                self._tasks.report_standing(what, error)
                continue
            self._tasks.resolve(what)
            await self._tickets.done_async(ticket)
            self._metrics.cleanup_operations += 1

    async def _sweep_orphans(self) -> None:
        containers = await self._list_containers()
        if not containers:
            self._suspects = frozenset() if containers is not None else self._suspects
            return
        unreadable: set[str] = set()

        def note(uid: str, error: Exception) -> None:
            unreadable.add(uid)
            self._report_unreadable(uid, error)

        labs = await self._labs.find_by_uid_async({_uid_of(found) for found in containers}, note)
        judged = [found for found in containers if _uid_of(found) not in unreadable]
        verdict = judge_orphans(judged, labs, self._suspects, self._store.desk_id, self._lineages.own)
        self._suspects = verdict.suspects
        for orphan in verdict.orphans:
            subject = (orphan.labels or {}).get("labdesk.lab", "")
            what = f"remove the container left of {subject}"
            try:
                await self._engine.remove_container_async(orphan.container_id)
            except EngineRequestError as error:  # tried again in the next sweep
                self._tasks.report_standing(what, error)
                continue
            self._tasks.resolve(what)
            self._metrics.cleanup_operations += 1
            await self._record(
                "desk.orphan_removed", subject, "info", "OrphanRemoved", {"container": orphan.container_id[:12]}
            )

    async def _note_clock(self) -> None:
        """Tell of a clock set back once, and of its end once; meanwhile SteadyClock stands still."""
        until = self._clock.held_until
        if (until is not None) == self._held:
            return
        self._held = until is not None
        if until is not None:
            parameters = {"until": until.strftime("%Y-%m-%d %H:%M:%S UTC")}
            await self._record("desk.clock_went_back", "", "warning", "ClockWentBack", parameters)

    async def _record(self, type_: str, subject: str, severity: str, reason: str, parameters: dict[str, str]) -> None:
        event = NewEvent(
            type=type_, subject=subject, time=self._clock.now(), severity=severity, reason=reason,
            message=sentence(reason, parameters), data={"parameters": parameters},
        )  # fmt: skip
        await self._store.journal.append_async([event])

    def _report_unreadable(self, what: str, error: Exception) -> None:
        """One thing that cannot be read stops no other."""
        self._tasks.report_standing(f"look at {what}", error)

    def _go_beside(self, what: str, ask: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Ask the engine beside the passes, one at a time: while it hangs, starts and ends must go on."""
        if (asking := self._beside.get(what)) is None or asking.done():
            self._beside[what] = self._tasks.spawn(ask(), what)

    def _enqueue_all(self, keys: list[ResourceKey], priority: Priority) -> None:
        for key in keys:
            self._enqueue(key, priority)
        self._metrics.resources_processed += len(keys)

    async def _next_wake(self) -> float:
        """Monotonic time of the next pass."""
        limit = self._clock.monotonic() + self._interval
        self._next_due = due = await self._labs.next_due_async(self._seen_due)
        if due is None:
            return limit
        if due > self._planned_to:
            due -= AHEAD
        ahead = due - self._clock.now() + self._clock.behind
        return min(limit, self._clock.monotonic() + max(ahead / timedelta(seconds=1), 0.0))

    async def _sleep(self, until: float) -> None:
        """Sleep to `until` (monotonic), or until woken, or until the clocks say that time jumped."""
        loop = asyncio.get_running_loop()
        while not self._woken and (left := until - self._clock.monotonic()) > 0:
            self._stir.clear()
            self._alarm.set(loop.time() + min(left, HEARTBEAT_SECONDS))
            await self._stir.wait()
            before, self._absences = self._absences, self._clock.look()
            if before != self._absences:
                self._full_pass_at = 0.0
                return

    def _wake_up(self) -> None:
        self._woken = True
        self._stir.set()


def _uid_of(container: ContainerStatus) -> str:
    return (container.labels or {}).get("labdesk.lab-uid", "")
