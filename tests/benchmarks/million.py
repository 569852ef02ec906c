"""A store as after a term's work: labs that wait for another day, and a long journal behind them.

`python -m tests.benchmarks.million STORE [LABS [EVENTS]]` makes one.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from labdesk.config import DeskSettings
from labdesk.control.clock import SystemClock
from labdesk.desk import Desk
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.labs.reasons import sentence
from labdesk.labs.request import LabInstanceRequest
from labdesk.store.driver import connect_writer
from labdesk.store.tables import EVENT_COLUMNS
from labdesk.store.times import to_micros
from labdesk.store.writes import Create, NewEvent, prepare_event
from tests.labs.samples import lab, template

LABS, EVENTS = 10_000, 1_000_000
SPAN = timedelta(days=14)
COURSES = 20
_TEMPLATES = ("web", "notebook", "database", "shell")
_FIRST = (
    "Ada", "Alan", "Barbara", "Claude", "Dennis", "Donald", "Edsger", "Emmy", "Frances", "Grace", "Hedy", "John",
    "Katherine", "Ken", "Leslie", "Margaret", "Niklaus", "Radia", "Sophie", "Tony",
)  # fmt: skip
_LAST = (
    "Allen", "Boole", "Dijkstra", "Hamilton", "Hoare", "Hopper", "Johnson", "Kernighan", "Knuth", "Lamarr", "Lamport",
    "Liskov", "Lovelace", "Noether", "Perlman", "Ritchie", "Shannon", "Turing", "Wilson", "Wirth",
)  # fmt: skip
_PER_COMMIT = 500
_PER_TRANSACTION = 50_000
_ADD_EVENT = (
    f"INSERT INTO event_entry (sequence, {', '.join(EVENT_COLUMNS)}) VALUES (?, {', '.join('?' * len(EVENT_COLUMNS))})"
)

_UPDATED, _STATUS = "labinstancerequest.updated", "labinstancerequest.status_updated"
_STEPS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("labinstancerequest.created", "info", "StartRequested", {}),
    (_STATUS, "info", "Provisioning", {}),
    ("labinstancerequest.reconciled", "info", "Reconciled", {}),
    (_STATUS, "info", "Ready", {}),
    (_UPDATED, "info", "Extended", {"minutes": "30"}),
    ("labinstancerequest.reconciliation.requeued", "info", "Requeued", {}),
    (_STATUS, "info", "ReadyLate", {"late": "2 min"}),
    (_UPDATED, "info", "StopRequested", {}),
    (_STATUS, "info", "Expired", {}),
    (_STATUS, "info", "CleanedUp", {}),
    (_STATUS, "warning", "PortMoved", {"old": "32768", "new": "32791"}),
    (_STATUS, "error", "OOMKilled", {"memory": "512 MiB"}),
)
_WEIGHTS = (12, 12, 20, 11, 4, 8, 3, 4, 10, 11, 4, 1)


class _EarlierClock(SystemClock):
    """The computer's clock as it was a while ago."""

    def __init__(self, ago: timedelta) -> None:
        self._ago = ago

    def now(self) -> datetime:
        return super().now() - self._ago


def make_million_store(path: Path, labs: int = LABS, events: int = EVENTS) -> None:
    """Make a store of `labs` waiting labs, due in two days, with a journal of `events` events over the last 14 days.

    The labs are those of a desk that ran, and settled; a desk that is opened on them has nothing to do. Blocks, and
    must not be called from a running loop.
    """
    asyncio.run(_make_labs_async(path, labs))
    _add_events(path, labs, events)


async def _make_labs_async(path: Path, labs: int) -> None:
    clock = _EarlierClock(SPAN + timedelta(minutes=5))

    def engine(_desk_id: str) -> SimulatedContainerService:
        return SimulatedContainerService(clock.now, 1, images=["labdesk-test/busybox:1"], memory=2**44)

    desk = Desk(DeskSettings(store=path), clock=clock, engine=engine)
    await desk.start_async()
    for name in _TEMPLATES:
        await desk.store.create_async(template(name))
    start = datetime.now(UTC) + timedelta(days=2)
    numbers = iter(range(labs))
    while chosen := list(islice(numbers, _PER_COMMIT)):
        await desk.store.commit_async([Create(sample_lab(number, start)) for number in chosen])
    quiet = 0
    while quiet < 5:
        await asyncio.sleep(0.1)
        controller = desk.plane and desk.plane.controller
        busy = controller is None or len(controller.queue) or controller.in_flight
        quiet = 0 if busy else quiet + 1
    await desk.stop_async()


def student_of(number: int) -> str:
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"


def name_of(number: int) -> str:
    return f"{student_of(number).lower().replace(' ', '-')}-{number}"


def sample_lab(number: int, start: datetime) -> LabInstanceRequest:
    """A lab that the store has not seen, due at `start`."""
    student = student_of(number)
    request = lab(
        name_of(number),
        scheduledStart=start,
        labels={"labdesk/course": f"course-{number % COURSES}"},
        labTemplate=_TEMPLATES[number % len(_TEMPLATES)],
        studentName=student,
        studentEmail=f"{student.lower().replace(' ', '.')}@example.edu",
    )
    return request.with_metadata(uid="", created_at=None)


def _add_events(path: Path, labs: int, count: int) -> None:
    """Add what is missing to `count` events, through the store's own entry: journal, full text and minutes agree."""
    connection = connect_writer(path)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # nobody minds a benchmark's store after a power cut
        connection.execute("PRAGMA cache_size = -200000")
        (head,) = connection.execute("SELECT coalesce(max(sequence), 0) FROM journal").fetchone()
        (desk_id,) = connection.execute("SELECT value FROM meta WHERE key = 'desk_id'").fetchone()
        rows = _event_rows(desk_id, labs, head, count)
        while chosen := list(islice(rows, _PER_TRANSACTION)):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_ADD_EVENT, chosen)
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _event_rows(desk_id: str, labs: int, head: int, count: int) -> Iterator[tuple[object, ...]]:
    random = Random(1)
    until = datetime.now(UTC)
    first, step = to_micros(until - SPAN), SPAN / max(count - head, 1)
    prepared: dict[tuple[int, int], tuple[object, ...]] = {}
    places = range(len(_STEPS))
    for number, place in enumerate(random.choices(places, _WEIGHTS, k=max(count - head, 0))):
        key = (random.randrange(labs), place)
        row = prepared.get(key)
        if row is None:
            row = prepared[key] = prepare_event(_event(*key, until), desk_id).row
        yield head + 1 + number, first + number * step // timedelta(microseconds=1), *row[1:]


def _event(number: int, place: int, time: datetime) -> NewEvent:
    type_, severity, reason, parameters = _STEPS[place]
    name, student = name_of(number), student_of(number)
    course, used = f"course-{number % COURSES}", _TEMPLATES[number % len(_TEMPLATES)]
    phase = {"OOMKilled": "FAILED", "Expired": "TIMEOUT", "Provisioning": "PROVISIONING"}.get(reason, "RUNNING")
    message = {
        "Reconciled": f"Reconciled in {number % 90 + 10} ms.",
        "Requeued": f"Again in {number % 9 + 1} s.",
    }.get(reason) or sentence(reason, parameters)
    data = {
        "phase": phase, "reason": reason, "parameters": parameters, "student": student, "template": used,
        "incarnation": 1, "course": course,
    }  # fmt: skip
    tokens = {"lab": name, "template": used, "course": course}
    return NewEvent(type_, f"default/{name}", time, severity, reason, message, data, tokens, "watcher")


def main() -> None:
    path, *numbers = sys.argv[1:]
    begun = time.perf_counter()
    make_million_store(Path(path), *map(int, numbers))
    print(f"{time.perf_counter() - begun:.1f} s, {Path(path).stat().st_size / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
