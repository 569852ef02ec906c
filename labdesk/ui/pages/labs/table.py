"""The table of labs as a view: selection by id, hover, links, the keyboard, and columns that stay as they were left."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from labdesk.labs.phases import LabPhase
from labdesk.ui.delegates.lab_delegate import LabDelegate
from labdesk.ui.memory import WindowMemory
from labdesk.ui.models.lab_columns import LINK_COLUMNS, SHOWN_AT_FIRST, LabColumn
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.pill import pill_size
from labdesk.ui.widgets.table import CELL_PADDING, furnish_table
from labdesk.ui.words import phase_word

_MEASURED_ROWS = 200
_ARROW_ROOM = 16
_SAMPLES = {
    LabColumn.STUDENT: "Ada Augusta King",
    LabColumn.START: "00:00",
    LabColumn.TIME_LEFT: "00 min 00 s",
    LabColumn.ACCESS: "127.0.0.1:00000",
}
"""What a column has room for even if no row needs it yet, so that it does not jump when one does."""
_MOST = 240
_LEAST_MESSAGE = 132
_YIELDING = (LabColumn.ACCESS, LabColumn.ENDS, LabColumn.NAME, LabColumn.EMAIL, LabColumn.TEMPLATE, LabColumn.COURSE)
_MEMORY_KEY = "labs.columns"
_STEPS = (Qt.Key.Key_Down, Qt.Key.Key_Up)


class LabTableView(QTableView):
    """The current row (selection model) is what the inspector shows; the selected labs (model) are what actions take.

    A current lab that the filter hides stays current: the inspector does not close under the instructor's eyes.
    """

    current_changed = Signal(str)
    """The uid of the current lab, or nothing."""
    link_clicked = Signal(str)
    opened = Signal(str)
    """Enter or a double click on a lab."""

    def __init__(self, theme: Theme, model: LabTableModel, memory: WindowMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._labs = model
        self._memory = memory
        self._anchor = ""
        self._current = ""
        self._sized_by_hand = False
        self._sizing = False
        self._measured = 0
        self._quiet = False
        self._wanted: set[LabColumn] = set()
        self._hidden_widths: dict[LabColumn, int] = {}
        self._delegate = LabDelegate(theme, model, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._header = furnish_table(self, theme)
        self._header.sectionClicked.connect(self._sort_clicked)
        self._header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Labs"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._restore_columns()
        self.selectionModel().currentRowChanged.connect(self._current_row_changed)
        model.layoutChanged.connect(self._rows_replaced)
        model.rowsInserted.connect(self.updateGeometry)
        model.rowsRemoved.connect(self.updateGeometry)

    @property
    def header(self) -> QHeaderView:
        return self._header

    @property
    def current_uid(self) -> str:
        return self._current

    def sizeHint(self) -> QSize:
        """As high as its rows, so that the frame ends with the last one."""
        rows = self._labs.rowCount() * self.verticalHeader().defaultSectionSize()
        return QSize(600, self._header.sizeHint().height() + min(rows, 1_000_000))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._header.sizeHint().height() + self._theme.row_height)

    def visible_range(self) -> tuple[int, int]:
        """Return the first and last row on screen; (0, -1) for none."""
        first = self.rowAt(0)
        if first < 0:
            return 0, -1
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._labs.rowCount() - 1

    def show_lab(self, uid: str) -> bool:
        """Make a lab current and alone selected, and scroll to it; False if the filter hides it or it is gone."""
        place = self._labs.position(uid)
        if place < 0:
            return False
        self._choose(place)
        self.scrollTo(self._labs.index(place, 0))
        return True

    def clear_current(self) -> None:
        """Have no current lab and none selected."""
        self._labs.select(())
        self.setCurrentIndex(QModelIndex())

    # --- columns ----------------------------------------------------------------------------------------------

    def size_columns(self) -> None:
        """Widen columns to what the first rows need, as they come; from the first change by hand on they stay."""
        count = min(self._labs.rowCount(), _MEASURED_ROWS)
        if self._sized_by_hand or count <= self._measured:
            return
        rows = [self._labs.row_at(place) for place in range(count)]
        self._measured = count
        self._sizing = True
        for column in LabColumn:
            if column != LabColumn.MESSAGE:
                need = max([self._least_width(column), *(self._delegate.width_of(row, column) for row in rows)])
                self._header.resizeSection(column, max(self._header.sectionSize(column), min(need, _MOST)))
        self._sizing = False
        self._fit_columns()

    def _least_width(self, column: LabColumn) -> int:
        heading = str(self._labs.headerData(column, Qt.Orientation.Horizontal))
        width = QFontMetrics(self._theme.fonts.caption_medium).horizontalAdvance(heading) + _ARROW_ROOM
        role = "body_medium" if column == LabColumn.STUDENT else "body"
        width = max(width, QFontMetrics(self._theme.fonts.named(role)).horizontalAdvance(_SAMPLES.get(column, "")))
        if column == LabColumn.PHASE:
            width = max(pill_size(self._theme, phase_word(phase)).width() for phase in LabPhase)
        return width + 2 * CELL_PADDING

    def set_column_shown(self, column: LabColumn, shown: bool) -> None:
        """Show or hide a column, and remember it."""
        self._wanted = self._wanted | {column} if shown else self._wanted - {column}
        self._fit_columns()
        self._remember_columns()

    def is_column_wanted(self, column: LabColumn) -> bool:
        """True for a chosen column, also while there is no room for it."""
        return column in self._wanted

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Leave columns out, for as long as the message would have no room; the inspector has what they say."""
        shown = set(self._wanted)
        for column in _YIELDING:
            taken = sum(self._width_of(other) for other in shown if other != LabColumn.MESSAGE)
            if LabColumn.MESSAGE not in shown or self.viewport().width() - taken >= _LEAST_MESSAGE:
                break
            shown.discard(column)
        for column in LabColumn:
            if self.isColumnHidden(column) == (column in shown):
                if column not in shown:
                    self._hidden_widths[column] = self._header.sectionSize(column)
                self.setColumnHidden(column, column not in shown)

    def _width_of(self, column: LabColumn) -> int:
        """The width a column has or would have; a hidden section says 0."""
        return self._header.sectionSize(column) or self._hidden_widths.get(column, self._least_width(column))

    def _restore_columns(self) -> None:
        remembered: dict[str, Any] = self._memory.get(_MEMORY_KEY, {})
        shown = remembered.get("shown", [column.name for column in SHOWN_AT_FIRST])
        self._wanted = {column for column in LabColumn if column.name in shown}
        for column in LabColumn:
            self.setColumnHidden(column, column not in self._wanted)
        names = {column.name: column for column in LabColumn}
        order = [names[name] for name in remembered.get("order", ()) if name in names]
        for place, column in enumerate(order):
            self._header.moveSection(self._header.visualIndex(column), place)
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
        for column in LabColumn:
            if not self._sized_by_hand and column != LabColumn.MESSAGE:
                self._header.resizeSection(column, self._least_width(column))
        self._header.sectionResized.connect(self._resized)
        self._header.sectionMoved.connect(self._remember_columns)

    def _resized(self, section: int) -> None:
        """The stretched column also changes with the window; only a person's hand is to be remembered."""
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if section != LabColumn.MESSAGE and not self._sizing and pressed:
            self._sized_by_hand = True
            self._remember_columns()

    def _remember_columns(self) -> None:
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
        columns = [column for column in LabColumn if column != LabColumn.MESSAGE and not self.isColumnHidden(column)]
        return {column.name: self._header.sectionSize(column) for column in columns}

    def _sort_clicked(self, section: int) -> None:
        column, order = self._labs.sorting
        descending = section == column and order == Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._header.setSortIndicator(section, order)
        self._labs.sort(section, order)
        self._remember_columns()

    # --- current and selected ---------------------------------------------------------------------------------

    def _choose(self, place: int) -> None:
        """Make a row current and alone selected."""
        uid = self._labs.row_at(place).uid
        self._anchor = uid
        self._labs.select((uid,))
        self._go_to(place)

    def _go_to(self, place: int) -> None:
        column = max(self.currentIndex().column(), 0)
        index = self._labs.index(place, column)
        if index == self.currentIndex():
            self._current_row_changed(index)
        else:
            self.selectionModel().setCurrentIndex(index, self.selectionModel().SelectionFlag.NoUpdate)

    def _extend_to(self, place: int) -> None:
        anchor = self._labs.position(self._anchor)
        self._labs.select(self._labs.uids_between(anchor if anchor >= 0 else place, place))

    def _toggle(self, uid: str) -> None:
        self._anchor = uid
        self._labs.select(self._labs.selected ^ {uid})

    def _current_row_changed(self, current: QModelIndex) -> None:
        uid = self._labs.row_at(current.row()).uid if current.isValid() else ""
        self._mark()
        if uid != self._current and not self._quiet:
            self._current = uid
            self.current_changed.emit(uid)

    def _rows_replaced(self) -> None:
        """Rows moved beneath the current index, or its lab came, went or is hidden now."""
        current = self.currentIndex()
        if current.isValid():
            self._current_row_changed(current)
        elif self._current and (place := self._labs.position(self._current)) >= 0:
            self._go_to(place)
        elif self._current and self._labs.row(self._current) is None:
            self._current_row_changed(current)
        self.updateGeometry()

    def _mark(self) -> None:
        self._delegate.marked = self.currentIndex().row() if self.hasFocus() else -1
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines between rows are drawn once a row here, not once a cell."""
        super().paintEvent(event)
        first, last = self.visible_range()
        painter = QPainter(self.viewport())
        colors, width = self._theme.colors, self.viewport().width()
        height = self.verticalHeader().defaultSectionSize()
        top = self.rowViewportPosition(first) if last >= first else 0
        for place in range(first, last + 1):
            painter.fillRect(0, top + height - 1, width, 1, colors.well)
            if place == self._delegate.marked:
                painter.fillRect(0, top, 2, height - 1, colors.accent)
            top += height

    # --- what the instructor does -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            if event.button() == Qt.MouseButton.LeftButton:
                self.clear_current()
            return
        uid = self._labs.row_at(index.row()).uid
        if event.button() == Qt.MouseButton.RightButton:
            if not self._labs.is_selected(uid):
                self._choose(index.row())
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._toggle(uid)
            self._go_to(index.row())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._extend_to(index.row())
            self._go_to(index.row())
        elif not self._is_on_link(index, event.position().toPoint()):
            self._choose(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        on_link = self._is_on_link(index, point)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_link else Qt.CursorShape.ArrowCursor)
        if (index.row(), on_link) != (self._delegate.hovered, self._delegate.link_hovered):
            self._hover(index.row(), on_link)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and self._is_on_link(index, point):
            self.link_clicked.emit(self._labs.row_at(index.row()).uid)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.opened.emit(self._labs.row_at(index.row()).uid)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1, False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self._labs.select_all()
        elif event.key() == Qt.Key.Key_Escape:
            self.clear_current()
        elif event.key() == Qt.Key.Key_Space and before >= 0:
            self._toggle(self._labs.row_at(before).uid)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and before >= 0:
            self._choose(before)
            self.opened.emit(self._labs.row_at(before).uid)
        elif not self._current and before >= 0 and event.key() in _STEPS:
            self._choose(before)  # the keyboard came here, but nothing was chosen yet: the first step chooses
        else:
            super().keyPressEvent(event)
            after = self.currentIndex().row()
            if after not in (before, -1):
                self._moved_by_key(after, event.modifiers())

    def _moved_by_key(self, place: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._extend_to(place)
        elif not modifiers & Qt.KeyboardModifier.ControlModifier:
            self._choose(place)

    def keyboardSearch(self, search: str) -> None:
        """Typing letters is for shortcuts here; the search field finds (and Qt would ask every row's text)."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard comes, but nothing is chosen by that: Qt makes the first row current, no inspector opens."""
        self._quiet = True
        super().focusInEvent(event)
        self._quiet = False
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    def _hover(self, place: int, on_link: bool) -> None:
        self._delegate.hovered, self._delegate.link_hovered = place, on_link
        self.viewport().update()

    def _is_on_link(self, index: QModelIndex | QPersistentModelIndex, point: QPoint) -> bool:
        if not index.isValid() or index.column() not in LINK_COLUMNS:
            return False
        row = self._labs.row_at(index.row())
        return bool(row.access) and point.x() < self.visualRect(index).left() + self._delegate.width_of(
            row, index.column()
        )  # fmt: skip
