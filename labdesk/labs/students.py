"""Students, what may be their name and address, and how their labs are called."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from labdesk.resource.model import check_text

MAX_NAME = 200
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)


@dataclass(frozen=True, slots=True)
class Student:
    email: str
    name: str = ""

    def __str__(self) -> str:
        """As mail programs write it."""
        name = f'"{self.name}"' if {",", ";"} & set(self.name) else self.name
        return f"{name} <{self.email}>" if name else self.email


def is_email(text: str) -> bool:
    """True for the addresses that HTML's e-mail field takes, with a dot in the domain."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def without_marks(text: str) -> str:
    """Leave out what is copied along and never seen: some of these marks turn the direction of all that follows.

    Joiners stay: the names of many languages are written with them.
    """
    if text.isascii():
        return text
    return "".join(one for one in text if one in "\u200c\u200d" or unicodedata.category(one) != "Cf")


def clean_name(text: str) -> str:
    """Return a student's name in one line. Raises ValueError, with what to do, for one no lab takes.

    Names come from spreadsheets and mail programs: with tabs and line breaks in them, never with beeps.
    """
    name = " ".join(without_marks(check_text(text)).split())
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise ValueError("holds a control character; write the name as people read it")
    if len(name) > MAX_NAME:
        raise ValueError(f"must have at most {MAX_NAME} characters")
    return name


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
