"""How many labs stand in each tab, of those that everything but the tab lets through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from labdesk.ui.models.lab_filter import tab_of_phase
from labdesk.ui.models.lab_row import LabRow


class TabCounts:
    """Counted once for a filter, then kept change by change."""

    def __init__(self) -> None:
        self._phases: Counter[str] = Counter()

    def take(self, rows: Iterable[LabRow]) -> None:
        """Count these and no others."""
        self._phases = Counter(map(attrgetter("phase"), rows))

    def note(self, old: LabRow | None, new: LabRow | None) -> None:
        """Count a lab as it is now in place of what it was; None: not let through."""
        if old is not None:
            self._phases[old.phase] -= 1
        if new is not None:
            self._phases[new.phase] += 1

    def of(self, tab: str) -> int:
        """Return how many stand in a tab; in `all` all of them."""
        return sum(count for phase, count in self._phases.items() if tab in ("all", tab_of_phase(phase)))
