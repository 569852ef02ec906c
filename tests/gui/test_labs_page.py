"""The Labs page, as an instructor uses it: table, search, columns, and what stands beside them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from labdesk.store.writes import NewEvent
from labdesk.ui.models.lab_columns import LabColumn
from labdesk.ui.pages.labs.events_strip import EventsStrip
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.labels import Label
from tests.gui.labs_world import click_cell
from tests.gui.page_world import press, until, write
from tests.gui.window_world import WindowWorld, play


def test_a_click_shows_the_lab_beside_the_table(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        click_cell(world, "Ada Lovelace")
        inspector = world.labs.inspector
        assert inspector.isVisible()
        assert inspector.title.text == "Ada Lovelace"
        steps = [row.text for row in inspector.life.rows]
        assert steps == ["Created", "Provisioning", "Running"]

    play(tmp_path, story)


def test_the_inspector_follows_its_lab_and_closes_when_it_is_gone(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        click_cell(world, "Ada Lovelace")
        assert world.labs.inspector.life.rows[-1].text == "Running"
        keys = [world.row("Ada Lovelace").key]
        await world.desk.commands.stop_async(keys)
        await until(lambda: world.labs.inspector.life.rows[-1].text == "Completed")
        await world.desk.commands.delete_async(keys)
        await until(lambda: not world.labs.inspector.isVisible())

    play(tmp_path, story)


def test_searching_narrows_and_escape_brings_everything_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        press(world.window, Qt.Key.Key_Slash)
        edit = world.labs.toolbar.search.edit
        write(edit, "grace")
        press(edit, Qt.Key.Key_Return)
        assert [world.labs.model.row_at(n).student for n in range(world.labs.model.rowCount())] == ["Grace Hopper"]
        press(edit, Qt.Key.Key_Escape)
        await until(lambda: world.labs.model.rowCount() == 2)

    play(tmp_path, story)


def test_tabs_count_and_show_the_labs_of_a_state(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        await world.create("Grace Hopper", minutes_from_now=30)
        tabs = world.labs.toolbar.tabs
        await until(lambda: (tabs.count("all"), tabs.count("upcoming"), tabs.count("running")) == (2, 1, 1))
        tabs.choose("upcoming")
        assert [world.labs.model.row_at(n).student for n in range(world.labs.model.rowCount())] == ["Grace Hopper"]

    play(tmp_path, story)


def test_nothing_found_says_so_and_one_button_helps(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.labs.toolbar.search.set_text("nobody")
        assert world.labs.empty.isVisible()
        assert world.labs.empty.heading == "No lab matches"
        world.labs.empty.button.click()
        assert world.labs.model.rowCount() == 1

    play(tmp_path, story)


def test_the_menu_of_a_lab_opens_without_a_mouse_or_a_menu_key(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace", "Grace Hopper")
        world.choose("Grace Hopper")
        view, menu = world.labs.view, world.labs.menu
        view.setFocus()
        press(view, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
        await until(menu.isVisible)
        menu.close()

    play(tmp_path, story)


def test_columns_that_were_chosen_come_back_with_the_next_window(tmp_path: Path) -> None:
    async def first(world: WindowWorld) -> None:
        world.labs.view.columns.set_shown(LabColumn.EMAIL, shown=True)
        world.labs.view.columns.set_shown(LabColumn.ACCESS, shown=False)

    async def second(world: WindowWorld) -> None:
        assert world.labs.view.columns.is_wanted(LabColumn.EMAIL)
        assert not world.labs.view.columns.is_wanted(LabColumn.ACCESS)

    play(tmp_path, first)
    play(tmp_path, second)


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        header = world.labs.view.header
        middle = QPoint(header.sectionViewportPosition(LabColumn.STUDENT) + 20, header.height() // 2)
        for expected in (["Ada Lovelace", "Grace Hopper"], ["Grace Hopper", "Ada Lovelace"]):
            QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=middle)
            assert [world.labs.model.row_at(n).student for n in (0, 1)] == expected

    play(tmp_path, story)


def test_columns_yield_to_the_message_where_there_is_no_room(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.window.resize(1120, 700)
        click_cell(world, "Ada Lovelace")
        view = world.labs.view
        await until(lambda: view.isColumnHidden(LabColumn.ACCESS))
        assert view.columns.is_wanted(LabColumn.ACCESS)
        assert not view.isColumnHidden(LabColumn.STUDENT)
        world.window.resize(1600, 800)
        await until(lambda: not view.isColumnHidden(LabColumn.ACCESS))
        for width in range(1024, 1600, 48):
            world.window.resize(width, 700)
            await until(lambda wide=width: world.window.width() == wide)
            message = view.header.sectionSize(LabColumn.MESSAGE)
            assert message >= (132 if view.isColumnHidden(LabColumn.ACCESS) else 168), width

    play(tmp_path, story)


def test_where_there_is_little_room_the_tabs_stay_whole_in_a_row_of_their_own(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        toolbar, tabs = world.labs.toolbar, world.labs.toolbar.tabs
        world.labs.view.show_lab(world.row("Ada Lovelace").uid)
        for width, in_one_row in ((1600, True), (1120, False), (1366, True)):
            world.window.resize(width, 700)
            await until(lambda one=in_one_row: (toolbar.search.y() < tabs.geometry().bottom()) is one)
            assert all(tab.width() >= tab.sizeHint().width() for tab in tabs.buttons())
            assert toolbar.export_button.mapTo(toolbar, toolbar.export_button.rect().topRight()).x() < toolbar.width()

    play(tmp_path, story)


def test_an_event_beneath_the_table_leads_to_what_it_is_about(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        strip = world.labs.strip

        def link(text: str) -> Button:
            return next(one for one in strip.findChildren(Button) if one.text() == text and one.isVisible())

        await until(lambda: {"Ada Lovelace", "web"} <= {one.text() for one in strip.findChildren(Button)})
        link("Ada Lovelace").click()
        assert world.labs.inspector.title.text == "Ada Lovelace"
        link("web").click()
        assert world.window.current_page == "templates"

    play(tmp_path, story)


def test_an_event_that_comes_while_those_before_are_counted_counts_once(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        journal, now = world.desk.store.journal, world.desk.clock.now()
        await journal.append_async(
            [NewEvent("desk.told", "desk", now, "info", "Told", f"{number}.") for number in range(4)]
        )
        events = [*reversed(await journal.latest_async(100))]
        strip = EventsStrip(world.labs.context, world.labs)
        world.labs.context.bridge.events_published.disconnect(strip._take)
        strip._take(events[-2:])
        await strip.load_async()
        strip._take(events[-1:])  # told late
        told = [label.text() for label in strip.findChildren(Label)]
        assert f"live · {len(events)} today" in told
        shown = [event.sequence for event in strip._latest]
        assert len(shown) == len(set(shown))
        strip.deleteLater()

    play(tmp_path, story)


def test_the_latest_events_say_their_day_once_it_is_over(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        strip = world.labs.strip

        def told() -> list[str]:
            return [label.text() for label in strip.findChildren(Label)]

        await until(lambda: strip._latest)
        moment = strip._latest[0].time
        times = world.labs.context.times
        assert times.clock_seconds(moment) in told()
        world.clock.ahead = timedelta(days=1)
        strip.tick(world.clock.now())
        assert "live · 0 today" in told()
        assert times.moment(moment, world.clock.now()) in told()
        assert times.clock_seconds(moment) not in told()

    play(tmp_path, story)


def test_the_panel_reaches_down_beside_the_events_whose_types_give_way(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        strip, inspector = world.labs.strip, world.labs.inspector

        def types() -> list[Label]:
            return [one for one in strip.findChildren(Label) if one.text().startswith("lab") and one.isVisible()]

        await until(types)
        click_cell(world, "Ada Lovelace")
        await until(lambda: not types())
        assert inspector.geometry().bottom() == strip.geometry().bottom()

    play(tmp_path, story)
