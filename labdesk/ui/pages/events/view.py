"""The table of the event log: it follows the newest, asks for older ones as it is scrolled, and never jumps."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelection, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from labdesk.ui.pages.events.delegate import EventDelegate
from labdesk.ui.pages.events.model import EventColumn, EventTableModel
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.table import CELL_PADDING, furnish_table

_LAB_WIDTH, _LAB_SHARE, _LAB_MOST = 184, 0.16, 300
"""Pixels of the lab at least, its share of a wider view, and its pixels at most."""
_TYPE_WIDTH = 284
_SEVERITY_WIDTH = 34
_WIDEST_TIME = "28 Nov 28:48:58"
_LOWER = 4
_ROWS_SEEN = 200
"""More rows than any screen shows: beyond them the view's height is not reckoned anew."""
_ROWS_AHEAD = 60
"""Older events are asked for this many rows before the last one comes into view."""


class EventTableView(QTableView):
    """`at_newest_changed` tells when the newest row comes into view or leaves it; `older_wanted` asks for another page.

    `opened` carries the row a person chose, by mouse or keys.
    """

    at_newest_changed = Signal(bool)
    older_wanted = Signal()
    opened = Signal(int)

    def __init__(self, theme: Theme, model: EventTableModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._at_newest = True
        self._rows = 0
        self._sized_by_hand = False
        self.setAccessibleName(name)
        self.setModel(model)
        self.header = furnish_table(self, theme)
        self.header.setSectionsClickable(False)
        self.header.setMinimumSectionSize(_SEVERITY_WIDTH)
        self._delegate = EventDelegate(theme, model, self, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._fit()
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._scrolled)
        model.modelReset.connect(self.scrollToTop)
        for changed in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._row_count_changed)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        theme.changed.connect(self._fit)
        self.header.sectionResized.connect(self._resized)

    def sizeHint(self) -> QSize:
        """As high as its rows, so that the frame ends with the last one."""
        return QSize(600, self.header.sizeHint().height() + self._rows * self.verticalHeader().defaultSectionSize())

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.header.sizeHint().height() + self._theme.row_height)

    def show_column(self, column: EventColumn, shown: bool) -> None:
        self.setColumnHidden(column, not shown)

    def column_order(self) -> list[str]:
        """Return the columns' names from left to right."""
        return [column.name for column in sorted(EventColumn, key=self.header.visualIndex)]

    def arrange(self, names: Sequence[str]) -> None:
        """Put the columns of these names first, in this order; a name that is none is passed over."""
        known = [EventColumn[name] for name in names if name in EventColumn.__members__]
        for place, column in enumerate(known):
            self.header.moveSection(self.header.visualIndex(column), place)

    def rows_in_view(self) -> tuple[int, int]:
        """Return first and last visible row; (0, -1) without rows."""
        if not self._model.rowCount():
            return 0, -1
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        return max(first, 0), last if last >= 0 else self._model.rowCount() - 1

    def choose(self, row: int) -> None:
        """Make a row the current one and show it."""
        index = self._model.index(row, EventColumn.SENTENCE)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        if event.key() == Qt.Key.Key_Home and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.choose_edge(0)
            return
        if event.key() == Qt.Key.Key_End and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.choose_edge(self._model.rowCount() - 1)
            return
        super().keyPressEvent(event)

    def choose_edge(self, row: int) -> None:
        if 0 <= row < self._model.rowCount():
            self.choose(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(round(event.position().y())))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row = self.rowAt(round(event.position().y()))
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.opened.emit(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_lab()
        self._scrolled()

    def _row_count_changed(self) -> None:
        rows = min(self._model.rowCount(), _ROWS_SEEN)
        if rows != self._rows:
            self._rows = rows
            self.updateGeometry()

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered:
            self._delegate.hovered = row
            self.viewport().update()

    def _selection_changed(self, selected: QItemSelection) -> None:
        if not selected.isEmpty():
            self.opened.emit(selected.indexes()[0].row())

    def _scrolled(self) -> None:
        bar = self.verticalScrollBar()
        at_newest = bar.value() <= bar.minimum()
        if at_newest != self._at_newest:
            self._at_newest = at_newest
            self.at_newest_changed.emit(at_newest)
        first, last = self.rows_in_view()
        self._model.want_bodies(first, last)
        if last >= self._model.rowCount() - _ROWS_AHEAD:
            self.older_wanted.emit()

    def _fit(self) -> None:
        """Rows are a little lower than elsewhere: a log is read in lines."""
        height = max(self._theme.row_height - _LOWER, self._theme.line_height("body") + 4)
        self.verticalHeader().setDefaultSectionSize(height)
        time_width = math.ceil(QFontMetricsF(self._theme.fonts.body).horizontalAdvance(_WIDEST_TIME)) + 4
        self.header.setSectionResizeMode(EventColumn.SENTENCE, QHeaderView.ResizeMode.Stretch)
        self.header.setSectionResizeMode(EventColumn.SEVERITY, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(EventColumn.TIME, time_width + 2 * CELL_PADDING)
        self.setColumnWidth(EventColumn.SEVERITY, _SEVERITY_WIDTH)
        self.setColumnWidth(EventColumn.TYPE, _TYPE_WIDTH)
        self._fit_lab()

    def _fit_lab(self) -> None:
        """A wider view has room for longer names, unless a hand has given them theirs."""
        if self._sized_by_hand:
            return
        self.setColumnWidth(EventColumn.LAB, min(max(round(self.width() * _LAB_SHARE), _LAB_WIDTH), _LAB_MOST))

    def _resized(self, section: int) -> None:
        if section == EventColumn.LAB and QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._sized_by_hand = True
