"""What stands above the log: severities with counts, other filters, search, columns, follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from labdesk.ui.pages.events.follow_button import FollowButton
from labdesk.ui.pages.events.minutes import SEVERITIES
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.tabs import Chip


class EventToolbar(QWidget):
    """Each signal tells of one thing a person changed; the page decides what follows."""

    severities_changed = Signal()
    lab_cleared = Signal()
    range_cleared = Signal()
    searched = Signal(str)
    follow_clicked = Signal()
    type_column_toggled = Signal(bool)

    def __init__(self, theme: Theme, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times = times
        words = {"error": self.tr("Errors"), "warning": self.tr("Warnings"), "info": self.tr("Info")}
        self.chips = {
            severity: Chip(theme, words[severity], self.tr("Show or hide these events"))
            for severity in reversed(SEVERITIES)
        }
        self.lab_chip = self._removable(theme, self.tr("Show the events of all labs"))
        self.range_chip = self._removable(theme, self.tr("Show all times"))
        self.search = SearchField(theme, self.tr("Filter events"), clear_tip=self.tr("Show all events"))
        self.search.setMaximumWidth(260)
        self.match_text = ""
        self.follow = FollowButton(theme)
        self.columns = Button(theme, icon="mdi6.view-column-outline", tip=self.tr("Columns"))
        self._menu = QMenu(self)
        theme.dress(self._menu)
        self.type_action = self._menu.addAction(self.tr("Type of the CloudEvent"))
        self.type_action.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for chip in (*self.chips.values(), self.lab_chip, self.range_chip):
            row.addWidget(chip)
        row.addStretch(1)
        row.addWidget(self.search, 2)
        row.addSpacing(theme.space.gap - 4)
        row.addWidget(self.follow)
        row.addWidget(self.columns)
        self._connect()

    @property
    def severities(self) -> tuple[str, ...]:
        """The chosen ones, in the journal's order; all of them where none is chosen."""
        chosen = tuple(severity for severity in SEVERITIES if self.chips[severity].isChecked())
        return chosen or SEVERITIES

    def choose_severities(self, severities: Collection[str]) -> None:
        """Put the chips down without telling."""
        for severity, chip in self.chips.items():
            chip.setChecked(severity in severities)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        for severity, chip in self.chips.items():
            chip.set_count(counts.get(severity, 0))

    def show_lab(self, lab: str) -> None:
        """Name the lab whose events alone are shown; an empty name hides the chip."""
        self.lab_chip.setVisible(bool(lab))
        self.lab_chip.setChecked(True)
        self.lab_chip.set_text(self.tr("{name}  ✕").format(name=lab))
        self.lab_chip.setAccessibleName(self.tr("Only the lab {name}; press to show all").format(name=lab))

    def show_range(self, since: datetime | None, until: datetime | None) -> None:
        """Name the stretch of time shown; None hides the chip."""
        self.range_chip.setVisible(since is not None)
        self.range_chip.setChecked(True)
        if since is None or until is None:
            return
        last = until - timedelta(minutes=1)
        text = self._times.clock(since)
        if last != since:
            text = self.tr("{first} – {last}").format(first=text, last=self._times.clock(last))  # noqa: RUF001
        self.range_chip.set_text(self.tr("{name}  ✕").format(name=text))
        self.range_chip.setAccessibleName(self.tr("Only {times}; press to show all").format(times=text))

    def show_match_count(self, count: int | None) -> None:
        """Say how many events match while a text is searched for."""
        found = "" if count is None else self.tr("{n} found").format(n=count)
        self.match_text = found if self.search.text else ""
        self.search.set_note(self.match_text)

    def _removable(self, theme: Theme, tip: str) -> Chip:
        chip = Chip(theme, "", tip)
        chip.setChecked(True)
        chip.hide()
        return chip

    def _connect(self) -> None:
        for chip in self.chips.values():
            chip.setChecked(True)
            chip.clicked.connect(lambda _checked=False: self.severities_changed.emit())
        self.lab_chip.clicked.connect(lambda _checked=False: self.lab_cleared.emit())
        self.range_chip.clicked.connect(lambda _checked=False: self.range_cleared.emit())
        self.search.searched.connect(self.searched)
        self.follow.clicked.connect(lambda _checked=False: self.follow_clicked.emit())
        self.columns.clicked.connect(self._open_columns)
        self.type_action.toggled.connect(self.type_column_toggled)

    def _open_columns(self) -> None:
        self._menu.popup(self.columns.mapToGlobal(QPoint(0, self.columns.height() + 4)))
