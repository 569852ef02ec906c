"""The search of the log: words or a regular expression, how many match, and from one match to the next."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.field_button import FieldButton
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.paint import CONTROL_RADIUS, frame_round
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.words import short_count

WIDEST, _ROOMY = 360, 270
"""Pixels at most beside the chips, and from how many on there is room for a cross and for words beside the number."""
_LEAST_HINT = 240


class EventSearch(SearchField):
    """`changed` tells of another text or another meaning of it; `step_wanted` carries +1 for the next (older) match."""

    changed = Signal()
    step_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", clear_tip=self.tr("Show all events"), parent=parent)
        self.setMaximumWidth(WIDEST)
        self.note = self._short_note = ""
        self.problem = ""
        self.previous_button = FieldButton(theme, "mdi6.chevron-up", self.tr("Previous match (Shift+F3)"))
        self.next_button = FieldButton(theme, "mdi6.chevron-down", self.tr("Next match (F3)"))
        self.pattern_button = FieldButton(
            theme, "mdi6.regex", self.tr("Regular expression; upper and lower case are the same"), checkable=True
        )
        for button in (self.previous_button, self.next_button, self.pattern_button):
            self.add_button(button)
        self._row.setSpacing(2)
        self.hint = _Hint(theme, self)
        self.searched.connect(lambda _text: self.changed.emit())
        self.pattern_button.toggled.connect(self._toggled)
        self.next_button.clicked.connect(lambda _checked=False: self.step_wanted.emit(1))
        self.previous_button.clicked.connect(lambda _checked=False: self.step_wanted.emit(-1))
        self.edit.key_pressed.connect(self._key)
        self._word_it()
        self.show_matches(None, None)

    @property
    def is_pattern(self) -> bool:
        return self.pattern_button.isChecked()

    def show_text(self, text: str, *, is_pattern: bool) -> None:
        """Put a text there without telling."""
        blocked = self.blockSignals(True)
        self.pattern_button.setChecked(is_pattern)
        self.set_text(text)
        self.blockSignals(blocked)
        self._word_it()

    def show_matches(self, count: int | None, place: int | None, *, is_whole: bool = True) -> None:
        """Say how many match, and with `place` (from 1) which of them is shown. Without a text nothing is said.

        Unless it `is_whole` there may be more.
        """
        shown = bool(self.text) and not self.problem
        self.previous_button.setVisible(shown)
        self.next_button.setVisible(shown)
        self.next_button.setEnabled(bool(count) and (place is None or place < (count or 0)))
        self.previous_button.setEnabled(place is not None and place > 1)
        if self.problem:
            return
        number = "" if count is None else short_count(count) if is_whole else f"{short_count(count)}+"
        if not shown or count is None:
            self.note = self._short_note = ""
        elif place is None:
            self.note, self._short_note = self.tr("{n} found").format(n=number), number
        else:
            self.note = self._short_note = self.tr("{place} of {n}").format(place=short_count(place), n=number)
        self._show_note()

    def show_problem(self, problem: str) -> None:
        """Say beneath the field why its text is no regular expression; nothing when it is one."""
        self.problem = problem
        self.edit.setAccessibleDescription(problem)
        if problem:
            self.set_note(self.tr("Not valid"), "failed")
            self.hint.show_beneath(self, self.tr("Not a regular expression: {problem}").format(problem=problem))
        else:
            self._show_note()
        self.hint.setVisible(bool(problem))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.set_cross(self.width() >= _ROOMY)
        if not self.problem:
            self._show_note()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hint.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.hint.setVisible(bool(self.problem))

    def tab_stops(self) -> list[QWidget]:
        return [self.edit, self.previous_button, self.next_button, self.pattern_button]

    def _show_note(self) -> None:
        self.set_note(self.note if self.width() >= _ROOMY else self._short_note)

    def _toggled(self) -> None:
        self._word_it()
        self.changed.emit()

    def _word_it(self) -> None:
        words = self.tr("Find with an expression") if self.is_pattern else self.tr("Filter events")
        self.edit.setPlaceholderText(words)
        self.edit.setAccessibleName(words)

    def _key(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            backwards = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.finish_typing()
            self.step_wanted.emit(-1 if backwards else 1)
            event.accept()


class _Hint(QWidget):
    """A remark that lies over what is beneath its field, so that nothing moves."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._label = Label(theme, role="caption", tone="failed", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(self._label)
        self.hide()
        theme.changed.connect(self.update)

    def show_beneath(self, field: QWidget, text: str) -> None:
        page = field.window()
        self.setParent(page)
        self._label.setText(text)
        self.setAccessibleName(text)
        width = min(max(field.width(), _LEAST_HINT), WIDEST)
        self.setFixedWidth(width)
        self.adjustSize()
        corner = field.mapTo(page, QPoint(min(field.width() - width, 0), field.height() + 4))
        self.move(corner)
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._theme.colors
        frame_round(QPainter(self), self.rect(), colors.surface, colors.failed, CONTROL_RADIUS)
