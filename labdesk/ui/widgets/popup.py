"""The frame of what opens beneath a button and closes by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from labdesk.ui.theme import Theme

POPUP_PADDING = 8


class Popup(QFrame):
    """A click elsewhere or Escape closes it. It blocks nothing."""

    def __init__(self, theme: Theme, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.colors.border)
        painter.setBrush(self._theme.colors.surface)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
