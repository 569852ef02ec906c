"""`labdesk events`: the journal in its own order, and on request what is added to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

import typer

from labdesk.cli.errors import UsageMistakeError
from labdesk.cli.invocation import Invocation
from labdesk.cli.moments import event_sentence
from labdesk.cli.storage import opened_store
from labdesk.cli.tables import Column, TablePrinter
from labdesk.resource.errors import RevisionExpired
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery
from labdesk.store.store import ResourceStore

PAGE = 1000
COLUMNS = (
    Column("TIME", 19),
    Column("SEVERITY", 8, styles={"warning": "yellow", "error": "red"}),
    Column("TYPE", 34),
    Column("SUBJECT", 24),
    Column("MESSAGE", 28, wraps=True),
)
_SPAN = re.compile(r"(\d{1,6})\s*(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """`types` are globs over CloudEvent types; no types, namespace None and since None let everything through."""

    since: datetime | None = None
    types: tuple[str, ...] = ()
    namespace: str | None = None

    def matches(self, event: JournalEvent) -> bool:
        return (
            (self.since is None or event.time >= self.since)
            and (not self.types or any(fnmatchcase(event.type, glob) for glob in self.types))
            and (self.namespace is None or event.subject.startswith(f"{self.namespace}/"))
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
    since = wanted.since
    try:
        lineage = await store.lineage_async()
        sequence = await _start(store, since)
        while True:
            committed.clear()
            try:
                page = await store.journal.after_async(sequence, PAGE, lineage)
            except RevisionExpired:
                lineage = await store.lineage_async()
                sequence = await _start(store, since)
                continue
            if matching := [event for event in page if wanted.matches(event)]:
                yield matching
            if page:
                sequence, since = page[-1].sequence, page[-1].time + timedelta.resolution
            elif follow:
                await committed.wait()
            else:
                return
    finally:
        store.remove_commit_listener(committed.set)


async def _start(store: ResourceStore, since: datetime | None) -> int:
    """Return the sequence after which the first event since then stands, without reading what is before it."""
    if since is None:
        return 0
    oldest: int | None = None
    while page := await store.journal.search_async(EventQuery(since=since), oldest, PAGE):
        oldest = page[-1].sequence
    return await store.journal.head_async() if oldest is None else oldest - 1


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
