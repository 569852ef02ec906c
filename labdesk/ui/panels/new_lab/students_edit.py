"""The list of students, as typed or pasted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import TextArea

_LINES_SHOWN = 4


class StudentsEdit(TextArea):
    """`line_left` tells when the cursor leaves a line or the keyboard leaves the field: what was typed is meant now."""

    line_left = Signal()

    def __init__(self, theme: Theme, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, placeholder, parent=parent)
        self._theme = theme
        self._line = 0
        self._lines = _LINES_SHOWN
        self.cursorPositionChanged.connect(self._cursor_moved)
        theme.changed.connect(self._fit)
        self._fit()

    @property
    def line_being_typed(self) -> int:
        """The 1-based line the cursor is in while the keyboard is here and text stands in it, else 0."""
        cursor = self.textCursor()
        if not self.hasFocus() or not cursor.block().text().strip():
            return 0
        return cursor.blockNumber() + 1

    def show_lines(self, count: int) -> None:
        """Be so many lines high; more are scrolled to."""
        self._lines = count
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.line_left.emit()

    def _cursor_moved(self) -> None:
        line = self.textCursor().blockNumber()
        if line != self._line:
            self._line = line
            self.line_left.emit()

    def _fit(self) -> None:
        self.setFixedHeight(self._lines * self._theme.line_height("body") + 28)
