"""Which labs are chosen, by mouse and keys, and what keeps or ends that."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFocusEvent
from PySide6.QtWidgets import QApplication, QWidget

from labdesk.labs.students import Student
from labdesk.ui.pages.labs.lab_actions import MANY
from tests.gui.labs_world import click_cell, selected
from tests.gui.page_world import press, until
from tests.gui.window_world import WindowWorld, play


def test_a_lab_that_a_search_or_a_tab_hides_is_no_longer_chosen(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        toolbar, stop = world.labs.toolbar, world.window.actions_registry.action("lab.stop")
        for hide, bring_back in (
            (lambda: toolbar.search.set_text("grace"), lambda: toolbar.search.set_text("")),
            (lambda: toolbar.tabs.choose("problems"), lambda: toolbar.tabs.choose("all")),
        ):
            click_cell(world, "Ada Lovelace")
            assert stop.isEnabled()
            hide()
            assert (selected(world), world.labs.view.current_uid) == ([], "")
            assert not world.labs.inspector.isVisible()
            assert not stop.isEnabled()
            bring_back()
            assert selected(world) == []
            assert not world.labs.inspector.isVisible()

    play(tmp_path, story)


def test_of_several_chosen_labs_those_that_a_search_still_shows_stay_chosen(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", "Alan Turing", minutes_from_now=30)
        click_cell(world, "Grace Hopper")
        click_cell(world, "Alan Turing", modifier=Qt.KeyboardModifier.ControlModifier)
        world.labs.toolbar.search.set_text("grace")
        assert selected(world) == ["Grace Hopper"]
        assert world.labs.inspector.title.text == "Grace Hopper"
        world.labs.toolbar.search.set_text("")
        assert selected(world) == ["Grace Hopper"]

    play(tmp_path, story)


def test_a_chosen_lab_that_starts_and_so_leaves_its_tab_stays_beside_the_table(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.labs.toolbar.tabs.choose("upcoming")
        click_cell(world, "Ada Lovelace")
        world.trigger("lab.start_now")
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")
        assert world.labs.model.rowCount() == 0
        inspector = world.labs.inspector
        assert (inspector.isVisible(), inspector.title.text) == (True, "Ada Lovelace")
        press(inspector, Qt.Key.Key_Escape)
        assert not inspector.isVisible()

    play(tmp_path, story)


def test_ctrl_and_shift_select_as_everywhere(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("A One", "B Two", "C Three", "D Four", minutes_from_now=30)
        click_cell(world, "A One")
        click_cell(world, "C Three", modifier=Qt.KeyboardModifier.ShiftModifier)
        assert selected(world) == ["A One", "B Two", "C Three"]
        click_cell(world, "B Two", modifier=Qt.KeyboardModifier.ControlModifier)
        assert selected(world) == ["A One", "C Three"]
        assert world.labs.inspector.title.text == "2 labs selected"

    play(tmp_path, story)


def test_the_keyboard_alone_selects_and_opens(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("A One", "B Two", "C Three", minutes_from_now=30)
        view = world.labs.view
        view.setFocus(Qt.FocusReason.TabFocusReason)
        assert not world.labs.inspector.isVisible()
        press(view, Qt.Key.Key_Down)
        assert selected(world) == ["A One"]
        press(view, Qt.Key.Key_Down)
        assert selected(world) == ["B Two"]
        press(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        assert selected(world) == ["B Two", "C Three"]
        press(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert len(selected(world)) == 3
        press(view, Qt.Key.Key_Escape)
        assert selected(world) == []
        assert not world.labs.inspector.isVisible()

    play(tmp_path, story)


def test_where_the_keyboard_is_stays_marked_when_one_comes_back_from_another_window(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("A One", "B Two", minutes_from_now=30)
        view, button = world.labs.view, world.labs.toolbar.view_button

        def ground() -> QColor:
            return view.viewport().grab().toImage().pixelColor(0, view.rowViewportPosition(0) + 4)

        def go_and_come_back(part: QWidget) -> None:
            part.clearFocus()  # where it is already, it would not be there by Tab
            part.setFocus(Qt.FocusReason.TabFocusReason)
            QApplication.sendEvent(part, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))
            QApplication.sendEvent(part, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.ActiveWindowFocusReason))

        plain = ground()
        go_and_come_back(view)
        assert ground() == world.labs.context.theme.colors.accent
        go_and_come_back(button)
        assert button.shows_focus
        view.setFocus(Qt.FocusReason.MouseFocusReason)
        assert ground() == plain
        press(view, Qt.Key.Key_Down)
        assert ground() == world.labs.context.theme.colors.accent

    play(tmp_path, story)


def test_selection_survives_a_stream_of_changes(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("A One", "B Two", minutes_from_now=30)
        click_cell(world, "B Two")
        await world.create_running("0 Zero")
        await world.desk.commands.start_now_async([world.row("A One").key])
        await until(lambda: world.phase("A One") == "RUNNING")
        assert selected(world) == ["B Two"]
        assert world.labs.view.current_uid == world.row("B Two").uid

    play(tmp_path, story)


def test_the_panel_counts_chosen_labs_as_they_change(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", "Alan Turing", minutes_from_now=30)
        world.labs.toolbar.tabs.choose("upcoming")
        world.choose("Ada Lovelace", "Grace Hopper", "Alan Turing")
        inspector = world.labs.inspector

        def counts() -> list[tuple[str, str]]:
            return [(row.text, row.remark) for row in inspector.summary.phases.rows]

        assert (inspector.title.text, counts()) == ("3 labs selected", [("Pending", "3")])
        await world.desk.commands.start_now_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")  # and so it leaves the tab
        assert (inspector.title.text, counts()) == ("2 labs selected", [("Pending", "2")])
        world.labs.toolbar.tabs.choose("all")
        assert inspector.title.text == "3 labs selected"
        await world.desk.commands.start_now_async([world.row("Grace Hopper").key])
        await until(lambda: world.phase("Grace Hopper") == "RUNNING")
        assert counts() == [("Running", "2"), ("Pending", "1")]
        await world.desk.commands.delete_async([world.row("Alan Turing").key])
        await until(lambda: world.phase("Alan Turing") == "gone")
        assert (inspector.title.text, counts()) == ("2 labs selected", [("Running", "2")])

    play(tmp_path, story)


def test_of_two_chosen_labs_the_one_that_is_still_shown_has_the_panel_to_itself(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        world.labs.toolbar.tabs.choose("upcoming")
        world.choose("Ada Lovelace", "Grace Hopper")
        await world.desk.commands.start_now_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")
        assert world.labs.inspector.title.text == "Grace Hopper"

    play(tmp_path, story)


def test_nothing_is_chosen_by_labs_that_come_and_go(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("B Two", minutes_from_now=30)
        world.labs.view.clearFocus()
        world.labs.view.setFocus(Qt.FocusReason.TabFocusReason)
        await world.create("A One", "C Three", minutes_from_now=10)
        assert selected(world) == []
        assert not world.labs.inspector.isVisible()

    play(tmp_path, story)


def test_labs_that_were_just_made_are_chosen_and_shown_whatever_was_before(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        click_cell(world, "Ada Lovelace")
        world.labs.toolbar.search.set_text("ada")
        for students, title in (
            (["Grace Hopper"], "Grace Hopper"),
            (["Alan Turing", "Karen Jones"], "2 labs selected"),
        ):
            people = [Student(f"{name.split()[0].lower()}@example.edu", name) for name in students]
            made = await world.desk.commands.create_labs_async("web", people, None, 60)
            world.assembly.new_lab.created.emit(made)
            await until(lambda students=students: selected(world) == students)
            assert (world.labs.inspector.isVisible(), world.labs.inspector.title.text) == (True, title)

    play(tmp_path, story)


def test_of_many_selected_labs_one_that_ends_can_be_run_again(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create(*(f"Student {number:03}" for number in range(MANY + 1)), minutes_from_now=30)
        press(world.labs.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert len(selected(world)) == MANY + 1

        def offered() -> list[bool]:
            actions = world.window.actions_registry
            return [actions.action(name).isEnabled() for name in ("lab.start_now", "lab.stop", "lab.run_again")]

        assert offered() == [True, True, False]
        await world.desk.commands.stop_async([world.row("Student 007").key])
        await until(lambda: world.row("Student 007").is_final)
        assert offered() == [True, True, True]
        await world.desk.commands.delete_async([world.row("Student 007").key])
        await until(lambda: world.labs.model.total == MANY)
        assert offered() == [True, True, False]

    play(tmp_path, story)
