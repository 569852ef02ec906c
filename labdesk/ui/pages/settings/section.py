"""A card with rows under a heading; rows that a search does not want are left out, and cards without rows too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.pages.settings.row import PlainRow
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.card import Card, Surface
from labdesk.ui.widgets.labels import Label


class Section(QWidget):
    """`remark` holds for every row. `filter_rows` shows what matches; the heading matches for all of its rows."""

    def __init__(self, theme: Theme, title: str, rows: Sequence[PlainRow], remark: str = "") -> None:
        super().__init__()
        self.title = title
        self.rows = list(rows)
        self.setAccessibleName(title)
        card = Card(theme, padding=0)
        card.column.setContentsMargins(16, 4, 12, 4)
        card.column.setSpacing(0)
        self._lines: list[Surface] = []
        for place, row in enumerate(rows):
            line = Surface(theme, "border")
            line.setFixedHeight(1)
            line.setVisible(place > 0)
            self._lines.append(line)
            card.column.addWidget(line)
            card.column.addWidget(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        heading = QHBoxLayout()
        heading.setSpacing(10)
        heading.addWidget(Label(theme, title, role="body_bold"))
        heading.addWidget(Label(theme, remark, role="caption", tone="text_muted"), 1)
        column.addLayout(heading)
        column.addWidget(card)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def filter_rows(self, words: Sequence[str]) -> int:
        """Show the rows in which every word is found; return how many."""
        shown = 0
        for row, line in zip(self.rows, self._lines, strict=True):
            found = f"{self.title.lower()} {row.search}"
            wanted = all(word in found for word in words)
            row.setVisible(wanted)
            line.setVisible(wanted and shown > 0)
            shown += wanted
        self.setVisible(bool(shown))
        return shown
