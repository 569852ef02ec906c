"""Labs as a table for spreadsheets: their cells as text that stays text, and the file they are written to."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from PySide6.QtCore import QCoreApplication

from labdesk.resource.errors import LabDeskError
from labdesk.ui.models.lab_columns import LabColumn, LabTexts, heading
from labdesk.ui.models.lab_groups import Grouping, LabGroups
from labdesk.ui.models.lab_row import LabRow

SLICE = 500
"""Labs between two turns of the loop: some 5 ms."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOMENTS: dict[LabColumn, Callable[[LabRow], float]] = {
    LabColumn.START: lambda row: row.start,
    LabColumn.ENDS: lambda row: row.ends,
}


class ExportError(LabDeskError):
    """The file could not be written; nothing of it is left."""

    reason = "ExportFailed"


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class LabSheet:
    """The chosen columns of labs, in their order; times are ISO 8601 with the zone, the rest is as the table says it.

    Grouped labs have their group in a first column, unless that is one of the chosen.
    """

    def __init__(self, columns: Sequence[LabColumn], texts: LabTexts, groups: LabGroups) -> None:
        self._columns = columns
        self._texts = texts
        group = LabColumn.SESSION if groups.by is Grouping.SESSION else LabColumn.COURSE
        self._group = groups.name_of if groups.is_on and group not in columns else None
        self._heading = heading(group)

    def headings(self) -> list[str]:
        first = [] if self._group is None else [self._heading]
        return first + [heading(column) for column in self._columns]

    def cells(self, row: LabRow) -> list[str]:
        first = [] if self._group is None else [self._group(row)]
        return [safe_cell(text) for text in first + [self._text(row, column) for column in self._columns]]

    def _text(self, row: LabRow, column: LabColumn) -> str:
        moment = _MOMENTS.get(column)
        if moment is None:
            return self._texts.text(row, column)
        local = self._texts.times.local(datetime.fromtimestamp(moment(row), UTC))
        return local.isoformat(timespec="seconds")

    def slices(self, rows: Sequence[LabRow]) -> Iterator[list[list[str]]]:
        for first in range(0, len(rows), SLICE):
            yield [self.cells(row) for row in rows[first : first + SLICE]]


async def table_text_async(sheet: LabSheet, rows: Sequence[LabRow]) -> str:
    """Return the labs as lines of tab-separated cells, which spreadsheets and mail programs paste as a table."""
    lines = [sheet.headings()]
    for cells in sheet.slices(rows):
        lines += cells
        await asyncio.sleep(0)
    return "".join("\t".join(" ".join(cell.split()) for cell in line) + "\n" for line in lines)


async def write_csv_async(sheet: LabSheet, rows: Sequence[LabRow], path: Path) -> None:
    """Write the labs to a CSV file in UTF-8, with headings; raise ExportError.

    It grows under another name beside `path` and takes its place when it is complete; cancelled or failed it is gone.
    """
    writer = ThreadPoolExecutor(1, thread_name_prefix="lab-export")
    run = partial(asyncio.get_running_loop().run_in_executor, writer)
    growing = path.with_name(f"{path.name}.part")
    try:
        file = await run(_begin, growing, sheet.headings())
        try:
            for cells in sheet.slices(rows):
                await run(_write, file, cells)
        finally:
            await run(file.close)
        await run(growing.replace, path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}); choose another place.") from None
    finally:
        writer.submit(growing.unlink, missing_ok=True)
        writer.shutdown(wait=False)


def _begin(path: Path, headings: list[str]) -> IO[str]:
    file = path.open("w", encoding="utf-8-sig", newline="")  # without the mark, Excel reads names in another encoding
    csv.writer(file).writerow(headings)
    return file


def _write(file: IO[str], lines: list[list[str]]) -> None:
    csv.writer(file).writerows(lines)


def _tr(text: str) -> str:
    return QCoreApplication.translate("LabExport", text)
