"""Students as people paste them: `Ada Lovelace <ada@example.edu>` or bare addresses, by line, comma or semicolon."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from labdesk.labs.request import is_email
from labdesk.resource.errors import InvalidResourceError

_ENTRY = re.compile(r'(?:"[^"]*"|<[^>]*>|[^,;"<])+')
"""One entry of a line; commas inside quotes or angle brackets do not end it."""
_NAMED = re.compile(r"(.*?)<([^<>]*)>\s*")


@dataclass(frozen=True, slots=True)
class Student:
    email: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


def parse_students(text: str) -> list[Student]:
    """Return each student once, in order; raise InvalidResourceError with the line number of the first bad entry."""
    students: dict[str, Student] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        for entry in _entries(line):
            if entry.strip():
                student = _parse(entry.strip(), number)
                students.setdefault(student.email.lower(), student)
    return list(students.values())


def _entries(line: str) -> Iterator[str]:
    """Split a line; a part without an address belongs to the next one, as in `Lovelace, Ada <ada@example.edu>`."""
    begun = ""
    for part in _ENTRY.findall(line):
        entry = f"{begun}, {part.strip()}" if begun else part.strip()
        begun = "" if "@" in part else entry
        if not begun:
            yield entry
    if begun:
        yield begun


def _parse(entry: str, line: int) -> Student:
    named = _NAMED.fullmatch(entry)
    name, email = (named[1], named[2].strip()) if named else ("", entry)
    if not is_email(email):
        raise InvalidResourceError(
            "students", f"line {line}: '{entry}' has no valid e-mail address; write Ada Lovelace <ada@example.edu>"
        )
    return Student(email, name.strip().strip('"'))


def lab_name(student: Student, template: str, taken: set[str]) -> str:
    """Return a free DNS label like `ada-lovelace-python-intro`, and add it to `taken`."""
    base = _slug(student.name or student.email.partition("@")[0])
    stem = f"{base}-{template}"[:58].strip("-")
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    taken.add(name)
    return name


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "lab"
