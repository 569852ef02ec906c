"""The list of students, as typed or pasted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextEdit, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import TextArea


class StudentsEdit(TextArea):
    """`line_left` tells when the cursor leaves a line or the keyboard leaves the field: what was typed is meant now."""

    line_left = Signal()

    def __init__(self, theme: Theme, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, placeholder, parent=parent)
        self._theme = theme
        self._line = 0
        self._is_typing = False
        self._marked: tuple[int, ...] = ()
        self.cursorPositionChanged.connect(self._cursor_moved)
        theme.changed.connect(self._paint_marks)

    @property
    def line_being_typed(self) -> int:
        """The 1-based line that is being typed and not yet left, else 0. What is pasted is meant as it is."""
        return self._line + 1 if self._is_typing else 0

    def height_of(self, lines: int) -> int:
        """Return the pixels that so many lines take."""
        return lines * self._theme.line_height("body") + 28

    def mark_lines(self, lines: Sequence[int]) -> None:
        """Give these lines (from 1) the ground of what is wrong."""
        self._marked = tuple(lines)
        self._paint_marks()

    def choose_line(self, line: int) -> None:
        """Select a line (from 1) and show it."""
        cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def setPlainText(self, text: str) -> None:
        self._is_typing = False
        super().setPlainText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._is_typing = self._is_typing or bool(event.text())
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_typing = True
        super().inputMethodEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self._is_typing = False
        super().insertFromMimeData(source)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._leave_line()

    def _cursor_moved(self) -> None:
        line = self.textCursor().blockNumber()
        if line != self._line:
            self._line = line
            self._leave_line()

    def _leave_line(self) -> None:
        self._is_typing = False
        self.line_left.emit()

    def _paint_marks(self) -> None:
        marks = []
        for line in self._marked:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
            mark.format.setBackground(self._theme.colors.failed_soft)
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(mark)
        self.setExtraSelections(marks)
