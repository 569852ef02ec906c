"""A chip that says which values of a filter are chosen, and opens the list to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QWidget

from labdesk.store.journal_values import FilterValue
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.tabs import Chip
from labdesk.ui.widgets.value_chooser import ValueChooser

WIDEST_VALUE = 140
"""Pixels of a chosen value on its chip."""


class FilterChip(Chip):
    """`changed` carries the chosen values, `values_wanted` asks for those there are when the list is opened.

    Delete or Backspace on the chip takes its choice back.
    """

    changed = Signal(tuple)
    values_wanted = Signal()

    def __init__(self, theme: Theme, word: str, tip: str, search_words: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, word, tip, parent)
        self._word = word
        self._tip = tip
        self._values: tuple[str, ...] = ()
        self._widest = WIDEST_VALUE
        self.chooser = ValueChooser(theme, tip, search_words, self)
        self.chooser.changed.connect(self._choose)
        self.clicked.connect(self._open)

    @property
    def values(self) -> tuple[str, ...]:
        return self._values

    def set_values(self, values: Sequence[str]) -> None:
        """Say what is chosen, without telling."""
        self._values = tuple(values)
        self.setChecked(bool(values))
        text = self._word
        if len(values) == 1 and self._widest:
            metrics = QFontMetrics(self.theme.fonts.body_medium)
            value = metrics.elidedText(values[0], Qt.TextElideMode.ElideMiddle, self._widest)
            text = self.tr("{filter}: {value}").format(filter=self._word, value=value)
        elif values:
            text = self.tr("{filter}: {n}").format(filter=self._word, n=len(values))
        self.set_text(text)
        whole = ", ".join(values)
        self.setToolTip(self.tr("Only {values}").format(values=whole) if values else self._tip)
        if values:
            self.setAccessibleName(self.tr("{filter}: {value}").format(filter=self._word, value=whole))

    def set_widest(self, pixels: int) -> None:
        """Give a single value no more room than that; with 0 it is only counted, as several are."""
        if pixels != self._widest:
            self._widest = pixels
            self.set_values(self._values)

    def show_values(self, values: Sequence[FilterValue]) -> None:
        """Show in the open list what there is to choose from."""
        self.chooser.show_values([(one.value, one.count) for one in values])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._values:
            self._choose(())
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        self.setChecked(bool(self._values))
        self.chooser.open_beneath(self, self._values)
        self.values_wanted.emit()

    def _choose(self, values: tuple[str, ...]) -> None:
        self.set_values(values)
        self.changed.emit(values)
