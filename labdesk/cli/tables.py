"""Tables as kubectl prints them: rich's at a terminal, padded text everywhere else."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Row = tuple[str, ...]
GAP = 3
JOINERS = "\u200c\u200d"
WRAPPED_WIDTH = 28
"""Characters a wrapping column gets at least."""


@dataclass(frozen=True, slots=True)
class Column:
    """`floor` is the width (characters) kept free in a table that goes on, `styles` maps a cell's text to a style."""

    title: str
    floor: int = 0
    wraps: bool = False
    styles: Mapping[str, str] = field(default_factory=dict)


class TablePrinter:
    """Prints rows under one header; later rows keep the columns' places (`goes_on` leaves room for them)."""

    def __init__(self, columns: Sequence[Column], *, goes_on: bool = False, terminal: bool | None = None) -> None:
        self._columns = columns
        self._goes_on = goes_on
        self._terminal = _is_terminal() if terminal is None else terminal
        self._widths: list[int] | None = None

    def print(self, rows: Sequence[Row]) -> None:
        """Print the rows, the first time with the header."""
        cells = [tuple(printable(cell) for cell in row) for row in rows]
        first = self._widths is None
        if self._widths is None:
            self._widths = self._measure(cells)
        if self._terminal:
            self._print_rich(cells, self._widths, header=first)
        else:
            header = [tuple(column.title for column in self._columns)] if first else []
            self._print_plain([*header, *cells], self._widths)

    def _measure(self, rows: Sequence[Row]) -> list[int]:
        return [
            max(
                display_width(column.title),
                column.floor if self._goes_on else 0,
                *(display_width(row[index]) for row in rows),
            )
            for index, column in enumerate(self._columns)
        ]

    @staticmethod
    def _print_plain(rows: Sequence[Row], widths: Sequence[int]) -> None:
        lines = []
        for row in rows:
            padded = (cell + " " * (width - display_width(cell) + GAP) for cell, width in zip(row, widths, strict=True))
            lines.append("".join(padded).rstrip())
        if lines:
            typer.echo("\n".join(lines))

    def _print_rich(self, rows: Sequence[Row], widths: Sequence[int], *, header: bool) -> None:
        from rich.console import Console
        from rich.text import Text

        console = Console(highlight=False, markup=False, emoji=False)
        table = self._rich_table(console, widths, header=header)
        for row in rows:
            table.add_row(
                *(Text(cell, column.styles.get(cell, "")) for cell, column in zip(row, self._columns, strict=True))
            )
        if rows or header:
            console.print(table)

    def _rich_table(self, console: Console, widths: Sequence[int], *, header: bool) -> Table:
        from rich.table import Table

        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=header, header_style="bold")
        needed = 0
        for column, width in zip(self._columns, widths, strict=True):
            if column.wraps:
                table.add_column(column.title, overflow="fold", min_width=min(width, WRAPPED_WIDTH))
                needed += min(width, WRAPPED_WIDTH)
            else:
                table.add_column(column.title, no_wrap=True, width=width)
                needed += width + GAP
        # A narrow terminal breaks lines by itself; a name or link cut short could not be copied.
        console.width = max(console.width, needed)
        return table


def _is_terminal() -> bool:
    """Rich cuts cells at the width it takes a dumb terminal (of an editor, say) to have."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in {"dumb", "unknown"}


def printable(text: str) -> str:
    """Return the text on one line and without control characters: what students type must not steer a terminal.

    Joiners stay: emoji and the names of many languages are written with them.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if character in "\n\r\t" else "\ufffd" if _steers(character) else character for character in text
    )


def _steers(character: str) -> bool:
    return character not in JOINERS and unicodedata.category(character) in {"Cc", "Cf"}


def display_width(text: str) -> int:
    """Return how many terminal cells the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character) or character in JOINERS
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
