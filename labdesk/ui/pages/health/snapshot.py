"""What the Health page shows, read once: plain data, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A loop of the desk. `last_pass` is None before the first; `interval` is its longest pause in seconds."""

    name: str
    last_pass: datetime | None
    interval: float

    def is_late(self, now: datetime) -> bool:
        """True when the loop has been silent for more than two of its longest pauses (and five seconds)."""
        return self.last_pass is not None and (now - self.last_pass).total_seconds() > 2 * self.interval + 5


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """`since` is when it became reachable or unreachable; memory in bytes, 0 while unknown."""

    kind: str
    address: str
    reachable: bool
    since: datetime | None
    name: str = ""
    version: str = ""
    engine_id: str = ""
    cpus: int = 0
    memory_total: int = 0
    memory_offered: int = 0
    memory_booked: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Sizes in bytes; `rows` counts per table; `acting` is False for an observer of another process."""

    path: str
    desk_id: str
    lineage: str
    epoch: int
    acting: bool
    revision: int = 0
    file_bytes: int = 0
    wal_bytes: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    integrity: str = ""


@dataclass(frozen=True, slots=True)
class RecordedError:
    """An error of a loop or step: when, where and one sentence."""

    time: datetime
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class HealthSnapshot:
    """Everything at one moment. `metrics` goes by the metrics' own names; `metrics_at` says from when, None if live."""

    taken_at: datetime
    metrics: Mapping[str, float]
    engine: EngineHealth
    store: StoreHealth
    heartbeats: tuple[Heartbeat, ...] = ()
    queue: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[RecordedError, ...] = ()
    metrics_at: datetime | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


class HealthSource(Protocol):
    """Where snapshots come from; reading one never blocks the event loop."""

    async def read_async(self) -> HealthSnapshot:
        """Return the present state; raises LabDeskError if the store cannot be read."""
