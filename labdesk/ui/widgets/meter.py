"""A thin bar that shows how much of something is taken."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import fill_round

_HEIGHT = 5
_TIGHT = 0.9


class Meter(QWidget):
    """`share` from 0 to 1; from nine tenths on in the colour of a warning. The text beside it says the numbers."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def share(self) -> float:
        return self._share

    def set_share(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self.setAccessibleDescription(f"{round(self._share * 100)} %")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._theme.colors
        painter = QPainter(self)
        fill_round(painter, self.rect(), colors.well, _HEIGHT / 2)
        if self._share:
            color = colors.provisioning if self._share >= _TIGHT else colors.accent
            width = max(self.width() * self._share, _HEIGHT)
            fill_round(painter, QRectF(0, 0, width, self.height()), color, _HEIGHT / 2)
