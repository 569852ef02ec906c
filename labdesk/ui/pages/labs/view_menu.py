"""The menu of how the labs are shown: columns, groups and the height of rows."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.models.lab_columns import LabColumn, heading
from labdesk.ui.pages.labs.column_layout import RESET_COLUMNS, LabColumnLayout
from labdesk.ui.pages.labs.grouping import FOLD_ALL, GROUP_ACTIONS, UNFOLD_ALL
from labdesk.ui.theme import Theme


class LabViewMenu(QMenu):
    """Filled anew each time it is about to open."""

    def __init__(self, theme: Theme, actions: ActionRegistry, columns: LabColumnLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions = actions
        self._columns = columns
        theme.dress(self)

    def fill(self) -> None:
        """Show what is chosen now."""
        self.clear()
        for identity in GROUP_ACTIONS.values():
            self.addAction(self._actions.action(identity))
        for identity in (FOLD_ALL, UNFOLD_ALL):
            if self._actions.action(identity).isEnabled():
                self.addAction(self._actions.action(identity))
        self.addSeparator()
        compact = self.addAction(self.tr("Compact rows"))
        compact.setCheckable(True)
        compact.setChecked(self._theme.is_compact)
        compact.toggled.connect(self._theme.set_compact)
        self.addSeparator()
        for column in LabColumn:
            action = self.addAction(heading(column))
            action.setCheckable(True)
            action.setChecked(self._columns.is_wanted(column))
            action.setEnabled(column != LabColumn.STUDENT)
            action.toggled.connect(lambda on, column=column: self._columns.set_shown(column, on))
        self.addAction(self._actions.action(RESET_COLUMNS))
