"""A table model whose rows come, go and change places without a reset: what is current goes along with its row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex

from labdesk.ui.models.lab_groups import Entry

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class PlacedRows(QAbstractTableModel):
    """`_entries` are the rows shown, in order; subclasses say where one stands by its uid."""

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
