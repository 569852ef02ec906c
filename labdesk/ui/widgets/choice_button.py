"""One of several choices, as a card."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.paint import draw_pixmap_centered, focus_ring, frame_round

MARK = 18
"""Pixels of the tick."""
_FADED = 0.55


class ChoiceButton(ThemedButton):
    """Checked, it wears the accent and a tick at the end of its first line. Subclasses paint what it says."""

    def __init__(self, theme: Theme, title: str, description: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(description)
        self.setCheckable(True)

    def _first_line(self) -> QRect:
        raise NotImplementedError

    def _paint_words(self, painter: QPainter) -> None:
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, radius = self.theme.colors, self.theme.space.radius
        painter = QPainter(self)
        if not self.isEnabled():
            painter.setOpacity(_FADED)
        chosen = self.isChecked()
        fill = colors.accent_soft if chosen else colors.hover if self.underMouse() else colors.surface
        frame_round(painter, self.rect(), fill, colors.accent if chosen else colors.border, radius)
        self._paint_mark(painter)
        self._paint_words(painter)
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent, radius)

    def _paint_mark(self, painter: QPainter) -> None:
        colors, line = self.theme.colors, self._first_line()
        center = QPointF(line.right() + 1 - MARK / 2 + 2, line.center().y() + 1)
        if self.isChecked():
            draw_pixmap_centered(painter, self.theme.icon("mdi6.check-circle", colors.accent, MARK, self), center)
        else:
            frame_round(painter, QRectF(center.x() - 7, center.y() - 7, 14, 14), None, colors.border, 7, 1.5)
