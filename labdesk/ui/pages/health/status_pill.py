"""A state in a pill: icon, word and colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, fill_round
from labdesk.ui.widgets.pill import PILL_GAP, PILL_ICON, PILL_LEFT, PILL_RIGHT, pill_size


class StatusPill(QWidget):
    """`tone` is a colour token with a soft partner (`running`, `failed` …)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word, self._icon, self._tone = "", "", "pending"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def word(self) -> str:
        return self._word

    def show_status(self, word: str, icon: str, tone: str) -> None:
        self._word, self._icon, self._tone = word, icon, tone
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return pill_size(self._theme, self._word)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._word:
            return
        colors, font = self._theme.colors, self._theme.fonts.caption_bold
        ink = colors.named(self._tone)
        painter = QPainter(self)
        fill_round(painter, self.rect(), colors.named(f"{self._tone}_soft"), self.height() / 2)
        pixmap = self._theme.icon(self._icon, ink, PILL_ICON, self)
        draw_pixmap_centered(painter, pixmap, QPointF(PILL_LEFT + PILL_ICON / 2, self.height() / 2))
        left = PILL_LEFT + PILL_ICON + PILL_GAP
        room = self.width() - left - PILL_RIGHT + QFontMetrics(font).leading()
        draw_text(painter, QRect(left, 0, room + PILL_RIGHT, self.height()), self._word, font, ink)
