"""What the inspector shows while several labs are selected: their phases, and everything that can be done with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.marked_rows import MarkedRow, MarkedRows
from labdesk.ui.words import phase_word

_PHASE_ORDER = ("RUNNING", "PROVISIONING", "PENDING", "FAILED", "TIMEOUT", "COMPLETED")
_ACTIONS = ("lab.start_now", "lab.extend_15", "lab.stop", "lab.run_again", "lab.copy_links", "lab.delete")


class SelectionSummary(QWidget):
    """Buttons that make no sense for any of the labs stay, disabled: nothing moves while one selects."""

    def __init__(self, theme: Theme, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.phases = MarkedRows(theme, self.tr("Phases of the selected labs"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        hint = self.tr("What you do now is done with all of them.")
        column.addWidget(Label(theme, hint, tone="text_muted", wrap=True))
        column.addSpacing(6)
        column.addWidget(self.phases)
        column.addSpacing(10)
        self.buttons: dict[str, ActionButton] = {}
        for identity in _ACTIONS:
            button = ActionButton(theme, actions, identity, small=False, with_hint=True, at_left=True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self.buttons[identity] = button
            column.addWidget(button)
        column.addStretch()

    def show_rows(self, rows: Sequence[LabRow]) -> None:
        """Count these labs by phase."""
        counts = Counter(row.phase for row in rows)
        present = [phase for phase in _PHASE_ORDER if counts[phase]]
        self.phases.set_rows([MarkedRow(phase_word(phase), str(counts[phase]), phase.lower()) for phase in present])
