"""Above the table: tabs with counts, search, filter, and how labs are shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.models.lab_filter import TABS, LabFilter
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.pages.labs.exporting import COPY_TABLE, EXPORT_CSV
from labdesk.ui.pages.labs.view_menu import LabViewMenu
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.menus import open_below
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.tabs import SegmentedTabs

_LEAST_SEARCH = 150
_ICON_BUTTON = 34


class LabToolbar(QWidget):
    """`filter_changed` carries the whole filter; menus open without blocking anything."""

    filter_changed = Signal(LabFilter)

    def __init__(
        self,
        theme: Theme,
        model: LabTableModel,
        view_menu: LabViewMenu,
        actions: ActionRegistry,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._templates: frozenset[str] = frozenset()
        self._courses: frozenset[str] = frozenset()
        words = {
            "all": self.tr("All"),
            "upcoming": self.tr("Upcoming"),
            "running": self.tr("Running"),
            "finished": self.tr("Finished"),
            "problems": self.tr("Problems"),
        }
        self.tabs = SegmentedTabs(theme, [(key, words[key]) for key in TABS], self.tr("Which labs to show"))
        self.search = SearchField(theme, self.tr("Search labs"), clear_tip=self.tr("Clear the search"))
        self.search.setMaximumWidth(260)
        self.search.setToolTip(self.tr("Student, e-mail, template, course, name, address or message ( / )"))
        self.filter_button = Button(theme, self.tr("Filter"), icon="mdi6.filter-variant")
        self.filter_button.setToolTip(self.tr("Show only some templates or courses"))
        self.view_button = Button(theme, self.tr("View"), icon="mdi6.view-column-outline")
        self.view_button.setToolTip(self.tr("Choose columns, groups and the height of rows"))
        self.filter_button.setCheckable(True)
        self.export_button = Button(
            theme, icon="mdi6.table-arrow-right", tip=self.tr("Copy or export the labs as a table")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.tabs)
        row.addSpacing(4)
        row.addStretch(1)
        row.addWidget(self.search, 3)
        row.addWidget(self.filter_button)
        row.addWidget(self.view_button)
        row.addWidget(self.export_button)
        self.filter_menu = QMenu(self)
        self.export_menu = QMenu(self)
        for menu in (self.filter_menu, self.export_menu):
            theme.dress(menu)
        for identity in (COPY_TABLE, EXPORT_CSV):
            self.export_menu.addAction(actions.action(identity))
        self.view_menu = view_menu
        self.tabs.chosen.connect(self._emit)
        self.search.searched.connect(self._emit)
        self.filter_button.clicked.connect(self._open_filter)
        self.view_button.clicked.connect(self._open_view_menu)
        self.export_button.clicked.connect(lambda: open_below(self.export_menu, self.export_button))
        model.counts_changed.connect(self.refresh_counts)
        self.refresh_counts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the two buttons keep only their icons, and the tabs stay whole."""
        super().resizeEvent(event)
        buttons = (self.filter_button, self.view_button)
        words = sum(button.fontMetrics().horizontalAdvance(button.text()) + 24 for button in buttons)
        narrow = self.width() < self.tabs.sizeHint().width() + _LEAST_SEARCH + words + 3 * _ICON_BUTTON
        for button in buttons:
            button.set_icon_only(narrow)

    def tab_stops(self) -> list[QWidget]:
        """Where the Tab key goes, in order."""
        return [*self.tabs.buttons(), self.search.edit, self.filter_button, self.view_button, self.export_button]

    @property
    def wanted(self) -> LabFilter:
        return LabFilter(self.tabs.current, self.search.text, self._templates, self._courses)

    def clear_narrowing(self) -> None:
        """Show everything of the tab again."""
        self._templates = self._courses = frozenset()
        self.search.set_text("")
        self._emit()

    def refresh_counts(self) -> None:
        for tab in TABS:
            self.tabs.set_count(tab, self._model.count(tab))

    def _emit(self) -> None:
        chosen = len(self._templates) + len(self._courses)
        self.filter_button.setChecked(bool(chosen))
        self.filter_button.set_text(self.tr("Filter {n}").format(n=chosen) if chosen else self.tr("Filter"))
        self.filter_changed.emit(self.wanted)

    def _open_filter(self) -> None:
        menu = self.filter_menu
        menu.clear()
        self._add_choices(self.tr("Templates"), self._model.templates, self._templates, "_templates")
        self._add_choices(self.tr("Courses"), self._model.courses, self._courses, "_courses")
        menu.addSeparator()
        clear = menu.addAction(self.tr("Show all"))
        clear.setEnabled(bool(self._templates or self._courses))
        clear.triggered.connect(self.clear_narrowing)
        self.filter_button.setChecked(bool(self._templates or self._courses))
        open_below(menu, self.filter_button)

    def _add_choices(self, title: str, names: list[str], chosen: frozenset[str], attribute: str) -> None:
        if not names:
            return
        heading_action = self.filter_menu.addAction(title)
        heading_action.setEnabled(False)
        for name in names:
            action = self.filter_menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.toggled.connect(lambda on, name=name: self._choose(attribute, name, on))

    def _choose(self, attribute: str, name: str, on: bool) -> None:
        chosen: frozenset[str] = getattr(self, attribute)
        setattr(self, attribute, chosen | {name} if on else chosen - {name})
        self._emit()

    def _open_view_menu(self) -> None:
        self.view_menu.fill()
        open_below(self.view_menu, self.view_button)
