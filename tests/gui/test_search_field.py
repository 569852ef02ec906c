"""The search field that pages share."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labdesk.ui.pages.events.search import EventSearch
from labdesk.ui.theme import ThemeMode
from labdesk.ui.widgets.search_field import SearchField
from tests.gui.test_theme import themed


class PaintedRegions(QObject):
    """Which parts of a widget were painted."""

    def __init__(self, field: SearchField) -> None:
        super().__init__(field)
        self.regions: list[QRect] = []
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if isinstance(event, QPaintEvent):
            self.regions.append(event.region().boundingRect())
        return False


def test_the_whole_frame_shows_where_the_keyboard_is(qtbot: QtBot) -> None:
    field = SearchField(themed(ThemeMode.LIGHT), "Search", clear_tip="Clear")
    qtbot.addWidget(field)
    field.resize(300, 30)
    field.show()
    field.activateWindow()
    QApplication.processEvents()
    assert field.edit.hasFocus()
    painted = PaintedRegions(field)
    for move in (field.edit.clearFocus, field.take_keyboard):
        QApplication.processEvents()
        painted.regions.clear()
        move()
        QApplication.processEvents()
        assert field.rect() in painted.regions


def test_a_narrow_search_of_events_leaves_its_room_to_what_is_typed(qtbot: QtBot) -> None:
    field = EventSearch(themed(ThemeMode.LIGHT))
    qtbot.addWidget(field)
    field.show()
    field.set_text("ready|ended")
    field.resize(330, 30)
    field.show_matches(14, None)
    assert field.note_shown == "14 found"
    field.resize(230, 30)
    assert field.note_shown == "14"
    field.show_matches(14, 2)
    assert field.note_shown == "2 of 14"
    field.show_matches(14, None, is_whole=False)
    assert field.note_shown == "14+"
