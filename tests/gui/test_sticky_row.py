"""Tabs above a long form stay in view however far it is scrolled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from labdesk.ui.theme import ThemeMode
from labdesk.ui.widgets.side_panel import SidePanel
from labdesk.ui.widgets.sticky_row import StickyRow
from tests.gui.test_theme import themed


class Panel(SidePanel):
    """Something, then a form with a row of tabs above it."""

    def __init__(self) -> None:
        theme = themed(ThemeMode.LIGHT)
        super().__init__(theme, "Panel", close_tip="Close")
        self.before, self.form, self.fields = QWidget(), QWidget(), QWidget()
        self.before.setFixedHeight(300)
        self.fields.setFixedHeight(1_000)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        head = StickyRow(theme, self.form)
        self.tabs = QLabel("Form")
        head.row.addWidget(self.tabs)
        column.addWidget(head)
        column.addWidget(self.fields)
        self.column.addWidget(self.before)
        self.column.addWidget(self.form)

    def scroll(self, pixels: int) -> None:
        self._scroll.verticalScrollBar().setValue(pixels)

    def tabs_from_top(self) -> int:
        return self.tabs.mapTo(self._scroll, QPoint(0, 0)).y()


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[Panel]:
    panel = Panel()
    panel.resize(322, 500)
    qtbot.addWidget(panel)
    panel.show()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    yield panel
    panel.hide()


def test_the_row_scrolls_with_its_form_until_it_is_at_the_edge_and_stays_there(panel: Panel) -> None:
    place = panel.tabs_from_top()
    assert place > 300
    panel.scroll(100)
    assert panel.tabs_from_top() == place - 100
    for far in (400, 700):
        panel.scroll(far)
        assert 0 <= panel.tabs_from_top() < 8
    panel.scroll(0)
    assert panel.tabs_from_top() == place


def test_it_covers_what_scrolls_beneath_it_and_takes_its_room_from_nothing(panel: Panel) -> None:
    ground = panel.theme.colors.surface
    assert panel.fields.y() >= panel.tabs.parentWidget().height()
    panel.fields.setStyleSheet("background: red")
    panel.scroll(600)
    picture = panel.grab().toImage()
    edge = panel.tabs.mapTo(panel, QPoint(0, 0)).y()
    assert picture.pixelColor(300, edge + 4) == ground
