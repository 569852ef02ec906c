"""`labdesk events`: the journal in its own order, and on request what is added to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

import typer

from labdesk.cli.errors import UsageMistakeError
from labdesk.cli.invocation import Invocation
from labdesk.cli.moments import event_sentence
from labdesk.cli.selection import check_name
from labdesk.cli.storage import opened_store
from labdesk.cli.tables import Column, TablePrinter
from labdesk.labs.narrate import student_of
from labdesk.labs.students import is_called
from labdesk.resource.errors import RevisionExpired
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery
from labdesk.store.store import ResourceStore
from labdesk.store.writes import SEVERITIES

PAGE = 1000
COLUMNS = (
    Column("TIME", 19),
    Column("SEVERITY", 8, styles={"warning": "yellow", "error": "red"}),
    Column("TYPE", 34),
    Column("SUBJECT", 24),
    Column("MESSAGE", 28, wraps=True),
)
_SPAN = re.compile(r"(\d{1,6})\s*(s|m|h|d|w)")
_IN_THE_INDEX = re.compile(r"[^*?\[\]]*\*?")
"""Globs that the journal finds by itself: the whole type, or how it begins."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """`query` is asked of the journal, as the window asks it; its text is words of the student's name.

    `types` are globs over CloudEvent types. No types and namespace None let everything through.
    """

    query: EventQuery = field(default_factory=EventQuery)
    types: tuple[str, ...] = ()
    namespace: str | None = None

    @classmethod
    def of(
        cls,
        since: datetime | None,
        types: Sequence[str],
        namespace: str,
        *,
        severities: Sequence[str] = (),
        labs: Sequence[str] = (),
        student: str = "",
    ) -> EventFilter:
        """Check what was typed; raises UsageMistakeError."""
        for severity in severities:
            if severity not in SEVERITIES:
                raise UsageMistakeError(f"--severity: must be info, warning or error, not '{severity}'.")
        for lab in labs:
            check_name(lab)
        if student and not any(letter.isalnum() for letter in student):
            raise UsageMistakeError("--student: must be a name, or its beginning.")
        asked = tuple(types) if all(map(_IN_THE_INDEX.fullmatch, types)) else ()
        query = EventQuery(student, tuple(severities), asked, labs=tuple(labs), since=since)
        return cls(query, tuple(types), namespace or None)

    def matches(self, event: JournalEvent) -> bool:
        """Whether one that the query found is wanted."""
        return (
            (not self.types or any(fnmatchcase(event.type, glob) for glob in self.types))
            and (self.namespace is None or event.subject.startswith(f"{self.namespace}/"))
            and (not self.query.text or is_called(student_of(event), self.query.text))
        )


def parse_since(text: str, invocation: Invocation) -> datetime:
    """Return the moment meant by `10m`, `2h`, `3d` (ago) or an ISO time, the instructor's zone if it names none."""
    if match := _SPAN.fullmatch(text.strip()):
        try:
            return invocation.clock.now() - timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError:
            raise UsageMistakeError(f"--since: '{text}' is before all time; write it like 10m, 2h or 3d.") from None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageMistakeError(
            f"--since: '{text}' is no time; write it like 10m, 2h, 3d or 2026-11-23T10:00+01:00."
        ) from None
    try:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=invocation.zone) if invocation.zone else moment.astimezone()
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise UsageMistakeError(f"--since: '{text}' is a time no calendar has; write it like 10m, 2h or 3d.") from None


async def events(invocation: Invocation, wanted: EventFilter, output: str, *, follow: bool) -> None:
    """Print what matches, oldest first; with `follow` go on until cancelled."""
    show = _print_json if output == "json" else _TableOfEvents(invocation, goes_on=follow).show
    async with opened_store(invocation) as store:
        shown = False
        async for page in read_journal(store, wanted, follow=follow):
            shown = True
            show(page)
    if not shown:
        typer.echo("There are no such events.", err=True)


async def read_journal(
    store: ResourceStore, wanted: EventFilter, *, follow: bool
) -> AsyncIterator[Sequence[JournalEvent]]:
    """Yield pages of matching events in the order of the journal; sleep between commits.

    In a store that was put back to an earlier state it goes on with what came after the last event it saw.
    """
    committed = asyncio.Event()
    store.add_commit_listener(committed.set)
    sequence, seen = 0, wanted.query.since
    try:
        lineage = await store.lineage_async()
        while True:
            committed.clear()
            try:
                page = await store.journal.oldest_async(wanted.query, sequence, None, PAGE, lineage)
            except RevisionExpired:
                lineage = await store.lineage_async()
                sequence = await _before(store, seen)
                continue
            if matching := [event for event in page if wanted.matches(event)]:
                yield matching
            if page:
                sequence, seen = page[-1].sequence, page[-1].time + timedelta.resolution
            elif follow:
                await committed.wait()
            else:
                return
    finally:
        store.remove_commit_listener(committed.set)


async def _before(store: ResourceStore, moment: datetime | None) -> int:
    """Return the sequence after which the first event since then stands."""
    first = await store.journal.oldest_async(EventQuery(since=moment), 0, None, 1)
    return first[0].sequence - 1 if first else await store.journal.head_async()


def _print_json(page: Sequence[JournalEvent]) -> None:
    typer.echo("\n".join(event.to_json() for event in page))


class _TableOfEvents:
    """Rows under one header; with `goes_on` the columns keep room for what comes."""

    def __init__(self, invocation: Invocation, *, goes_on: bool) -> None:
        self._invocation = invocation
        self._printer = TablePrinter(COLUMNS, goes_on=goes_on)

    def show(self, page: Sequence[JournalEvent]) -> None:
        zone, now = self._invocation.zone, self._invocation.clock.now()
        self._printer.print(
            [
                (
                    f"{event.time.astimezone(zone):%Y-%m-%d %H:%M:%S}",
                    event.severity,
                    event.type,
                    event.subject or "-",
                    event_sentence(event, now, zone),
                )
                for event in page
            ]
        )
