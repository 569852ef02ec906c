"""Events into a file, as JSON lines or CSV: in slices off the loop, complete or not at all. Knows no Qt."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import IO, Protocol

from labdesk.resource.errors import LabDeskError
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery

PAGE = 500
"""Events to a slice: some 30 ms of a thread."""
COLUMNS = ("time", "severity", "type", "subject", "student", "message", "reason")


class ExportError(LabDeskError):
    """The file could not be written; nothing of it is left."""

    reason = "ExportFailed"


class Journal(Protocol):
    """The journal, as far as it is written down."""

    async def oldest_async(self, query: EventQuery, after: int, before: int, limit: int) -> list[JournalEvent]: ...

    async def events_async(self, sequences: Sequence[int]) -> list[JournalEvent]: ...

    async def head_async(self) -> int: ...


Pages = AsyncGenerator[Sequence[JournalEvent], None]


async def pages_of_query(journal: Journal, query: EventQuery) -> Pages:
    """Yield what matches now, oldest first; what comes meanwhile is left out."""
    after, before = 0, await journal.head_async() + 1
    while page := await journal.oldest_async(query, after, before, PAGE):
        yield page
        after = page[-1].sequence


async def pages_of_sequences(journal: Journal, sequences: Sequence[int]) -> Pages:
    """Yield these events; their sequences come oldest first."""
    for first in range(0, len(sequences), PAGE):
        events = await journal.events_async(sequences[first : first + PAGE])
        yield events[::-1]


async def export_async(pages: Pages, path: Path, form: str, report: Callable[[int], None]) -> int:
    """Write `pages` to `path` as `jsonl` (whole CloudEvents) or `csv`, and return how many events that were.

    It grows under another name beside `path` and takes its place when it is complete; cancelled or failed it is gone.
    `report` hears how many are written. Raises ExportError, StoreError.
    """
    writer = ThreadPoolExecutor(1, thread_name_prefix="event-export")
    run = partial(asyncio.get_running_loop().run_in_executor, writer)
    growing = path.with_name(f"{path.name}.part")
    written = 0
    try:
        file = await run(_begin, growing, form)
        try:
            async with aclosing(pages):
                async for events in pages:
                    await run(_write, file, form, events)
                    written += len(events)
                    report(written)
        finally:
            await run(file.close)
        await run(growing.replace, path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}); choose another place.") from None
    finally:
        writer.submit(growing.unlink, missing_ok=True)
        writer.shutdown(wait=False)
    return written


def _begin(path: Path, form: str) -> IO[str]:
    file = path.open("w", encoding="utf-8", newline="")
    if form == "csv":
        csv.writer(file).writerow(COLUMNS)
    return file


def _write(file: IO[str], form: str, events: Sequence[JournalEvent]) -> None:
    if form == "csv":
        csv.writer(file).writerows(_cells(event) for event in events)
    else:
        file.writelines(f"{event.to_json()}\n" for event in events)


def _cells(event: JournalEvent) -> tuple[str, ...]:
    student = event.data.get("student")
    time = event.time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    name = student if isinstance(student, str) else ""
    return time, event.severity, event.type, event.subject, name, event.message, event.reason
