"""A desk that stands still: a real store with a known morning in it, real watchers, and a clock that does not move."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from labdesk.config import DeskSettings
from labdesk.desk import Desk, DeskMode
from labdesk.engines.service import EngineInfo, EngineUnavailable
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.spec import ContainerSpec, PortBinding
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.request import AccessUrl, LabInstanceRequest
from labdesk.labs.template import LabTemplate
from labdesk.resource.manifest import read_documents
from labdesk.resource.quantity import parse_bytes
from labdesk.store.store import ResourceStore

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 42, 20, tzinfo=UTC)
ENGINE_MEMORY = 11 * 2**30
ADDRESS = "unix:///var/run/docker.sock"

TEMPLATES = """
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: python-intro}
spec:
  description: A Python notebook for first steps.
  image: jupyter/minimal-notebook:7
  ports: [{name: http, containerPort: 8888}]
  resources: {cpu: 500m, memory: 1536Mi}
  workspace: /home/lab/work
---
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: databases}
spec:
  description: A PostgreSQL server of one's own.
  image: postgres:17
  ports: [{name: db, containerPort: 5432}]
  resources: {cpu: "1", memory: 2Gi}
  access: {ports: [{name: db, scheme: tcp}]}
---
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: web-basics}
spec:
  description: A web server with a folder to fill.
  image: nginx:1.27
  ports: [{name: http, containerPort: 8080}]
  resources: {cpu: 250m, memory: 256Mi}
"""


class StillClock:
    """Shows what it was set to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0

    def boottime(self) -> float:
        return 0.0


class StillEngine(SimulatedContainerService):
    """Says it is Docker, and that it is big enough for most; or, `away`, answers nothing."""

    away = False

    async def get_engine_info_async(self) -> EngineInfo:
        if self.away:
            raise EngineUnavailable(
                f"Docker is not running (nothing answers at {ADDRESS}): start it with 'sudo systemctl start docker' "
                "or open Docker Desktop; LabDesk then goes on by itself."
            )
        return EngineInfo("7F3A:KQ2V:B6MX", "docker-desktop", "27.3.1", ENGINE_MEMORY, 8, ADDRESS)

    async def get_logs_async(self, container_id: str, tail: int = 200) -> str:
        return LOG


class StillDesk(Desk):
    """Says it acts, but never does: what is stored stays as it is."""

    async def _try_to_act(self) -> bool:
        for image in self.labs.cache.images():
            self.capacity.observe(cast("LabInstanceRequest", image.decode()))
        self._set_mode(DeskMode.ACTING)
        return True


LOG = """\
[I 2026-11-23 09:00:03.412 ServerApp] Package notebook took 0.0001s to import
[I 2026-11-23 09:00:03.977 ServerApp] Serving notebooks from local directory: /home/lab/work
[I 2026-11-23 09:00:03.978 ServerApp] Jupyter Server 2.14.2 is running at:
[I 2026-11-23 09:00:03.978 ServerApp] http://127.0.0.1:8888/lab
[I 2026-11-23 09:12:40.118 ServerApp] Creating new notebook in /
[I 2026-11-23 09:12:40.734 ServerApp] Kernel started: 4b1c2a70-9f0e-4d37-8f55-7a3d5a2e8c11
[W 2026-11-23 09:31:02.090 ServerApp] Notebook untitled.ipynb is not trusted
[I 2026-11-23 09:41:31.655 ServerApp] Saving file at /untitled.ipynb"""


@dataclass(frozen=True)
class Pupil:
    """One lab of the morning; times of day in Berlin."""

    name: str
    template: str
    start: str
    fate: str
    minutes: int = 60
    ready_after: float = 4.9


PUPILS = (
    Pupil("Ada Lovelace", "python-intro", "10:00", "running", ready_after=4.911),
    Pupil("Grace Hopper", "python-intro", "10:00", "running", ready_after=4.870),
    Pupil("Edsger Dijkstra", "python-intro", "10:00", "running", ready_after=4.733),
    Pupil("Alan Turing", "python-intro", "10:00", "oom"),
    Pupil("Barbara Liskov", "python-intro", "10:00", "extended"),
    Pupil("Donald Knuth", "databases", "10:40", "starting"),
    Pupil("Katherine Johnson", "databases", "10:40", "creating"),
    Pupil("Margaret Hamilton", "databases", "10:40", "waiting"),
    Pupil("John von Neumann", "databases", "11:00", "planned"),
    Pupil("Radia Perlman", "databases", "11:00", "planned"),
    Pupil("Tim Berners-Lee", "web-basics", "09:00", "completed"),
    Pupil("Frances Allen", "web-basics", "09:00", "timeout", minutes=45),
    Pupil("Ken Thompson", "web-basics", "09:00", "timeout", minutes=45),
)


def berlin(clock: str, day: int = 23) -> datetime:
    """Return a time of day on a November day as UTC."""
    parts = [int(part) for part in clock.split(":")]
    return datetime(2026, 11, day, *parts, tzinfo=BERLIN).astimezone(UTC)


async def write_morning_async(path: Path) -> None:
    """Make a store in which the morning of 23 November 2026 has happened until 10:42:20."""
    clock = StillClock(berlin("14:20:00", day=22))
    store = await ResourceStore.open_async(path, lab_scheme(), clock.now)
    await store.close_async()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = 'desk-7f' WHERE key = 'desk_id'")
        connection.execute("UPDATE meta SET value = '4f1d9a3c7b2e' WHERE key = 'lineage'")
    connection.close()
    store = await ResourceStore.open_async(path, lab_scheme(), clock.now)
    try:
        await store.take_epoch_async()
        await _Morning(store, clock).write_async()
    finally:
        await store.close_async()


class _Morning:
    def __init__(self, store: ResourceStore, clock: StillClock) -> None:
        self._store = store
        self._clock = clock
        self._templates: dict[str, LabTemplate] = {}
        self._labs: dict[str, LabInstanceRequest] = {}
        self._port = 49153

    async def write_async(self) -> None:
        for number, document in enumerate(read_documents(TEMPLATES)):
            template = cast("LabTemplate", self._store.scheme.from_manifest(document))
            template = template.with_metadata(uid=f"template-{number}")
            self._templates[template.metadata.name] = await self._store.create_async(template)
        for number, pupil in enumerate(PUPILS):
            await self._create_async(pupil, f"{number:016x}")
        moves = [move for pupil in PUPILS for move in self._moves(pupil)]
        for moment, name, change in sorted(moves, key=lambda move: move[0]):
            self._clock.moment = moment
            old = self._labs[name]
            self._labs[name] = await self._store.update_async(old, change(old))
        await self._store.logs.save_async(self._labs["Alan Turing"].metadata.uid, 1, LOG)

    async def _create_async(self, pupil: Pupil, uid: str) -> None:
        first, _, last = pupil.name.rpartition(" ")
        manifest = {
            "apiVersion": "labdesk/v1",
            "kind": "LabInstanceRequest",
            "metadata": {
                "name": f"{last.lower()}-{pupil.template}",
                "namespace": "default",
                "labels": {
                    "labdesk/course": "cs-101",
                    "labdesk/session": f"{pupil.template}-{pupil.start.replace(':', '')}",
                },
            },
            "spec": {
                "labTemplate": pupil.template,
                "studentEmail": f"{first.split()[0].lower()}@example.edu",
                "studentName": pupil.name,
                "durationMinutes": pupil.minutes,
                "scheduledStart": berlin(pupil.start),
            },
        }
        lab = cast("LabInstanceRequest", self._store.scheme.from_manifest(manifest)).with_metadata(uid=uid)
        self._labs[pupil.name] = await self._store.create_async(lab)

    def _moves(self, pupil: Pupil) -> list[tuple[datetime, str, object]]:
        start = berlin(pupil.start)
        ready = start + timedelta(seconds=pupil.ready_after)
        moves: list[tuple[datetime, object]] = []
        if pupil.fate in ("running", "oom", "extended", "completed", "timeout", "starting", "creating"):
            moves.append((start + timedelta(milliseconds=4), lambda lab: self._provision(lab)))
        if pupil.fate in ("running", "oom", "extended", "completed", "timeout"):
            moves.append((ready, lambda lab: self._run(lab, ready)))
        if pupil.fate == "oom":
            end = berlin("10:41:31") + timedelta(milliseconds=660)
            moves.append(
                (end, lambda lab: _ended(lab.transition_to_failed(end, "OOMKilled", {"memory": "1.5 GiB"}, 137)))
            )
        if pupil.fate == "extended":
            moves.append((berlin("10:31:12"), lambda lab: lab.with_spec(extension_minutes=30)))
        if pupil.fate == "completed":
            end = berlin("09:31:40")
            moves.append((end, lambda lab: _ended(lab.transition_to_completed(end, "Completed", exit_code=0))))
        if pupil.fate == "timeout":
            end = ready + timedelta(minutes=pupil.minutes)
            moves.append((end, lambda lab: _ended(lab.transition_to_timeout(end))))
        if pupil.fate == "starting":
            at = berlin("10:42:07")
            moves.append((at, lambda lab: lab.with_lab_condition("Ready", False, "NotAnswering", {}, at)))
        if pupil.fate == "waiting":
            at = berlin("10:40:00")
            full = {"need": "2 GiB", "free": "0.5 GiB", "until": berlin("11:00").isoformat()}
            for met, kind, why, given in (
                (False, "Schedulable", "EngineFullUntil", full),
                (True, "ImagePulled", "ImagePresent", {}),
                (True, "EngineReachable", "EngineReachable", {}),
            ):
                moves.append(
                    (
                        at,
                        lambda lab, met=met, kind=kind, why=why, given=given: lab.with_lab_condition(
                            kind, met, why, given, at
                        ),
                    )
                )
        return [(moment, pupil.name, change) for moment, change in moves]

    def _provision(self, lab: LabInstanceRequest) -> LabInstanceRequest:
        template = self._templates[lab.spec.lab_template].spec
        port = PortBinding(
            name=template.ports[0].name, container_port=template.ports[0].container_port, host_port=self._port
        )
        self._port += 1
        spec = ContainerSpec(
            image=template.image, ports=(port,), cpu=0.5, memory=parse_bytes(template.resources.memory), pids=256
        )
        ready = lab.with_lab_condition("Schedulable", True, "Fits", {}, self._clock.moment)
        ready = ready.with_lab_condition("EngineReachable", True, "EngineReachable", {}, self._clock.moment)
        return ready.transition_to_provisioning(
            self._clock.moment, spec, template.access, {port.name: port.host_port}, "7F3A:KQ2V:B6MX", 120
        )

    def _run(self, lab: LabInstanceRequest, at: datetime) -> LabInstanceRequest:
        spec = lab.status.resolved_spec
        assert spec is not None
        scheme = "http" if spec.ports[0].name == "http" else "tcp"
        link = AccessUrl(name=spec.ports[0].name, url=f"{scheme}://127.0.0.1:{spec.ports[0].host_port}/")
        return lab.transition_to_running(at, f"{lab.metadata.uid}c0ffee", (link,))


def _ended(lab: LabInstanceRequest) -> LabInstanceRequest:
    return lab.with_status(cleaned_up=True)


def still_desk(path: Path, engine_away: bool = False) -> StillDesk:
    """Return a desk over a store, to be started."""
    clock = StillClock(NOW)
    engine = StillEngine(clock.now, 1, images=["postgres:17"])
    engine.away = engine_away
    settings = DeskSettings(store=path, time_zone="Europe/Berlin")
    return StillDesk(settings, clock=clock, engine=lambda _desk_id: engine, role="window", seed=1)


def run_blocking(path: Path) -> None:
    """Write the morning's store from plain code."""
    asyncio.run(write_morning_async(path))


__all__ = ["NOW", "PUPILS", "StillClock", "StillDesk", "berlin", "run_blocking", "still_desk"]
