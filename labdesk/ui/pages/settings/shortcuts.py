"""The shortcuts there are, a row each, out of the registry of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.pages.settings.row import PlainRow
from labdesk.ui.shell.shortcuts import shortcuts
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.search_field import KeyCap

_NAME_SHARE = 3
"""Of five parts of the width; the group and the key have one each."""


class ShortcutRow(PlainRow):
    """What a key does, and the key."""

    def __init__(self, theme: Theme, text: str, group: str, keys: str) -> None:
        super().__init__(theme, text, group)
        self.keys = keys
        self.hint_label.hide()
        self.line.setContentsMargins(0, 6, 4, 4)
        self.line.setStretch(0, _NAME_SHARE)
        for part in (Label(theme, group, role="caption", tone="text_muted"), KeyCap(theme, keys)):
            room = QWidget()  # of one width in every row, so that they stand in columns
            room.setMinimumWidth(theme.line_height("body") * 6)
            inner = QHBoxLayout(room)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.addWidget(part)
            inner.addStretch()
            self.line.addWidget(room, 1, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(f"{text}: {keys}")

    @property
    def search(self) -> str:
        return f"{super().search} {self.keys.lower()}"


def shortcut_rows(theme: Theme, actions: ActionRegistry) -> list[ShortcutRow]:
    """Return a row for every key there is, in the order of the registry's groups."""
    return [ShortcutRow(theme, one.text, one.group, one.keys) for one in shortcuts(actions)]
