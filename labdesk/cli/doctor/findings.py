"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """NOTE: worth knowing, nothing is wrong."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` says what was found and, unless it is fine, what to do."""

    check: str
    state: State
    sentence: str


def ok(check: str, sentence: str) -> Finding:
    return Finding(check, State.OK, sentence)


def note(check: str, sentence: str) -> Finding:
    return Finding(check, State.NOTE, sentence)


def wrong(check: str, sentence: str) -> Finding:
    return Finding(check, State.WRONG, sentence)
