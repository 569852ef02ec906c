"""A small icon inside a field: it acts, or stays down while it is on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.paint import ICON_SIZE, draw_pixmap_centered, fill_round, focus_ring

_SIZE = 22
_RADIUS = 4


class FieldButton(ThemedButton):
    """`tip` is the tooltip and the accessible name."""

    def __init__(
        self, theme: Theme, icon: str, tip: str, *, checkable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._icon = icon
        self.setCheckable(checkable)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_SIZE, _SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self.theme.colors
        painter = QPainter(self)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        if self.isChecked():
            fill_round(painter, self.rect(), colors.accent_soft, _RADIUS)
        elif self.underMouse() and self.isEnabled():
            fill_round(painter, self.rect(), colors.well, _RADIUS)
        ink = colors.accent if self.isChecked() else colors.text_muted
        pixmap = self.theme.icon(self._icon, ink, ICON_SIZE, self)
        draw_pixmap_centered(painter, pixmap, QPointF(self.width() / 2, self.height() / 2))
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent, _RADIUS)
