"""The page's sections: below each other, or beside each other where the page is wide."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme

WIDTH = 1_168
"""Pixels of a column at the most: beyond that, names and what sets them lie too far apart."""
_BESIDE_FROM = 1_480
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class SettingsColumns(QWidget):
    """`first` and `second` take sections. `step_wanted` is Down (1) or Up (-1), where that means nothing else."""

    step_wanted = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._gap = theme.space.gap * 2
        self._margin = theme.space.page_margin
        self._is_wide = False
        self._found = (True, True)
        self._parts = (QWidget(), QWidget())
        self.first, self.second = (QVBoxLayout(part) for part in self._parts)
        for column in (self.first, self.second):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(self._gap)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(self._margin, 4, self._margin, self._margin)
        self._grid.setSpacing(self._gap)
        self._grid.setRowStretch(2, 1)
        self._arrange()

    def fit(self, page_width: int) -> int:
        """Stand beside each other if the page has the room; return the pixels that both take at the most."""
        if (page_width >= _BESIDE_FROM) != self._is_wide:
            self._is_wide = not self._is_wide
            self._arrange()
        return self._width_of(2 if self._is_wide else 1)

    def show_found(self, in_first: bool, in_second: bool) -> None:
        """Leave out a column in which a search found nothing."""
        self._found = (in_first, in_second)
        for part, found in zip(self._parts, self._found, strict=True):
            part.setVisible(found)
        self.setMaximumWidth(self._width_of(2 if self._is_wide and all(self._found) else 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step:
            self.step_wanted.emit(step)
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        for place, part in enumerate(self._parts):
            self._grid.removeWidget(part)
            self._grid.addWidget(part, *((0, place) if self._is_wide else (place, 0)), top)
        self.show_found(*self._found)

    def _width_of(self, columns: int) -> int:
        return columns * WIDTH + (columns - 1) * self._gap + 2 * self._margin
