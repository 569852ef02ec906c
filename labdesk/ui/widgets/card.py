"""Surfaces: a framed card, a soft card for remarks, and rounded corners over a table."""

from __future__ import annotations

from PySide6.QtCore import QChildEvent, QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import fill_round, frame_round


class Card(QWidget):
    """A rounded surface with a border (or, `soft`, in a colour token without one) around a column of widgets."""

    def __init__(self, theme: Theme, *, soft: str = "", padding: int = 10, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._soft = soft
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(theme.space.gap)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, radius = self.theme.colors, self.theme.space.radius
        if self._soft:
            fill_round(painter, self.rect(), colors.named(self._soft), radius)
        else:
            frame_round(painter, self.rect(), colors.surface, colors.border, radius)


class TableCard(QWidget):
    """A table in a rounded frame. The corners are painted over it, since a view fills its viewport to the edge."""

    def __init__(self, theme: Theme, view: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(view)
        self._corners = [_Corner(theme, self, right, bottom) for bottom in (False, True) for right in (False, True)]
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        frame_round(
            QPainter(self), self.rect(), self.theme.colors.surface, self.theme.colors.border, self.theme.space.radius
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for corner in self._corners:
            corner.place()

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        if event.type() == QEvent.Type.ChildAdded:
            for corner in getattr(self, "_corners", ()):
                corner.raise_()


def at_top(card: QWidget) -> QWidget:
    """Return an area whose card is no higher than what is in it."""
    area = QWidget()
    column = QVBoxLayout(area)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(card)
    column.addStretch(0)
    return area


class _Corner(QWidget):
    """One rounded corner: the window's colour outside, the frame's line on it."""

    def __init__(self, theme: Theme, owner: QWidget, right: bool, bottom: bool) -> None:
        super().__init__(owner)
        self._owner = owner
        self._theme = theme
        self._right, self._bottom = right, bottom
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(theme.space.radius, theme.space.radius)
        theme.changed.connect(self.update)

    def place(self) -> None:
        x = self._owner.width() - self.width() if self._right else 0
        y = self._owner.height() - self.height() if self._bottom else 0
        self.move(x, y)
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        size = self.width()
        # The whole frame in this corner's coordinates: twice the radius is all of it that can be seen here.
        whole = QRectF(-size if self._right else 0, -size if self._bottom else 0, 2 * size, 2 * size)
        outside, frame = QPainterPath(), QPainterPath()
        outside.addRect(whole)
        frame.addRoundedRect(whole, size, size)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outside.subtracted(frame), self._theme.colors.window)
        line = QPainterPath()
        line.addRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), size - 0.5, size - 0.5)
        painter.strokePath(line, QPen(self._theme.colors.border, 1))


class Surface(QWidget):
    """A plain area in one colour token, with lines on chosen sides (`left`, `top`, `right`, `bottom`)."""

    def __init__(self, theme: Theme, tone: str = "surface", lines: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._tone = tone
        self._lines = frozenset(lines.split())
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.update)

    def set_lines(self, lines: str) -> None:
        """Have lines on these sides from now on."""
        self._lines = frozenset(lines.split())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = self.rect()
        painter.fillRect(rect, self.theme.colors.named(self._tone))
        border = self.theme.colors.border
        if "left" in self._lines:
            painter.fillRect(0, 0, 1, rect.height(), border)
        if "right" in self._lines:
            painter.fillRect(rect.width() - 1, 0, 1, rect.height(), border)
        if "top" in self._lines:
            painter.fillRect(0, 0, rect.width(), 1, border)
        if "bottom" in self._lines:
            painter.fillRect(0, rect.height() - 1, rect.width(), 1, border)
