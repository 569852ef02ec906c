"""Students, and how their labs are called."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Student:
    email: str
    name: str = ""

    def __str__(self) -> str:
        """As mail programs write it."""
        name = f'"{self.name}"' if {",", ";"} & set(self.name) else self.name
        return f"{name} <{self.email}>" if name else self.email


def lab_name(student: Student, template: str, taken: set[str]) -> str:
    """Return a free DNS label like `ada-lovelace-python-intro`, and add it to `taken`."""
    base = _slug(student.name or student.email.partition("@")[0])
    stem = f"{base}-{template}"[:58].strip("-")
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    taken.add(name)
    return name


def is_called(name: str, words: str) -> bool:
    """Whether each of the words is the beginning of one of the name's, whatever their case and accents."""
    given = _words(name)
    return all(any(one.startswith(word) for one in given) for word in _words(words))


def _words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "lab"
