"""The table model of labs: its own filtered, sorted list of rows, kept in order change by change.

Measured at 100,000 rows: a proxy model filters in 2 s and sorts in 9; this list takes milliseconds. A batch of
changes costs one pass over the list's pointers, whatever the number of rows that move.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.events import ResourceChangeEvent, ResourceChangeType, ResourceImage
from labdesk.ui.models.lab_columns import LabColumn, LabTexts, heading, sort_key
from labdesk.ui.models.lab_filter import TABS, LabFilter, tab_of
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.times import Times

ROW_ROLE = Qt.ItemDataRole.UserRole
_ASCENDING = Qt.SortOrder.AscendingOrder
Index = QModelIndex | QPersistentModelIndex


class _Backwards:
    """Compares the other way round, for bisecting a descending list."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]


class LabTableModel(QAbstractTableModel):
    """Rows are labs. Selection is a set of uids here (the view's selection model holds only the current row)."""

    counts_changed = Signal()
    """Another number of labs in some tab, or of shown rows."""
    selection_changed = Signal()
    labs_changed = Signal(set)
    """The labs with these uids have another state, or are gone."""

    def __init__(self, times: Times, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = LabTexts(times)
        self._rows: dict[str, LabRow] = {}
        self._shown: list[LabRow] = []
        self._filter = LabFilter()
        self._column = LabColumn.START
        self._order = _ASCENDING
        self._counts: Counter[str] = Counter()
        self._templates: Counter[str] = Counter()
        self._courses: Counter[str] = Counter()
        self._next_number = 0
        self._selected: set[str] = set()

    # --- Qt's questions ---------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(LabColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._shown[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.texts.text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.texts.tip(row, index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return heading(LabColumn(section))
        return None

    def sort(self, column: int, order: Qt.SortOrder = _ASCENDING) -> None:
        """Sort, and keep sorted from now on."""
        self._column, self._order = LabColumn(column), order
        self._rebuild()

    # --- what is there ----------------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        return len(self._rows)

    @property
    def lab_filter(self) -> LabFilter:
        return self._filter

    @property
    def sorting(self) -> tuple[LabColumn, Qt.SortOrder]:
        return self._column, self._order

    @property
    def templates(self) -> list[str]:
        """Templates that some lab uses, sorted."""
        return sorted(name for name, count in self._templates.items() if count and name)

    @property
    def courses(self) -> list[str]:
        return sorted(name for name, count in self._courses.items() if count and name)

    def count(self, tab: str) -> int:
        """Return how many labs stand in a tab, whatever is searched for."""
        return len(self._rows) if tab == "all" else self._counts[tab]

    def row(self, uid: str) -> LabRow | None:
        return self._rows.get(uid)

    def row_at(self, position: int) -> LabRow:
        return self._shown[position]

    def rows(self) -> Collection[LabRow]:
        """All labs, shown or not."""
        return self._rows.values()

    def position(self, uid: str) -> int:
        """Return where a lab is shown, or -1."""
        row = self._rows.get(uid)
        if row is None or not self._filter.passes(row):
            return -1
        return self._find(self._shown, row)

    # --- what comes in ----------------------------------------------------------------------------------------

    def load(self, images: Sequence[ResourceImage]) -> None:
        """Take a whole list in place of what is there. Labs that sort alike stand by name, as students' labs are named.

        Sorted before rows are made: rows that lie in memory as they are numbered are gone through four times faster.
        """
        ordered = sorted(images, key=attrgetter("name"))
        rows = [LabRow(image, number) for number, image in enumerate(ordered)]
        self._rows = {row.uid: row for row in rows}
        self._next_number = len(rows)
        self._counts = Counter(tab_of(row) for row in self._rows.values())
        self._templates = Counter(row.template for row in self._rows.values())
        self._courses = Counter(row.course for row in self._rows.values())
        self._selected &= self._rows.keys()
        self._rebuild()

    def apply(self, events: Sequence[ResourceChangeEvent[LabInstanceRequest]]) -> None:
        """Take a batch of changes; what is not newer than its row is passed over."""
        latest = {event.image.uid: event for event in events}
        pairs: list[tuple[LabRow | None, LabRow | None]] = []
        for uid, event in latest.items():
            old = self._rows.get(uid)
            if old is not None and event.revision <= old.revision:
                continue
            new = None if event.change_type == ResourceChangeType.DELETED else self._take(event.image, old)
            if old is not None or new is not None:
                pairs.append((old, new))
        if not pairs:
            return
        for old, new in pairs:
            self._note(old, new)
        self._show_changes(pairs)
        self.counts_changed.emit()
        self.labs_changed.emit(set(latest))

    def tick(self, now: datetime, first: int, last: int) -> None:
        """The clock moved on: the shown rows from `first` to `last` may read differently."""
        self.texts.set_now(now)
        last = min(last, len(self._shown) - 1)
        if first <= last:
            columns = (LabColumn.TIME_LEFT, LabColumn.TIME_LEFT)
            self.dataChanged.emit(self.index(first, columns[0]), self.index(last, columns[1]))

    def hold(self, uids: Iterable[str], remark: str) -> None:
        """Show a remark in place of the message (an action that still waits); an empty one ends it."""
        for uid in uids:
            if remark:
                self.texts.held[uid] = remark
            else:
                self.texts.held.pop(uid, None)
            if (position := self.position(uid)) >= 0:
                self._emit_rows([position])

    def set_filter(self, wanted: LabFilter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self._rebuild()

    # --- selection --------------------------------------------------------------------------------------------

    @property
    def selected(self) -> frozenset[str]:
        return frozenset(self._selected)

    def is_selected(self, uid: str) -> bool:
        return uid in self._selected

    def selected_rows(self) -> list[LabRow]:
        """The selected labs that are shown, in the order shown; nothing hidden is ever acted on."""
        if len(self._selected) * 20 < len(self._shown):
            places = sorted(place for uid in self._selected if (place := self.position(uid)) >= 0)
            return [self._shown[place] for place in places]
        return [row for row in self._shown if row.uid in self._selected]

    def select(self, uids: Iterable[str]) -> None:
        """Select exactly these."""
        self._set_selected({uid for uid in uids if uid in self._rows})

    def select_all(self) -> None:
        """Select every shown lab."""
        self._set_selected({row.uid for row in self._shown})

    def _set_selected(self, wanted: set[str]) -> None:
        if wanted != self._selected:
            self._selected = wanted
            self._emit_all_rows()
            self.selection_changed.emit()

    def uids_between(self, first: int, last: int) -> list[str]:
        """Return the uids of a range of shown rows, in any direction."""
        low, high = sorted((first, last))
        return [row.uid for row in self._shown[low : high + 1]]

    # --- keeping the list -------------------------------------------------------------------------------------

    def _take(self, image: ResourceImage, old: LabRow | None) -> LabRow:
        if old is not None:
            return LabRow(image, old.number)
        self._next_number += 1
        return LabRow(image, self._next_number - 1)

    def _note(self, old: LabRow | None, new: LabRow | None) -> None:
        if old is not None:
            self._counts[tab_of(old)] -= 1
            self._templates[old.template] -= 1
            self._courses[old.course] -= 1
        if new is not None:
            self._counts[tab_of(new)] += 1
            self._templates[new.template] += 1
            self._courses[new.course] += 1
            self._rows[new.uid] = new
        elif old is not None:
            del self._rows[old.uid]
            self.texts.held.pop(old.uid, None)
            if old.uid in self._selected:
                self._selected.discard(old.uid)
                self.selection_changed.emit()

    def _order_key(self) -> Callable[[LabRow], tuple[Any, int]]:
        value = sort_key(self._column)
        if self._order == _ASCENDING:
            return lambda row: (value(row), row.number)
        return lambda row: (_Backwards(value(row)), row.number)

    def _find(self, rows: list[LabRow], row: LabRow) -> int:
        key = self._order_key()
        return bisect_left(rows, key(row), key=key)

    def _show_changes(self, pairs: Sequence[tuple[LabRow | None, LabRow | None]]) -> None:
        key = self._order_key()
        going: list[int] = []
        coming: list[LabRow] = []
        same: list[tuple[int, LabRow]] = []
        for old, new in pairs:
            was = old is not None and self._filter.passes(old)
            stays = new is not None and self._filter.passes(new)
            place = bisect_left(self._shown, key(old), key=key) if was and old is not None else -1
            if was and stays and new is not None and old is not None and key(old) == key(new):
                same.append((place, new))
                continue
            if was:
                going.append(place)
            if stays and new is not None:
                coming.append(new)
        for place, row in same:
            self._shown[place] = row
        if going or coming:
            self._shift(sorted(going, reverse=True), sorted(coming, key=key), key)
        else:
            self._emit_rows(sorted(place for place, _ in same))

    def _shift(self, going: list[int], coming: list[LabRow], key: Callable[[LabRow], tuple[Any, int]]) -> None:
        """Take out the places `going` (descending) and put in `coming` (ascending), in the list itself.

        Moving pointers is cheap; a new list of 100,000 rows would touch every one of them (measured: 4 ms against 1).
        """
        surplus = len(coming) - len(going)
        if surplus > 0:
            self._append(coming[:surplus])
        places = self._begin_layout()
        rows = self._shown
        if surplus > 0:
            del rows[-surplus:]
        gone = [rows[place] for place in going[: max(-surplus, 0)]]
        for place in going:
            del rows[place]
        begin = 0
        for row in coming:
            begin = bisect_left(rows, key(row), lo=begin, key=key)
            rows.insert(begin, row)
        self._end_layout(places, rows, gone)

    def _rebuild(self) -> None:
        rows = self._filter.apply(self._rows.values())
        # The numbers are ascending in the dictionary's order and the sort is stable, so ties stay in that order.
        rows.sort(key=sort_key(self._column), reverse=self._order != _ASCENDING)
        self._replace(rows)
        self.counts_changed.emit()

    def _replace(self, rows: list[LabRow]) -> None:
        """Show these rows. The current row goes along with its lab: a reset costs the same and would lose it."""
        if len(rows) > len(self._shown):
            self._append(rows[len(self._shown) :])
        places = self._begin_layout()
        gone = self._shown[len(rows) :]
        self._shown = rows
        self._end_layout(places, rows, gone)

    def _append(self, rows: list[LabRow]) -> None:
        """The count of rows only ever changes at the end of the list; their order is a change of layout."""
        self.beginInsertRows(QModelIndex(), len(self._shown), len(self._shown) + len(rows) - 1)
        self._shown += rows
        self.endInsertRows()

    def _begin_layout(self) -> list[tuple[QModelIndex, str]]:
        self.layoutAboutToBeChanged.emit()
        indexes = sorted(self.persistentIndexList(), key=lambda index: index.row())
        return [(index, self._shown[index.row()].uid) for index in indexes]

    def _end_layout(self, places: list[tuple[QModelIndex, str]], rows: list[LabRow], gone: list[LabRow]) -> None:
        """Send the persistent indexes after their labs; `gone` rows leave from the end."""
        moved: list[QModelIndex] = []
        taken: set[tuple[int, int]] = set()
        for index, uid in places:
            row = self._rows.get(uid)
            place = self._find(rows, row) if row is not None and self._filter.passes(row) else -1
            # A row that was appended only to make room may stand for a lab that has an index already.
            stays = place >= 0 and (place, index.column()) not in taken
            taken.add((place, index.column()))
            moved.append(self.index(place, index.column()) if stays else QModelIndex())
        # All at once: one after the other, an index that arrives where another still is would be taken for it.
        self.changePersistentIndexList([index for index, _ in places], moved)
        if gone:
            rows += gone
        self.layoutChanged.emit()
        if gone:
            self.beginRemoveRows(QModelIndex(), len(rows) - len(gone), len(rows) - 1)
            del rows[-len(gone) :]
            self.endRemoveRows()

    def _emit_rows(self, places: Sequence[int]) -> None:
        """One dataChanged per run of neighbouring places."""
        last_column = len(LabColumn) - 1
        start = previous = -2
        for place in [*places, -1]:
            if place == previous + 1:
                previous = place
                continue
            if start >= 0:
                self.dataChanged.emit(self.index(start, 0), self.index(previous, last_column))
            start = previous = place

    def _emit_all_rows(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(LabColumn) - 1))


__all__ = ["ROW_ROLE", "TABS", "LabTableModel"]
