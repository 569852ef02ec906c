"""The rail at the left: a button per page, the engine beneath."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.shell.engine_card import EngineCard
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.card import Surface
from labdesk.ui.widgets.focus import stop_at_the_chosen
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.rail_button import RailButton

WIDTH = 168
_LEFT, _RIGHT = 8, 9


class Rail(Surface):
    """`chosen` carries a page's key."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "window", lines="right", parent=parent)
        self._buttons: dict[str, RailButton] = {}
        self._group = QButtonGroup(self)
        stop_at_the_chosen(self._group)
        self.engine_card = EngineCard(theme)
        title = Label(theme, "LabDesk", role="section")
        column = QVBoxLayout(self)
        column.setContentsMargins(_LEFT, 14, _RIGHT, 10)
        column.setSpacing(2)
        column.addWidget(title)
        title.setContentsMargins(10, 0, 0, 0)
        column.addSpacing(12)
        self._pages = QVBoxLayout()
        self._pages.setSpacing(2)
        column.addLayout(self._pages)
        column.addStretch()
        column.addWidget(self.engine_card)
        self._foot = QVBoxLayout()
        self._foot.setContentsMargins(0, 4, 0, 0)
        column.addLayout(self._foot)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Pages"))

    def sizeHint(self) -> QSize:
        return QSize(self._wanted_width(), 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._wanted_width(), 200)

    def _wanted_width(self) -> int:
        """As wide as the longest title needs, so that the rail is the same on every page."""
        titles = [button.sizeHint().width() for button in self._buttons.values()]
        return max([WIDTH, *(width + _LEFT + _RIGHT for width in titles)])

    def add_page(self, key: str, title: str, icon: str, tip: str, *, apart: bool = False) -> RailButton:
        """Add a page's button; one `apart` stands beneath the engine."""
        button = RailButton(self.theme, title, icon, tip, self)
        button.clicked.connect(lambda: self.chosen.emit(key))
        self._buttons[key] = button
        self._group.addButton(button)
        (self._foot if apart else self._pages).addWidget(button)
        return button

    def button(self, key: str) -> RailButton:
        return self._buttons[key]

    def show_current(self, key: str) -> None:
        self._buttons[key].setChecked(True)
