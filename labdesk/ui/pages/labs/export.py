"""Labs as a table for spreadsheets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime

from labdesk.ui.models.lab_columns import LabColumn, LabTexts, heading
from labdesk.ui.models.lab_groups import Grouping, LabGroups
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.panels.export.exports import Export
from labdesk.ui.panels.export.growing_file import csv_form, safe_cell

SLICE = 500
"""Labs between two turns of the loop: some 5 ms."""
_MOMENTS: dict[LabColumn, Callable[[LabRow], float]] = {
    LabColumn.START: lambda row: row.start,
    LabColumn.ENDS: lambda row: row.ends,
}
WHOSE = (LabColumn.EMAIL, LabColumn.COURSE)
"""What tells two students of one name apart where nobody can ask the window."""


class LabSheet:
    """The chosen columns of labs, in their order; times are ISO 8601 with the zone, the rest is as the table says it.

    Grouped labs have their group in a first column, unless that is one of the chosen. Columns of `besides` that are
    not there yet come last.
    """

    def __init__(
        self, columns: Sequence[LabColumn], texts: LabTexts, groups: LabGroups, besides: Sequence[LabColumn] = ()
    ) -> None:
        self._texts = texts
        group = LabColumn.SESSION if groups.by is Grouping.SESSION else LabColumn.COURSE
        self._group = groups.name_of if groups.is_on and group not in columns else None
        self._heading = heading(group)
        there = {*columns, *([] if self._group is None else [group])}
        self._columns = [*columns, *(column for column in besides if column not in there)]

    def headings(self) -> list[str]:
        first = [] if self._group is None else [self._heading]
        return first + [heading(column) for column in self._columns]

    def cells(self, row: LabRow) -> list[str]:
        first = [] if self._group is None else [self._group(row)]
        return first + [self._text(row, column) for column in self._columns]

    def _text(self, row: LabRow, column: LabColumn) -> str:
        moment = _MOMENTS.get(column)
        if moment is None:
            return self._texts.text(row, column)
        local = self._texts.times.local(datetime.fromtimestamp(moment(row), UTC))
        return local.isoformat(timespec="seconds")

    async def slices(self, rows: Sequence[LabRow]) -> AsyncGenerator[list[list[str]], None]:
        """Yield the cells of some labs at a time, and let the loop turn between."""
        for first in range(0, len(rows), SLICE):
            yield [self.cells(row) for row in rows[first : first + SLICE]]
            await asyncio.sleep(0)

    def export(self, rows: Sequence[LabRow]) -> Export[list[str]]:
        # without the mark of utf-8-sig, Excel reads names in another encoding
        return Export(self.slices(rows), len(rows), csv_form(self.headings(), list, "utf-8-sig"))


async def table_text_async(sheet: LabSheet, rows: Sequence[LabRow]) -> str:
    """Return the labs as lines of tab-separated cells, which spreadsheets and mail programs paste as a table."""
    return _lines([sheet.headings()]) + "".join([_lines(cells) async for cells in sheet.slices(rows)])


def _lines(cells: Sequence[Sequence[str]]) -> str:
    return "".join("\t".join(" ".join(safe_cell(text).split()) for text in line) + "\n" for line in cells)
