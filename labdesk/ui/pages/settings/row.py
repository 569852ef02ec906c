"""One setting: its name and what it does at the left, its control at the right, and remarks beneath."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import Label

CONTROL_WIDTH = 400
RESET_ROOM = 42
"""Pixels of the button that resets, with its distance: kept in rows without one."""


class PlainRow(QWidget):
    """A title, a hint, and room for any control at the right; `note` is said beneath, in a tone."""

    def __init__(self, theme: Theme, title: str, hint: str, control: QWidget | None = None) -> None:
        super().__init__()
        self.title, self.hint = title, hint
        self._note = Label(theme, role="caption", tone="text_muted", wrap=True)
        self._note.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(theme, title, role="body_medium", wrap=True))
        self.hint_label = Label(theme, hint, role="caption", tone="text_muted", wrap=True)
        words.addWidget(self.hint_label)
        words.addWidget(self._note)
        words.addStretch()
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 8, 0, 8)
        self.line.setSpacing(12)
        self.line.addLayout(words, 1)
        if control is not None:
            room = QWidget()  # of one width in every row, so that all controls begin at one line
            room.setFixedWidth(CONTROL_WIDTH)
            inner = QHBoxLayout(room)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.addWidget(control)
            inner.addStretch()
            self.line.addWidget(room, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def note(self) -> str:
        return self._note.text()

    @property
    def search(self) -> str:
        """All that can be found, in lower case."""
        return f"{self.title} {self.hint}".lower()

    def set_note(self, text: str, tone: str = "text_muted") -> None:
        self._note.setText(text)
        self._note.set_tone(tone)
        self._note.setVisible(bool(text))


class SettingRow(PlainRow):
    """`reset_wanted` asks for the default; its button shows only while another value is set.

    `words` is what a search finds besides what is said: what can be chosen.
    """

    reset_wanted = Signal()

    def __init__(self, theme: Theme, key: str, title: str, hint: str, control: QWidget, words: str = "") -> None:
        super().__init__(theme, title, hint, control)
        self.key = key
        self.words = words.lower()
        self.reset_button = Button(theme, icon="mdi6.restore", kind=ButtonKind.QUIET, small=True, tip=" ")
        self.reset_button.setToolTip(self.tr("Reset {setting} to its default").format(setting=title))
        self.reset_button.setAccessibleName(self.reset_button.toolTip())
        policy = QSizePolicy(self.reset_button.sizePolicy())
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)
        self.reset_button.clicked.connect(self.reset_wanted)
        self.line.addWidget(self.reset_button, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def search(self) -> str:
        return f"{super().search} {self.key.replace('_', ' ')} {self.words}"

    def set_problem(self, problem: str) -> None:
        self.set_note(as_sentence(problem), "failed")
