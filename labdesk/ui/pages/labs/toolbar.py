"""Above the table: tabs with counts, search, filter, and how labs are shown."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.memory import WindowMemory
from labdesk.ui.models.lab_filter import TABS, LabFilter
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.pages.labs.exporting import COPY_TABLE, EXPORT_CSV
from labdesk.ui.pages.labs.filter_bar import LabFilterBar
from labdesk.ui.pages.labs.view_menu import LabViewMenu
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.menus import open_below
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.tabs import SegmentedTabs

_LEAST_SEARCH = 150
_SQUEEZED = 40
"""So many pixels the search may be narrower than that, before it goes into a row of its own."""
_ICON_BUTTON = 34
_MEMORY_KEY = "labs.filter"


class LabToolbar(QWidget):
    """`filter_changed` carries the whole filter, of which all but the search is remembered."""

    filter_changed = Signal(LabFilter)

    def __init__(
        self,
        theme: Theme,
        model: LabTableModel,
        view_menu: LabViewMenu,
        actions: ActionRegistry,
        memory: WindowMemory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._memory = memory
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
        self.search.setToolTip(self.tr("Whatever a column shows: student, template, day, time, message … ( / )"))
        self.filter_button = Button(theme, self.tr("Filter"), icon="mdi6.filter-variant")
        self.filter_button.setToolTip(self.tr("Show only some templates, courses or labels"))
        self.view_button = Button(theme, self.tr("View"), icon="mdi6.view-column-outline")
        self.view_button.setToolTip(self.tr("Choose columns, groups and the height of rows"))
        self.filter_button.setCheckable(True)
        self.export_button = Button(
            theme, icon="mdi6.table-arrow-right", tip=self.tr("Copy or export the labs as a table")
        )
        self.filters = LabFilterBar(theme, model)
        tools = QHBoxLayout()
        tools.setSpacing(4)
        tools.addStretch(1)
        for widget, share in ((self.search, 3), *((button, 0) for button in self._buttons())):
            tools.addWidget(widget, share)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._rows.setSpacing(8)
        self._rows.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        self._rows.addLayout(tools, 1)
        self.export_menu = QMenu(self)
        theme.dress(self.export_menu)
        for identity in (COPY_TABLE, EXPORT_CSV):
            self.export_menu.addAction(actions.action(identity))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._rows)
        column.addWidget(self.filters)
        self.view_menu = view_menu
        self._restore()
        self.tabs.chosen.connect(self._emit)
        self.search.searched.connect(self._emit)
        self.filter_button.clicked.connect(self._toggle_filters)
        self.filters.changed.connect(self._emit)
        self.filters.cleared.connect(self.clear_narrowing)
        self.view_button.clicked.connect(self._open_view_menu)
        self.export_button.clicked.connect(lambda: open_below(self.export_menu, self.export_button))
        model.counts_changed.connect(self.refresh_counts)
        self.refresh_counts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the two buttons keep only their icons; with still less, tabs have a row to
        themselves: they stay whole.
        """
        super().resizeEvent(event)
        buttons = (self.filter_button, self.view_button)
        words = sum(button.fontMetrics().horizontalAdvance(button.text()) + 24 for button in buttons)
        left = self.width() - self.tabs.sizeHint().width() - _LEAST_SEARCH - 3 * _ICON_BUTTON
        direction = QBoxLayout.Direction
        self._rows.setDirection(direction.LeftToRight if left >= -_SQUEEZED else direction.TopToBottom)
        for button in buttons:
            button.set_icon_only(-_SQUEEZED <= left < words)

    def minimumSizeHint(self) -> QSize:
        """In two rows it needs no more than the wider one."""
        return QSize(self.tabs.sizeHint().width(), super().minimumSizeHint().height())

    def _buttons(self) -> list[Button]:
        return [self.filter_button, self.view_button, self.export_button]

    def tab_stops(self) -> list[QWidget]:
        """Where the Tab key goes, in order."""
        return [*self.tabs.buttons(), *self.search.tab_stops(), *self._buttons(), *self.filters.tab_stops()]

    @property
    def wanted(self) -> LabFilter:
        filters = self.filters
        return LabFilter(
            self.tabs.current, self.search.text, filters.templates, filters.courses, filters.selector
        )  # fmt: skip

    def clear_narrowing(self) -> None:
        """Show everything of the tab again."""
        self.filters.clear()
        self.search.set_text("")
        self._emit()

    def refresh_counts(self) -> None:
        for tab in TABS:
            self.tabs.set_count(tab, self._model.count(tab))

    def _restore(self) -> None:
        """The search is not remembered: one looks for another lab tomorrow."""
        remembered: dict[str, Any] = self._memory.get(_MEMORY_KEY, {})
        self.filters.restore(remembered)
        if remembered.get("tab") in TABS:
            self.tabs.choose(remembered["tab"])
        self.filters.setVisible(bool(self.filters.count))
        self._show_count()

    def _emit(self) -> None:
        self._memory.put(_MEMORY_KEY, {"tab": self.tabs.current, **self.filters.state()})
        self._show_count()
        self.filter_changed.emit(self.wanted)

    def _show_count(self) -> None:
        """The button is down while its bar is open, and says how much narrows the labs also while it is not."""
        chosen = self.filters.count
        self.filter_button.setChecked(self.filters.isVisibleTo(self))
        self.filter_button.set_text(self.tr("Filter {n}").format(n=chosen) if chosen else self.tr("Filter"))

    def _toggle_filters(self) -> None:
        self.filters.setVisible(not self.filters.isVisibleTo(self))
        self._show_count()
        if self.filters.isVisibleTo(self):
            self.filters.focus_first()

    def _open_view_menu(self) -> None:
        self.view_menu.fill()
        open_below(self.view_menu, self.view_button)
