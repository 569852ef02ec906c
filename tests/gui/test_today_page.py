"""The Today page in the whole window: what it says, where its rows lead, and what time alone changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import inf
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from labdesk.engines.service import EngineUnavailable
from labdesk.ui.pages.today.lab_list import TodayList
from labdesk.ui.pages.today.page import TodayPage
from labdesk.ui.pages.today.sections import Section, Today
from tests.gui.page_world import click, press, until
from tests.gui.window_world import WindowWorld, play


def page_of(world: WindowWorld) -> TodayPage:
    """Show the page and return it."""
    world.window.show_page("today")
    page = world.window.page("today")
    assert isinstance(page, TodayPage)
    return page


def texts(shown: TodayList) -> list[str]:
    return [shown.text_at(place) for place in range(shown.model().rowCount())]


def test_it_is_the_first_page_of_the_rail_and_says_what_to_do_while_there_is_no_lab(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.window.show_page("health")
        press(world.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        assert world.window.current_page == "today"
        empty = page_of(world).empty
        assert empty.isVisible()
        assert empty.heading == "Nothing is planned yet"
        click(empty.findChildren(QAbstractButton)[0])
        assert world.assembly.new_lab.isVisible()

    play(tmp_path, story)


def test_a_lab_goes_from_planned_to_running_before_ones_eyes(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await world.create("Ada Lovelace", minutes_from_now=17.5)
        await until(lambda: page.next.count == 1)
        assert texts(page.next.list)[0].startswith("Pending, Ada Lovelace, web, ")
        assert page.next.countdown.text().startswith("in 17 min")
        assert page.running.count == 0
        await world.create_running("Grace Hopper")
        await until(lambda: page.running.count == 1 and texts(page.running.list)[0].startswith("Running,"))
        assert texts(page.running.list)[0].startswith("Running, Grace Hopper, web, 59 min ")
        assert not page.empty.isVisible()

    play(tmp_path, story)


def test_labs_that_only_start_are_told_apart_from_those_that_run(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await world.create_running("Ada Lovelace")
        await until(lambda: page.running.count_text == "1")
        rows, none = (world.row("Ada Lovelace"),), Section()
        today = Today(none, none, none, Section(rows, 2), Section(rows, 4), none, 6, 0.0, 0, "", inf)
        page.running.show_today(today)
        assert (page.running.count, page.running.count_text) == (6, "6: 4 running, 2 starting")

    play(tmp_path, story)


def test_time_alone_brings_a_lab_to_attention(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await world.create_running("Ada Lovelace")
        await until(lambda: page.running.count == 1 and texts(page.running.list)[0].startswith("Running,"))
        assert page.attention.count == 0
        world.clock.ahead = timedelta(minutes=52)
        page.activate()
        assert page.attention.count == 1
        assert "7 min " in texts(page.attention.list)[0]
        assert texts(page.attention.list)[0].endswith(" s left")

    play(tmp_path, story)


def test_a_failed_lab_says_why_and_a_click_shows_it(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await world.create("Ada Lovelace")
        await until(lambda: page.attention.count == 1)
        shown = page.attention.list
        await until(lambda: texts(shown) and texts(shown)[0].startswith("Failed, Ada Lovelace, Image not available"))
        click(shown.viewport(), shown.visualRect(shown.model().index(0, 0)).center())
        assert world.window.current_page == "labs"
        assert world.labs.inspector.title.text == "Ada Lovelace"

    play(tmp_path, story, images=[], registry=[])


def test_enter_shows_the_lab_the_keyboard_is_on(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await world.create("Ada Lovelace", minutes_from_now=10)
        await world.create("Grace Hopper", minutes_from_now=20)
        await until(lambda: page.next.count == 2)
        page.next.list.setFocus(Qt.FocusReason.TabFocusReason)
        press(page.next.list, Qt.Key.Key_Down)
        press(page.next.list, Qt.Key.Key_Return)
        assert world.window.current_page == "labs"
        assert world.labs.inspector.title.text == "Grace Hopper"

    play(tmp_path, story)


def test_the_keyboard_stays_with_its_lab_when_others_come(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await world.create("Grace Hopper", minutes_from_now=20)
        await until(lambda: page.next.count == 1)
        page.next.list.setFocus(Qt.FocusReason.TabFocusReason)
        await world.create("Ada Lovelace", minutes_from_now=10)
        await until(lambda: page.next.count == 2)
        press(page.next.list, Qt.Key.Key_Return)
        assert world.labs.inspector.title.text == "Grace Hopper"

    play(tmp_path, story)


def test_more_labs_than_there_is_room_for_are_a_link_to_the_filtered_labs(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        students = [f"S{number} Student" for number in range(10)]
        await world.create(*students, minutes_from_now=30)
        await until(lambda: page.next.count == 10)
        assert page.next.list.model().rowCount() == 6
        link = page.next.links["upcoming"]
        assert link.text() == "and 4 more"
        world.labs.toolbar.search.set_text("nobody")
        click(link)
        assert world.window.current_page == "labs"
        assert world.labs.toolbar.tabs.current == "upcoming"
        assert world.labs.model.rowCount() == 10

    play(tmp_path, story)


def test_a_wide_page_has_a_third_column_and_a_high_one_longer_lists(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        students = [f"Student {number:02}" for number in range(16)]
        await world.create(*students, minutes_from_now=30)
        await until(lambda: page.next.count == 16)
        assert page.next.list.model().rowCount() == 6
        assert page.running.x() == page.attention.x()
        world.window.resize(2560, 1440)
        await until(lambda: page.next.list.model().rowCount() == 12)
        await until(lambda: page.attention.x() < page.running.x() < page.next.x())
        assert page.running.y() == page.attention.y()
        world.window.resize(1366, 768)
        await until(lambda: page.next.list.model().rowCount() == 6)
        await until(lambda: page.running.x() == page.attention.x())
        assert page.running.y() > page.attention.y()

    play(tmp_path, story)


def test_room_in_use_counts_memory_cpus_and_ports(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await world.create_running("Ada Lovelace")
        await until(lambda: page.running.count == 1)
        lines = [line.text for line in page.room.lines]
        assert lines == ["Memory: 512 MiB of 7.5 GiB", "CPUs: up to 1, sharing 8", "Ports: 1 of 10000"]
        assert [line.meter.isVisible() for line in page.room.lines] == [True, False, True]  # nothing waits for a CPU
        world.desk.capacity.set_limits(replace(world.desk.capacity.limits, total_cpu=4.0))
        page.activate()
        assert page.room.lines[1].text == "CPUs: 1 of 4"
        assert page.room.lines[1].meter.isVisible()
        world.desk.engine_monitor.report_failure(EngineUnavailable("Docker is not running; start it."))
        page.activate()
        assert page.room.why_not.text().startswith("The engine does not answer.")
        assert not page.room.lines[0].isVisible()
        world.desk.engine_monitor.retry_now()

    play(tmp_path, story, memory=8 * 2**30)


def test_nothing_is_sorted_while_nobody_looks(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        world.window.show_page("labs")
        before = page.today
        await world.create("Ada Lovelace", minutes_from_now=30)
        assert page.today is before
        world.window.show_page("today")
        assert page.today is not None
        assert page.today.total == 1

    play(tmp_path, story)


def test_labs_are_sorted_anew_for_another_list_and_for_a_clock_that_was_put_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await world.create("Ada Lovelace")
        shown = page.attention.list
        await until(lambda: texts(shown) and texts(shown)[0].startswith("Failed, Ada Lovelace"))
        world.clock.ahead = timedelta(hours=25)
        page.refresh()
        assert page.attention.count == 0
        world.clock.ahead = timedelta(0)
        page.refresh()
        assert page.attention.count == 1
        world.labs.model.load([])
        page.refresh()
        assert page.empty.isVisible()

    play(tmp_path, story, images=[], registry=[])
