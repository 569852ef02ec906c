"""Laid-out texts and pills, kept: measured, this halves and more the time of a frame."""

from __future__ import annotations

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap, QStaticText

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.pill import paint_pill, pill_size

_LIMIT = 8_192


class TextCache:
    """Single lines by (text, font role, width), cut with an ellipsis where they do not fit. Cleared with the theme."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._texts: dict[tuple[str, str, int], QStaticText] = {}
        self._metrics: dict[str, QFontMetricsF] = {}
        theme.changed.connect(self.clear)

    def clear(self) -> None:
        self._texts.clear()
        self._metrics.clear()

    def width(self, text: str, role: str) -> float:
        return self._metrics_of(role).horizontalAdvance(text)

    def draw(self, painter: QPainter, text: str, role: str, x: int, y: int, width: int, height: int) -> None:
        """Draw one line, vertically centred, with the painter's pen. The painter's font becomes the role's."""
        key = (text, role, width)
        laid_out = self._texts.get(key)
        font = self._theme.fonts.named(role)
        if laid_out is None:
            if len(self._texts) >= _LIMIT:
                self._texts.clear()
            metrics = self._metrics_of(role)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            laid_out = QStaticText(shown)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            laid_out.prepare(font=font)
            self._texts[key] = laid_out
        painter.setFont(font)
        size: QSizeF = laid_out.size()
        painter.drawStaticText(x, y + round((height - size.height()) / 2), laid_out)

    def _metrics_of(self, role: str) -> QFontMetricsF:
        metrics = self._metrics.get(role)
        if metrics is None:
            metrics = self._metrics[role] = QFontMetricsF(self._theme.fonts.named(role))
        return metrics


class PillCache:
    """Pixmaps of phase pills by (phase, word, scale). Cleared with the theme."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._pixmaps: dict[tuple[str, str, float], QPixmap] = {}
        theme.changed.connect(self._pixmaps.clear)

    def pixmap(self, phase: str, word: str, scale: float) -> QPixmap:
        key = (phase, word, scale)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            size = pill_size(self._theme, word)
            pixmap = QPixmap(size * scale)
            pixmap.setDevicePixelRatio(scale)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_pill(painter, self._theme, phase, word, size, scale)
            painter.end()
            self._pixmaps[key] = pixmap
        return pixmap
