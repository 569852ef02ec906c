"""The table of templates as a view: one current row, hover, the keyboard, columns that yield where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from labdesk.ui.memory import WindowMemory
from labdesk.ui.pages.templates.delegate import TemplateDelegate
from labdesk.ui.pages.templates.rows import TemplateColumn, presence_word
from labdesk.ui.pages.templates.table_model import TemplateTableModel
from labdesk.ui.panels.image_book import ImageState, Presence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.pill import pill_size
from labdesk.ui.widgets.table import CELL_PADDING, furnish_table

_ARROW_ROOM = 16
_MOST, _LEAST_IMAGE, _LEAST_NAME = 242, 110, 150
_YIELDING = (TemplateColumn.MEMORY, TemplateColumn.IMAGE, TemplateColumn.LABS)
_MEMORY_KEY = "templates.table"
_STEPS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class TemplateTableView(QTableView):
    """`chosen` carries the `namespace/name` of the template that was clicked or moved to."""

    chosen = Signal(str)
    opened = Signal(str)
    """Enter or a double click on a template."""
    delete_wanted = Signal()

    def __init__(
        self, theme: Theme, model: TemplateTableModel, memory: WindowMemory, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = model
        self._memory = memory
        self._current = ""
        self._quiet = False
        self._delegate = TemplateDelegate(theme, model, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._header = furnish_table(self, theme)
        self._header.setSectionsMovable(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Templates"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._header.setSectionResizeMode(TemplateColumn.IMAGE, QHeaderView.ResizeMode.Stretch)
        self._header.sectionClicked.connect(self._sort_clicked)
        self._restore()
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        model.modelReset.connect(self._rows_replaced)
        model.dataChanged.connect(self.size_to_rows)
        theme.changed.connect(self.size_to_rows)

    @property
    def current(self) -> str:
        """`namespace/name` of the current template, also while a search hides it; or nothing."""
        return self._current

    def choose_first(self) -> None:
        """Choose the first template, as if it had been clicked."""
        if self._rows.rowCount():
            self._choose(0)
            self.scrollTo(self.currentIndex())

    def show_template(self, subject: str) -> None:
        """Make a template current, without telling; nothing for none."""
        self._current = subject
        place = self._rows.position(subject)
        self._quiet = True
        if place >= 0:
            index = self._rows.index(place, 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)
        else:
            self.setCurrentIndex(QModelIndex())
        self._quiet = False
        self._mark()

    def size_to_rows(self) -> None:
        """Give every column what its rows need; the image gets the rest, and columns go where that is too little."""
        widths = {column: self._width_of(column) for column in TemplateColumn}
        room = self.viewport().width()
        shown = set(TemplateColumn)
        for column in _YIELDING:
            needs = dict(widths)
            if TemplateColumn.IMAGE not in shown:  # then the name takes what is left, and may be cut
                needs[TemplateColumn.NAME] = min(widths[TemplateColumn.NAME], _LEAST_NAME)
            taken = sum(needs[other] for other in shown if other != TemplateColumn.IMAGE)
            if room - taken >= (_LEAST_IMAGE if TemplateColumn.IMAGE in shown else 0):
                break
            shown.discard(column)
        stretch = TemplateColumn.IMAGE if TemplateColumn.IMAGE in shown else TemplateColumn.NAME
        for column in TemplateColumn:
            self.setColumnHidden(column, column not in shown)
            stretches = column == stretch
            mode = QHeaderView.ResizeMode.Stretch if stretches else QHeaderView.ResizeMode.Interactive
            self._header.setSectionResizeMode(column, mode)
            if not stretches and column in shown:
                self._header.resizeSection(column, widths[column])

    def _width_of(self, column: TemplateColumn) -> int:
        heading = str(self._rows.headerData(column, Qt.Orientation.Horizontal))
        least = QFontMetrics(self._theme.fonts.caption_medium).horizontalAdvance(heading) + _ARROW_ROOM
        if column == TemplateColumn.ON_ENGINE:  # wide enough for a pull, so that nothing moves when one begins
            pulling = presence_word(ImageState(Presence.PULLING, 100, 100))
            least = max(least, pill_size(self._theme, pulling).width())
        needs = [self._delegate.width_of(row, column) for row in self._rows.rows()]
        return min(max([least + 2 * CELL_PADDING, *needs]), _MOST)

    def sizeHint(self) -> QSize:
        """As high as its rows, so that the frame ends with the last one."""
        rows = self._rows.rowCount() * self.verticalHeader().defaultSectionSize()
        return QSize(500, self._header.sizeHint().height() + rows)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._header.sizeHint().height() + self._theme.row_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.size_to_rows()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self._delegate.current >= 0:
            top = self.rowViewportPosition(self._delegate.current)
            height = self.verticalHeader().defaultSectionSize()
            QPainter(self.viewport()).fillRect(0, top, 2, height - 1, self._theme.colors.accent)

    # --- what the instructor does -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self._choose(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.indexAt(event.position().toPoint()).row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid():
            self.opened.emit(self._current)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place >= 0:
            self._choose(place)
            self.opened.emit(self._current)
        elif event.key() == Qt.Key.Key_Delete and self._current:
            self.delete_wanted.emit()
        elif not self._current and place >= 0 and event.key() in _STEPS:
            self._choose(place)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here; the search field finds."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard comes, but nothing is chosen by that."""
        self._quiet = True
        super().focusInEvent(event)
        self._quiet = False
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _choose(self, place: int) -> None:
        index = self._rows.index(place, 0)
        if index.row() == self.currentIndex().row():
            self._current_changed(index)
        else:
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _current_changed(self, index: QModelIndex) -> None:
        if self._quiet or not index.isValid():
            return
        self._current = self._rows.row_at(index.row()).facts.subject
        self._mark()
        self.chosen.emit(self._current)

    def _rows_replaced(self) -> None:
        self.size_to_rows()
        self.updateGeometry()
        self.show_template(self._current)

    def _mark(self) -> None:
        self._delegate.current = self._rows.position(self._current)
        self.viewport().update()

    def _hover(self, place: int) -> None:
        if place != self._delegate.hovered:
            self._delegate.hovered = place
            self.viewport().update()

    # --- sorting ----------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        remembered = self._memory.get(_MEMORY_KEY, {})
        names = {column.name: column for column in TemplateColumn}
        column = names.get(str(remembered.get("sort")), TemplateColumn.NAME)
        order = Qt.SortOrder.DescendingOrder if remembered.get("descending") else Qt.SortOrder.AscendingOrder
        self._header.setSortIndicatorShown(True)
        self._header.setSortIndicator(column, order)
        self._rows.sort(column, order)

    def _sort_clicked(self, section: int) -> None:
        column, order = self._rows.sorting
        descending = section == column and order == Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._header.setSortIndicator(section, order)
        self._rows.sort(section, order)
        self._memory.put(
            _MEMORY_KEY,
            {"sort": TemplateColumn(section).name, "descending": order == Qt.SortOrder.DescendingOrder},
        )
