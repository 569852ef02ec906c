"""A state in a pill: icon, word and colour on a soft ground, the same on cards as in tables."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, fill_round

PILL_ICON = 14
PILL_LEFT, PILL_GAP, PILL_RIGHT = 7, 5, 9


def pill_size(theme: Theme, word: str) -> QSize:
    """Return the pixels a pill with that word takes."""
    metrics = QFontMetrics(theme.fonts.caption_bold)
    width = PILL_LEFT + PILL_ICON + PILL_GAP + metrics.horizontalAdvance(word) + PILL_RIGHT
    return QSize(width, metrics.height() + 8)


def paint_pill(painter: QPainter, theme: Theme, phase: str, word: str, size: QSize, scale: float) -> None:
    """Paint a phase's pill at the painter's origin, for a screen of `scale`."""
    paint_toned_pill(painter, theme, word, theme.phase(phase).icon, phase.lower(), size, scale)


def paint_toned_pill(
    painter: QPainter, theme: Theme, word: str, icon: str, tone: str, size: QSize, scale: float
) -> None:
    """Paint a pill in any colour token that has a soft partner (`running`, `failed` …)."""
    ink, height = theme.colors.named(tone), size.height()
    fill_round(painter, QRect(0, 0, size.width(), height), theme.colors.named(f"{tone}_soft"), height / 2)
    pixmap = theme.icons.pixmap(icon, ink, PILL_ICON, scale)
    draw_pixmap_centered(painter, pixmap, QPointF(PILL_LEFT + PILL_ICON / 2, height / 2))
    left = PILL_LEFT + PILL_ICON + PILL_GAP
    draw_text(painter, QRect(left, 0, size.width() - left, height), word, theme.fonts.caption_bold, ink)


class StatusPill(QWidget):
    """Shows one state. `tone` is a colour token with a soft partner (`running`, `failed` …); no word shows nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word, self._icon, self._tone = "", "", ""
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
        if self._word:
            scale = self.devicePixelRatioF()
            paint_toned_pill(QPainter(self), self._theme, self._word, self._icon, self._tone, self.size(), scale)


class PhasePill(StatusPill):
    """Shows one phase."""

    def set_phase(self, phase: str, word: str) -> None:
        """`phase` is its key (`RUNNING`), `word` what people read; both empty show nothing."""
        self.show_status(word, self._theme.phase(phase).icon if phase else "", phase.lower())
