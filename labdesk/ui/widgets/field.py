"""A field of a form: label above, control, then a hint or what is wrong; and fields beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import mark_problem
from labdesk.ui.widgets.labels import Label

_GAP = 4
_NOTE_LINES = 2
"""Beneath fields that share their width: a problem names what was typed, which may be long."""


class Field(QWidget):
    """A control with its label and, beneath, a hint that gives way to the problem. The room for it is kept.

    `helper` stands at the right of the label: a button that helps to fill the control. `changed` tells of another
    problem.
    """

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        label: str,
        control: QWidget,
        hint: str = "",
        helper: QWidget | None = None,
        parent: QWidget | None = None,
        *,
        keeps_room: bool = True,
    ) -> None:
        """Without `keeps_room` there is room for a note only while there is one: beneath it nothing can move."""
        super().__init__(parent)
        self.control = control
        self.hint = hint
        self.problem = ""
        self._tells_problem = True
        self._label = Label(theme, label, role="caption_medium", tone="text_muted")
        self._label.setBuddy(control)
        self._note = Label(theme, hint, role="caption", tone="text_muted", wrap=True)
        self._keeps_room = keeps_room
        self._note.setMinimumHeight(theme.line_height("caption") if keeps_room else 0)
        if not keeps_room and not hint:
            self._note.hide()
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        control.setAccessibleName(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        self._head = QHBoxLayout()
        self._head.addWidget(self._label, 1)
        if helper is not None:
            self._head.addWidget(helper)
        column.addLayout(self._head)
        column.addWidget(control)
        column.addWidget(self._note)

    def note_height(self, width: int) -> int:
        """Return the pixels that hint or problem take in a field of that width."""
        needed = self._note.heightForWidth(width) if self._note.text() else 0
        return max(needed, self._note.minimumHeight())

    @property
    def least_height_around(self) -> int:
        """Pixels of all but the control, with a note of one line."""
        return self._head.sizeHint().height() + _GAP + (_GAP + self._note.minimumHeight() if self._keeps_room else 0)

    def height_around(self, width: int) -> int:
        """Return the pixels of all but the control in a field of that width."""
        note = self.note_height(width)
        return self._head.sizeHint().height() + _GAP + (_GAP + note if note else 0)

    def set_hint(self, hint: str) -> None:
        self.hint = hint
        self._tell()

    def set_problem(self, problem: str) -> None:
        """Say what is wrong, or clear it with an empty text. Screen readers hear it with the control."""
        self.problem = problem
        self._tell()
        self.changed.emit()

    def leave_problem_to_row(self, pixels: int) -> None:
        """Say only the hint beneath the control, in so much room: a row says there what is wrong."""
        self._tells_problem = False
        self._note.setMinimumHeight(pixels)

    def show_note(self, shown: bool) -> None:
        """Leave the place beneath the control to the row, or take it back."""
        self._note.setVisible(shown)

    def _tell(self) -> None:
        told = self.problem if self._tells_problem else ""
        self._note.setText(told or self.hint)
        if not self._keeps_room:
            self._note.setVisible(bool(told or self.hint))
        self._note.set_tone("failed" if told else "text_muted")
        mark_problem(self.control, self.problem, self.hint)


class FieldRow(QWidget):
    """Fields beside each other. What is wrong with one is said across them, in the room of their hints: nothing beneath
    moves.
    """

    def __init__(self, theme: Theme, fields: Sequence[Field]) -> None:
        super().__init__()
        self._fields = fields
        self._problem = Label(theme, role="caption", tone="failed", wrap=True)
        room = _NOTE_LINES * theme.line_height("caption")
        self._problem.setMinimumHeight(room)
        self._problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._problem.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.space.gap)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addLayout(row)
        column.addWidget(self._problem)
        for field in fields:
            row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
            field.leave_problem_to_row(room)
            field.changed.connect(self._tell)

    @property
    def problem(self) -> str:
        """What stands across the fields."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    def _tell(self) -> None:
        text = next((field.problem for field in self._fields if field.problem), "")
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        for field in self._fields:
            field.show_note(not text)
