"""Groups of labs in the table: a summary row each, whose counts are kept change by change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter

from PySide6.QtCore import QCoreApplication

from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.words import phases_summary


class Grouping(StrEnum):
    NONE = "none"
    COURSE = "course"
    SESSION = "session"


@lru_cache(maxsize=4_096)  # asked for at every step of every bisection
def group_order(name: str) -> str:
    """What groups are ordered by, in whatever order their labs are: by name, labs without one last."""
    return f"0{name.casefold()}\n{name}" if name else "1"


class LabGroup:
    """One group and its summary row; `phases` counts its labs that pass the filter, `selected` are those selected."""

    __slots__ = ("by", "folded", "name", "phases", "selected")

    def __init__(self, by: Grouping, name: str, folded: bool) -> None:
        self.by = by
        self.name = name
        self.folded = folded
        self.phases: Counter[str] = Counter()
        self.selected: set[str] = set()

    @property
    def uid(self) -> str:
        """What the summary row is known by; no lab's uid has a slash."""
        return f"{self.by}/{self.name}"

    @property
    def count(self) -> int:
        return self.phases.total()

    @property
    def is_selected(self) -> bool:
        """True if all of its labs are selected."""
        return len(self.selected) == self.count

    @property
    def title(self) -> str:
        if self.name:
            return self.name
        return _tr("No session") if self.by is Grouping.SESSION else _tr("No course")

    @property
    def summary(self) -> str:
        """`24: 21 running, 2 failed, 1 waiting`; what is selected among labs that are folded away is said too."""
        text = phases_summary(self.phases)
        if self.folded and 0 < len(self.selected) < self.count:
            return _tr("{summary} · {n} selected").format(summary=text, n=len(self.selected))
        return text

    @property
    def spoken(self) -> str:
        """The whole row, for screen readers and as a tooltip."""
        text = _tr("{title}, folded, {summary}") if self.folded else _tr("{title}, {summary}")
        return text.format(title=self.title, summary=self.summary)


Entry = LabRow | LabGroup
Change = tuple[LabRow | None, LabRow | None]


class LabGroups:
    """The groups that have a lab which passes the filter. A folded one shows only its summary row."""

    def __init__(self, by: Grouping = Grouping.NONE, folded: Iterable[str] = ()) -> None:
        self.by = by
        self.folded = frozenset(folded)
        self.name_of: Callable[[LabRow], str] = attrgetter("course" if by is Grouping.COURSE else "session")
        """From a lab to its group's name; labs without a group share the empty one."""
        self._groups: dict[str, LabGroup] = {}

    @property
    def is_on(self) -> bool:
        return self.by is not Grouping.NONE

    @property
    def names(self) -> list[str]:
        return list(self._groups)

    def get(self, uid: str) -> LabGroup | None:
        """Return the group whose summary row has that uid."""
        by, _, name = uid.partition("/")
        return self._groups.get(name) if by == self.by else None

    def of(self, row: LabRow) -> LabGroup | None:
        """Return the group a lab stands in, if labs are grouped."""
        return self._groups.get(self.name_of(row)) if self.is_on else None

    def is_folded(self, row: LabRow) -> bool:
        return bool(self.folded) and self.is_on and self.name_of(row) in self.folded

    def fold(self, folded: Iterable[str]) -> None:
        """Fold these groups and no others; who shows them arranges them anew."""
        self.folded = frozenset(folded)

    def selected_in_folded(self) -> list[str]:
        """Return the uids of selected labs that pass the filter but are folded away."""
        if not self.folded:
            return []
        return [uid for group in self._groups.values() if group.folded for uid in group.selected]

    def arrange(self, rows: Sequence[LabRow], selected: AbstractSet[str]) -> list[Entry]:
        """Count all of these rows, which pass and are sorted; return them beneath the summary rows of their groups."""
        if not self.is_on:
            return [*rows]
        members: defaultdict[str, list[LabRow]] = defaultdict(list)
        for name, row in zip(map(self.name_of, rows), rows, strict=True):
            members[name].append(row)
        self._groups = {}
        entries: list[Entry] = []
        for name in sorted(members, key=group_order):
            group = self._make(name)
            group.phases.update([row.phase for row in members[name]])
            entries.append(group)
            if not group.folded:
                entries += members[name]
        if selected:
            self.select([row for row in rows if row.uid in selected])
        return entries

    def select(self, rows: Sequence[LabRow]) -> None:
        """Note that exactly these of the rows that pass are selected."""
        selected: defaultdict[str, set[str]] = defaultdict(set)
        for name, row in zip(map(self.name_of, rows), rows, strict=True):
            selected[name].add(row.uid)
        for name, group in self._groups.items():
            group.selected = selected.get(name) or set()

    def regroup(
        self, changes: Iterable[Change], selected: AbstractSet[str]
    ) -> list[tuple[LabGroup | None, LabGroup | None]]:
        """Count rows that passed out and rows that pass in; return each group that this touched, before and after."""
        before: dict[str, LabGroup | None] = {}
        for old, new in changes:
            if old is not None:
                name = self.name_of(old)
                group = self._groups[name]
                before.setdefault(name, group)
                group.phases[old.phase] -= 1
                group.selected.discard(old.uid)
            if new is not None:
                name = self.name_of(new)
                before.setdefault(name, self._groups.get(name))
                group = self._groups.get(name) or self._make(name)
                group.phases[new.phase] += 1
                if new.uid in selected:
                    group.selected.add(new.uid)
        for name in before:
            if not self._groups[name].count:
                del self._groups[name]
        return [(old_group, self._groups.get(name)) for name, old_group in before.items()]

    def _make(self, name: str) -> LabGroup:
        group = self._groups[name] = LabGroup(self.by, name, name in self.folded)
        return group


def _tr(text: str) -> str:
    return QCoreApplication.translate("LabGroups", text)
