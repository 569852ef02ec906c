"""Which labs a table shows: one tab, a search text, chosen templates and courses, and a label selector."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from labdesk.resource.selectors import LabelSelector
from labdesk.ui.models.lab_row import LabRow

TABS = ("all", "upcoming", "running", "finished", "problems")
_TAB_OF_PHASE = {
    "PENDING": "upcoming",
    "PROVISIONING": "upcoming",
    "RUNNING": "running",
    "COMPLETED": "finished",
    "TIMEOUT": "finished",
    "FAILED": "problems",
}
EVERYTHING: Final = LabelSelector()
Holds = Callable[[LabRow], bool]
Finder = Callable[[str], Holds | None]
"""From a word to whether a lab's row shows it besides what stands in `row.search`; None if no row does."""


def tab_of_phase(phase: str) -> str:
    """Return the one tab, besides `all`, that labs in a phase stand in."""
    return _TAB_OF_PHASE[phase]


def tab_of(row: LabRow) -> str:
    """Return the one tab, besides `all`, that a lab stands in."""
    return _TAB_OF_PHASE[row.phase]


def _nothing_more(_word: str) -> None:
    """Only what stands in `row.search`."""


@dataclass(frozen=True, slots=True)
class LabFilter:
    """Every word of `text` must occur; empty `templates`, `courses` or `selector` allow all."""

    tab: str = "all"
    text: str = ""
    templates: frozenset[str] = frozenset()
    courses: frozenset[str] = frozenset()
    selector: LabelSelector = EVERYTHING

    @property
    def is_narrowed(self) -> bool:
        """True if more than the tab decides."""
        return bool(self.text.strip() or self.templates or self.courses or self.selector.requirements)

    @property
    def words(self) -> list[str]:
        """The words to be found, in lower case, the longest first: it leaves the fewest labs to look at."""
        return sorted(self.text.lower().split(), key=len, reverse=True)

    def apply(self, rows: Iterable[LabRow]) -> list[LabRow]:
        """Return the rows that are shown, in their order; words are looked for in `row.search` alone."""
        return FilterTest(self).narrow(rows)


class FilterTest:
    """Says which rows a filter shows, and of a row always the same, so that a list made by it can be kept by it."""

    def __init__(self, wanted: LabFilter, finds: Finder = _nothing_more) -> None:
        self._wanted = wanted
        self._words = [(word, finds(word)) for word in wanted.words]
        self._labels: dict[str, bool] = {}

    def passes(self, row: LabRow) -> bool:
        """True if the row is shown."""
        return self.is_in_tab(row) and self.admits(row)

    def is_in_tab(self, row: LabRow) -> bool:
        return self._wanted.tab == "all" or _TAB_OF_PHASE[row.phase] == self._wanted.tab

    def admits(self, row: LabRow) -> bool:
        """True if the row is shown in its own tab, whichever is chosen."""
        wanted = self._wanted
        return (
            (not wanted.templates or row.template in wanted.templates)
            and (not wanted.courses or row.course in wanted.courses)
            and (not wanted.selector.requirements or self._has_labels(row))
            and all(word in row.search or (holds is not None and holds(row)) for word, holds in self._words)
        )

    def narrow(self, rows: Iterable[LabRow]) -> list[LabRow]:
        """Return the rows that are shown, in their order: one narrowing after the other.

        Measured at 100,000 rows, this takes a third of asking `passes` of each.
        """
        return self.admit(self.in_tab(rows))

    def in_tab(self, rows: Iterable[LabRow]) -> list[LabRow]:
        """Return the rows of the chosen tab."""
        if self._wanted.tab == "all":
            return list(rows)
        phases = {phase for phase, tab in _TAB_OF_PHASE.items() if tab == self._wanted.tab}
        return [row for row in rows if row.phase in phases]

    def admit(self, rows: Iterable[LabRow]) -> list[LabRow]:
        """Return the rows that are shown, each in its own tab."""
        wanted, kept = self._wanted, list(rows)
        if wanted.templates:
            kept = [row for row in kept if row.template in wanted.templates]
        if wanted.courses:
            kept = [row for row in kept if row.course in wanted.courses]
        if wanted.selector.requirements:
            kept = [row for row in kept if self._has_labels(row)]
        for word, holds in self._words:
            if holds is None:
                kept = [row for row in kept if word in row.search]
            else:
                kept = [row for row in kept if word in row.search or holds(row)]
        return kept

    def _has_labels(self, row: LabRow) -> bool:
        """Labels are read once for all labs that have the same: a class, a session."""
        verdict = self._labels.get(row.labels)
        if verdict is None:
            verdict = self._labels[row.labels] = self._wanted.selector.matches(labels_of(row))
        return verdict


def labels_of(row: LabRow) -> dict[str, str]:
    """Return a lab's labels; in its row they are one string."""
    return dict(pair.split("=", 1) for pair in row.labels.split(",")) if row.labels else {}
