"""How many labs there are of each template, course and tab, whatever is filtered; kept change by change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from labdesk.ui.models.lab_filter import tab_of
from labdesk.ui.models.lab_row import LabRow


class LabTallies:
    """A name counted once stays known with 0 labs, and is not told of any more."""

    def __init__(self, rows: Collection[LabRow] = ()) -> None:
        self._tabs = Counter(tab_of(row) for row in rows)
        self._templates = Counter(row.template for row in rows)
        self._courses = Counter(row.course for row in rows)

    def note(self, old: LabRow | None, new: LabRow | None) -> None:
        """Count a lab as it is now in place of what it was; None: it was not there, or is gone."""
        for row, by in ((old, -1), (new, 1)):
            if row is not None:
                self._tabs[tab_of(row)] += by
                self._templates[row.template] += by
                self._courses[row.course] += by

    def in_tab(self, tab: str) -> int:
        """Return how many labs stand in a tab; not for `all`."""
        return self._tabs[tab]

    @property
    def templates(self) -> list[tuple[str, int]]:
        """Templates and how many labs use each, sorted by name."""
        return _told(self._templates)

    @property
    def courses(self) -> list[tuple[str, int]]:
        return _told(self._courses)


def _told(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted((name, count) for name, count in counts.items() if name and count)
