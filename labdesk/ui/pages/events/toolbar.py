"""What stands above the log: chips of severities and values, the search, follow, and what to do with what is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QWidget

from labdesk.ui.pages.events.filters import NAMES, EventFilters
from labdesk.ui.pages.events.follow_button import FollowButton
from labdesk.ui.pages.events.minutes import SEVERITIES
from labdesk.ui.pages.events.search import WIDEST, EventSearch
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.filter_chip import WIDEST_VALUE, FilterChip
from labdesk.ui.widgets.menus import open_below
from labdesk.ui.widgets.tabs import Chip
from labdesk.ui.words import counted

_LEAST_SEARCH = 204
_NO_LIMIT = 16_777_215
"""Qt's QWIDGETSIZE_MAX, which PySide6 does not name."""
_VALUE_WIDTHS = (WIDEST_VALUE, 56, 0)
"""What chips may say of a chosen value, the first that leaves all of it in one row: choosing then moves nothing."""


class EventToolbar(QWidget):
    """`changed` tells that a person chose other filters: `filters` are those chosen, but for times and a text.

    Where there is no room for one row, the tools fill another beneath the chips.
    """

    changed = Signal()
    values_wanted = Signal(str)
    follow_clicked = Signal()
    export_wanted = Signal(str)
    type_column_toggled = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = {"error": self.tr("Errors"), "warning": self.tr("Warnings"), "info": self.tr("Info")}
        self._severity_tip = self.tr("Show or hide these events")
        self._room = 0
        self.chips = {severity: Chip(theme, words[severity], self._severity_tip) for severity in reversed(SEVERITIES)}
        self.filter_chips = {
            "type": FilterChip(theme, self.tr("Type"), self.tr("Show only some types"), self.tr("Search types")),
            "course": FilterChip(
                theme, self.tr("Course"), self.tr("Show only some courses"), self.tr("Search courses")
            ),
            "lab": FilterChip(theme, self.tr("Lab"), self.tr("Show only some labs"), self.tr("Search labs")),
        }
        self.search = EventSearch(theme)
        self.follow = FollowButton(theme)
        self.more = Button(theme, icon="mdi6.export-variant", tip=self.tr("Export, and columns"))
        self.menu = QMenu(self)
        theme.dress(self.menu)
        self._fill_menu()
        self._lay_out(theme)
        self._connect()

    @property
    def severities(self) -> tuple[str, ...]:
        """The chosen ones, in the journal's order; all of them where none is chosen."""
        chosen = tuple(severity for severity in SEVERITIES if self.chips[severity].isChecked())
        return chosen or SEVERITIES

    @property
    def filters(self) -> EventFilters:
        """What the chips say."""
        severities = self.severities
        found = EventFilters(severities=() if len(severities) == len(SEVERITIES) else severities)
        for name in NAMES:
            found = found.with_values(name, self.filter_chips[name].values)
        return found

    def show_filters(self, filters: EventFilters) -> None:
        """Put the chips so, without telling."""
        self._choose_severities(filters.severities or SEVERITIES)
        for name, chip in self.filter_chips.items():
            chip.set_values(filters.values(name))
        self._fit()

    def show_counts(self, counts: Mapping[str, int] | None) -> None:
        """Say how many events of each severity there are, where that is known."""
        for severity, chip in self.chips.items():
            count = None if counts is None else counts.get(severity)
            chip.set_count(count)
            exact = "" if count is None else counted(count, self.tr("{n} event"), self.tr("{n} events"))
            chip.setToolTip(f"{self._severity_tip} ({exact})" if exact else self._severity_tip)
        self._fit()

    def fit(self, room: int) -> None:
        """Stand in one row or two, as `room` pixels ask for, however wide the toolbar is for the moment."""
        self._room = room
        self._fit()

    def tab_stops(self) -> list[QWidget]:
        """Where the Tab key goes, in order."""
        return [*self.chips.values(), *self.filter_chips.values(), *self.search.tab_stops(), self.follow, self.more]

    def _choose_severities(self, severities: Collection[str]) -> None:
        for severity, chip in self.chips.items():
            chip.setChecked(severity in severities)

    def _fill_menu(self) -> None:
        lines = self.menu.addAction(self.tr("Export as JSON lines …"))
        lines.triggered.connect(lambda: self.export_wanted.emit("jsonl"))
        sheet = self.menu.addAction(self.tr("Export as CSV …"))
        sheet.triggered.connect(lambda: self.export_wanted.emit("csv"))
        self.menu.addSeparator()
        self.type_action = self.menu.addAction(self.tr("Show the type of each event"))
        self.type_action.setCheckable(True)

    def _lay_out(self, theme: Theme) -> None:
        self._chips, self._tools = QWidget(), QWidget()
        chips, tools = QHBoxLayout(self._chips), QHBoxLayout(self._tools)
        self._tool_row = tools
        for row in (chips, tools):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(4)
        for chip in (*self.chips.values(), *self.filter_chips.values()):
            chips.addWidget(chip)
        chips.addStretch(1)
        tools.addStretch(1)
        tools.addWidget(self.search, 4)
        tools.addSpacing(theme.space.gap - 4)
        tools.addWidget(self.follow)
        tools.addWidget(self.more)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self._rows.addWidget(self._chips)
        self._rows.addWidget(self._tools, 1)

    def _fit(self) -> None:
        tools = _LEAST_SEARCH + self.follow.sizeHint().width() + self.more.sizeHint().width() + 24
        for widest in _VALUE_WIDTHS:
            self._cut_values(widest)
            narrow = self._room < self._chips.sizeHint().width() + tools
            if not narrow:
                break
        if narrow:  # chips in a row of their own have room enough
            self._cut_values(WIDEST_VALUE)
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._rows.direction() != wanted:
            self._rows.setDirection(wanted)
            self._tool_row.setStretch(0, 0 if narrow else 1)
            self.search.setMaximumWidth(_NO_LIMIT if narrow else WIDEST)

    def _cut_values(self, pixels: int) -> None:
        for chip in self.filter_chips.values():
            chip.set_widest(pixels)

    def _connect(self) -> None:
        for chip in self.chips.values():
            chip.setChecked(True)
            chip.clicked.connect(lambda _checked=False: self.changed.emit())
        for name, filter_chip in self.filter_chips.items():
            filter_chip.changed.connect(self._values_chosen)
            filter_chip.values_wanted.connect(lambda name=name: self.values_wanted.emit(name))
        self.follow.clicked.connect(lambda _checked=False: self.follow_clicked.emit())
        self.more.clicked.connect(lambda _checked=False: open_below(self.menu, self.more))
        self.type_action.toggled.connect(self.type_column_toggled)

    def _values_chosen(self) -> None:
        self._fit()
        self.changed.emit()
