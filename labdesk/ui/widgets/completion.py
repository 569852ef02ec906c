"""What is offered beneath a line of text while somebody types."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

from labdesk.ui.theme import Theme

_ROWS = 8


def complete_from(theme: Theme, line: QLineEdit, model: QAbstractItemModel, name: str) -> QCompleter:
    """Offer the texts of a model that hold what is typed, in any case; `name` tells screen readers what they are."""
    completer = QCompleter(line)
    completer.setModel(model)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setMaxVisibleItems(_ROWS)
    popup = QListView()
    popup.setAccessibleName(name)
    popup.setProperty("popup", True)
    theme.dress(popup)
    completer.setPopup(popup)
    theme.dress(popup.verticalScrollBar())
    line.setCompleter(completer)
    return completer
