"""Which course: typed, or one that has labs already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import ComboField

_NO_LABEL = re.compile(r"[^A-Za-z0-9._-]")
_NOT_AT_ENDS, _LONGEST = "-_. ", 63
"""The grammar of a label's value, as Kubernetes has it."""


class CourseField(ComboField):
    """It holds what a label can: other characters become hyphens as they are typed.

    `courses` are those there are, asked for when somebody comes to the field or opens its list."""

    def __init__(self, theme: Theme, courses: Callable[[], Iterable[str]], parent: QWidget | None = None) -> None:
        super().__init__(
            theme, QCoreApplication.translate("NewLab", "none; labs are grouped by it"), finds=True, parent=parent
        )
        self._courses = courses
        self.line.setMaxLength(_LONGEST)
        self.line.textEdited.connect(self._write_as_label)
        self.about_to_list.connect(self._offer)

    @property
    def text(self) -> str:
        return self.currentText().strip(_NOT_AT_ENDS)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._offer()

    def _write_as_label(self, typed: str) -> None:
        text, place = _NO_LABEL.sub("-", typed), self.line.cursorPosition()
        if text != typed:
            self.setEditText(text)
            self.line.setCursorPosition(place)

    def _offer(self) -> None:
        self.set_choices(self._courses())
