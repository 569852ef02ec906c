"""The rows of the timeline in their order: labs by course and start, a heading above each course. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from labdesk.ui.models.lab_row import LabRow


@dataclass(frozen=True, slots=True)
class Heading:
    """A course (empty: labs without one) and how many of its labs are in each phase."""

    course: str
    phases: Counter[str] = field(default_factory=Counter)
    folded: bool = False

    @property
    def count(self) -> int:
        return self.phases.total()


Entry = LabRow | Heading


@dataclass(frozen=True, slots=True)
class RowFilter:
    """`course` None shows all of them; every word of `text` must be found. `folded` courses show only their heading."""

    grouped: bool = True
    course: str | None = None
    text: str = ""
    folded: frozenset[str] = frozenset()

    @property
    def is_narrowed(self) -> bool:
        return self.course is not None or bool(self.text.strip())

    def passes(self, row: LabRow) -> bool:
        """True if the lab is shown, or would be were its course not folded."""
        if self.course is not None and row.course != self.course:
            return False
        return not self.text or all(word in row.search for word in self.text.lower().split())


def order_of(row: LabRow) -> tuple[float, str, str]:
    """What labs are ordered by within their course."""
    return row.start, row.student, row.name


def arrange(rows: Iterable[LabRow], wanted: RowFilter) -> list[Entry]:
    """Return what is shown, in order; labs without a course come last."""
    kept = [row for row in rows if wanted.passes(row)]
    if not wanted.grouped:
        return [*sorted(kept, key=order_of)]
    by_course: dict[str, list[LabRow]] = {}
    for row in kept:
        by_course.setdefault(row.course, []).append(row)
    entries: list[Entry] = []
    for course in sorted(by_course, key=lambda name: (not name, name)):
        labs = by_course[course]
        folded = course in wanted.folded
        entries.append(Heading(course, Counter(row.phase for row in labs), folded))
        if not folded:
            entries += [*sorted(labs, key=order_of)]
    return entries
