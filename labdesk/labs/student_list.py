"""Students as people type them, or paste them out of mail programs, spreadsheets and CSV files. Pure.

A line holds addresses (`ada@example.edu, bob@example.edu`), named ones (`Lovelace, Ada <ada@example.edu>`), or the
cells of one row, parted by tab, comma or semicolon: `Ada Lovelace;ada@example.edu`, `ada@example.edu;Ada Lovelace`,
`Lovelace;Ada;ada@example.edu`. Between one name and its address a blank is enough: `Ada Lovelace ada@example.edu`.
Below a row of headings that has one for the e-mail, rows are read by its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from labdesk.labs.students import Student, clean_name, is_email, without_marks

_SEPARATORS = "\t;,"
"""A table uses the first of these that its row of headings has."""
_FREE_CELL = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^\t;,])+')
"""Separators inside quotes or angle brackets do not end it."""
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")

# Headings as LMSs and spreadsheets write them, without blanks and signs, in lower case.
_EMAIL_HEADING = re.compile(
    r"email.*|(?:student|user)?mail(?:address|adresse)?|adress?e?email|courriel|correo(?:electr[oó]nico)?|indirizzoemail"
)
_FIRST_HEADING = re.compile(r"first(?:name)?|givenname|forename|vorname|pr[eé]nom|nombre|nome")
_LAST_HEADING = re.compile(r"last(?:name)?|surname|(?:family|nach|familien)name|nom(?:defamille)?|apellidos?|cognome")
_NAME_HEADING = re.compile(
    r"(?:full|display|student|firstnamelast)?name|firstnamesurname|student|participant|teilnehmer(?:in)?|nomcomplet"
)


class LineFault(StrEnum):
    NO_ADDRESS = "no address"
    SEVERAL = "several addresses among other words"
    BAD_NAME = "bad name"


@dataclass(frozen=True, slots=True)
class StudentLine:
    """One line that is not blank; `text` is as typed, `number` counts from 1."""

    number: int
    text: str
    students: tuple[Student, ...] = ()
    fault: LineFault | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """Which columns a table has, and how many in all."""

    separator: str
    width: int
    email: int
    first: int | None
    last: int | None
    name: int | None


def read_student_lines(text: str) -> list[StudentLine]:
    """Return what each line says; a row of headings names no student and is no fault."""
    lines: list[StudentLine] = []
    table: _Table | None = None
    for number, whole in enumerate(text.split("\n"), start=1):
        content = without_marks(whole).strip("\r\n ")
        if content.strip():
            headings = _headings(content)
            table = headings or table
            students, fault = ([], None) if headings else _read_line(content, table)
            lines.append(StudentLine(number, whole.strip(), tuple(students), fault))
    return lines


def _read_line(content: str, table: _Table | None) -> tuple[list[Student], LineFault | None]:
    student = _row(content, table) if table is not None else None
    students = [student] if student is not None else _free(content)
    if isinstance(students, LineFault):
        return [], students
    cleaned = [_clean(student) for student in students]
    whole = [student for student in cleaned if student is not None]
    return (whole, None) if len(whole) == len(cleaned) else ([], LineFault.BAD_NAME)


def _clean(student: Student) -> Student | None:
    """Return the student with the name as a lab takes it, or None where it takes none such."""
    try:
        name = clean_name(re.sub('[<>"]', " ", student.name).strip(" '"))
    except ValueError:
        return None
    return Student(student.email, "" if name.lower() == student.email.lower() else name)


# --- tables -----------------------------------------------------------------------------------------------------


def _headings(content: str) -> _Table | None:
    """Return the columns a row of headings names, None for any other line."""
    if "@" in content:
        return None
    separator = next((mark for mark in _SEPARATORS if mark in content), ",")
    words = [re.sub(r"[\W_]+", "", cell).casefold() for cell in _cells(content, separator)]

    def column(heading: re.Pattern[str]) -> int | None:
        return next((place for place, word in enumerate(words) if heading.fullmatch(word)), None)

    email = column(_EMAIL_HEADING)
    if email is None:
        return None
    return _Table(separator, len(words), email, column(_FIRST_HEADING), column(_LAST_HEADING), column(_NAME_HEADING))


def _row(content: str, table: _Table) -> Student | None:
    """Return the student of a table's row, or None for a line that is no such row."""
    cells = _cells(content, table.separator)

    def cell(place: int | None) -> str:
        return cells[place] if place is not None and place < len(cells) else ""

    email = cell(table.email)
    # Beside a first name, a column that is only called "name" holds the last one.
    last = cell(table.name if table.last is None else table.last)
    parts = [cell(table.first), last] if table.first is not None else [cell(table.name) or last]
    others = {part.lower() for part in parts if is_email(part)} - {email.lower()}
    if not is_email(email) or others or any(cells[table.width :]):
        return None
    return Student(email, " ".join(filter(None, parts)))


def _cells(content: str, separator: str) -> list[str]:
    """Split a row as RFC 4180 does: quotes keep separators, doubled quotes are one."""
    cells = [""]
    quoted = False
    for character in content:
        quoted ^= character == '"'
        if character == separator and not quoted:
            cells.append("")
        else:
            cells[-1] += character
    return [_unquoted(cell) for cell in cells]


# --- lines without a table ----------------------------------------------------------------------------------------


def _free(content: str) -> list[Student] | LineFault:
    """Read a line by what its cells look like."""
    cells = [cell.strip() for cell in _FREE_CELL.findall(content) if cell.strip()]
    if any(_NAMED.fullmatch(cell) for cell in cells):
        return _named(cells)
    if len(cells) == 1:
        cells = _parted_by_blanks(cells[0])
    addresses = [cell for cell in cells if is_email(_unquoted(cell))]
    words = [cell for cell in cells if cell not in addresses]
    if not addresses or any("@" in cell for cell in words):
        return LineFault.NO_ADDRESS
    if not words:
        return [Student(_unquoted(cell)) for cell in addresses]
    if len(addresses) > 1:
        return LineFault.SEVERAL
    place = cells.index(addresses[0])
    names = [[cell for cell in part if _has_letter(cell)] for part in (cells[:place], cells[place + 1 :])]
    return [Student(_unquoted(addresses[0]), _joined(names[0] or names[1]))]


def _parted_by_blanks(cell: str) -> list[str]:
    """Return a name and an address that only blanks part as two cells: `Ada Lovelace ada@example.edu`."""
    words = cell.split()
    places = [place for place, word in enumerate(words) if is_email(_unquoted(word))]
    if len(places) != 1:
        return words if len(places) == len(words) else [cell]
    parts = (words[: places[0]], [words[places[0]]], words[places[0] + 1 :])
    return [" ".join(part) for part in parts if part]


def _named(cells: Sequence[str]) -> list[Student] | LineFault:
    """Read addresses in angle brackets; words without an address belong to the next one, as in `Lovelace, Ada <…>`."""
    students: list[Student] = []
    before: list[str] = []
    for cell in cells:
        named = _NAMED.fullmatch(cell)
        email = named[2].strip() if named else _unquoted(cell)
        if is_email(email) and (named or not before):
            students.append(Student(email, _joined([*before, named[1] if named else ""])))
            before = []
        elif "@" in cell or named:
            return LineFault.NO_ADDRESS
        else:
            before.append(cell)
    return LineFault.NO_ADDRESS if before else students


def _has_letter(cell: str) -> bool:
    """False for the number of a row or a student."""
    return any(map(str.isalpha, cell))


def _joined(cells: Iterable[str]) -> str:
    return ", ".join(filter(None, map(_unquoted, cells)))


def _unquoted(cell: str) -> str:
    return cell.replace('"', "").strip()
