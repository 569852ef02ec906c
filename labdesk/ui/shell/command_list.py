"""What the command field offers: things to choose, grouped, best first. Pure, apart from running one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from labdesk.ui.shell.matching import match


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to choose; `run` does it, unless it is not `possible`.

    `keys` is its shortcut as people read it, `group` its heading; `letters` are the places of those that were meant.
    """

    title: str
    remark: str
    icon: str
    run: Callable[[], None]
    keys: str = ""
    group: str = ""
    possible: bool = True
    fit: int = 0
    letters: frozenset[int] = frozenset()


def fitting(query: str, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """Return what fits, marked with how; the possible before those that must wait, otherwise in the order given."""
    found = []
    for suggestion in suggestions:
        fit = match(query, suggestion.title)
        if fit is not None:
            found.append(replace(suggestion, fit=int(fit.fit), letters=fit.letters))
    found.sort(key=lambda one: (-one.fit, not one.possible))
    return found


def grouped(groups: Sequence[Sequence[Suggestion]], limit: int) -> list[Suggestion]:
    """Return the best of all groups, each in one piece, the group with the best of all first.

    Among equals the order given holds, whether possible now or not: what an instructor does comes before settings.
    Every group keeps a fair share of the `limit`; what others leave free goes to the first ones.
    """
    filled = sorted((list(group) for group in groups if group), key=lambda group: -group[0].fit)
    if not filled:
        return []
    share = max(limit // len(filled), 1)
    counts = [min(len(group), share) for group in filled]
    for place, group in enumerate(filled):
        counts[place] += min(len(group) - counts[place], max(limit - sum(counts), 0))
    chosen = [one for group, count in zip(filled, counts, strict=True) for one in group[:count]]
    return chosen[:limit]
