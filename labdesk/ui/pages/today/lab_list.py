"""A short list of labs on a card: each row is a click, or Enter, away from its lab."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListView, QSizePolicy, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from labdesk.ui.delegates.text_cache import PillCache, TextCache
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.today.list_model import Index, TodayListModel
from labdesk.ui.pages.today.texts import Aspect
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import led_by_keyboard
from labdesk.ui.widgets.pill import pill_size
from labdesk.ui.words import phase_word

PADDING = 16
_GAP = 14
_STUDENT_SHARE = 0.2
_NARROW_SHARE = 0.46
_FADED = 0.55
_PHASES = ("PENDING", "PROVISIONING", "RUNNING", "FAILED")


class TodayDelegate(QStyledItemDelegate):
    """Pill, student, what matters, and the time at the right. `with_pills` is off where all are in one phase."""

    def __init__(self, theme: Theme, model: TodayListModel, with_pills: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self.marked = -1
        self._theme = theme
        self._model = model
        self._with_pills = with_pills
        self._texts = TextCache(theme)
        self._pills = PillCache(theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, self._theme.row_height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        place, rect = index.row(), QRect(option.rect)
        row, aspect = self._model.entry(place)
        colors = self._theme.colors
        if place == self.hovered:
            painter.fillRect(rect, colors.hover)
        if place:
            painter.fillRect(rect.x(), rect.y(), rect.width(), 1, colors.well)
        if place == self.marked:
            painter.fillRect(rect.x(), rect.y(), 2, rect.height(), colors.accent)
        if row.deleting or row.stopping:
            painter.setOpacity(_FADED)
        self._paint_row(painter, rect, row, aspect)
        painter.setOpacity(1.0)

    def _paint_row(self, painter: QPainter, rect: QRect, row: LabRow, aspect: Aspect) -> None:
        colors, height = self._theme.colors, rect.height()
        left, right = rect.left() + PADDING, rect.right() + 1 - PADDING
        if self._with_pills:
            scale = painter.device().devicePixelRatioF()
            pixmap = self._pills.pixmap(row.phase, phase_word(row.phase), scale)
            painter.drawPixmap(left, rect.y() + (height - round(pixmap.height() / scale)) // 2, pixmap)
            left += self._pill_column() + _GAP
        time = self._model.texts.time(row, aspect)
        time_width = round(self._texts.width(time, "body")) + 1
        urgent = aspect is Aspect.ENDING
        painter.setPen(colors.provisioning if urgent else colors.text_muted)
        self._texts.draw(painter, time, "body", right - time_width, rect.y(), time_width, height)
        right -= self._time_column() + _GAP
        share = _STUDENT_SHARE if self._with_pills else _NARROW_SHARE
        student_width = round((rect.width() - 2 * PADDING) * share)
        painter.setPen(colors.text)
        self._texts.draw(painter, row.student, "body_medium", left, rect.y(), student_width, height)
        left += student_width + _GAP
        if right > left:
            about = self._model.texts.about(row, aspect)
            painter.setPen(colors.text if aspect in (Aspect.FAILED, Aspect.WAITING) else colors.text_muted)
            self._texts.draw(painter, about, "body", left, rect.y(), right - left, height)

    def _pill_column(self) -> int:
        return max(pill_size(self._theme, phase_word(phase)).width() for phase in _PHASES)

    def _time_column(self) -> int:
        times = (self._model.texts.time(row, aspect) for row, aspect in self._model.entries())
        return max((round(self._texts.width(time, "body")) + 1 for time in times), default=0)


class TodayList(QListView):
    """As high as its rows; the card that holds it scrolls with the page."""

    lab_chosen = Signal(str)
    """The uid of the lab that was clicked, or entered with the keyboard."""

    def __init__(
        self, theme: Theme, model: TodayListModel, name: str, *, with_pills: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._entries = model
        self._theme = theme
        self._by_keyboard = False
        self._current = ""
        self._delegate = TodayDelegate(theme, model, with_pills, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(name)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        model.modelReset.connect(self._rows_replaced)
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(240, self._entries.rowCount() * self._theme.row_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def text_at(self, place: int) -> str:
        """Return what a row says, as screen readers get it."""
        return str(self._entries.index(place).data())

    # --- what the instructor does -----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.indexAt(event.position().toPoint()).row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.setCurrentIndex(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.lab_chosen.emit(self._entries.entry(index.row())[0].uid)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place >= 0:
            self.lab_chosen.emit(self._entries.entry(place)[0].uid)
            return
        self._by_keyboard = True
        super().keyPressEvent(event)
        self._mark()

    def keyboardSearch(self, search: str) -> None:
        """Typing letters is for shortcuts here."""

    def wheelEvent(self, event: object) -> None:
        """The page scrolls, never the list."""
        event.ignore()  # type: ignore[attr-defined]

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = led_by_keyboard(event.reason(), self._by_keyboard)
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    # --- marks ------------------------------------------------------------------------------------------------

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self._current = self._entries.entry(current.row())[0].uid
        self._mark()

    def _rows_replaced(self) -> None:
        """The lab that the keyboard was on keeps it, wherever it stands now."""
        place = self._entries.place_of(self._current)
        if self._entries.rowCount() and self.hasFocus():
            self.setCurrentIndex(self._entries.index(max(place, 0)))
        self._delegate.hovered = -1
        self.updateGeometry()
        self._mark()

    def _hover(self, place: int) -> None:
        if place != self._delegate.hovered:
            self._delegate.hovered = place
            self.viewport().update()

    def _mark(self) -> None:
        self._delegate.marked = self.currentIndex().row() if self.hasFocus() and self._by_keyboard else -1
        self.viewport().update()

    def _restyle(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()
        self.viewport().update()
