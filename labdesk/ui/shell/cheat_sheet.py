"""The cheat sheet: every key there is, over the window; a search narrows it, Escape closes it."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.shell.shortcuts import Shortcut, shortcuts
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.scroll_column import ScrollColumn
from labdesk.ui.widgets.search_field import KeyCap, SearchField
from labdesk.ui.widgets.sheet import Sheet

_WIDTH = 1_000
_COLUMNS = 3
_HEADING_LINES = 1.6
"""How much room a group's heading takes, in lines."""
_MARGIN = 56


class CheatSheet(Sheet):
    """A click beside the card closes it too."""

    def __init__(self, theme: Theme, actions: ActionRegistry, window: QWidget) -> None:
        super().__init__(theme, window, padding=16)
        self._actions = actions
        self.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.search = SearchField(theme, self.tr("Search shortcuts"), clear_tip=self.tr("Clear the search"))
        self.search.edit.textChanged.connect(self._fill)
        self.search.edit.key_pressed.connect(self._key_in_search)
        self.none_found = Label(theme, self.tr("No shortcut matches"), tone="text_muted")
        self._rows: list[Shortcut] = []
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self.theme
        close = Button(theme, icon="mdi6.close", kind=ButtonKind.QUIET, small=True, tip=self.tr("Close (Esc)"))
        close.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.setSpacing(theme.space.gap * 2)
        head.addWidget(Label(theme, self.tr("Keyboard shortcuts"), role="section"))
        head.addWidget(self.search, 1)
        head.addWidget(close)
        self._body = QWidget()
        self._columns = QHBoxLayout(self._body)
        self._columns.setContentsMargins(0, 0, 8, 0)
        self._columns.setSpacing(theme.space.gap * 4)
        self._scroll = ScrollColumn(theme, self._body)
        self.card.column.setSpacing(theme.space.gap * 2)
        self.card.column.addLayout(head)
        self.card.column.addWidget(self.none_found)
        self.card.column.addWidget(self._scroll, 1)

    # --- what others use --------------------------------------------------------------------------------------

    @property
    def shown(self) -> list[Shortcut]:
        """What the search leaves."""
        return list(self._rows)

    def toggle(self) -> None:
        """Show it with everything, or put it away."""
        if self.isVisible():
            self.dismiss()
            return
        self.search.edit.clear()
        self._fill()
        self.lay_over()
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- events -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def _key_in_search(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.search.text:
            self.dismiss()
            event.accept()

    # --- what it shows ----------------------------------------------------------------------------------------

    def _place_card(self) -> None:
        window = self._window.rect()
        width = min(_WIDTH, window.width() - 2 * _MARGIN)
        wanted = self._body.sizeHint().height() + 96
        height = min(max(wanted, 240), window.height() - 2 * _MARGIN)
        self.card.setGeometry(QRect((window.width() - width) // 2, _MARGIN, width, height))

    def _fill(self) -> None:
        words = self.search.edit.text().lower().split()
        self._rows = [one for one in shortcuts(self._actions) if all(word in one.search for word in words)]
        while (item := self._columns.takeAt(0)) is not None:
            if (column := item.widget()) is not None:
                column.deleteLater()
        for rows in in_columns(self._rows, _COLUMNS):
            self._columns.addWidget(_Column(self.theme, rows), 1, Qt.AlignmentFlag.AlignTop)
        self.none_found.setVisible(not self._rows)
        self._scroll.setVisible(bool(self._rows))


class _Column(QWidget):
    """Groups under their headings, a line for each key."""

    def __init__(self, theme: Theme, rows: list[Shortcut]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for place, (group, lines) in enumerate(groupby(rows, key=lambda row: row.group)):
            if place:
                column.addSpacing(theme.space.gap * 2)
            column.addWidget(Label(theme, group, role="caption_bold", tone="text_muted"))
            column.addSpacing(2)
            for line in lines:
                row = QHBoxLayout()
                row.setSpacing(theme.space.gap)
                text = ElidedLabel(theme, line.text)
                text.setMinimumHeight(theme.line_height("body") + 8)
                row.addWidget(text, 1)
                row.addWidget(KeyCap(theme, line.keys))
                column.addLayout(row)


def in_columns(rows: list[Shortcut], count: int) -> list[list[Shortcut]]:
    """Share the groups out to columns of about one height; each group stays in one piece, in order."""
    groups = [list(lines) for _, lines in groupby(rows, key=lambda row: row.group)]
    height = sum(len(group) + _HEADING_LINES for group in groups) / count
    columns: list[list[Shortcut]] = []
    filled = 0.0
    for group in groups:
        lines = len(group) + _HEADING_LINES
        if not columns or (filled + lines / 2 > height * len(columns) and len(columns) < count):
            columns.append([])
        columns[-1] += group
        filled += lines
    return columns
