"""What stands in the place of the log while there is no event to show."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ButtonKind
from labdesk.ui.widgets.empty_state import EmptyState


class NothingToShow(EmptyState):
    """Says why, and offers the way on: to all events, or to the first lab."""

    def __init__(self, theme: Theme, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(theme, "mdi6.text-box-search-outline", parent=parent)
        self.all_button = self.add_action(self.tr("Show all events"))
        self._for_narrowed: list[QWidget] = [self.all_button]
        self._for_new: list[QWidget] = []
        if "lab.new" in actions:
            self._for_new.append(self.add_registered(actions, "lab.new", kind=ButtonKind.PRIMARY))

    def explain(self, *, is_narrowed: bool) -> None:
        """Say it for a log of which filters leave something out, or for one in which nothing is."""
        if is_narrowed:
            self.set_text(
                self.tr("No event matches"), self.tr("Take a filter away, or search for the beginning of a word.")
            )
        else:
            self.set_text(
                self.tr("Nothing has happened yet"),
                self.tr("Create a lab: every step of it appears here as it happens, and stays."),
            )
        for buttons, shown in ((self._for_narrowed, is_narrowed), (self._for_new, not is_narrowed)):
            for button in buttons:
                button.setVisible(shown)
