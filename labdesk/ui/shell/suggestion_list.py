"""The list beneath the command field: rows under headings, painted over the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.shell.command_list import Suggestion
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, fill_round, frame_round

_PADDING = 5
_WIDTH = 480
_LEFT = 36


class SuggestionList(QWidget):
    """It never takes the keyboard from the field. `current` may be one that is not possible; it is never run."""

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
        last = self._row_rect(len(self._suggestions) - 1).bottom() + 1 if self._suggestions else self._line() + _PADDING
        return QSize(_WIDTH, last + _PADDING)

    # --- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, fonts = self._theme.colors, self._theme.fonts
        frame_round(painter, self.rect(), colors.surface, colors.border, self._theme.space.radius)
        if not self._suggestions:
            rect = self.rect().adjusted(14, 0, -14, 0)
            draw_text(painter, rect, self._empty, fonts.body, colors.text_muted)
        for place, suggestion in enumerate(self._suggestions):
            rect = self._row_rect(place)
            if self._has_heading(place):
                above = QRect(rect.left() + 10, rect.top() - self._heading(), rect.width(), self._heading())
                draw_text(painter, above, suggestion.group, fonts.caption_medium, colors.text_muted)
            self._paint_row(painter, suggestion, rect, place == self._current)

    def _paint_row(self, painter: QPainter, suggestion: Suggestion, rect: QRect, current: bool) -> None:
        colors, fonts = self._theme.colors, self._theme.fonts
        if current:
            fill_round(painter, rect, colors.accent_soft if suggestion.possible else colors.well, 5)
        ink = colors.text_muted if not suggestion.possible else colors.accent if current else colors.text
        pixmap = self._theme.icon(suggestion.icon, ink if current else colors.text_muted, 16, self)
        draw_pixmap_centered(painter, pixmap, QPointF(rect.left() + 18, rect.center().y() + 0.5))
        metrics = QFontMetrics(fonts.caption)
        text = suggestion.keys or suggestion.remark
        remark = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() // 2)
        width = metrics.horizontalAdvance(remark)
        right = QRect(rect.right() - 10 - width, rect.top(), width + 2, rect.height())
        draw_text(painter, right, remark, fonts.caption, colors.text_muted)
        room = QRect(rect.left() + _LEFT, rect.top(), right.left() - rect.left() - _LEFT - 10, rect.height())
        self._paint_title(painter, suggestion, room, ink)

    def _paint_title(self, painter: QPainter, suggestion: Suggestion, room: QRect, ink: QColor) -> None:
        """Paint the letters that were meant in bold."""
        plain, bold = self._theme.fonts.body, self._theme.fonts.body_bold
        x = room.left()
        for text, meant in _pieces(suggestion.title, suggestion.letters):
            font = bold if meant else plain
            metrics = QFontMetrics(font)
            left = room.right() - x
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, left)
            draw_text(painter, QRect(x, room.top(), left + 2, room.height()), shown, font, ink)
            x += metrics.horizontalAdvance(shown)
            if shown != text:
                return

    # --- the mouse --------------------------------------------------------------------------------------------

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
        return next((place for place in range(len(self._suggestions)) if self._row_rect(place).contains(point)), -1)

    # --- where things are -------------------------------------------------------------------------------------

    def _row_rect(self, place: int) -> QRect:
        headings = sum(self._has_heading(above) for above in range(place + 1))
        top = _PADDING + place * self._line() + headings * self._heading()
        return QRect(_PADDING, top, self.width() - 2 * _PADDING, self._line())

    def _has_heading(self, place: int) -> bool:
        """Under headings only where they tell groups apart or what is meant."""
        group = self._suggestions[place].group
        return bool(group) and (place == 0 or self._suggestions[place - 1].group != group)

    def _line(self) -> int:
        return self._theme.line_height("body_medium") + 14

    def _heading(self) -> int:
        return self._theme.line_height("caption_medium") + 10

    def _tell(self) -> None:
        """Say to screen readers what Enter would do."""
        current = self.current
        if current is None:
            self.setAccessibleDescription(self._empty)
            return
        parts = (current.group, current.title, "" if current.possible else current.remark)
        self.setAccessibleDescription(": ".join(part for part in parts if part))


def _pieces(text: str, letters: frozenset[int]) -> list[tuple[str, bool]]:
    """Cut a text where letters that were meant begin or end."""
    pieces: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        meant = place in letters
        if pieces and pieces[-1][1] == meant:
            pieces[-1] = (pieces[-1][0] + letter, meant)
        else:
            pieces.append((letter, meant))
    return pieces
