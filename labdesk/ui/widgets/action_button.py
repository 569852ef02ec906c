"""A button that is a registered action: its word, icon, key, and whether it makes sense now."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind


class ActionButton(Button):
    """Follows its action; the tooltip names the shortcut, and why the action must wait."""

    def __init__(
        self,
        theme: Theme,
        actions: ActionRegistry,
        identity: str,
        *,
        kind: ButtonKind = ButtonKind.PLAIN,
        small: bool = True,
        with_hint: bool = False,
        at_left: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        spec = actions.spec(identity)
        keys = actions.key_text(identity)
        hint = keys if with_hint else ""
        super().__init__(
            theme, spec.text, icon=spec.icon, kind=kind, small=small, hint=hint, at_left=at_left, parent=parent
        )
        tip = spec.tip or spec.text
        self._tip = f"{tip} ({keys})" if keys else tip
        self._actions, self._identity = actions, identity
        self._action: QAction = actions.action(identity)
        self._action.changed.connect(self._follow)
        self.clicked.connect(self._action.trigger)
        self._follow()

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        why_not = self._actions.why_not(self._identity)
        self.setToolTip(f"{self._tip}\n{why_not}" if why_not else self._tip)
