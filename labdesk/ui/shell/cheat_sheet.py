"""The cheat sheet: every key there is, over the window; a search narrows it, Escape closes it."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.shell.shortcuts import Shortcut, shortcuts
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.paint import draw_veil
from labdesk.ui.widgets.search_field import KeyCap, SearchField

_WIDTH = 1_000
_COLUMNS = 3
_HEADING_LINES = 1.6
"""How much room a group's heading takes, in lines."""
_MARGIN = 56


class CheatSheet(QWidget):
    """Lies over its window while it is shown; a click beside the card closes it too."""

    def __init__(self, theme: Theme, actions: ActionRegistry, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._actions = actions
        self._window = window
        self._before: QWidget | None = None
        self.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.search = SearchField(theme, self.tr("Search shortcuts"), clear_tip=self.tr("Clear the search"))
        self.search.edit.textChanged.connect(self._fill)
        self.search.edit.key_pressed.connect(self._key_in_search)
        self.none_found = Label(theme, self.tr("No shortcut matches"), tone="text_muted")
        self._rows: list[Shortcut] = []
        self._lay_out()
        window.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        theme = self._theme
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
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._body)
        self._scroll.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        theme.dress(self._scroll.verticalScrollBar())
        self.card = Card(theme, padding=16, parent=self)
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
        self._before = self._window.focusWidget()
        self.search.edit.clear()
        self._fill()
        self._place()
        self.show()
        self.raise_()
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def dismiss(self) -> None:
        """Put it away; the keyboard goes back to where it was."""
        before, self._before = self._before, None
        if before is not None and isValid(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.search.edit.clearFocus()
        self.hide()

    # --- events -----------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the keyboard within the sheet while it lies over the window."""
        within = [widget for widget in self.findChildren(QWidget) if _takes_tab(widget)]
        focused = self._window.focusWidget()
        if focused not in within:  # it is being put away
            return super().focusNextPrevChild(forward)
        place = within.index(focused)
        within[(place + (1 if forward else -1)) % len(within)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What nobody in the sheet wants goes no further: the page beneath is not what one types to."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """No key is a shortcut of the window's meanwhile: what it would be done to cannot be seen."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_veil(QPainter(self), self.rect(), self._theme.colors.window)

    def _key_in_search(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.search.text:
            self.dismiss()
            event.accept()

    # --- what it shows ----------------------------------------------------------------------------------------

    def _place(self) -> None:
        window = self._window.rect()
        self.setGeometry(window)
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
            self._columns.addWidget(_Column(self._theme, rows), 1, Qt.AlignmentFlag.AlignTop)
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


def _takes_tab(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
