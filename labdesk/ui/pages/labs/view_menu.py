"""The menus of how the labs are shown: columns, groups and the height of rows."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.models.lab_columns import LabColumn, heading
from labdesk.ui.pages.labs.column_layout import RESET_COLUMNS, LabColumnLayout
from labdesk.ui.pages.labs.grouping import FOLD_ALL, GROUP_ACTIONS, UNFOLD_ALL
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.menus import TickMenu


class LabColumnsMenu(TickMenu):
    """Which columns there are; also what a right click on the headings offers."""

    def __init__(self, theme: Theme, actions: ActionRegistry, columns: LabColumnLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._columns = columns
        self.setTitle(self.tr("Columns"))
        theme.dress(self)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        """Show what is chosen now."""
        self.clear()
        for column in LabColumn:
            action = self.addAction(heading(column))
            action.setCheckable(True)
            action.setChecked(self._columns.is_wanted(column))
            action.setEnabled(column != LabColumn.STUDENT)
            action.toggled.connect(lambda on, column=column: self._columns.set_shown(column, on))
        self.addSeparator()
        self.addAction(self._actions.action(RESET_COLUMNS))


class LabViewMenu(QMenu):
    """Filled anew each time it is about to open."""

    def __init__(self, theme: Theme, actions: ActionRegistry, columns: LabColumnLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions = actions
        self.columns = LabColumnsMenu(theme, actions, columns, self)
        theme.dress(self)

    def fill(self) -> None:
        """Show what is chosen now."""
        self.clear()
        self.addMenu(self.columns)
        compact = self.addAction(self.tr("Compact rows"))
        compact.setCheckable(True)
        compact.setChecked(self._theme.is_compact)
        compact.toggled.connect(self._theme.set_compact)
        self.addSeparator()
        for identity in GROUP_ACTIONS.values():
            self.addAction(self._actions.action(identity))
        for identity in (FOLD_ALL, UNFOLD_ALL):
            if self._actions.action(identity).isEnabled():
                self.addAction(self._actions.action(identity))
