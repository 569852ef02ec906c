"""What the inspector shows while several labs are selected: their phases, and everything that can be done with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

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
        self._phase_of: dict[str, str] = {}
        self._counts = Counter[str]()
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

    @property
    def count(self) -> int:
        """How many labs it counts."""
        return len(self._phase_of)

    def show_rows(self, rows: Sequence[LabRow]) -> None:
        """Count these labs by phase."""
        self._phase_of = {row.uid: row.phase for row in rows}
        self._counts = Counter(self._phase_of.values())
        self._show_counts()

    def note(self, rows: Mapping[str, LabRow | None]) -> None:
        """Count these labs as they are now, by uid; None: no longer. Those that change are few among many."""
        for uid, row in rows.items():
            if (before := self._phase_of.pop(uid, None)) is not None:
                self._counts[before] -= 1
            if row is not None:
                self._phase_of[uid] = row.phase
                self._counts[row.phase] += 1
        self._show_counts()

    def _show_counts(self) -> None:
        counts = self._counts
        present = [phase for phase in _PHASE_ORDER if counts[phase]]
        self.phases.set_rows([MarkedRow(phase_word(phase), str(counts[phase]), phase.lower()) for phase in present])
