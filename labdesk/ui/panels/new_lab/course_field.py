"""Which course: typed, or one that has labs already."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import ComboField


class CourseField(ComboField):
    """`courses` are those there are, asked for when somebody comes to the field or opens its list."""

    def __init__(self, theme: Theme, courses: Callable[[], Iterable[str]], parent: QWidget | None = None) -> None:
        super().__init__(theme, QCoreApplication.translate("NewLab", "none"), finds=True, parent=parent)
        self._courses = courses
        self.about_to_list.connect(self._offer)

    @property
    def text(self) -> str:
        return self.currentText().strip()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._offer()

    def _offer(self) -> None:
        self.set_choices(self._courses())
