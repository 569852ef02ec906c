"""How the columns of the labs' table lie: chosen, ordered, sized, sorted, remembered; and which yield first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTableView

from labdesk.labs.phases import LabPhase
from labdesk.ui.memory import WindowMemory
from labdesk.ui.models.lab_columns import SHOWN_AT_FIRST, LabColumn
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.pill import pill_size
from labdesk.ui.widgets.table import CELL_PADDING
from labdesk.ui.words import phase_word

_MEASURED_ROWS = 200
_ARROW_ROOM = 16
_SAMPLES = {
    LabColumn.STUDENT: "Ada Augusta King",
    LabColumn.START: "00:00",
    LabColumn.TIME_LEFT: "in 00 h 00 min",
    LabColumn.ACCESS: "127.0.0.1:00000",
}
"""What a column has room for even if no row needs it yet, so that it does not jump when one does."""
_MOST = 240
_LEAST_MESSAGE = 132
_ROOMY_MESSAGE = 168
"""Pixels below which the message, which says what is the matter, is worth more than an address."""
_YIELDING = (
    LabColumn.ACCESS, LabColumn.ENDS, LabColumn.NAME, LabColumn.EMAIL, LabColumn.TEMPLATE, LabColumn.COURSE,
    LabColumn.START, LabColumn.TIME_LEFT,
)  # fmt: skip
_MEMORY_KEY = "labs.columns"
RESET_COLUMNS = "labs.reset_columns"


class LabColumnLayout(QObject):
    """`width_needed` says how wide a cell would have to be. The view calls `fit` whenever its width changes."""

    def __init__(
        self,
        theme: Theme,
        view: QTableView,
        header: QHeaderView,
        model: LabTableModel,
        width_needed: Callable[[LabRow, int], int],
        memory: WindowMemory,
    ) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._header = header
        self._labs = model
        self._width_needed = width_needed
        self._memory = memory
        self._sized_by_hand = False
        self._sizing = False
        self._measured = 0
        self._wanted: set[LabColumn] = set()
        self._hidden_widths: dict[LabColumn, int] = {}
        self._header.sectionClicked.connect(self._sort_clicked)
        self._restore()

    def size_to_rows(self) -> None:
        """Widen columns to what the first rows need, as they come; from the first change by hand on they stay."""
        count = min(self._labs.rowCount(), _MEASURED_ROWS)
        if self._sized_by_hand or count <= self._measured:
            return
        entries = [self._labs.entry_at(place) for place in range(count)]
        rows = [entry for entry in entries if isinstance(entry, LabRow)]
        self._measured = count
        self._sizing = True
        for column in LabColumn:
            if column != LabColumn.MESSAGE:
                need = max([self._least_width(column), *(self._width_needed(row, column) for row in rows)])
                self._header.resizeSection(column, max(self._header.sectionSize(column), min(need, _MOST)))
        self._sizing = False
        self.fit()

    def _least_width(self, column: LabColumn) -> int:
        heading = str(self._labs.headerData(column, Qt.Orientation.Horizontal))
        width = QFontMetrics(self._theme.fonts.caption_medium).horizontalAdvance(heading) + _ARROW_ROOM
        role = "body_medium" if column == LabColumn.STUDENT else "body"
        width = max(width, QFontMetrics(self._theme.fonts.named(role)).horizontalAdvance(_SAMPLES.get(column, "")))
        if column == LabColumn.PHASE:
            width = max(pill_size(self._theme, phase_word(phase)).width() for phase in LabPhase)
        return width + 2 * CELL_PADDING

    def set_shown(self, column: LabColumn, shown: bool) -> None:
        """Show or hide a column, and remember it."""
        self._wanted = self._wanted | {column} if shown else self._wanted - {column}
        self.fit()
        self._remember()

    def reset(self) -> None:
        """Choose, order and size the columns as they were at first; what they are sorted by stays."""
        self._wanted = set(SHOWN_AT_FIRST)
        self._hidden_widths.clear()
        self._sized_by_hand, self._measured = False, 0
        self._sizing = True
        for column in LabColumn:
            self._view.setColumnHidden(column, column not in self._wanted)
            self._header.moveSection(self._header.visualIndex(column), column)
            if column != LabColumn.MESSAGE:
                self._header.resizeSection(column, self._least_width(column))
        self._sizing = False
        self.size_to_rows()
        self.fit()
        self._remember()

    def chosen(self) -> list[LabColumn]:
        """Return the chosen columns from left to right, also those there is no room for."""
        return sorted(self._wanted, key=self._header.visualIndex)

    def is_wanted(self, column: LabColumn) -> bool:
        """True for a chosen column, also while there is no room for it."""
        return column in self._wanted

    def fit(self) -> None:
        """Leave columns out, for as long as the message would have no room; the inspector has what they say."""
        shown = set(self._wanted)
        for column in _YIELDING:
            taken = sum(self._width_of(other) for other in shown if other != LabColumn.MESSAGE)
            least = _ROOMY_MESSAGE if column == LabColumn.ACCESS else _LEAST_MESSAGE
            if LabColumn.MESSAGE not in shown or self._view.viewport().width() - taken >= least:
                break
            shown.discard(column)
        for column in LabColumn:
            if self._view.isColumnHidden(column) == (column in shown):
                if column not in shown:
                    self._hidden_widths[column] = self._header.sectionSize(column)
                self._view.setColumnHidden(column, column not in shown)

    def _width_of(self, column: LabColumn) -> int:
        """The width a column has or would have; a hidden section says 0."""
        return self._header.sectionSize(column) or self._hidden_widths.get(column, self._least_width(column))

    def _restore(self) -> None:
        remembered: dict[str, Any] = self._memory.get(_MEMORY_KEY, {})
        shown = remembered.get("shown", [column.name for column in SHOWN_AT_FIRST])
        self._wanted = {column for column in LabColumn if column.name in shown}
        for column in LabColumn:
            self._view.setColumnHidden(column, column not in self._wanted)
        names = {column.name: column for column in LabColumn}
        order = [names[name] for name in remembered.get("order", ()) if name in names]
        for place, column in enumerate(order):
            self._header.moveSection(self._header.visualIndex(column), place)
        for column in LabColumn:
            if column != LabColumn.MESSAGE:
                self._header.resizeSection(column, self._least_width(column))
        for name, width in remembered.get("widths", {}).items():
            if name in names and isinstance(width, int) and 20 <= width <= 2_000:
                self._header.resizeSection(names[name], width)
                self._sized_by_hand = True
        self._header.setSectionResizeMode(LabColumn.MESSAGE, QHeaderView.ResizeMode.Stretch)
        sorted_by = names.get(str(remembered.get("sort")), LabColumn.START)
        order_word = Qt.SortOrder.DescendingOrder if remembered.get("descending") else Qt.SortOrder.AscendingOrder
        self._header.setSortIndicatorShown(True)
        self._header.setSortIndicator(sorted_by, order_word)
        self._labs.sort(sorted_by, order_word)
        self._header.sectionResized.connect(self._resized)
        self._header.sectionMoved.connect(self._remember)

    def _resized(self, section: int, before: int, after: int) -> None:
        """The stretched column also changes with the window; only a person's hand is to be remembered.

        Of a column that goes or comes Qt says, at times later, that it was sized, from or to a width of nothing.
        """
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if section != LabColumn.MESSAGE and before and after and not self._sizing and pressed:
            self._sized_by_hand = True
            self._remember()

    def _remember(self) -> None:
        in_order = sorted(LabColumn, key=self._header.visualIndex)
        column, order = self._labs.sorting
        self._memory.put(
            _MEMORY_KEY,
            {
                "shown": [column.name for column in LabColumn if column in self._wanted],
                "order": [column.name for column in in_order],
                "widths": self._widths() if self._sized_by_hand else {},
                "sort": column.name,
                "descending": order == Qt.SortOrder.DescendingOrder,
            },
        )

    def _widths(self) -> dict[str, int]:
        columns = [
            column for column in LabColumn if column != LabColumn.MESSAGE and not self._view.isColumnHidden(column)
        ]
        return {column.name: self._header.sectionSize(column) for column in columns}

    def _sort_clicked(self, section: int) -> None:
        column, order = self._labs.sorting
        descending = section == column and order == Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._header.setSortIndicator(section, order)
        self._labs.sort(section, order)
        self._remember()
