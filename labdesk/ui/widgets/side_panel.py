"""The panel at the right of a page: an inspector, a form. Never a modal dialog."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Surface
from labdesk.ui.widgets.labels import ElidedLabel
from labdesk.ui.widgets.scroll_column import ScrollColumn

PANEL_WIDTH = 322


class _Scroll(ScrollColumn):
    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class SidePanel(Surface):
    """Title and cross above a column that scrolls; `footer` stays at the bottom. Escape closes it.

    `room_changed` tells that more or less of the column can be seen.
    The column is as wide with its scroll bar as without: that lies in the margin. Lines show where it goes on.
    """

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
        self._scroll = _Scroll(theme, self.body)
        self.room_changed = self._scroll.resized
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(self._make_room_for_bar)
        bar.valueChanged.connect(lambda _value: self.update())
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

    def lay_out_now(self) -> None:
        """Let what was shown, hidden or sized just now have its place, which Qt else gives it later."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def scroll_to(self, widget: QWidget) -> None:
        """Bring the top of a widget in the column to the top of the view."""
        self.lay_out_now()
        self.column.activate()
        self.body.resize(self.body.width(), max(self.column.totalSizeHint().height(), self.room))
        self._scroll.verticalScrollBar().setValue(widget.mapTo(self.body, QPoint(0, 0)).y())

    def reveal(self, widget: QWidget) -> None:
        """Scroll no further than it takes to see a widget in the column."""
        self._scroll.ensureWidgetVisible(widget, 0, self.theme.space.gap)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter, bar, view = QPainter(self), self._scroll.verticalScrollBar(), self._scroll.geometry()
        if bar.value() > bar.minimum():
            painter.fillRect(1, view.top() - 1, view.width() - 1, 1, self.theme.colors.border)
        if bar.value() < bar.maximum():
            painter.fillRect(1, view.bottom() + 1, view.width() - 1, 1, self.theme.colors.border)

    def _make_room_for_bar(self, least: int, most: int) -> None:
        taken = self._scroll.verticalScrollBar().sizeHint().width() if most > least else 0
        margins = self.column.contentsMargins()
        margins.setRight(self.theme.space.panel_padding - taken)
        self.column.setContentsMargins(margins)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
