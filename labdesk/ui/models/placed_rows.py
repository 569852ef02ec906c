"""A table model whose rows come, go and change places without a reset: what is current goes along with its row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Signal

from labdesk.ui.models.lab_groups import Entry
from labdesk.ui.models.lab_order import OrderKey

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class Moves:
    """What a batch of changes does to rows in the order of `key`: which places empty, what comes, what stays put."""

    def __init__(self, entries: Sequence[Entry], key: OrderKey) -> None:
        self._entries = entries
        self.key = key
        self.going: list[int] = []
        self.coming: list[Entry] = []
        self.staying: list[tuple[int, Entry]] = []

    def note(self, old: Entry | None, new: Entry | None) -> None:
        """Take a row that is shown (or None) and what is shown instead (or None)."""
        key = self.key
        if old is not None:
            before = key(old)
            place = bisect_left(self._entries, before, key=key)
            if new is not None and before == key(new):
                self.staying.append((place, new))
                return
            self.going.append(place)
        if new is not None:
            self.coming.append(new)


class PlacedRows(QAbstractTableModel):
    """`_entries` are the rows shown, in order; subclasses say where one stands by its uid."""

    shifting = Signal()
    shifted = Signal()
    """Around a change of places that rows made themselves, not a sort or a filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def position(self, uid: str) -> int:
        """Return where a row is shown, or -1."""
        raise NotImplementedError

    def _put_in_place(self, entries: list[Entry]) -> None:
        """Show these rows. The current row goes along with its lab: a reset costs the same and would lose it."""
        if len(entries) > len(self._entries):
            self._append(entries[len(self._entries) :])
        places = self._begin_layout()
        gone = self._entries[len(entries) :]
        self._entries = entries
        self._end_layout(places, gone)

    def _move(self, moves: Moves) -> None:
        """Show the rows as they are after these moves."""
        for place, row in moves.staying:
            self._entries[place] = row
        if moves.going or moves.coming:
            self._shift(sorted(moves.going, reverse=True), sorted(moves.coming, key=moves.key), moves.key)
        else:
            self._tell_of(sorted(place for place, _ in moves.staying))

    def _shift(self, going: list[int], coming: list[Entry], key: OrderKey) -> None:
        """Take out the places `going` (descending) and put in `coming` (ascending), in the list itself.

        Moving pointers is cheap; a new list of 100,000 rows would touch every one of them (measured: 4 ms against 1).
        """
        self.shifting.emit()
        surplus = len(coming) - len(going)
        if surplus > 0:
            self._append(coming[:surplus])
        places = self._begin_layout()
        entries = self._entries
        if surplus > 0:
            del entries[-surplus:]
        gone = [entries[place] for place in going[: max(-surplus, 0)]]
        for place in going:
            del entries[place]
        begin = 0
        for row in coming:
            begin = bisect_left(entries, key(row), lo=begin, key=key)
            entries.insert(begin, row)
        self._end_layout(places, gone)
        self.shifted.emit()

    def _append(self, entries: Sequence[Entry]) -> None:
        """The count of rows only ever changes at the end of the list; their order is a change of layout."""
        self.beginInsertRows(QModelIndex(), len(self._entries), len(self._entries) + len(entries) - 1)
        self._entries += entries
        self.endInsertRows()

    def _begin_layout(self) -> list[tuple[QModelIndex, str]]:
        self.layoutAboutToBeChanged.emit()
        indexes = sorted(self.persistentIndexList(), key=lambda index: index.row())
        return [(index, self._entries[index.row()].uid) for index in indexes]

    def _end_layout(self, places: list[tuple[QModelIndex, str]], gone: Sequence[Entry]) -> None:
        """Send the persistent indexes after their rows; `gone` rows leave from the end."""
        moved: list[QModelIndex] = []
        taken: set[tuple[int, int]] = set()
        for index, uid in places:
            place = self.position(uid)
            # A row that was appended only to make room may stand for a lab that has an index already.
            stays = place >= 0 and (place, index.column()) not in taken
            taken.add((place, index.column()))
            moved.append(self.index(place, index.column()) if stays else QModelIndex())
        # All at once: one after the other, an index that arrives where another still is would be taken for it.
        self.changePersistentIndexList([index for index, _ in places], moved)
        if gone:
            self._entries += gone
        self.layoutChanged.emit()
        if gone:
            first = len(self._entries) - len(gone)
            self.beginRemoveRows(QModelIndex(), first, len(self._entries) - 1)
            del self._entries[first:]
            self.endRemoveRows()

    def _tell_of(self, places: Sequence[int]) -> None:
        """One dataChanged per run of neighbouring places, which are ascending."""
        last_column = self.columnCount() - 1
        start = previous = -2
        for place in [*places, -1]:
            if place == previous + 1:
                previous = place
                continue
            if start >= 0:
                self.dataChanged.emit(self.index(start, 0), self.index(previous, last_column))
            start = previous = place

    def _tell_of_all(self) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._entries) - 1, self.columnCount() - 1))
