"""Reading a desk's health: what this process knows, and what the acting one left in the store. No Qt."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from labdesk.config import EngineKind
from labdesk.desk import METRICS_KEY, Desk, DeskMode
from labdesk.engines.monitor import EngineState
from labdesk.ui.pages.health.course import Recorder
from labdesk.ui.pages.health.snapshot import EngineHealth, HealthSnapshot, Heartbeat, RecordedError, StoreHealth

WATCHER, SCHEDULER, CONTROLLER = "watcher", "scheduler", "controller"
READY, IN_FLIGHT, DELAYED = "ready", "in flight", "delayed"


class DeskHealth:
    """A loop without a clock of its own is timed by its counter: it was alive when that last moved.

    Samples are taken as the numbers come: the acting process counts by itself, an observer reads what that left.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._moved: dict[str, tuple[float, datetime]] = {}
        self._versions: Mapping[str, str] = {}
        self._recorder = Recorder()
        desk.add_metrics_listener(self._record)

    async def read_async(self) -> HealthSnapshot:
        """Return the present state; raises StoreError if the store cannot be read."""
        desk = self._desk
        now = desk.clock.now()
        self._versions = self._versions or versions()
        metrics, metrics_at = await self._metrics()
        return HealthSnapshot(
            taken_at=now,
            metrics=metrics,
            metrics_at=metrics_at,
            engine=self._engine(),
            store=await self._store(),
            heartbeats=self._heartbeats(now, metrics),
            queue=self._queue(),
            errors=tuple(RecordedError(*error) for error in reversed(desk.errors)),
            versions=self._versions,
            samples=self._recorder.samples,
            held_until=desk.clock.held_until,
        )

    async def _metrics(self) -> tuple[Mapping[str, float], datetime | None]:
        if self._desk.mode is DeskMode.ACTING:
            return self._desk.metrics.snapshot(), None
        saved: Any = await self._desk.store.meta.get_async(METRICS_KEY)
        if saved is None:
            return {}, None
        values, at = saved["values"], datetime.fromisoformat(saved["at"])
        self._recorder.take(at, values)
        return values, at

    def _record(self, at: datetime, values: Mapping[str, float]) -> None:
        self._recorder.take(at, {**values, **self._queue()})

    def _engine(self) -> EngineHealth:
        desk, monitor = self._desk, self._desk.engine_monitor
        info, limits = monitor.info, desk.capacity.limits
        wanted = desk.settings.docker_host if desk.settings.engine is EngineKind.DOCKER else ""
        return EngineHealth(
            kind=desk.settings.engine.value,
            address=info.address if info and info.address else wanted,
            reachable=monitor.state is EngineState.REACHABLE,
            since=monitor.since,
            name=info.name if info else "",
            version=info.version if info else "",
            engine_id=info.engine_id if info else "",
            cpus=info.cpus if info else 0,
            memory_total=info.memory if info else 0,
            memory_offered=limits.memory,
            memory_booked=desk.capacity.booked_memory if desk.mode is DeskMode.ACTING else None,
            last_error=monitor.last_error.message if monitor.last_error else "",
        )

    async def _store(self) -> StoreHealth:
        desk = self._desk
        statistics = await desk.store.statistics_async()
        return StoreHealth(
            path=str(desk.store.path),
            desk_id=desk.store.desk_id,
            lineage=desk.store.lineage,
            epoch=desk.store.epoch,
            acting=desk.mode is DeskMode.ACTING,
            holder="" if desk.mode is DeskMode.ACTING else desk.lock_holder,
            revision=await desk.store.head_async(),
            file_bytes=statistics.file_bytes,
            wal_bytes=statistics.wal_bytes,
            rows=statistics.rows,
            integrity=statistics.integrity,
            trouble=str(desk.store_trouble or ""),
        )

    def _heartbeats(self, now: datetime, metrics: Mapping[str, float]) -> tuple[Heartbeat, ...]:
        desk, settings = self._desk, self._desk.settings
        beats = [Heartbeat(WATCHER, self._last_move("watch_loop_iterations", now, metrics), settings.watch_interval)]
        plane = desk.plane
        if plane is not None:
            beats.append(Heartbeat(SCHEDULER, plane.scheduler.last_pass, settings.scheduler_interval))
            beats.append(Heartbeat(CONTROLLER, self._last_move("reconciliations_total", now, metrics), 0.0))
        return tuple(beats)

    def _last_move(self, name: str, now: datetime, metrics: Mapping[str, float]) -> datetime | None:
        value = metrics.get(name, 0.0)
        known = self._moved.get(name)
        if known is None or known[0] != value:
            self._moved[name] = known = (value, now)
        return known[1] if value else None

    def _queue(self) -> Mapping[str, int]:
        plane = self._desk.plane
        if plane is None:
            return {}
        queue = plane.controller.queue
        return {READY: queue.depth, IN_FLIGHT: plane.controller.in_flight, DELAYED: queue.delayed}


def versions() -> Mapping[str, str]:
    """Return the versions of what matters in a bug report."""
    found = {"Python": platform.python_version(), "System": platform.platform(terse=True)}
    for package in ("labdesk", "PySide6-Essentials", "pydantic", "docker", "pysqlite3"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
