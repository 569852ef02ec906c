"""The templates as an item model: searched, sorted, and kept up to date row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from labdesk.resource.quantity import parse_bytes
from labdesk.ui.pages.templates.rows import (
    TemplateColumn,
    TemplateRow,
    cell_text,
    presence_sentence,
    state_words,
    usage_tip,
)
from labdesk.ui.panels.image_book import ImageState, Presence

Index = QModelIndex | QPersistentModelIndex
_ASCENDING = Qt.SortOrder.AscendingOrder
_MISSING = frozenset({Presence.MISSING, Presence.REFUSED})
TABS: dict[str, Callable[[TemplateRow], bool]] = {
    "all": lambda _row: True,
    "used": lambda row: row.usage.active > 0,
    "missing": lambda row: row.image.presence in _MISSING,
}


class TemplateTableModel(QAbstractTableModel):
    """`set_rows` takes all there are; shown are those of the tab that hold every word of the search."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[TemplateRow, ...] = ()
        self._shown: list[TemplateRow] = []
        self._words: tuple[str, ...] = ()
        self._tab = "all"
        self._column, self._order = TemplateColumn.NAME, _ASCENDING

    # --- Qt's side --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(TemplateColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = state_words(row) if index.column() == TemplateColumn.NAME else ""
            return ", ".join(part for part in (cell_text(row, index.column()), state) if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            TemplateColumn.NAME: self.tr("Template"),
            TemplateColumn.ON_ENGINE: self.tr("On the engine"),
            TemplateColumn.IMAGE: self.tr("Image"),
            TemplateColumn.LABS: self.tr("Labs"),
            TemplateColumn.MEMORY: self.tr("Memory"),
        }[TemplateColumn(section)]

    def sort(self, column: int, order: Qt.SortOrder = _ASCENDING) -> None:
        self._column, self._order = TemplateColumn(column), order
        self._rebuild()

    # --- the page's side --------------------------------------------------------------------------------------

    @property
    def sorting(self) -> tuple[TemplateColumn, Qt.SortOrder]:
        return self._column, self._order

    @property
    def total(self) -> int:
        return len(self._all)

    def row_at(self, place: int) -> TemplateRow:
        return self._shown[place]

    def row(self, subject: str) -> TemplateRow | None:
        """Return a template's row, also if it is not shown."""
        return next((row for row in self._all if row.facts.subject == subject), None)

    def rows(self) -> tuple[TemplateRow, ...]:
        """All there are, shown or not."""
        return self._all

    def position(self, subject: str) -> int:
        """Return where a template is shown, -1 if it is not."""
        return next((place for place, row in enumerate(self._shown) if row.facts.subject == subject), -1)

    def count(self, tab: str) -> int:
        return sum(map(TABS[tab], self._all))

    def set_rows(self, rows: Sequence[TemplateRow]) -> None:
        """Take every template as it is now."""
        if tuple(rows) != self._all:
            self._all = tuple(rows)
            self._rebuild()

    def set_filter(self, text: str, tab: str) -> None:
        self._words, self._tab = tuple(text.lower().split()), tab
        self._rebuild()

    def _rebuild(self) -> None:
        """Show what is to be shown; rows that stay in their place only repaint, so that nothing jumps."""
        belongs = TABS[self._tab]
        rows = [row for row in self._all if belongs(row) and all(word in row.search for word in self._words)]
        rows.sort(key=lambda row: row.facts.subject)
        rows.sort(key=self._sort_key, reverse=self._order != _ASCENDING)
        if [row.facts.subject for row in rows] == [row.facts.subject for row in self._shown]:
            changed = [place for place, row in enumerate(rows) if row != self._shown[place]]
            self._shown = rows
            for place in changed:
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(TemplateColumn) - 1))
            return
        self.beginResetModel()
        self._shown = rows
        self.endResetModel()

    def _sort_key(self, row: TemplateRow) -> Any:
        match self._column:
            case TemplateColumn.ON_ENGINE:
                return row.image.presence.value
            case TemplateColumn.LABS:
                return row.usage.active, row.usage.running
            case TemplateColumn.MEMORY:
                return parse_bytes(row.facts.memory.replace(" ", "").removesuffix("B"))
            case column:
                return cell_text(row, column).lower()

    @staticmethod
    def _tip(row: TemplateRow, column: int) -> str:
        if column == TemplateColumn.LABS:
            return usage_tip(row.usage)
        if column == TemplateColumn.ON_ENGINE:
            return row.image.message or _pull_tip(row.image)
        if column == TemplateColumn.NAME:
            return "\n".join(part for part in (row.facts.description, state_words(row)) if part)
        return cell_text(row, column)


def _pull_tip(state: ImageState) -> str:
    """How much of how much is pulled: the row itself has only room for the share."""
    return presence_sentence(state, True) if state.presence is Presence.PULLING else ""
