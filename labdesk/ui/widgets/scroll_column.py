"""A column that scrolls where its room is too low."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from labdesk.ui.theme import Theme


class ScrollColumn(QScrollArea):
    """Scrolls `content` up and down, without a frame or a ground of its own. The keyboard is in what it holds."""

    def __init__(self, theme: Theme, content: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.dress(self.verticalScrollBar())
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)  # setWidget turned it on
