"""What the command field finds: pages, actions that make sense now, and labs. Pure, apart from asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to choose; `run` does it. `keys` is its shortcut as people read it."""

    title: str
    remark: str
    icon: str
    run: Callable[[], None]
    keys: str = ""


def rank(query: str, text: str) -> int:
    """Say how well a text fits what was typed: 0 not at all, the more the better.

    The beginning counts most, then the beginning of a word, then a part of it, then all words in any order. Letters
    scattered over the text are no match: Enter would run what nobody meant.
    """
    wanted, given = query.casefold().strip(), text.casefold()
    if not wanted:
        return 1
    if given.startswith(wanted):
        return 4
    if any(word.startswith(wanted) for word in given.split()):
        return 3
    if wanted in given:
        return 2
    return 1 if all(part in given for part in wanted.split()) else 0


def best(query: str, suggestions: Sequence[Suggestion], limit: int) -> list[Suggestion]:
    """Return what fits, best first; equal ones in the order given."""
    ranked = [(rank(query, suggestion.title), suggestion) for suggestion in suggestions]
    ranked.sort(key=lambda pair: -pair[0])
    return [suggestion for score, suggestion in ranked if score][:limit]
