"""The top bar: the page's title and main action, the command field, the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from labdesk.control.clock import Clock
from labdesk.ui.actions import ActionRegistry
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.buttons import ButtonKind
from labdesk.ui.widgets.card import Surface
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.search_field import SearchField

HEIGHT = 48
_FIELD_WIDTH = 300


class TopBar(Surface):
    """The clock is set on the minute."""

    def __init__(
        self, theme: Theme, actions: ActionRegistry, times: Times, clock: Clock, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "window", lines="bottom", parent=parent)
        self._actions = actions
        self._times = times
        self._clock = clock
        self._title = Label(theme, role="page_title")
        self._buttons: list[ActionButton] = []
        self.field = SearchField(
            theme, self.tr("Search or run a command"), clear_tip=self.tr("Clear"), keys=self.tr("Ctrl K")
        )
        self.field.setFixedWidth(_FIELD_WIDTH)
        self._time = Label(theme, tone="text_muted")
        margin = theme.space.page_margin
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(margin, 0, margin, 1)
        self._row.setSpacing(12)
        self._row.addWidget(self._title)
        self._row.addStretch()
        self._row.addWidget(self.field)
        self._row.addWidget(self._time)
        self.setMinimumHeight(max(HEIGHT, self.field.sizeHint().height() + 16))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._minute = QTimer(self)
        self._minute.setSingleShot(True)
        self._minute.timeout.connect(self.show_time)
        theme.changed.connect(self.show_time)
        self.show_time()

    @property
    def title(self) -> str:
        return self._title.text()

    def show_page(self, title: str, primary: Sequence[str]) -> None:
        """Show a page's title and its main actions as buttons beside it."""
        self._title.setText(title)
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = [
            ActionButton(
                self.theme, self._actions, identity, kind=ButtonKind.PRIMARY, small=False, with_hint=True, parent=self
            )
            for identity in primary
        ]
        for place, button in enumerate(self._buttons):
            self._row.insertWidget(1 + place, button)

    def show_time(self) -> None:
        """Bring the time up to date; needed only where the computer's clock was set."""
        now: datetime = self._clock.now()
        self._time.setText(self._times.date_and_clock(now))
        self._time.setToolTip(self._times.exact(now))
        self._minute.start(60_000 - (now.second * 1_000 + now.microsecond // 1_000) + 20)
