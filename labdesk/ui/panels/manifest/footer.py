"""Beneath an editor: what went wrong or changed elsewhere, and the buttons."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import ElidedLabel


@dataclass(frozen=True, slots=True)
class EditorWords:
    """What is said of the thing being edited.

    `tabs` and `yaml` name the views for screen readers; then that it is gone, that it is another one meanwhile, and
    what saving does: `save_tip` has a place for what the button is called, {action}.
    """

    tabs: str
    yaml: str
    gone: str
    changed: str
    save_tip: str


class EditorFooter(QWidget):
    """The buttons are there to be connected."""

    def __init__(self, theme: Theme, words: EditorWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._error = Banner(theme, "failed")
        self._error.hide()
        self._news = Banner(theme, "provisioning")
        self.theirs_button = self._news.add_action(self.tr("Take theirs"), self.tr("Give up what you changed here"))
        self._news.hide()
        self._state = ElidedLabel(theme, role="caption", tone="text_muted")
        self.save_button = Button(theme, self.tr("Save"), kind=ButtonKind.PRIMARY, hint=self.tr("Ctrl ⏎"))
        self.revert_button = Button(theme, self.tr("Revert"), tip=self.tr("Give up what you changed here"))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.space.gap)
        buttons.addWidget(self.save_button)
        buttons.addWidget(self.revert_button)
        buttons.addWidget(self._state, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space.gap)
        column.addWidget(self._error)
        column.addWidget(self._news)
        column.addLayout(buttons)

    @property
    def error(self) -> str:
        return self._error.text if self._error.isVisibleTo(self) else ""

    @property
    def news(self) -> str:
        return self._news.text if self._news.isVisibleTo(self) else ""

    @property
    def state(self) -> str:
        return self._state.text

    def set_error(self, text: str) -> None:
        self._error.set_text(text)
        self._error.setVisible(bool(text))

    def show_news(self, *, gone: bool, changed: bool) -> None:
        """Tell that it was deleted or changed elsewhere while it is edited here."""
        if gone or changed:
            self._news.set_text(self._words.gone if gone else self._words.changed)
        self._news.setVisible(gone or changed)
        self.theirs_button.setVisible(not gone)

    def show_state(self, tab: str, *, is_new: bool, dirty: bool, changes: tuple[int, int]) -> None:
        """Show what the buttons do now; `changes` counts lines that come and go."""
        words = self.tr("Create") if is_new else self.tr("Save")
        if not is_new and tab == "yaml":
            words = self.tr("Review changes")
        elif not is_new and tab == "changes":
            words = self.tr("Save changes")
        self.save_button.set_text(words)
        self.save_button.setToolTip(self._words.save_tip.format(action=words))
        self.save_button.setEnabled(dirty)
        self.revert_button.setEnabled(dirty)
        self.revert_button.set_text(self.tr("Clear") if is_new else self.tr("Revert"))
        text = ""
        if dirty and not is_new:
            text = self.tr("Lines: {more} added, {less} removed").format(more=changes[0], less=changes[1])
        self._state.set_text(text)
