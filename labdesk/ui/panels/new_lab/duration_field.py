"""How long: presets, or any number of minutes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import NumberField, mark_invalid
from labdesk.ui.widgets.tabs import Chip

PRESETS = (30, 60, 90, 120)
_MOST = 9_999
"""More than a lab may last: a number that is too high is explained, not refused silently."""


class DurationField(QWidget):
    """Minutes; a preset is down while it is the number. `changed` tells of every edit."""

    changed = Signal()

    def __init__(self, theme: Theme, minutes: int = 60, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = NumberField(theme, 0, _MOST, self.tr(" min"))
        self.number.setAccessibleName(self.tr("Duration in minutes"))
        self.number.lineEdit().setAccessibleName(self.number.accessibleName())
        self.number.setFixedWidth(92)
        self.chips = {preset: Chip(theme, str(preset), self.tr("{n} minutes").format(n=preset)) for preset in PRESETS}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.space.gap)
        row.addWidget(self.number)
        for preset, chip in self.chips.items():
            chip.setAccessibleName(self.tr("{n} minutes").format(n=preset))
            chip.clicked.connect(lambda _checked=False, minutes=preset: self._choose(minutes))
            row.addWidget(chip)
        row.addStretch()
        self.number.valueChanged.connect(self._show)
        self.set_minutes(minutes)
        self._mark(minutes)
        self.setFocusProxy(self.number)

    @property
    def minutes(self) -> int | None:
        """The number, or None while the field is empty."""
        text = self.number.cleanText().strip()
        return int(text) if text.isdecimal() else None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DynamicPropertyChange:
            mark_invalid(self.number, bool(self.property("invalid")))
        return super().event(event)

    def set_minutes(self, minutes: int) -> None:
        self.number.setValue(minutes)

    def _choose(self, minutes: int) -> None:
        self.set_minutes(minutes)
        self._mark(minutes)

    def _show(self, minutes: int) -> None:
        self._mark(minutes)
        self.changed.emit()

    def _mark(self, minutes: int) -> None:
        for preset, chip in self.chips.items():
            chip.setChecked(preset == minutes)
