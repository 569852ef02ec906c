"""How the labs are grouped and which groups are folded: as actions, and remembered."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.models.lab_groups import Grouping
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import PageContext

GROUP_ACTIONS = {
    Grouping.NONE: "labs.group_none",
    Grouping.COURSE: "labs.group_course",
    Grouping.SESSION: "labs.group_session",
}
FOLD_ALL, UNFOLD_ALL = "labs.fold_all", "labs.unfold_all"
_MEMORY_KEY = "labs.groups"


class LabGrouping(QObject):
    """Folds are remembered by the groups' names: a course that is there again tomorrow is folded again."""

    def __init__(self, context: PageContext, model: LabTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._model = model
        self._declare()
        self._restore()
        model.groups_changed.connect(self._remember)
        self._refresh()

    def _declare(self) -> None:
        add, group = self._context.actions.add, self.tr("Labs")
        words = {
            Grouping.NONE: self.tr("Do not group"),
            Grouping.COURSE: self.tr("Group by course"),
            Grouping.SESSION: self.tr("Group by session"),
        }
        shortcuts = {Grouping.COURSE: "G"}
        for by, identity in GROUP_ACTIONS.items():
            spec = ActionSpec(
                identity, words[by], group, Undoing.HARMLESS, shortcuts.get(by, ""), "mdi6.format-list-group"
            )
            add(spec, lambda by=by: self._choose(by)).setCheckable(True)  # type: ignore[misc]
        fold = ActionSpec(
            FOLD_ALL, self.tr("Fold all groups"), group, Undoing.HARMLESS, "", "mdi6.unfold-less-horizontal"
        )
        add(fold, lambda: self._model.fold(self._model.groups.names))
        unfold = ActionSpec(
            UNFOLD_ALL, self.tr("Unfold all groups"), group, Undoing.HARMLESS, "", "mdi6.unfold-more-horizontal"
        )
        add(unfold, lambda: self._model.fold(()))

    def _choose(self, by: Grouping) -> None:
        """Group so, or no longer if that is how they are grouped already."""
        current = self._model.groups.by
        self._model.group(Grouping.NONE if by is current else by)

    def _restore(self) -> None:
        remembered: dict[str, Any] = self._context.memory.get(_MEMORY_KEY, {})
        by, folded = remembered.get("by"), remembered.get("folded", [])
        if by in GROUP_ACTIONS and isinstance(folded, list):
            self._model.group(Grouping(by), [name for name in folded if isinstance(name, str)])

    def _remember(self) -> None:
        groups = self._model.groups
        self._context.memory.put(_MEMORY_KEY, {"by": groups.by.value, "folded": sorted(groups.folded)})
        self._refresh()

    def _refresh(self) -> None:
        groups = self._model.groups
        for by, identity in GROUP_ACTIONS.items():
            self._context.actions.action(identity).setChecked(by is groups.by)
        self._context.actions.action(FOLD_ALL).setEnabled(groups.is_on)
        self._context.actions.action(UNFOLD_ALL).setEnabled(groups.is_on and bool(groups.folded))
