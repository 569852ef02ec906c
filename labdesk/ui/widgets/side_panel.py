"""The panel at the right of a page: an inspector, a form. Never a modal dialog."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Surface
from labdesk.ui.widgets.labels import ElidedLabel
from labdesk.ui.widgets.scroll_column import ScrollColumn

PANEL_WIDTH = 322


class SidePanel(Surface):
    """Title and cross above a column that scrolls; `footer` stays at the bottom. Escape closes it."""

    closed = Signal()

    def __init__(
        self, theme: Theme, title: str = "", *, close_tip: str, width: int = PANEL_WIDTH, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "surface", lines="left", parent=parent)
        self._width = width
        padding = theme.space.panel_padding
        self.title = ElidedLabel(theme, title, role="section")
        self._cross = Button(theme, icon="mdi6.close", kind=ButtonKind.QUIET, small=True, tip=close_tip)
        self._cross.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(padding + 1, 12, 10, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self._cross)
        self.body = QWidget()
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(padding + 1, 0, padding, padding)
        self.column.setSpacing(theme.space.gap)
        self._scroll = ScrollColumn(theme, self.body)
        self.footer = QHBoxLayout()
        self.footer.setContentsMargins(padding + 1, 0, padding, 0)
        self.footer.setSpacing(theme.space.gap)
        self._above = QVBoxLayout()
        self._above.setContentsMargins(padding + 1, 0, padding, 0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addLayout(self._above)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(self.footer)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._width, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width, 120)

    def set_panel_width(self, width: int) -> None:
        """Make the panel wider or narrower, as something the instructor asked for needs."""
        if width != self._width:
            self._width = width
            self.updateGeometry()

    def add_above(self, widget: QWidget) -> None:
        """Put a widget between the title and the column: it stays in view however far the column is scrolled."""
        self._above.addWidget(widget)

    def use_footer(self, used: bool = True) -> None:
        """Give the footer its room, or take it back; call it after adding buttons."""
        padding = self.theme.space.panel_padding
        self.footer.setContentsMargins(padding + 1, 10 if used else 0, padding, padding if used else 0)

    @property
    def room(self) -> int:
        """Pixels of the column in view."""
        return self._scroll.viewport().height()

    def scroll_to(self, widget: QWidget) -> None:
        """Bring the top of a widget in the column to the top of the view, as it is laid out now."""
        self.column.activate()
        self.body.resize(self.body.width(), max(self.column.totalSizeHint().height(), self.room))
        self._scroll.verticalScrollBar().setValue(widget.mapTo(self.body, QPoint(0, 0)).y())

    def reveal(self, widget: QWidget) -> None:
        """Scroll no further than it takes to see a widget in the column."""
        self._scroll.ensureWidgetVisible(widget, 0, self.theme.space.gap)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
