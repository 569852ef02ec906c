"""The top bar's field and its list: what is typed finds actions, pages and things; Enter runs the first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.shell.command_list import Suggestion
from labdesk.ui.shell.suggestion_list import SuggestionList
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.search_field import SearchField


class CommandField(QObject):
    """Ties the search field to the list. `find` is asked at every key."""

    def __init__(
        self, theme: Theme, field: SearchField, window: QWidget, find: Callable[[str], list[Suggestion]]
    ) -> None:
        super().__init__(window)
        self._field = field
        self._window = window
        self._find = find
        self.list = SuggestionList(theme, self.tr("Found"), self.tr("Nothing found"), window)
        self.list.run_chosen = self._run
        field.edit.textEdited.connect(self._refresh)
        field.edit.key_pressed.connect(self._key)
        field.edit.installEventFilter(self)

    def open(self) -> None:
        """Put the keyboard into the field and show what there is."""
        self._field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.edit.selectAll()
        self._refresh()

    def close(self) -> None:
        self.list.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        elif event.type() == QEvent.Type.MouseButtonPress and not self.list.isVisible():
            self._refresh()
        return False

    def _refresh(self) -> None:
        self.list.show_suggestions(self._find(self._field.text))
        corner = self._field.mapTo(self._window, QPoint(self._field.width(), self._field.height() + 4))
        self.list.move(max(corner.x() - self.list.width(), 8), corner.y())
        self.list.raise_()
        self.list.show()

    def _key(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not self.list.isVisible():
                self._refresh()
            else:
                self.list.move_current(1 if key == Qt.Key.Key_Down else -1)
            event.accept()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.isVisible():
            if self.list.current is not None:
                self._run(self.list.current)
            event.accept()
        elif key == Qt.Key.Key_Escape and self.list.isVisible() and not self._field.text:
            self.close()

    def _run(self, suggestion: Suggestion) -> None:
        """Run what is chosen; what must wait stays in view with its reason."""
        if not suggestion.possible:
            return
        self._field.edit.clear()
        self._field.edit.clearFocus()
        self.close()
        suggestion.run()
