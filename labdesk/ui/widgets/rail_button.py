"""A page's entry in the rail: icon, name and a badge that counts what needs attention."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, fill_round, focus_ring

_HEIGHT = 39
_RADIUS = 6


class RailButton(ThemedButton):
    """Checked while its page is shown. `badge` 0 shows none."""

    def __init__(self, theme: Theme, text: str, icon: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._icon_name = icon
        self._badge = 0
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def badge(self) -> int:
        return self._badge

    def set_badge(self, count: int, description: str = "") -> None:
        """Show a count; `description` says to screen readers what it counts."""
        self._badge = count
        self.setAccessibleDescription(description)
        self.update()

    def sizeHint(self) -> QSize:
        height = max(_HEIGHT, QFontMetrics(self.theme.fonts.body_medium).height() + 16)
        return QSize(QFontMetrics(self.theme.fonts.body_medium).horizontalAdvance(self.text()) + 80, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self.theme.colors
        painter = QPainter(self)
        ink = colors.accent if self.isChecked() else colors.text_muted
        if self.isChecked():
            fill_round(painter, self.rect(), colors.accent_soft, _RADIUS)
        elif self.underMouse():
            fill_round(painter, self.rect(), colors.well, _RADIUS)
            ink = colors.text
        middle = self.height() / 2
        draw_pixmap_centered(painter, self.theme.icon(self._icon_name, ink, 18, self), QPointF(19, middle))
        text_rect = self.rect().adjusted(37, 0, -10, 0)
        if self._badge:
            text_rect.setRight(self._paint_badge(painter) - 6)
        text = QFontMetrics(self.theme.fonts.body_medium).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, text_rect.width()
        )
        draw_text(painter, text_rect, text, self.theme.fonts.body_medium, ink)
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent, _RADIUS)

    def _paint_badge(self, painter: QPainter) -> int:
        """Paint the badge and return its left edge."""
        font = self.theme.fonts.caption_bold
        metrics = QFontMetrics(font)
        text = str(self._badge) if self._badge < 1000 else "999+"
        height = metrics.height() + 2
        width = max(metrics.horizontalAdvance(text) + 10, height)
        rect = QRect(self.width() - 10 - width, (self.height() - height) // 2, width, height)
        fill_round(painter, rect, self.theme.colors.failed_soft, height / 2)
        draw_text(painter, rect, text, font, self.theme.colors.failed, Qt.AlignmentFlag.AlignHCenter)
        return rect.left()
