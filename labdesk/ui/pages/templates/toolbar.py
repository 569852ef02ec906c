"""Above the table of templates: which ones, search, and files."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.pages.templates.table_model import TABS, TemplateTableModel
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.tabs import SegmentedTabs

_LEAST_SEARCH = 150
_ICON_BUTTON = 34


class TemplateToolbar(QWidget):
    """`filter_changed` carries the search and the tab."""

    filter_changed = Signal(str, str)

    def __init__(
        self, theme: Theme, actions: ActionRegistry, model: TemplateTableModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        words = {"all": self.tr("All"), "used": self.tr("In use"), "missing": self.tr("Image missing")}
        self.tabs = SegmentedTabs(theme, [(key, words[key]) for key in TABS], self.tr("Which templates to show"))
        self.search = SearchField(theme, self.tr("Search templates"), clear_tip=self.tr("Clear the search"))
        self.search.setMaximumWidth(260)
        self._buttons = [
            ActionButton(theme, actions, identity, small=False) for identity in ("template.import", "template.export")
        ]
        tools = QHBoxLayout()
        tools.setSpacing(theme.space.gap)
        tools.addStretch(1)
        tools.addWidget(self.search, 4)
        for button in self._buttons:
            tools.addWidget(button)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.space.gap)
        self._rows.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        self._rows.addLayout(tools, 1)
        self.tabs.chosen.connect(lambda _tab: self._emit())
        self.search.searched.connect(lambda _text: self._emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the buttons out where the search would have no room; with still less, the tabs have a row
        to themselves and stay whole.
        """
        super().resizeEvent(event)
        gaps, tabs = self._theme.space.gap * 4, self.tabs.sizeHint().width()
        direction = QBoxLayout.Direction
        two_rows = self.width() < tabs + _LEAST_SEARCH + len(self._buttons) * _ICON_BUTTON
        self._rows.setDirection(direction.TopToBottom if two_rows else direction.LeftToRight)
        for button in self._buttons:
            button.set_icon_only(False)
        words = sum(button.sizeHint().width() for button in self._buttons)
        narrow = self.width() < (0 if two_rows else tabs) + _LEAST_SEARCH + words + gaps
        for button in self._buttons:
            button.set_icon_only(narrow)

    def minimumSizeHint(self) -> QSize:
        """In two rows it needs no more than the wider one."""
        return QSize(self.tabs.sizeHint().width(), super().minimumSizeHint().height())

    def refresh_counts(self) -> None:
        for tab in TABS:
            self.tabs.set_count(tab, self._model.count(tab))

    def restore(self, tab: str, text: str) -> None:
        """Narrow as before."""
        if tab in TABS:
            self.tabs.choose(tab)
        self.search.set_text(text)

    def show_all(self) -> None:
        """Narrow nothing any more."""
        self.tabs.choose("all")
        self.search.set_text("")

    def _emit(self) -> None:
        self.filter_changed.emit(self.search.text, self.tabs.current)
