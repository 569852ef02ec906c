"""A calm line across a page that says what is wrong and offers what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.paint import ICON_SIZE, draw_pixmap_centered, fill_round

_ICONS = {
    "provisioning": "mdi6.alert-outline",
    "failed": "mdi6.alert-circle",
    "accent": "mdi6.information-outline",
    "running": "mdi6.check-circle",
}


class Banner(QWidget):
    """`tone` is a token with a soft partner: provisioning (a warning), failed, accent (news) or running (good news)."""

    def __init__(self, theme: Theme, tone: str = "provisioning", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = tone
        self._label = Label(theme, tone=tone, wrap=True, selectable=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(38, 8, 8, 8)
        self._row.setSpacing(8)
        self._row.addWidget(self._label, 1)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self._label.text()

    def set_text(self, text: str) -> None:
        self._label.setText(text)
        self.setAccessibleName(text)

    def set_tone(self, tone: str) -> None:
        self._tone = tone
        self._label.set_tone(tone)
        self.update()

    def add_action(self, text: str, tip: str = "", kind: ButtonKind = ButtonKind.PLAIN) -> Button:
        """Add a button at the right and return it, to be connected."""
        button = Button(self._theme, text, tip=tip, kind=kind, small=True, parent=self)
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return button

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._theme.colors
        painter = QPainter(self)
        fill_round(painter, self.rect(), colors.named(f"{self._tone}_soft"), self._theme.space.radius)
        pixmap = self._theme.icon(_ICONS[self._tone], colors.named(self._tone), ICON_SIZE, self)
        draw_pixmap_centered(painter, pixmap, QPointF(21, self.height() / 2))
