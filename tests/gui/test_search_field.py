"""The search field that pages share."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from labdesk.ui.pages.events.search import EventSearch
from labdesk.ui.theme import ThemeMode
from labdesk.ui.widgets.search_field import SearchField
from tests.gui.page_world import press, until, write
from tests.gui.test_theme import themed
from tests.gui.window_world import WindowWorld, play


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


def found_on(world: WindowWorld, page: str) -> tuple[QWidget, str]:
    """Where the keyboard is among what a page's search found, and the lab or template that is chosen there."""
    shown = world.window.page(page)
    if page == "labs":
        lab = world.labs.model.row(world.labs.view.current_uid)
        return world.labs.view, lab.student if lab is not None else ""
    if page == "templates":
        return shown.view, shown.view.current.partition("/")[2]  # type: ignore[attr-defined]
    if page == "events":
        place = shown.view.currentIndex().row()  # type: ignore[attr-defined]
        event = shown.model.event_at(place) if place >= 0 else None  # type: ignore[attr-defined]
        return shown.view, event.subject if event is not None else ""  # type: ignore[attr-defined]
    if shown.shows_table:  # type: ignore[attr-defined]
        return shown.table, shown.table_model.lab_at(shown.table.currentIndex().row()).student  # type: ignore[attr-defined]
    lab = world.labs.model.row(shown.chart.current_uid)  # type: ignore[attr-defined]
    return shown.chart, lab.student if lab is not None else ""  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Down])
@pytest.mark.parametrize(
    ("page", "words", "found"),
    [("labs", "hop", "Grace Hopper"), ("templates", "we", "web"), ("timeline", "hop", "Grace Hopper")],
)
def test_enter_and_down_go_on_to_the_first_that_was_found_and_escape_comes_back(
    tmp_path: Path, page: str, words: str, found: str, key: Qt.Key
) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        world.window.show_page(page)
        press(world.window, Qt.Key.Key_Slash)
        field = world.window.page(page).search_field()
        assert field is not None
        for turn in range(2 if page == "timeline" else 1):
            if turn:
                world.trigger("timeline.table")
                field.take_keyboard()
            write(field.edit, words)
            press(field.edit, key)
            assert (world.window.focusWidget(), found_on(world, page)[1]) == (found_on(world, page)[0], found)
            press(found_on(world, page)[0], Qt.Key.Key_Escape)
            assert field.edit.hasFocus()
            assert field.edit.selectedText() == words

    play(tmp_path, story)


def test_down_goes_on_to_the_events_that_were_found(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.window.show_page("events")
        view = found_on(world, "events")[0]
        await until(lambda: view.model().rowCount() > 0)  # type: ignore[attr-defined]
        field = world.window.page("events").search_field()
        assert field is not None
        field.take_keyboard()
        press(field.edit, Qt.Key.Key_Down)
        assert view.hasFocus()
        assert found_on(world, "events")[1]
        press(view, Qt.Key.Key_Escape)
        assert field.edit.hasFocus()

    play(tmp_path, story)


def test_escape_comes_back_only_to_who_came_from_the_search(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        field, view = world.labs.toolbar.search, world.labs.view
        field.take_keyboard()
        press(field.edit, Qt.Key.Key_Down)
        world.labs.inspector.details.events_link.setFocus()  # and so away from what was found
        view.setFocus()
        press(view, Qt.Key.Key_Escape)
        assert view.hasFocus()
        assert view.current_uid == ""

    play(tmp_path, story)


def test_nothing_found_keeps_the_keyboard_in_the_search(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        field = world.labs.toolbar.search
        field.take_keyboard()
        write(field.edit, "nobody")
        press(field.edit, Qt.Key.Key_Return)
        assert field.edit.hasFocus()
        assert field.text == "nobody"

    play(tmp_path, story)
