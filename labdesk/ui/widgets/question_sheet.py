"""A question over the window: a heading, what it means, and the answers as buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.sheet import Sheet

_WIDTH = 520
_TOP = 64
_PADDING = 20


class QuestionSheet(Sheet):
    """Enter takes the button with the keyboard, else the first; Escape is no answer.

    Subclasses make their buttons and `arrange` them.
    """

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, window, _PADDING)
        self.heading = Label(theme, role="section", wrap=True)
        self.text = Label(theme, tone="text_muted", wrap=True)
        self._buttons: Sequence[Button] = ()

    def arrange(self, buttons: Sequence[Button], *between: QWidget) -> None:
        """Put the buttons in a row beneath heading, text and what is `between`."""
        self._buttons = buttons
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in buttons:
            row.addWidget(button)
        row.addStretch()
        column = self.card.column
        column.setSpacing(12)
        for widget in (self.heading, self.text, *between):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addLayout(row)

    def put(self, heading: str, text: str, spoken: str = "") -> None:
        """Show the question; `spoken` is told by screen readers beside the text."""
        self.heading.setText(heading)
        self.text.setText(text)
        self.setAccessibleName(heading)
        self.setAccessibleDescription(f"{text} {spoken}".strip())
        self.lay_over()

    def _place_card(self) -> None:
        card, room = self.card, self.width()
        width = min(max(_WIDTH, card.minimumSizeHint().width()), room - 32)
        height = max(card.heightForWidth(width), card.minimumSizeHint().height())
        card.setGeometry((room - width) // 2, _TOP, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            next((button for button in self._buttons if button.hasFocus()), self._buttons[0]).click()
        super().keyPressEvent(event)
