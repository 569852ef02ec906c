"""Thin bars: how much of something is taken, and how much of some work is done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import fill_round

_HEIGHT = 5
_TIGHT = 0.9


class _ThinBar(QWidget):
    """A share of its width is filled; with a share None its room stays empty."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share: float | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share is None:
            return
        painter = QPainter(self)
        fill_round(painter, self.rect(), self._theme.colors.well, _HEIGHT / 2)
        if self._share:
            width = max(self.width() * self._share, _HEIGHT)
            fill_round(painter, QRectF(0, 0, width, self.height()), self._color(), _HEIGHT / 2)

    def _color(self) -> QColor:
        return self._theme.colors.accent

    def _show(self, share: float | None, words: str) -> None:
        self._share = share
        self.setAccessibleDescription(words)
        self.update()


class Meter(_ThinBar):
    """`share` from 0 to 1; from nine tenths on in the colour of a warning. The text beside it says the numbers."""

    @property
    def share(self) -> float:
        return self._share or 0.0

    def set_share(self, share: float) -> None:
        share = min(max(share, 0.0), 1.0)
        self._show(share, f"{round(share * 100)} %")

    def _color(self) -> QColor:
        return self._theme.colors.provisioning if self.share >= _TIGHT else super()._color()


class ProgressLine(_ThinBar):
    """`done` of `total`; its room is kept while it shows nothing (`total` 0)."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self.done = 0
        self.total = 0

    def set_progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self._show(done / total if total else None, f"{done} / {total}" if total else "")
