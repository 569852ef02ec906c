"""What painted lists of short rows have in common."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from labdesk.ui.theme import Theme


class PaintedRows(QWidget):
    """Rows of one height, each with a tooltip; screen readers get them as one text. Subclasses paint them."""

    LEADING = 0
    """Pixels of a row beyond a line of text."""
    WIDTH, LEAST_WIDTH = 200, 80

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count = 0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    def _tip_at(self, place: int) -> str:
        """Return the tooltip of a row."""
        raise NotImplementedError

    def _replaced(self, count: int, text: str) -> None:
        """There are other rows now: so many, which say that."""
        self.setAccessibleDescription(text)
        if count != self._count:
            self._count = count
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.WIDTH, self._line() * self._count)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.LEAST_WIDTH, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._row_at(event.pos().y())
            QToolTip.showText(event.globalPos(), self._tip_at(place) if 0 <= place < self._count else "", self)
            return True
        return super().event(event)

    def _row_at(self, y: float) -> int:
        return int(y) // max(self._line(), 1)

    def _line(self) -> int:
        return self._theme.line_height("body") + self.LEADING

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
