"""Work that goes on beside a table: what it is, how far it is, and a way to end it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.meter import ProgressLine
from labdesk.ui.widgets.paint import frame_round

_WIDTH = 380


class WorkStrip(QWidget):
    """It lies over the foot of its parent, centred, so that nothing moves; one of a higher `level` stands above."""

    cancelled = Signal()

    def __init__(self, theme: Theme, name: str, cancel_tip: str, parent: QWidget, level: int = 0) -> None:
        super().__init__(parent)
        self._theme = theme
        self.level = level
        self._host = parent
        self.setAccessibleName(name)
        self.label = Label(theme)
        self.line = ProgressLine(theme, name)
        self.cancel_button = Button(theme, self.tr("Cancel"), tip=cancel_tip, small=True)
        self.cancel_button.clicked.connect(lambda _checked=False: self.cancelled.emit())
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.label)
        column.addWidget(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(14)
        row.addLayout(column, 1)
        row.addWidget(self.cancel_button)
        self.setFixedWidth(_WIDTH)
        self.hide()
        parent.installEventFilter(self)
        theme.changed.connect(self.update)

    def show_progress(self, text: str, done: int, total: int) -> None:
        self.label.setText(text)
        self.line.set_progress(done, total)
        if not self.isVisible():
            self.show()
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        """Stand at the foot of the parent, above the strips of lower levels that are shown."""
        height = self.sizeHint().height()
        room = self._host.rect()
        strips = self._host.findChildren(WorkStrip)
        below = sum(strip.level < self.level and strip.isVisible() for strip in strips)
        self.resize(_WIDTH, height)
        self.move((room.width() - _WIDTH) // 2, room.height() - (height + 8) * (below + 1) - 8)
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._theme.colors
        frame_round(QPainter(self), self.rect(), colors.surface, colors.border, self._theme.space.radius)
