"""The list of students, as typed or pasted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import TextArea

_LINES = 5


class StudentsEdit(TextArea):
    """`line_left` tells when the cursor leaves a line or the keyboard leaves the field: what was typed is meant now."""

    line_left = Signal()

    def __init__(self, theme: Theme, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, placeholder, parent=parent)
        self._theme = theme
        self._line = 0
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

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.line_left.emit()

    def _cursor_moved(self) -> None:
        line = self.textCursor().blockNumber()
        if line != self._line:
            self._line = line
            self.line_left.emit()

    def _fit(self) -> None:
        self.setFixedHeight(_LINES * self._theme.line_height("body") + 20)
