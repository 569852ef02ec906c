"""A row that stays in view while what stands beneath it scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.card import Surface


class StickyRow(QWidget):
    """Keeps a place in its parent's layout for `row`, which lies over the parent: in that place, or at the upper edge
    of what scrolls it if the place is out of view.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self._view: QScrollArea | None = None
        self._bar = Surface(theme, parent=parent)
        self.row = QHBoxLayout(self._bar)
        self.row.setContentsMargins(0, 0, 0, theme.space.gap)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._bar.installEventFilter(self)
        parent.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return self._bar.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._bar.minimumSizeHint().width(), self.sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        around: QWidget | None = self._around
        while self._view is None and around is not None:
            around = around.parentWidget()
            if isinstance(around, QScrollArea):
                self._view = around
                around.verticalScrollBar().valueChanged.connect(self._place)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._bar and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        elif watched is self._around and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._place()
        return super().event(event)

    def _place(self) -> None:
        height = self.sizeHint().height()
        top = self.y()
        if self._view is not None:
            edge = self._around.mapFrom(self._view, QPoint(0, 0)).y()
            top = max(top, min(edge, self._around.height() - height))
        self._bar.setGeometry(self.x(), top, self.width(), height)
        self._bar.set_lines("bottom" if top > self.y() else "")
        self._bar.raise_()
