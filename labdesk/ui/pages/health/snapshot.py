"""What the Health page shows, read once: plain data, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from labdesk.ui.pages.health.course import Sample


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A loop of the desk; `last_pass` is None before the first. `interval` is its longest pause (s), 0 for none."""

    name: str
    last_pass: datetime | None
    interval: float

    def is_late(self, now: datetime) -> bool:
        """True when the loop has been silent for more than two of its longest pauses (and five seconds)."""
        if self.last_pass is None or not self.interval:
            return False
        return (now - self.last_pass).total_seconds() > 2 * self.interval + 5


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """`since` is when it became reachable or unreachable; memory in bytes, 0 while unknown.

    `memory_booked` is None for an observer: the process that runs the labs keeps the books.
    """

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
    memory_booked: int | None = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Sizes in bytes; `rows` counts per table; `acting` is False for an observer, `holder` then says who acts.

    `trouble` says why what happens is not kept just now.
    """

    path: str
    desk_id: str
    lineage: str
    epoch: int
    acting: bool
    holder: str = ""
    revision: int = 0
    file_bytes: int = 0
    wal_bytes: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    integrity: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class RecordedError:
    """An error of a loop or step: when, where and one sentence."""

    time: datetime
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class HealthSnapshot:
    """Everything at one moment. `metrics` goes by the metrics' own names; `metrics_at` says from when, None if live.

    `held_until` is until when time stands still, None while it goes on.
    `samples` are the metrics and the queue as they were in the last ten minutes, oldest first.
    """

    taken_at: datetime
    metrics: Mapping[str, float]
    engine: EngineHealth
    store: StoreHealth
    heartbeats: tuple[Heartbeat, ...] = ()
    queue: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[RecordedError, ...] = ()
    metrics_at: datetime | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    held_until: datetime | None = None


class Trouble(StrEnum):
    """What needs an instructor's attention."""

    ENGINE = "engine"
    LOOP_LATE = "loop late"
    STORE = "store"
    NOT_KEPT = "not kept"
    CLOCK = "clock"


def troubles(snapshot: HealthSnapshot) -> list[Trouble]:
    """Return what is wrong, the gravest first."""
    found = []
    if snapshot.store.integrity not in ("", "ok"):
        found.append(Trouble.STORE)
    if snapshot.store.trouble:
        found.append(Trouble.NOT_KEPT)
    if snapshot.held_until is not None:
        found.append(Trouble.CLOCK)
    if not snapshot.engine.reachable and snapshot.engine.since is not None:
        found.append(Trouble.ENGINE)
    if any(beat.is_late(snapshot.taken_at) for beat in snapshot.heartbeats):
        found.append(Trouble.LOOP_LATE)
    return found


class HealthSource(Protocol):
    """Where snapshots come from; reading one never blocks the event loop."""

    async def read_async(self) -> HealthSnapshot:
        """Return the present state; raises LabDeskError if the store cannot be read."""
