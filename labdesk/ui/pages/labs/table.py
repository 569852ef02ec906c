"""The table of labs as a view: selection by id, hover, links and the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from labdesk.ui.delegates.lab_delegate import LabDelegate
from labdesk.ui.memory import WindowMemory
from labdesk.ui.models.lab_columns import LINK_COLUMNS
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.pages.labs.column_layout import LabColumnLayout
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import KEYBOARD_REASONS
from labdesk.ui.widgets.table import furnish_table

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
        self._anchor = ""
        self._current = ""
        self._quiet = False
        self._by_keyboard = False
        self._delegate = LabDelegate(theme, model, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._header = furnish_table(self, theme)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Labs"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.columns = LabColumnLayout(theme, self, self._header, model, self._delegate.width_of, memory)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit()

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
        if not self._current:
            self._mark()
        elif current.isValid():
            self._current_row_changed(current)
        elif (place := self._labs.position(self._current)) >= 0:
            self._go_to(place)
        elif self._labs.row(self._current) is None:
            self._current_row_changed(current)
        self.updateGeometry()

    def _mark(self) -> None:
        shown = self.hasFocus() and (self._current or self._by_keyboard)
        self._delegate.marked = self.currentIndex().row() if shown else -1
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
        self._by_keyboard = event.reason() in KEYBOARD_REASONS
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
