"""A thin bar for work that goes on: how much of it is done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import fill_round

_HEIGHT = 5


class ProgressLine(QWidget):
    """`done` of `total`; its room is kept while it shows nothing (`total` 0)."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.done = 0
        self.total = 0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self.setAccessibleDescription(f"{done} / {total}" if total else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.total:
            return
        painter = QPainter(self)
        fill_round(painter, self.rect(), self._theme.colors.well, _HEIGHT / 2)
        width = max(self.width() * self.done / self.total, _HEIGHT)
        fill_round(painter, QRectF(0, 0, width, _HEIGHT), self._theme.colors.accent, _HEIGHT / 2)
