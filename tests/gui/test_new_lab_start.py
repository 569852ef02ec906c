"""When the labs of the New lab panel start, and of which course they are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QLineEdit

from labdesk.ui.panels.new_lab.draft import DraftField
from labdesk.ui.panels.new_lab.when_words import MORNING
from labdesk.ui.widgets.calendar_popup import CalendarPopup
from tests.gui.new_lab_world import open_panel, problem
from tests.gui.page_world import BERLIN, PageWorld, click, play, press, until, write

pytestmark = pytest.mark.usefixtures("qtbot")


def retype(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    write(line, text)


def test_words_for_a_time_are_read_while_they_are_typed_and_then_written_out(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        panel.students.setPlainText("ada@example.edu")
        line, times = panel.start.edit.line, world.context.times
        morning = times.local(world.context.clock.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0)
        retype(line, "tomo")
        assert problem(panel, DraftField.START) == ""
        write(line, "rrow 9:00")
        assert panel.start.text == "tomorrow 9:00"
        assert times.date_and_clock(morning) in panel.hint_of(DraftField.START)
        assert "Europe/Berlin" in panel.hint_of(DraftField.START)
        press(line, Qt.Key.Key_Tab)
        assert panel.start.text == f"{morning:%a} {morning.day} {morning:%b %Y, %H:%M}"
        press(panel.students, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not panel.is_busy)
        (lab,) = await world.labs()
        assert lab.scheduled_start.astimezone(BERLIN).replace(microsecond=0) == morning.replace(microsecond=0)

    play(tmp_path, story)


def test_what_is_no_time_is_told_beside_it_once_it_is_left_and_nothing_is_created(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        panel.students.setPlainText("ada@example.edu")
        line = panel.start.edit.line
        retype(line, "25:00")
        assert problem(panel, DraftField.START) == ""
        assert panel.hint_of(DraftField.START).startswith("For example 9:00")
        assert panel.create_button.text() == "Create labs"
        press(line, Qt.Key.Key_Tab)
        assert problem(panel, DraftField.START) == "This is no time. Write 9:00, tomorrow 9:00 or mon 14:00."
        panel.submit()
        assert panel.start.edit.hasFocus()
        assert not panel.is_busy
        assert await world.labs() == []
        retype(line, "now")
        assert problem(panel, DraftField.START) == ""
        assert panel.create_button.text() == "Create 1 lab now"

    play(tmp_path, story)


def test_a_time_that_is_often_wanted_is_taken_from_the_list(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        edit = panel.start.edit
        edit.setFocus()
        press(edit, Qt.Key.Key_Down)
        view = edit.view()
        await until(view.isVisible)
        assert [edit.itemText(place).partition(" (")[0] for place in range(edit.count())] == [
            "Now", "In 15 minutes", "At the full hour", "Tomorrow at 9:00", "On Monday at 9:00",
        ]  # fmt: skip
        view.setCurrentIndex(edit.model().index(3, 0))
        press(view, Qt.Key.Key_Return)
        value = panel.start.value
        assert value is not None
        local, today = value.utc.astimezone(BERLIN), world.context.clock.now().astimezone(BERLIN).date()
        assert (local.date(), local.time()) == (today + timedelta(days=1), MORNING)

    play(tmp_path, story)


def test_the_calendar_chooses_the_day_and_keeps_the_time(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        retype(panel.start.edit.line, "tomorrow 14:30")
        click(panel.start.day_button)
        popup = panel.start.findChild(CalendarPopup)
        assert isinstance(popup, CalendarPopup)
        today = world.context.times.local(world.context.clock.now()).date()
        assert popup.calendar.selectedDate() == QDate(today.year, today.month, today.day).addDays(1)
        popup.calendar.setSelectedDate(popup.calendar.selectedDate().addDays(6))
        popup.calendar.activated.emit(popup.calendar.selectedDate())
        value = panel.start.value
        assert value is not None
        assert f"{value.utc.astimezone(BERLIN):%Y-%m-%d %H:%M}" == f"{today + timedelta(days=7)} 14:30"
        assert not popup.isVisible()
        await until(panel.start.edit.hasFocus)

    play(tmp_path, story)


def test_labs_get_the_course_that_was_typed_or_one_there_is(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        panel.students.setPlainText("ada@example.edu")
        retype(panel.course.line, "cs 101 ")
        assert panel.course.currentText() == "cs-101-"
        assert panel.course.text == "cs-101"
        panel.submit()
        await until(lambda: not panel.is_busy)
        (lab,) = await world.labs()
        assert lab.metadata.labels == {"labdesk/course": "cs-101"}

        def offered() -> bool:
            panel.students.setFocus()
            panel.course.setFocus()
            return panel.course.itemText(0) == "cs-101"

        await until(offered)
        retype(panel.course.line, "CS")
        popup = panel.course.line.completer().popup()
        await until(popup.isVisible)
        press(popup, Qt.Key.Key_Down)
        press(popup, Qt.Key.Key_Return)
        assert panel.course.text == "cs-101"

    play(tmp_path, story)
