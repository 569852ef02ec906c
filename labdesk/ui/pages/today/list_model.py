"""The rows of one card of Today as a list model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.today.texts import Aspect, TodayTexts

Index = QModelIndex | QPersistentModelIndex
Entry = tuple[LabRow, Aspect]


class TodayListModel(QAbstractListModel):
    """A handful of entries; the texts are as of `texts.now`."""

    def __init__(self, texts: TodayTexts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = texts
        self._entries: list[Entry] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, aspect = self._entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.texts.spoken(row, aspect)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.texts.tip(row)
        return None

    def entry(self, place: int) -> Entry:
        return self._entries[place]

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def place_of(self, uid: str) -> int:
        """Return where a lab stands first, or -1."""
        return next((place for place, (row, _) in enumerate(self._entries) if row.uid == uid), -1)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these. Where the same labs stand in the same order, nothing but their texts changes."""
        if [(row.uid, aspect) for row, aspect in entries] == [(row.uid, aspect) for row, aspect in self._entries]:
            self._entries = list(entries)
            self.refresh()
            return
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def refresh(self) -> None:
        """The clock moved on."""
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))
