"""The card that says how much of the engine is taken."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.pages.today.lab_list import PADDING
from labdesk.ui.pages.today.room import Measure, Room
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.meter import Meter


class RoomCard(Card):
    """How much of the engine is taken. `clicked` asks for the Health page."""

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, padding=PADDING, parent=parent)
        title = self.tr("Room in use")
        self.setAccessibleName(title)
        self.column.setContentsMargins(PADDING + 1, 12, PADDING + 1, 14)
        self._link = Button(theme, self.tr("Health"), kind=ButtonKind.LINK)
        self._link.clicked.connect(self.clicked)
        head = QHBoxLayout()
        head.addWidget(Label(theme, title, role="body_bold"))
        head.addStretch()
        head.addWidget(self._link)
        self.column.addLayout(head)
        self.why_not = Label(theme, tone="text_muted", wrap=True)
        self.column.addWidget(self.why_not)
        self.lines = [MeasureLine(theme) for _ in range(3)]
        for line in self.lines:
            self.column.addWidget(line)

    def show_room(self, room: Room) -> None:
        self.why_not.setText(room.why_not)
        self.why_not.setVisible(bool(room.why_not))
        for line in self.lines[len(room.measures) :]:
            line.hide()
        for line, measure in zip(self.lines, room.measures, strict=False):
            line.show_measure(measure)
            line.show()


class MeasureLine(QWidget):
    """A name, how much in words, and a meter beneath where there is a limit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._name = Label(theme, tone="text_muted")
        self._value = Label(theme)
        self.meter = Meter(theme, "")
        head = QHBoxLayout()
        head.addWidget(self._name)
        head.addStretch()
        head.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(self.meter)

    @property
    def text(self) -> str:
        """What it says, on one line."""
        return f"{self._name.text()}: {self._value.text()}"

    def show_measure(self, measure: Measure) -> None:
        self._name.setText(measure.name)
        self._value.setText(measure.value)
        self.meter.setAccessibleName(measure.name)
        self.meter.setVisible(measure.share is not None)
        self.meter.set_share(measure.share or 0.0)
        self.setToolTip(measure.tip)
