"""The composition root: builds one desk out of the parts, and starts and stops it. No globals anywhere."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import structlog

from labdesk.config import AccessMode, DeskSettings
from labdesk.control.bus import EventBus, JournalTail
from labdesk.control.clock import Clock
from labdesk.control.hosted import ServiceHost
from labdesk.control.metrics import Metrics
from labdesk.control.tasks import TaskOwner
from labdesk.control.watcher import ResourceWatcherBase
from labdesk.desk_rules import access_of, limits_of
from labdesk.engines.monitor import EngineMonitor
from labdesk.engines.service import ContainerService
from labdesk.engines.watched import WatchedContainerService
from labdesk.labs.capacity import CapacityLedger
from labdesk.labs.commands import LabCommands
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.lifecycle import DeskRules
from labdesk.labs.lineages import FormerContainers
from labdesk.labs.links import LabLinks, is_guarded
from labdesk.labs.plane import ControlPlane, PlaneParts
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.resolve import AccessDefaults
from labdesk.labs.template import LabTemplate
from labdesk.labs.timekeeping import SteadyClock
from labdesk.labs.watcher import LabInstanceWatcher
from labdesk.labs.workspaces import Workspaces
from labdesk.resource.resource import Resource
from labdesk.store.errors import NotActingError, StoreError, taken_over
from labdesk.store.filesystem import check_local_filesystem
from labdesk.store.lock import ProcessLock
from labdesk.store.secrets import SecretStore
from labdesk.store.store import ResourceStore

TAKE_OVER_SECONDS = 2.0
METRICS_SECONDS = 5.0
METRICS_KEY = "metrics"
STOP_GRACE_SECONDS = 10.0
ERRORS_KEPT = 50
FILE_THREADS = 2

EngineFactory = Callable[[str], ContainerService]
"""Makes the engine's service for a desk id."""
MetricsListener = Callable[[datetime, Mapping[str, float]], None]
"""Hears the acting process's metrics as they are kept: when (aware UTC), and {name: value}."""
W = TypeVar("W")
log = structlog.get_logger(__name__)


class DeskMode(StrEnum):
    """ACTING runs the control plane; OBSERVING shows everything and sends commands to the process that acts."""

    STOPPED = "stopped"
    ACTING = "acting"
    OBSERVING = "observing"


class Desk:
    """Everything of one store in one process. Attributes are there after `start_async`."""

    store: ResourceStore
    commands: LabCommands
    former: FormerContainers
    labs: LabInstanceWatcher
    templates: ResourceWatcherBase[LabTemplate]
    engine: ContainerService
    engine_monitor: EngineMonitor
    workspaces: Workspaces
    capacity: CapacityLedger
    secrets: SecretStore

    def __init__(
        self,
        settings: DeskSettings,
        *,
        clock: Clock,
        engine: EngineFactory,
        role: str = "window",
        seed: int | None = None,
    ) -> None:
        """`role` (window | serve | command) is what others read in the lock; `seed` fixes jitter in tests."""
        self.settings = settings
        self.role = role
        self.clock = SteadyClock(clock)
        self.metrics = Metrics()
        self.bus = EventBus(self._note_error)
        self.mode = DeskMode.STOPPED
        self.errors: list[tuple[datetime, str, str]] = []
        self._engine_factory = engine
        self._random = random.Random(seed)  # noqa: S311  (jitter, not secrets)
        self._tasks = TaskOwner("desk", self._note_error)
        self._lock = ProcessLock(settings.store)
        self._mode_listeners: list[Callable[[DeskMode], None]] = []
        self._metrics_listeners: list[MetricsListener] = []
        self.store_trouble: StoreError | None = None
        """Why what happens is not kept just now, while this process acts."""
        self._trouble_listeners: list[Callable[[], None]] = []
        self._plane: ControlPlane | None = None
        self._fenced_off = asyncio.Event()
        self._stepping_down = asyncio.Lock()
        self._running = AsyncExitStack()

    # --- life -------------------------------------------------------------------------------------------------

    async def start_async(self) -> None:
        """Open, then act if no other process does. Raises StoreError, InvalidResourceError."""
        await self.open_async()
        try:
            await self.act_async()
        except BaseException:
            await self.stop_async()
            raise

    async def open_async(self) -> None:
        """Open the store, list, watch: all can be shown from here on. Raises StoreError, InvalidResourceError."""
        path = self.settings.store
        check_local_filesystem(path)
        async with AsyncExitStack() as started:
            self.store = await ResourceStore.open_async(path, lab_scheme(), self.clock.now)
            started.push_async_callback(self.store.close_async)
            started.callback(self._lock.release)
            self.store.add_fenced_off_listener(self._fenced_off.set)
            await self._build(started)
            self._running = started.pop_all()

    async def act_async(self) -> None:
        """Run the control plane if no other process does, else observe until that one ends.

        Raises StoreError if that cannot be told or begun; it then observes, and tries again by itself.
        """
        acting = False
        try:
            acting = await self._try_to_act()
        finally:
            if not acting:
                self._observe()
        gc.freeze()  # measured: a full collection over 10,000 resources pauses 185 ms

    async def _build(self, started: AsyncExitStack) -> None:
        self.store.add_time_listener(self.clock.raise_floor)
        self.commands = LabCommands(self.store, self.clock)
        self.former = FormerContainers(self.store, self.clock)
        self.secrets = SecretStore(self.store.path)
        self._files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="labdesk-files")
        started.callback(self._files.shutdown, wait=False)
        self.capacity = CapacityLedger(limits_of(self.settings, None))
        self.labs = self._watcher(LabInstanceWatcher, LabInstanceRequest)
        self.templates = self._watcher(ResourceWatcherBase[LabTemplate], LabTemplate)
        host = ServiceHost([self.templates, self.labs, JournalTail(self.store, self.bus, on_error=self._note_error)])
        await host.start_async()
        started.push_async_callback(host.stop_async)
        started.callback(gc.unfreeze)
        await self._connect_engine(started)
        started.push_async_callback(self._tasks.cancel_async)

    async def _connect_engine(self, started: AsyncExitStack) -> None:
        service = self._engine_factory(self.store.desk_id)
        started.push_async_callback(service.close_async)
        self.engine_monitor = EngineMonitor(service, now=self.clock.now)
        self.engine = WatchedContainerService(self.engine_monitor)
        self.workspaces = Workspaces(self.store, self.engine, self.clock, self.role)
        self.engine_monitor.add_listener(self._take_engine)
        await service.start_async()
        started.push_async_callback(self.engine_monitor.stop_async)
        await self.engine_monitor.start_async()

    async def stop_async(self, grace: float = STOP_GRACE_SECONDS) -> None:
        """Take no new steps, wait at most `grace` seconds for those in flight, close everything. Labs keep running.

        Called again it does nothing.
        """
        running, self._running = self._running, AsyncExitStack()
        try:
            async with self._stepping_down:
                await self._tasks.cancel_async()
                await self._end_plane(grace)
        finally:
            await running.aclose()
            self._set_mode(DeskMode.STOPPED)

    async def step_down_async(self, grace: float = STOP_GRACE_SECONDS) -> None:
        """Let another process act: take no new steps, wait at most `grace` seconds for those in flight, and observe.

        This desk does not act again by itself; `act_async` makes it.
        """
        async with self._stepping_down:
            await self._end_plane(grace)
            self._lock.release()
            self._set_mode(DeskMode.OBSERVING)

    async def _end_plane(self, grace: float) -> None:
        plane, self._plane = self._plane, None
        if plane is not None:
            await plane.stop_async(grace)
            with suppress(StoreError):  # the figures of the last seconds are not worth a failed end
                await self._save_metrics()
            self.store.stop_acting()

    def _watcher(self, type_: Callable[..., W], kind: type[Resource]) -> W:
        return type_(
            self.store,
            kind.KIND,
            self.clock,
            self.metrics.watcher,
            watch_interval=self.settings.watch_interval,
            resync_interval=self.settings.resync_interval,
            on_error=self._note_error,
        )

    # --- acting and observing -----------------------------------------------------------------------------------

    async def _try_to_act(self) -> bool:
        if not self._lock.try_acquire(self.role):
            return False
        try:
            self._plane = await self._begin_to_act()
        except BaseException:
            self.store.stop_acting()
            self._lock.release()  # nobody else could act as long as it is held
            raise
        self._tasks.spawn(self._metrics_loop(), "metrics loop")
        self._set_mode(DeskMode.ACTING)
        return True

    async def _begin_to_act(self) -> ControlPlane:
        await self.store.take_epoch_async()
        self._fenced_off.clear()
        plane = ControlPlane(
            PlaneParts(
                store=self.store,
                engine=self.engine,
                monitor=self.engine_monitor,
                labs=self.labs,
                templates=self.templates,
                capacity=self.capacity,
                secrets=self.secrets,
                in_thread=self._in_thread,
                clock=self.clock,
                metrics=self.metrics,
                rules=self._rules(),
                chance=self._random,
                on_error=self._note_error,
            ),
            scheduler_interval=self.settings.scheduler_interval,
            cleanup_interval=self.settings.cleanup_interval,
            keep_days=self.settings.keep_days,
        )
        try:
            await plane.start_async()
        except BaseException:
            await plane.stop_async(0.0)
            raise
        return plane

    def _observe(self) -> None:
        """Show what the acting process does, and act as soon as it ends."""
        self._set_mode(DeskMode.OBSERVING)
        self._tasks.spawn(self._take_over_loop(), "take-over loop")

    async def _give_way(self) -> None:
        """Another process has taken the epoch: stop at once, for no lab must be driven twice, and observe."""
        self._tasks.report("run the labs", taken_over(self.store.path))
        await self.step_down_async(grace=0.0)
        self._observe()

    async def _take_over_loop(self) -> None:
        while True:
            await asyncio.sleep(TAKE_OVER_SECONDS)
            try:
                if await self._try_to_act():
                    return
            except Exception as error:  # noqa: BLE001  (the loop's edge: whatever is wrong now may be right later)
                self._tasks.report_standing("take over", error)

    @property
    def plane(self) -> ControlPlane | None:
        """Controller and scheduler while this process acts, else None."""
        return self._plane

    @property
    def lock_holder(self) -> str:
        """Who acts, for people, when it is not this process."""
        return self._lock.describe_holder()

    @property
    def lock_holder_pid(self) -> int | None:
        """The process that acts, None if there is none."""
        holder = self._lock.holder()
        return None if holder is None else holder.pid

    def add_mode_listener(self, listener: Callable[[DeskMode], None]) -> None:
        """`listener` hears when this process begins to act or stops."""
        self._mode_listeners.append(listener)

    def add_metrics_listener(self, listener: MetricsListener) -> None:
        """`listener` hears the metrics every few seconds while this process acts."""
        self._metrics_listeners.append(listener)

    def tell_metrics(self, at: datetime, values: Mapping[str, float]) -> None:
        """Let the listeners hear the metrics of a moment."""
        self._tell(self._metrics_listeners, at, values)

    def add_trouble_listener(self, listener: Callable[[], None]) -> None:
        """`listener` hears when `store_trouble` comes, changes or goes."""
        self._trouble_listeners.append(listener)

    def _set_store_trouble(self, trouble: StoreError | None) -> None:
        if str(trouble) != str(self.store_trouble):
            self.store_trouble = trouble
            self._tell(self._trouble_listeners)

    def _set_mode(self, mode: DeskMode) -> None:
        self.mode = mode
        self._set_store_trouble(None)
        self._tell(self._mode_listeners, mode)

    def _tell(self, listeners: Sequence[Callable[..., None]], *news: object) -> None:
        """Call them all: one that fails must not keep this process from acting, or from ceasing to."""
        for listener in listeners:
            try:
                listener(*news)
            except Exception as error:  # noqa: BLE001  (a listener's edge)
                self._tasks.report_standing("tell a listener", error)

    # --- engine, access, metrics --------------------------------------------------------------------------------

    @property
    def access(self) -> AccessDefaults:
        """Where ports of labs that begin now listen, and the host in their links, unless their template says."""
        return access_of(self.settings)

    def _rules(self) -> DeskRules:
        return DeskRules(self.store.desk_id, self.access)

    def use_access(self, mode: AccessMode) -> None:
        """Labs that begin from now on are opened to these people; the caller keeps the choice for the next start."""
        self.settings = self.settings.model_copy(update={"access_mode": mode})
        if self._plane is not None:
            self._plane.controller.use_rules(self._rules())

    def _take_engine(self) -> None:
        info = self.engine_monitor.info
        if info is not None and self.engine_monitor.reachable:
            self.capacity.set_engine(info.engine_id)
            self.capacity.set_limits(limits_of(self.settings, info))

    async def links_of_async(self, lab: LabInstanceRequest) -> LabLinks:
        """The lab's links as the student needs them. Raises StoreError if its password cannot be read."""
        known = await self._in_thread(self.secrets.password_for, lab.metadata.uid) if is_guarded(lab) else None
        password = known or ""
        return LabLinks(tuple(link.with_password(password) for link in lab.status.access_urls), password)

    async def _in_thread(self, function: Callable[..., W], *arguments: Any) -> W:
        """Small files are read and written here, never on the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._files, function, *arguments)

    async def _metrics_loop(self) -> None:
        """Also notices that another process has taken over: at once by any refused write, at the latest by its own."""
        plane = self._plane
        regular = {"keep metrics": self._save_metrics, "use the store": self.store.require_in_place_async}
        while self._plane is plane:  # until this process steps down
            trouble = None
            for what, do in regular.items():
                try:
                    await do()
                    self._tasks.resolve(what)
                except NotActingError:
                    break
                except Exception as error:  # noqa: BLE001  (the loop's edge: it must notice who acts to the end)
                    trouble = error if isinstance(error, StoreError) else trouble
                    self._tasks.report_standing(what, error)
            if self._plane is plane and not self.store.is_acting:
                await self._give_way()
                return
            self._set_store_trouble(trouble)
            with suppress(TimeoutError):
                async with asyncio.timeout(METRICS_SECONDS):
                    await self._fenced_off.wait()

    async def _save_metrics(self) -> None:
        """So that other processes can show the acting process's values with their age."""
        now, values = self.clock.now(), self.metrics.snapshot()
        self.tell_metrics(now, values)
        await self.store.meta.set_async(METRICS_KEY, {"at": now.isoformat(), "values": values})

    def _note_error(self, what: str, error: BaseException) -> None:
        self.errors.append((self.clock.now(), what, str(error)))
        del self.errors[:-ERRORS_KEPT]
