"""The timeline as a table: the same labs and times in words, for whoever reads rather than sees."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from labdesk.ui.delegates.text_cache import PillCache, TextCache
from labdesk.ui.models.lab_columns import NOTHING
from labdesk.ui.pages.timeline.table_model import TimelineColumn, TimelineTableModel
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.pill import pill_size
from labdesk.ui.widgets.table import CELL_PADDING, furnish_table
from labdesk.ui.words import phase_word

Index = QModelIndex | QPersistentModelIndex
_SAMPLE = 200
_MUTED = (TimelineColumn.TEMPLATE, TimelineColumn.COURSE, TimelineColumn.MESSAGE)


class TimelineTable(QTableView):
    """A click on a row (or Enter) asks for its lab."""

    lab_chosen = Signal(str)

    def __init__(self, theme: Theme, model: TimelineTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._labs = model
        self._current = ""
        self.setModel(model)
        self.setItemDelegate(_Delegate(theme, model, self))
        header = furnish_table(self, theme)
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(TimelineColumn.MESSAGE, QHeaderView.ResizeMode.Stretch)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setAccessibleName(self.tr("Timeline as a table"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        model.modelReset.connect(self._restore)
        self._show_courses()

    @property
    def current_uid(self) -> str:
        """The lab that the keyboard is on, or nothing."""
        return self._current

    def show_lab(self, uid: str) -> None:
        """Put the keyboard on a lab and bring its row into view; nothing if it is not shown."""
        place = self._labs.place_of(uid)
        if place >= 0:
            self.setCurrentIndex(self._labs.index(place, 0))

    def sizeHint(self) -> QSize:
        """As high as its rows, so that the frame ends with the last one."""
        rows = self._labs.rowCount() * self.verticalHeader().defaultSectionSize()
        return QSize(600, self.horizontalHeader().sizeHint().height() + min(rows, 1_000_000))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.horizontalHeader().sizeHint().height() + self._theme.row_height)

    def choose_first(self) -> None:
        """Put the keyboard on the first lab."""
        self.setCurrentIndex(self._labs.index(0, 0))

    def size_columns(self) -> None:
        """Give every column the room its texts need; once, when they are first seen."""
        delegate = self.itemDelegate()
        metrics = self.fontMetrics()
        for column in set(TimelineColumn) - {TimelineColumn.MESSAGE}:  # which has what is left
            title = str(self._labs.headerData(column, Qt.Orientation.Horizontal))
            widths = [metrics.horizontalAdvance(title) + 24]
            for place in range(min(self._labs.rowCount(), _SAMPLE)):
                hint = delegate.sizeHint(QStyleOptionViewItem(), self._labs.index(place, column))
                widths.append(hint.width())
            self.setColumnWidth(column, min(max(widths), 320))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.lab_chosen.emit(self._labs.lab_at(index.row()).uid)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place >= 0:
            self.lab_chosen.emit(self._labs.lab_at(place).uid)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Typing letters is for shortcuts here."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The keyboard's mark stands at the row, not in a cell."""
        super().paintEvent(event)
        current = self.currentIndex()
        if current.isValid() and self.hasFocus():
            top, height = self.rowViewportPosition(current.row()), self.rowHeight(current.row())
            QPainter(self.viewport()).fillRect(0, top, 2, height - 1, self._theme.colors.accent)

    def _current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._current = self._labs.lab_at(current.row()).uid
        self.viewport().update()

    def _show_courses(self) -> None:
        """A column that says the same in every row would only take room from the messages."""
        self.setColumnHidden(TimelineColumn.COURSE, not self._labs.tells_courses_apart)

    def _restore(self) -> None:
        """The current lab stays current, wherever it stands now."""
        self._show_courses()
        self.updateGeometry()
        self.show_lab(self._current)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, model: TimelineTableModel, view: TimelineTable) -> None:
        super().__init__(view)
        self._theme = theme
        self._model = model
        self._view = view
        self._texts = TextCache(theme)
        self._pills = PillCache(theme)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colors, rect = self._theme.colors, QRect(option.rect)
        if index.row() == self._view.currentIndex().row() and self._view.hasFocus():
            painter.fillRect(rect, colors.selected_row)
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colors.well)
        column = TimelineColumn(index.column())
        if column is TimelineColumn.PHASE:
            row = self._model.lab_at(index.row())
            scale = painter.device().devicePixelRatioF()
            pixmap = self._pills.pixmap(row.phase, phase_word(row.phase), scale)
            top = rect.y() + (rect.height() - 1 - round(pixmap.height() / scale)) // 2
            painter.drawPixmap(rect.x() + CELL_PADDING, top, pixmap)
            return
        text = self._model.text(index.row(), column)
        muted = text == NOTHING or column in _MUTED
        painter.setPen(colors.text_muted if muted else colors.text)
        room = rect.width() - 2 * CELL_PADDING
        self._texts.draw(painter, text, self._role(column), rect.x() + CELL_PADDING, rect.y(), room, rect.height() - 1)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        column = TimelineColumn(index.column())
        text = self._model.text(index.row(), column)
        if column is TimelineColumn.PHASE:
            return QSize(pill_size(self._theme, text).width() + 2 * CELL_PADDING, self._theme.row_height)
        width = round(self._texts.width(text, self._role(column))) + 2 * CELL_PADDING + 1
        return QSize(width, self._theme.row_height)

    def _role(self, column: TimelineColumn) -> str:
        return "body_medium" if column is TimelineColumn.STUDENT else "body"
