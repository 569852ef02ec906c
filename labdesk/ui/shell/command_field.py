"""The list beneath the top bar's field: what was typed finds pages, actions and labs; Enter runs the first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.shell.command_list import Suggestion
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, fill_round, frame_round
from labdesk.ui.widgets.search_field import SearchField

_PADDING = 5
_WIDTH = 420


class SuggestionList(QWidget):
    """Painted rows over the window; it never takes the keyboard from the field."""

    def __init__(self, theme: Theme, name: str, empty: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._empty = empty
        self._suggestions: list[Suggestion] = []
        self._current = 0
        self.run_chosen: Callable[[Suggestion], None] = lambda _: None
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.hide()
        theme.changed.connect(self.update)

    @property
    def suggestions(self) -> list[Suggestion]:
        return list(self._suggestions)

    @property
    def current(self) -> Suggestion | None:
        return self._suggestions[self._current] if self._suggestions else None

    def show_suggestions(self, suggestions: list[Suggestion]) -> None:
        self._suggestions = suggestions
        self._current = 0
        self.resize(self.sizeHint())
        self._tell()
        self.update()

    def move_current(self, step: int) -> None:
        if self._suggestions:
            self._current = (self._current + step) % len(self._suggestions)
            self._tell()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, self._line() * max(len(self._suggestions), 1) + 2 * _PADDING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, fonts = self._theme.colors, self._theme.fonts
        frame_round(painter, self.rect(), colors.surface, colors.border, self._theme.space.radius)
        if not self._suggestions:
            rect = self.rect().adjusted(14, 0, -14, 0)
            draw_text(painter, rect, self._empty, fonts.body, colors.text_muted)
        for place, suggestion in enumerate(self._suggestions):
            self._paint_row(painter, suggestion, self._row_rect(place), place == self._current)

    def _paint_row(self, painter: QPainter, suggestion: Suggestion, rect: QRect, current: bool) -> None:
        colors, fonts = self._theme.colors, self._theme.fonts
        if current:
            fill_round(painter, rect, colors.accent_soft, 5)
        ink = colors.accent if current else colors.text
        pixmap = self._theme.icon(suggestion.icon, ink if current else colors.text_muted, 16, self)
        draw_pixmap_centered(painter, pixmap, QPointF(rect.left() + 18, rect.center().y() + 0.5))
        remark = suggestion.keys or suggestion.remark
        remark_width = QFontMetrics(fonts.caption).horizontalAdvance(remark)
        right = QRect(rect.right() - 10 - remark_width, rect.top(), remark_width + 2, rect.height())
        draw_text(painter, right, remark, fonts.caption, colors.text_muted)
        room = QRect(rect.left() + 36, rect.top(), right.left() - rect.left() - 46, rect.height())
        title = QFontMetrics(fonts.body_medium).elidedText(
            suggestion.title, Qt.TextElideMode.ElideRight, room.width()
        )  # fmt: skip
        draw_text(painter, room, title, fonts.body_medium, ink)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint())
        if place >= 0 and place != self._current:
            self._current = place
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint())
        if place >= 0:
            self.run_chosen(self._suggestions[place])

    def _place_at(self, point: QPoint) -> int:
        place = (point.y() - _PADDING) // self._line()
        return place if 0 <= place < len(self._suggestions) else -1

    def _row_rect(self, place: int) -> QRect:
        return QRect(_PADDING, _PADDING + place * self._line(), self.width() - 2 * _PADDING, self._line())

    def _line(self) -> int:
        return self._theme.line_height("body_medium") + 14

    def _tell(self) -> None:
        current = self.current
        self.setAccessibleDescription(current.title if current else self._empty)


class CommandField(QObject):
    """Ties the search field to the list. `find` is asked at every key."""

    def __init__(
        self, theme: Theme, field: SearchField, window: QWidget, find: Callable[[str], list[Suggestion]]
    ) -> None:
        super().__init__(window)
        self._field = field
        self._window = window
        self._find = find
        self.list = SuggestionList(theme, self.tr("Found"), self.tr("Nothing found"), window)
        self.list.run_chosen = self._run
        field.edit.textEdited.connect(self._refresh)
        field.edit.key_pressed.connect(self._key)
        field.edit.installEventFilter(self)

    def open(self) -> None:
        """Put the keyboard into the field and show what there is."""
        self._field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.edit.selectAll()
        self._refresh()

    def close(self) -> None:
        self.list.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        elif event.type() == QEvent.Type.MouseButtonPress and not self.list.isVisible():
            self._refresh()
        return False

    def _refresh(self) -> None:
        self.list.show_suggestions(self._find(self._field.text))
        corner = self._field.mapTo(self._window, QPoint(self._field.width(), self._field.height() + 4))
        self.list.move(max(corner.x() - self.list.width(), 8), corner.y())
        self.list.raise_()
        self.list.show()

    def _key(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not self.list.isVisible():
                self._refresh()
            else:
                self.list.move_current(1 if key == Qt.Key.Key_Down else -1)
            event.accept()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.isVisible():
            if self.list.current is not None:
                self._run(self.list.current)
            event.accept()
        elif key == Qt.Key.Key_Escape and self.list.isVisible() and not self._field.text:
            self.close()

    def _run(self, suggestion: Suggestion) -> None:
        self._field.edit.clear()
        self._field.edit.clearFocus()
        self.close()
        suggestion.run()
