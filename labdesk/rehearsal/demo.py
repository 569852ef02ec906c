"""A sample course on the simulated engine, so that every state of a lab can be seen within minutes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from labdesk.control.clock import Clock
from labdesk.desk import Desk
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Behaviour, Latencies
from labdesk.engines.spec import ContainerIdentity, ContainerSpec
from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.students import Student

DEMO_MEMORY = 8 * 2**30
DEMO_COURSE = "cs-101"

DEMO_TEMPLATES = """\
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: python-intro}
spec:
  description: A Python notebook for first steps.
  image: demo/python-intro:3
  ports: [{name: http, containerPort: 8888}]
  resources: {cpu: 500m, memory: 512Mi}
  readinessProbe: {httpGet: {port: http}}
  workspace: /home/lab/work
---
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: databases}
spec:
  description: A PostgreSQL server of one's own.
  image: demo/postgres:17
  ports: [{name: db, containerPort: 5432}]
  env: {POSTGRES_PASSWORD: "{{lab.password}}"}
  resources: {cpu: "1", memory: 2Gi}
  readinessProbe: {tcpSocket: {port: db}}
  access: {ports: [{name: db, scheme: tcp}]}
  workspace: /var/lib/postgresql/data
---
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: web-basics}
spec:
  description: A web server with a folder to fill.
  image: demo/web-basics:1
  ports: [{name: http, containerPort: 8080}]
  resources: {cpu: 250m, memory: 256Mi}
  readinessProbe: {httpGet: {port: http}}
  workspace: /srv/www
"""


@dataclass(frozen=True, slots=True)
class DemoClass:
    """Some students who begin together, `after_minutes` from the opening, for `minutes`."""

    template: str
    after_minutes: float
    minutes: int
    students: tuple[str, ...]


DEMO_CLASSES = (
    DemoClass("web-basics", 0, 2, ("Tim Berners-Lee", "Frances Allen", "Ken Thompson")),
    DemoClass(
        "python-intro", 0, 25, ("Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Alan Turing", "Barbara Liskov")
    ),
    DemoClass("databases", 1, 30, ("Donald Knuth", "Katherine Johnson", "Margaret Hamilton")),
    DemoClass("databases", 20, 45, ("John von Neumann", "Radia Perlman")),
)
OUT_OF_MEMORY_AFTER = {"alan-turing-python-intro": 45.0}
ENDS_BY_ITSELF_AFTER = {"tim-berners-lee-web-basics": 60.0}


def demo_engine(clock: Clock) -> SimulatedContainerService:
    """An engine with room for most of the course; one image has to be pulled first."""
    return SimulatedContainerService(
        clock.now,
        seed=101,
        latencies=Latencies(pull=(6.0, 9.0), create=(0.3, 0.8), start=(0.5, 1.5)),
        images=["demo/python-intro:3", "demo/web-basics:1"],
        behaviour_of=_behaviour,
        memory=DEMO_MEMORY,
    )


def _behaviour(identity: ContainerIdentity, _spec: ContainerSpec) -> Behaviour:
    if identity.lab_name in OUT_OF_MEMORY_AFTER and identity.incarnation == 1:
        return Behaviour(ready_after=1.5, exits_after=OUT_OF_MEMORY_AFTER[identity.lab_name], oom=True)
    if identity.lab_name in ENDS_BY_ITSELF_AFTER:
        return Behaviour(ready_after=1.0, exits_after=ENDS_BY_ITSELF_AFTER[identity.lab_name])
    return Behaviour(ready_after=2.0)


async def begin_demo_async(desk: Desk) -> None:
    """Store the course's templates and labs, their times relative to now."""
    await desk.commands.apply_async(DEMO_TEMPLATES)
    for group, start in _starts(desk.clock.now()):
        students = [Student(f"{name.lower().replace(' ', '.')}@example.edu", name) for name in group.students]
        await desk.commands.create_labs_async(
            group.template, students, start, group.minutes, labels={COURSE_LABEL: DEMO_COURSE}
        )


def _starts(now: datetime) -> Iterator[tuple[DemoClass, datetime | None]]:
    for group in DEMO_CLASSES:
        yield group, now + timedelta(minutes=group.after_minutes) if group.after_minutes else None
