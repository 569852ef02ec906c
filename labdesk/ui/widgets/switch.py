"""A switch: on or off, at once, with its words beside it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.paint import draw_text, fill_round, focus_ring, frame_round

_WIDTH, _HEIGHT, _GAP, _INSET = 34, 20, 9, 3


class Switch(ThemedButton):
    """`text` is what is on or off; without one, give it an accessible name. Space and a click turn it over."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.theme.fonts.body)
        words = _GAP + metrics.horizontalAdvance(self.text()) + 4 if self.text() else 4
        return QSize(_WIDTH + words, max(metrics.height(), _HEIGHT) + 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = self.theme.colors
        if not self.isEnabled():
            painter.setOpacity(0.55)
        track = QRectF(2, (self.height() - _HEIGHT) / 2, _WIDTH, _HEIGHT)
        knob_left = track.right() - _HEIGHT + _INSET if self.isChecked() else track.left() + _INSET
        knob = QRectF(knob_left, track.top() + _INSET, _HEIGHT - 2 * _INSET, _HEIGHT - 2 * _INSET)
        if self.isChecked():
            fill_round(painter, track, colors.accent, _HEIGHT / 2)
            fill_round(painter, knob, colors.on_accent, knob.height() / 2)
        else:
            frame_round(painter, track, colors.well, colors.text_muted, _HEIGHT / 2, 1.5)
            fill_round(painter, knob, colors.text_muted, knob.height() / 2)
        left = 2 + _WIDTH + _GAP
        rect = QRect(left, 0, self.width() - left, self.height())
        draw_text(painter, rect, self.text(), self.theme.fonts.body, colors.text)
        if self.shows_focus:
            focus_ring(painter, track.adjusted(-2, -2, 2, 2), colors.accent, _HEIGHT / 2 + 2)
