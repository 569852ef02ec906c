"""The line across the top of a desk whose store was restored or copied: what is left alone, and the word it takes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.buttons import ButtonKind
from labdesk.ui.words import counted


class FormerBanner(Banner):
    """Hidden while no container waits for the instructor's word. It asks once, in its own place."""

    ask_wanted = Signal()
    confirmed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "provisioning", parent)
        self._count = 0
        self._is_asking = False
        self.mine_button = self.add_action(
            self.tr("They are mine …"), self.tr("Say that no other desk runs them; you are asked once more")
        )
        self.confirm_button = self.add_action(
            self.tr("Yes, they are this desk's"), self.tr("This cannot be undone"), ButtonKind.PRIMARY
        )
        self.cancel_button = self.add_action(self.tr("Cancel"), self.tr("Go on leaving them alone"), ButtonKind.QUIET)
        self.mine_button.clicked.connect(self.ask_wanted)
        self.confirm_button.clicked.connect(self._confirm)
        self.cancel_button.clicked.connect(self._cancel)
        self.hide()
        self._show()

    def show_count(self, count: int) -> None:
        """Show how many labs' containers wait; 0 hides it."""
        self._count = count
        self._is_asking = self._is_asking and count > 0
        self._show()
        self.setVisible(count > 0)

    def ask(self) -> None:
        """Say what it means, and wait for a yes."""
        self._is_asking = True
        self._show()
        self.confirm_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _confirm(self) -> None:
        self._cancel()
        self.confirmed.emit()

    def _cancel(self) -> None:
        self._is_asking = False
        self._show()

    def _show(self) -> None:
        one = self.tr(
            "This store was restored or copied. The container of {n} lab was made before; another desk may be "
            "running it, so it is left alone."
        )
        many = self.tr(
            "This store was restored or copied. The containers of {n} labs were made before; another desk may be "
            "running them, so they are left alone."
        )
        question = self.tr(
            "Is no other desk running them? Then this one goes on with them, ends them on time, and removes those "
            "that belong to no lab any more."
        )
        self.set_text(question if self._is_asking else counted(self._count, one, many))
        self.mine_button.setVisible(not self._is_asking)
        self.confirm_button.setVisible(self._is_asking)
        self.cancel_button.setVisible(self._is_asking)
