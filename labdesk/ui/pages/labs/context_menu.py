"""What a right click on the labs' table offers."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.pages.labs.exporting import COPY_TABLE, EXPORT_CSV
from labdesk.ui.pages.labs.grouping import FOLD_ALL, GROUP_ACTIONS, UNFOLD_ALL
from labdesk.ui.pages.labs.lab_actions import LAB_ACTIONS
from labdesk.ui.theme import Theme

_BEFORE_LINE = frozenset({"lab.run_again", "lab.shell"})


class LabContextMenu(QMenu):
    """Every action for labs, then those for the table."""

    def __init__(self, theme: Theme, actions: ActionRegistry, parent: QWidget) -> None:
        super().__init__(parent)
        self.groups = QMenu(self.tr("Groups"), self)
        for menu in (self, self.groups):
            theme.dress(menu)
        for identity in LAB_ACTIONS:
            self.addAction(actions.action(identity))
            if identity in _BEFORE_LINE:
                self.addSeparator()
        self.addSeparator()
        for identity in (COPY_TABLE, EXPORT_CSV):
            self.addAction(actions.action(identity))
        self.addMenu(self.groups)
        for identity in (*GROUP_ACTIONS.values(), FOLD_ALL, UNFOLD_ALL):
            self.groups.addAction(actions.action(identity))
