"""How well what was typed fits a text: words' beginnings, initials and slips of a key. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

_WORD = re.compile(r"[^\W_]+")
_SURE_LETTERS = 4
"""A shorter word with a slip in it could be anything."""


class Fit(IntEnum):
    """From the weakest to the best."""

    SLIP = 1  # every word but for one wrong, missing, doubled or swapped letter
    PARTS = 2  # every word somewhere, in any order
    INITIALS = 3  # the first letters of words that follow each other
    WITHIN = 4  # as typed, somewhere
    BEGINNINGS = 5  # every word begins another one, in any order
    WORD = 6  # as typed, from the beginning of a word
    START = 7  # as typed, from the beginning


@dataclass(frozen=True, slots=True)
class Match:
    """`letters` are the places of the letters that were meant."""

    fit: Fit
    letters: frozenset[int] = frozenset()


def match(query: str, text: str) -> Match | None:
    """Say how well a text fits, or None.

    Letters scattered over the text are no match: Enter would run what nobody meant.
    """
    wanted, given = " ".join(query.casefold().split()), text.casefold()
    if not wanted or len(given) != len(text):  # a letter that folds to two would shift the places
        return Match(Fit.PARTS) if not wanted or wanted in given else None
    place = given.find(wanted)
    if place == 0:
        return Match(Fit.START, _span(0, wanted))
    words = [(found.start(), found.group()) for found in _WORD.finditer(given)]
    for start, _ in words:
        if given.startswith(wanted, start):
            return Match(Fit.WORD, _span(start, wanted))
    parts = wanted.split()
    if len(parts) > 1 and (letters := _beginnings(parts, words)):
        return Match(Fit.BEGINNINGS, letters)
    if place > 0:
        return Match(Fit.WITHIN, _span(place, wanted))
    if letters := _initials(wanted, words):
        return Match(Fit.INITIALS, letters)
    if all(part in given for part in parts):
        return Match(Fit.PARTS, frozenset().union(*(_span(given.find(part), part) for part in parts)))
    if letters := _slips(parts, words):
        return Match(Fit.SLIP, letters)
    return None


def rank(query: str, text: str) -> int:
    """Return the fit as a number: 0 none at all, the more the better."""
    found = match(query, text)
    return int(found.fit) if found is not None else 0


def _span(start: int, part: str) -> frozenset[int]:
    return frozenset(range(start, start + len(part)))


def _beginnings(parts: list[str], words: list[tuple[int, str]]) -> frozenset[int]:
    """Give every part a word of its own that begins so; nothing if one is left over."""
    free, letters = list(words), set[int]()
    for part in sorted(parts, key=len, reverse=True):
        taken = next((word for word in free if word[1].startswith(part)), None)
        if taken is None:
            return frozenset()
        free.remove(taken)
        letters |= _span(taken[0], part)
    return frozenset(letters)


def _initials(wanted: str, words: list[tuple[int, str]]) -> frozenset[int]:
    if len(wanted) < 2 or not wanted.isalnum():
        return frozenset()
    place = "".join(word[0] for _, word in words).find(wanted)
    return frozenset(start for start, _ in words[place : place + len(wanted)]) if place >= 0 else frozenset()


def _slips(parts: list[str], words: list[tuple[int, str]]) -> frozenset[int]:
    """Give every part a word that begins so but for one slip; short ones must be right."""
    letters: set[int] = set()
    for part in parts:
        taken = next((word for word in words if _begins(word[1], part)), None)
        if taken is None:
            return frozenset()
        letters |= _span(taken[0], taken[1][: len(part)])
    return frozenset(letters)


def _begins(word: str, part: str) -> bool:
    if word.startswith(part):
        return True
    if len(part) < _SURE_LETTERS:
        return False
    return any(_is_one_slip(word[:length], part) for length in (len(part) - 1, len(part), len(part) + 1))


def _is_one_slip(right: str, typed: str) -> bool:
    """True if one letter is wrong, missing or too much, or two neighbours are swapped."""
    same = 0
    while same < min(len(right), len(typed)) and right[same] == typed[same]:
        same += 1
    right, typed = right[same:], typed[same:]
    if len(right) == len(typed):
        swapped = right[1:2] + right[:1] == typed[:2] and right[2:] == typed[2:]
        return swapped or right[1:] == typed[1:]
    longer, shorter = (right, typed) if len(right) > len(typed) else (typed, right)
    return longer[1:] == shorter and len(longer) == len(shorter) + 1
