"""The timeline's rows as they are now: kept in order change by change, rearranged only when their order changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.pages.timeline.rows import Entry, Heading, RowFilter, arrange, order_of


class TimelineEntries(QObject):
    """Fed by the model of labs."""

    rearranged = Signal()
    """Other rows, or another order."""
    rows_changed = Signal(set)
    """These rows (places) show another state of the same labs."""

    def __init__(self, labs: LabTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labs = labs
        self._filter = RowFilter()
        self._entries: list[Entry] = []
        self._places: dict[str, int] = {}
        self._headings: dict[str, int] = {}

    @property
    def filter(self) -> RowFilter:
        return self._filter

    @property
    def total(self) -> int:
        """How many labs there are, shown or not."""
        return self._labs.total

    @property
    def courses(self) -> Sequence[str]:
        """Courses that have labs, sorted."""
        return self._labs.courses

    @property
    def shown_labs(self) -> int:
        """How many labs the filter lets through, folded or not."""
        if not self._filter.grouped:
            return len(self._entries)
        return sum(entry.count for entry in self._entries if isinstance(entry, Heading))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, place: int) -> Entry:
        return self._entries[place]

    def all(self) -> Sequence[Entry]:
        return self._entries

    def place_of(self, uid: str) -> int:
        """Return where a lab is shown, or -1."""
        return self._places.get(uid, -1)

    def headings(self) -> Iterable[tuple[Heading, int]]:
        """Return the headings and where they stand, from top to bottom."""
        for place in self._headings.values():
            entry = self._entries[place]
            if isinstance(entry, Heading):
                yield entry, place

    def set_filter(self, wanted: RowFilter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self.rearrange()

    def fold(self, course: str) -> None:
        """Fold a course's labs away, or unfold them."""
        folded = self._filter.folded ^ {course}
        self.set_filter(RowFilter(self._filter.grouped, self._filter.course, self._filter.text, folded))

    def rearrange(self) -> None:
        """Put all rows into order anew."""
        self._entries = arrange(self._labs.rows(), self._filter)
        places = enumerate(self._entries)
        self._places, self._headings = {}, {}
        for place, entry in places:
            if isinstance(entry, Heading):
                self._headings[entry.course] = place
            else:
                self._places[entry.uid] = place
        self.rearranged.emit()

    def take(self, uids: Iterable[str]) -> None:
        """Labs changed: put their new states in place, or all rows into order if that is not enough."""
        changed: set[int] = set()
        for uid in uids:
            place, new = self._places.get(uid, -1), self._labs.row(uid)
            if place < 0:
                if new is not None and self._filter.passes(new):
                    self.rearrange()
                    return
                continue
            old = self._entries[place]
            if new is None or isinstance(old, Heading) or not self._stays(old, new):
                self.rearrange()
                return
            self._entries[place] = new
            changed.add(place)
            heading = self._headings.get(new.course, -1)
            if old.phase != new.phase and heading >= 0:
                self._recount(heading, old, new)
                changed.add(heading)
        if changed:
            self.rows_changed.emit(changed)

    def _stays(self, old: LabRow, new: LabRow) -> bool:
        return old.course == new.course and order_of(old) == order_of(new) and self._filter.passes(new)

    def _recount(self, place: int, old: LabRow, new: LabRow) -> None:
        heading = self._entries[place]
        if isinstance(heading, Heading):
            heading.phases[old.phase] -= 1
            heading.phases[new.phase] += 1

    def extent(self, places: Iterable[int] | None = None) -> tuple[float, float] | None:
        """Return the first and last moment of the labs at these places (None: of all), or None if there is none."""
        found = self._entries if places is None else [self._entries[place] for place in places]
        rows = [entry for entry in found if isinstance(entry, LabRow)]
        if not rows:
            return None
        first = min(min(row.start, row.prepared or row.start) for row in rows)
        return first, max(max(row.ends, row.start + row.minutes * 60.0) for row in rows)
