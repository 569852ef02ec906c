"""What stands in the place of labs while none is shown: why that is, and the one button that helps."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ButtonKind
from labdesk.ui.widgets.empty_state import EmptyState


class NoLabs(EmptyState):
    """The button makes the first lab; where there are labs, `all_wanted` asks for all of them to be shown again."""

    all_wanted = Signal()

    def __init__(
        self, theme: Theme, actions: ActionRegistry, icon: str, first: str, parent: QWidget | None = None
    ) -> None:
        """`icon` and the sentence `first` are for a desk that has no lab at all."""
        super().__init__(theme, icon, parent=parent)
        self._actions = actions
        self._icon, self._first = icon, first
        self._has_labs = False
        self.button = self.add_action("")
        self.button.clicked.connect(self._help_out)
        self.explain(has_labs=False, is_narrowed=False)

    def explain(self, *, has_labs: bool, is_narrowed: bool) -> None:
        """Say that there is no lab at all, that none is found, or that none is in the chosen tab."""
        self._has_labs = has_labs
        if not has_labs:
            self.set_icon(self._icon)
            self.set_text(self.tr("No labs yet"), self._first)
        elif is_narrowed:
            self.set_icon("mdi6.magnify-close")
            self.set_text(self.tr("No lab matches"), self.tr("Try fewer words, or show all labs again."))
        else:
            self.set_icon("mdi6.flask-empty-outline")
            self.set_text(self.tr("Nothing here now"), self.tr("No lab is in this state."))
        self.button.set_text(self.tr("Show all labs") if has_labs else self.tr("New lab"))
        self.button.set_icon("" if has_labs else "mdi6.plus")
        self.button.set_kind(ButtonKind.PLAIN if has_labs else ButtonKind.PRIMARY)

    def _help_out(self) -> None:
        if self._has_labs:
            self.all_wanted.emit()
        else:
            self._actions.action("lab.new").trigger()
