"""What is exported of the log: slices of events, and their form in a file. Knows no Qt."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC
from typing import IO, Protocol

from labdesk.labs.narrate import student_of
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery
from labdesk.ui.panels.export.growing_file import FileForm, csv_form

SLICE = 500
"""Events to a slice: some 30 ms of a thread."""
COLUMNS = ("time", "severity", "type", "subject", "student", "message", "reason")


class Journal(Protocol):
    """The journal, as far as it is written down."""

    async def oldest_async(self, query: EventQuery, after: int, before: int, limit: int) -> list[JournalEvent]: ...

    async def events_async(self, sequences: Sequence[int]) -> list[JournalEvent]: ...

    async def head_async(self) -> int: ...


Slices = AsyncGenerator[Sequence[JournalEvent], None]


async def slices_of_query(journal: Journal, query: EventQuery) -> Slices:
    """Yield what matches now, oldest first; what comes meanwhile is left out."""
    after, before = 0, await journal.head_async() + 1
    while events := await journal.oldest_async(query, after, before, SLICE):
        yield events
        after = events[-1].sequence


async def slices_of_sequences(journal: Journal, sequences: Sequence[int]) -> Slices:
    """Yield these events; their sequences come oldest first."""
    for first in range(0, len(sequences), SLICE):
        events = await journal.events_async(sequences[first : first + SLICE])
        yield events[::-1]


def _cells(event: JournalEvent) -> tuple[str, ...]:
    time = event.time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return time, event.severity, event.type, event.subject, student_of(event), event.message, event.reason


def _write_lines(file: IO[str], events: Sequence[JournalEvent]) -> None:
    file.writelines(f"{event.to_json()}\n" for event in events)


CSV = csv_form(COLUMNS, _cells)
JSON_LINES = FileForm(_write_lines)
"""Whole CloudEvents."""
