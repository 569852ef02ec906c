"""The panel at the right of a page: nothing in it moves because it scrolls, and one sees that it goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from labdesk.paths import resource_path
from labdesk.ui.theme import Theme, ThemeMode
from labdesk.ui.tokens import Tokens
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.fields import ComboField, NumberField, Select, TextField
from labdesk.ui.widgets.side_panel import SidePanel


class Panel(SidePanel):
    """A panel with a footer and one part in its column, as high as a test wants it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Panel", close_tip="Close")
        self.part = QWidget()
        self.column.addWidget(self.part)
        self.footer.addWidget(QPushButton("Save"))
        self.use_footer()

    def make_part(self, pixels: int) -> None:
        self.part.setFixedHeight(pixels)
        QApplication.sendPostedEvents()
        QApplication.processEvents()

    def scroll(self, value: int) -> None:
        self._scroll.verticalScrollBar().setValue(value)

    @property
    def can_scroll(self) -> bool:
        return self._scroll.verticalScrollBar().maximum() > 0

    @property
    def lines(self) -> tuple[bool, bool]:
        """Whether there is a line above and beneath the column."""
        view, border = self._scroll.geometry(), self.theme.colors.border
        picture = self.grab().toImage()
        return (
            picture.pixelColor(20, view.top() - 1) == border,
            picture.pixelColor(20, view.bottom() + 1) == border,
        )


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[Panel]:
    theme = Theme(Tokens.read(resource_path("themes", "tokens.toml")), QFont("Inter", 10), mode=ThemeMode.LIGHT)
    panel = Panel(theme)
    panel.setFont(theme.fonts.body)
    panel.resize(322, 500)
    qtbot.addWidget(panel)
    panel.show()
    yield panel
    panel.hide()


def test_what_scrolls_is_as_wide_as_what_does_not(panel: Panel, qtbot: QtBot) -> None:
    panel.make_part(100)
    before = panel.part.mapTo(panel, QPoint(0, 0)).x(), panel.part.width()
    panel.make_part(2_000)
    qtbot.waitUntil(lambda: panel.can_scroll)
    assert (panel.part.mapTo(panel, QPoint(0, 0)).x(), panel.part.width()) == before
    panel.make_part(100)
    qtbot.waitUntil(lambda: not panel.can_scroll)
    assert (panel.part.mapTo(panel, QPoint(0, 0)).x(), panel.part.width()) == before


def test_lines_show_on_which_side_the_column_goes_on(panel: Panel, qtbot: QtBot) -> None:
    panel.make_part(100)
    assert panel.lines == (False, False)
    panel.make_part(2_000)
    qtbot.waitUntil(lambda: panel.can_scroll)
    assert panel.lines == (False, True)
    panel.scroll(300)
    assert panel.lines == (True, True)
    panel.scroll(9_000)
    assert panel.lines == (True, False)


def test_fields_and_buttons_in_a_row_are_of_one_height(panel: Panel) -> None:
    theme = panel.theme
    row = [Button(theme, "Now"), TextField(theme), NumberField(theme, 1, 480), Select(theme), ComboField(theme)]
    for widget in row:
        panel.column.addWidget(widget)
    panel.make_part(100)
    assert len({widget.height() - widget.fontMetrics().height() for widget in row}) == 1
