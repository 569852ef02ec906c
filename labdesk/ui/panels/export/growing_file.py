"""Things into a file, in slices off the loop, complete or not at all. Knows no Qt."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Generic, TypeVar

from labdesk.resource.errors import LabDeskError
from labdesk.store.in_use import require_no_store

T = TypeVar("T")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ExportError(LabDeskError):
    """The file could not be written; nothing of it is left."""

    reason = "ExportFailed"


@dataclass(frozen=True, slots=True)
class FileForm(Generic[T]):
    """How a slice of things is written to a file, in a thread; and what stands before the first."""

    write: Callable[[IO[str], Sequence[T]], object]
    head: str = ""
    encoding: str = "utf-8"


def csv_form(headings: Sequence[str], cells: Callable[[T], Sequence[str]], encoding: str = "utf-8") -> FileForm[T]:
    """A table for spreadsheets, in which text stays text."""

    def write(file: IO[str], things: Sequence[T]) -> None:
        csv.writer(file).writerows([safe_cell(text) for text in cells(thing)] for thing in things)

    head = io.StringIO(newline="")
    csv.writer(head).writerow(headings)
    return FileForm(write, head.getvalue(), encoding)


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


async def export_async(
    slices: AsyncGenerator[Sequence[T], None], form: FileForm[T], path: Path, report: Callable[[int], None]
) -> int:
    """Write all slices to `path`, and return how many things that were.

    It grows under another name beside `path` and takes its place when it is complete; cancelled or failed it is gone.
    `report` hears how many are written. Raises ExportError, StoreLockedError and what `slices` raises.
    """
    writer = ThreadPoolExecutor(1, thread_name_prefix="export")
    run = partial(asyncio.get_running_loop().run_in_executor, writer)
    growing = path.with_name(f"{path.name}.part")
    written = 0
    try:
        await run(require_no_store, path)
        file = await run(partial(growing.open, "w", encoding=form.encoding, newline=""))
        try:
            await run(file.write, form.head)
            async with aclosing(slices):
                async for things in slices:
                    await run(form.write, file, things)
                    written += len(things)
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
