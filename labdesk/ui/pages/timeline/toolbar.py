"""Above the timeline: which courses, how grouped, what is searched for, and how far in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.pages.timeline.rows import RowFilter
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.menus import open_below
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.tabs import Chip

_CHIPS = 4
_LEAST_SEARCH = 140
_CHIP_TEXT = 18


class TimelineToolbar(QWidget):
    """`filter_changed` carries the whole filter. Courses beyond the first few are in a menu."""

    filter_changed = Signal(RowFilter)

    def __init__(self, theme: Theme, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filter = RowFilter()
        self._courses: tuple[str, ...] = ()
        self._chips = _CHIPS
        self.all_chip = Chip(theme, self.tr("All courses"), self.tr("Show the labs of every course"))
        self.all_chip.setChecked(True)
        self.all_chip.clicked.connect(lambda: self.choose_course(None))
        self.course_chips: list[Chip] = []
        self.more_button = Chip(theme, self.tr("More …"), self.tr("More courses"))
        self.more_button.clicked.connect(self._open_more)
        self.more_button.hide()
        self._menu = QMenu(self)
        theme.dress(self._menu)
        self.group_chip = Chip(theme, self.tr("Group by course"), self.tr("A heading above the labs of each course"))
        self.group_chip.setChecked(True)
        self.group_chip.clicked.connect(lambda on: self._set(replace(self._filter, grouped=on)))
        self.search = SearchField(theme, self.tr("Search labs"), clear_tip=self.tr("Clear the search"))
        self.search.setMaximumWidth(200)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.searched.connect(lambda text: self._set(replace(self._filter, text=text.strip())))
        self.zoom_out = self._icon_button(actions, "timeline.zoom_out")
        self.zoom_in = self._icon_button(actions, "timeline.zoom_in")
        self.fit_button = ActionButton(theme, actions, "timeline.fit", small=False)
        self.now_button = ActionButton(theme, actions, "timeline.now", small=False)
        self.table_button = ActionButton(theme, actions, "timeline.table", small=False)
        self.table_button.setCheckable(True)
        self._row = QHBoxLayout(self)
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.all_chip)
        self._row.addWidget(self.more_button)
        self._row.addWidget(self.group_chip)
        self._row.addSpacing(8)
        self._row.addStretch(1)
        self._row.addWidget(self.search, 3)
        for button in (self.zoom_out, self.zoom_in, self.fit_button, self.now_button, self.table_button):
            self._row.addWidget(button)

    def _icon_button(self, actions: ActionRegistry, identity: str) -> ActionButton:
        button = ActionButton(self._theme, actions, identity, small=False)
        button.set_icon_only(True)
        return button

    @property
    def filter(self) -> RowFilter:
        return self._filter

    def tab_stops(self) -> list[QWidget]:
        """Where the Tab key goes, in order."""
        buttons = (self.zoom_out, self.zoom_in, self.fit_button, self.now_button, self.table_button)
        chips = (self.all_chip, *self.course_chips, self.more_button, self.group_chip)
        return [*chips, self.search.edit, *buttons]

    def restore(self, *, grouped: bool, course: str | None) -> None:
        """Take up what was chosen last time."""
        self.group_chip.setChecked(grouped)
        self._filter = replace(self._filter, grouped=grouped, course=course)
        self._show_choice()
        self.filter_changed.emit(self._filter)

    def clear_narrowing(self) -> None:
        """Show all labs again."""
        self.search.set_text("")
        self.choose_course(None)

    def set_courses(self, courses: Sequence[str]) -> None:
        """Offer these courses."""
        if tuple(courses) == self._courses:
            return
        self._courses = tuple(courses)
        for chip in self.course_chips:
            chip.deleteLater()
        self.course_chips = []
        for place, course in enumerate(self._courses[:_CHIPS]):
            short = course if len(course) <= _CHIP_TEXT else f"{course[: _CHIP_TEXT - 1]}…"
            chip = Chip(self._theme, short, course)
            chip.setAccessibleName(course)
            chip.clicked.connect(lambda _on=False, course=course: self.choose_course(course))
            self._row.insertWidget(1 + place, chip)
            self.course_chips.append(chip)
        self._fit_chips()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_chips()

    def minimumSizeHint(self) -> QSize:
        """Chips make room: courses that have none are in the menu."""
        fixed = self._fixed_width() + self.all_chip.sizeHint().width() + self.more_button.sizeHint().width()
        return QSize(fixed, super().minimumSizeHint().height())

    def _fixed_width(self) -> int:
        """Pixels of all that is always there."""
        buttons = (self.group_chip, self.zoom_out, self.zoom_in, self.fit_button, self.now_button, self.table_button)
        widths = [button.sizeHint().width() + self._row.spacing() for button in buttons]
        return sum(widths) + _LEAST_SEARCH + 2 * self._row.spacing() + 8

    def _fit_chips(self) -> None:
        """Show as many courses as there is room for; the others are in the menu."""
        gap = self._row.spacing()
        room = self.width() - self._fixed_width() - self.all_chip.sizeHint().width() - gap
        widths = [chip.sizeHint().width() + gap for chip in self.course_chips]
        if len(self._courses) > len(widths) or sum(widths) > room:
            room -= self.more_button.sizeHint().width() + gap
        self._chips = 0
        for width in widths:
            room -= width
            if room < 0:
                break
            self._chips += 1
        for place, chip in enumerate(self.course_chips):
            chip.setVisible(place < self._chips)
        self.more_button.setVisible(len(self._courses) > self._chips)
        self._show_choice()

    def choose_course(self, course: str | None) -> None:
        """Show only that course's labs; None shows all."""
        self._set(replace(self._filter, course=course))

    def _set(self, wanted: RowFilter) -> None:
        self._filter = wanted
        self._show_choice()
        self.filter_changed.emit(wanted)

    def _show_choice(self) -> None:
        chosen = self._filter.course
        self.all_chip.setChecked(chosen is None)
        for chip, course in zip(self.course_chips, self._courses, strict=False):
            chip.setChecked(course == chosen)
        hidden = chosen if chosen in self._courses[self._chips :] else None
        self.more_button.setChecked(hidden is not None)
        self.more_button.set_text(hidden or self.tr("More …"))

    def _open_more(self) -> None:
        self._menu.clear()
        self._show_choice()  # a click on it has not chosen anything yet
        for course in self._courses[self._chips :]:
            action = self._menu.addAction(course)
            action.setCheckable(True)
            action.setChecked(course == self._filter.course)
            action.triggered.connect(lambda _on=False, course=course: self.choose_course(course))
        open_below(self._menu, self.more_button)
