"""The Labs page, as an instructor uses it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from labdesk.labs.request import DesiredState
from labdesk.labs.students import Student
from labdesk.store.writes import NewEvent
from labdesk.ui.models.lab_columns import LabColumn
from labdesk.ui.pages.labs.events_strip import EventsStrip
from labdesk.ui.pages.labs.lab_actions import MANY
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.labels import ElidedLabel, Label
from tests.gui.page_world import at_rest, click, press, until, write
from tests.gui.window_world import TEMPLATE, WindowWorld, play


def cell(world: WindowWorld, student: str, column: LabColumn) -> QPoint:
    view = world.labs.view
    place = world.labs.model.position(world.row(student).uid)
    return view.visualRect(world.labs.model.index(place, column)).center()


def click_cell(
    world: WindowWorld,
    student: str,
    column: LabColumn = LabColumn.STUDENT,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.mouseClick(
        world.labs.view.viewport(), Qt.MouseButton.LeftButton, modifier, cell(world, student, column)
    )  # fmt: skip


def selected(world: WindowWorld) -> list[str]:
    return [row.student for row in world.labs.model.selected_rows()]


# --- finding ------------------------------------------------------------------------------------------------------


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


# --- selecting ----------------------------------------------------------------------------------------------------


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


# --- doing --------------------------------------------------------------------------------------------------------


def test_a_stop_waits_and_undo_means_it_never_happened(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace", "Grace Hopper")
        world.choose("Ada Lovelace", "Grace Hopper")
        world.trigger("lab.stop")
        assert world.toasts == ["Stopping 2 labs …"]
        assert world.labs.model.texts.message(world.row("Ada Lovelace")) == "Stopping …"
        world.click_undo()
        assert world.toasts == []
        assert world.labs.model.texts.message(world.row("Ada Lovelace")) == ""
        assert (await world.lab("Ada Lovelace")).spec.desired is DesiredState.RUN

    play(tmp_path, story)


def test_a_lab_that_waits_for_two_things_says_what_is_left_when_one_is_undone(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace", "Grace Hopper")

        def said() -> list[str]:
            return [world.labs.model.texts.message(world.row(name)) for name in ("Ada Lovelace", "Grace Hopper")]

        world.choose("Ada Lovelace")
        world.trigger("lab.stop")
        world.choose("Ada Lovelace", "Grace Hopper")
        world.trigger("lab.delete")
        assert said() == ["Deleting …", "Deleting …"]
        world.window.toasts.undo_newest()
        assert said() == ["Stopping …", ""]
        world.window.toasts.undo_newest()
        assert said() == ["", ""]

    play(tmp_path, story)


def test_a_stop_that_nobody_undoes_is_committed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.trigger("lab.stop")
        await until(lambda: world.phase("Ada Lovelace") == "COMPLETED")
        assert "Ada Lovelace" not in world.labs.model.texts.held

    play(tmp_path, story, hold_milliseconds=60)


def test_what_waits_is_committed_when_the_window_closes(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.choose("Ada Lovelace")
        world.trigger("lab.delete")
        assert world.toasts == ["Deleting Ada Lovelace's lab …"]
        world.assembly.close()
        await world.tasks.wait_async(5)
        found = await world.desk.store.find_uid_async(world.row("Ada Lovelace").uid)
        assert found is None or found.is_deleting

    play(tmp_path, story)


def test_extending_can_be_taken_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.trigger("lab.extend_30")
        await until(lambda: world.toasts == ["Extended Ada Lovelace's lab by 30 min"])
        await until(lambda: world.row("Ada Lovelace").extension == 30)
        assert world.labs.model.texts.message(world.row("Ada Lovelace")) == "Extended by 30 min"
        world.click_undo()
        await until(lambda: world.row("Ada Lovelace").extension == 0)

    play(tmp_path, story)


def test_starting_now_can_be_taken_back_while_it_waits(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        planned = world.row("Ada Lovelace").start
        world.choose("Ada Lovelace")
        world.trigger("lab.start_now")
        await until(lambda: "Starting Ada Lovelace's lab now" in world.toasts)
        await until(lambda: world.row("Ada Lovelace").start < planned)
        world.click_undo()
        await until(lambda: abs(world.row("Ada Lovelace").start - planned) < 1)
        assert world.phase("Ada Lovelace") == "PENDING"

    play(tmp_path, story, memory=1)


def test_an_ended_lab_runs_again(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        await world.desk.commands.stop_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "COMPLETED")
        world.choose("Ada Lovelace")
        world.trigger("lab.run_again")
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING" and world.row("Ada Lovelace").incarnation == 2)
        life = world.labs.inspector.life
        await until(lambda: "Run 1: Completed" in [row.text for row in life.rows])
        assert [row.text for row in life.rows[:2]] == ["Scheduled", "Run 1: Completed"]
        assert life.rows[-1].text == "Running"

    play(tmp_path, story)


def test_actions_that_make_no_sense_are_disabled(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.choose("Ada Lovelace")
        possible = {spec.id for spec, action in world.window.actions_registry if action.isEnabled()}
        assert {"lab.start_now", "lab.stop", "lab.delete", "lab.extend_15"} <= possible
        assert not {"lab.run_again", "lab.shell", "lab.copy_links", "lab.logs"} & possible

    play(tmp_path, story)


def test_a_lab_that_changed_while_another_page_was_shown_has_its_buttons(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        click_cell(world, "Ada Lovelace")
        world.window.show_page("events")
        await world.desk.commands.start_now_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")
        world.window.show_page("labs")
        buttons = [button for button in world.labs.inspector.actions_row.findChildren(Button) if button.isVisible()]
        assert [(button.text(), button.isEnabled()) for button in buttons] == [
            ("Extend", True), ("Stop", True), ("", True)
        ]  # fmt: skip

    play(tmp_path, story)


def test_no_letter_reaches_a_lab_that_cannot_be_seen(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.trigger("lab.new")
        press(world.window, Qt.Key.Key_X)
        press(world.assembly.new_lab, Qt.Key.Key_Escape)
        world.window.show_page("events")
        press(world.window, Qt.Key.Key_X)
        assert world.toasts == []
        world.window.show_page("labs")
        press(world.window, Qt.Key.Key_X)
        assert world.toasts == ["Stopping Ada Lovelace's lab …"]

    play(tmp_path, story)


def test_links_are_copied_with_name_mail_and_password(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace", "Grace Hopper")
        world.choose("Ada Lovelace", "Grace Hopper")
        world.trigger("lab.copy_links")
        await until(lambda: world.desktop.copied)
        lines = world.desktop.copied[-1].splitlines()
        assert len(lines) == 2
        name, mail, link, password = lines[0].split("\t")
        assert (name, mail) == ("Ada Lovelace", "ada@example.edu")
        assert link.startswith("http://127.0.0.1:")
        assert password == world.desk.secrets.password_for(world.row("Ada Lovelace").uid) != ""
        assert world.toasts == ["Copied 2 links with names, e-mails and passwords"]

    play(tmp_path, story)


def test_the_links_of_one_lab_are_copied_beside_them_as_by_the_key(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        click_cell(world, "Ada Lovelace")
        click(world.labs.inspector.copy_link)
        await until(lambda: world.desktop.copied)
        press(world.labs.view, Qt.Key.Key_C)
        await until(lambda: len(world.desktop.copied) == 2)
        assert world.desktop.copied[0] == world.desktop.copied[1]
        assert world.toasts == ["Copied Ada Lovelace's link with name, e-mail and password"] * 2

    play(tmp_path, story)


def test_no_password_is_copied_that_the_lab_does_not_ask_for(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(TEMPLATE.replace("{{lab.password}}", "letmein"))
        await world.create_running("Ada Lovelace")
        assert world.desk.secrets.password_for(world.row("Ada Lovelace").uid)
        world.choose("Ada Lovelace")
        world.trigger("lab.copy_links")
        await until(lambda: world.desktop.copied)
        lab = await world.lab("Ada Lovelace")
        assert world.desktop.copied == [f"Ada Lovelace\tada@example.edu\t{lab.status.access_urls[0].url}\n"]
        assert world.toasts == ["Copied Ada Lovelace's link with name and e-mail"]

    play(tmp_path, story)


def test_a_link_that_takes_the_password_shows_it_filled_in(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        access = '  access: {ports: [{name: http, path: "/?token={{lab.password}}"}]}'
        await world.desk.commands.apply_async(f"{TEMPLATE}{access}\n")
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        uid = world.row("Ada Lovelace").uid

        def addresses() -> list[str]:
            labels = world.labs.inspector.findChildren(ElidedLabel)
            return [label.text for label in labels if label.isVisible() and "/?token=" in label.text]

        await until(addresses)
        (address,) = addresses()
        assert address.endswith(f"/?token={world.desk.secrets.password_for(uid)}")

    play(tmp_path, story)


def test_a_link_in_the_inspector_opens_by_its_text_and_its_button_and_says_where_there_is_no_browser(
    tmp_path: Path,
) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        inspector = world.labs.inspector
        (address,) = [part for part in inspector.findChildren(ElidedLabel) if part.text.startswith("http://")]
        (button,) = [part for part in inspector.findChildren(Button) if part.toolTip() == "Open in browser"]
        click(address)
        click(button)
        assert world.desktop.opened == [address.text, address.text]
        world.desktop.has_browser = False
        click(address)
        assert world.toasts == ["No browser was found; the link is on the clipboard"]
        assert world.desktop.copied == [address.text]

    play(tmp_path, story)


def test_a_click_on_the_address_opens_it_in_the_browser(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        await until(lambda: bool(world.row("Ada Lovelace").access))
        view = world.labs.view
        rect = view.visualRect(world.labs.model.index(0, LabColumn.ACCESS))
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + QPoint(20, 15))
        await until(lambda: world.desktop.opened)
        assert [link.startswith("http://127.0.0.1:") for link in world.desktop.opened] == [True]

    play(tmp_path, story)


def test_without_a_terminal_the_command_is_copied_and_that_is_said(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.trigger("lab.shell")
        assert len(world.desktop.commands) == 1
        world.desktop.has_terminal = False
        world.trigger("lab.shell")
        assert len(world.desktop.copied) == 1
        assert world.toasts == ["No terminal could be opened; the command is on the clipboard"]

    play(tmp_path, story)


def test_the_log_of_a_running_lab_is_shown_and_of_an_ended_one_kept(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        click_cell(world, "Ada Lovelace")
        world.trigger("lab.logs")
        log = world.labs.inspector.details.log
        await until(lambda: log.text.toPlainText() != "")
        await world.desk.commands.stop_async([world.row("Ada Lovelace").key])
        await until(lambda: world.assembly.context.lab_of(world.row("Ada Lovelace").uid).status.cleaned_up)  # type: ignore[union-attr]
        world.labs.inspector.details.open("")
        world.labs.inspector.details.open("log")
        await until(lambda: log.text.toPlainText() != "")

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


def test_the_log_goes_on_when_its_lab_is_shown_again(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        inspector = world.labs.inspector
        click_cell(world, "Ada Lovelace")
        world.trigger("lab.logs")
        log = inspector.details.log.text
        await until(lambda: log.toPlainText() != "")
        press(inspector, Qt.Key.Key_Escape)
        assert not inspector.isVisible()
        click_cell(world, "Ada Lovelace")
        await until(lambda: log.toPlainText() != "")
        seen = log.blockCount()
        world.clock.ahead += timedelta(minutes=2)
        await until(lambda: log.blockCount() > seen)

    play(tmp_path, story)


def test_phase_and_buttons_stay_in_view_above_an_open_log(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace", "Grace Hopper")
        world.choose("Ada Lovelace")
        inspector = world.labs.inspector
        world.trigger("lab.logs")
        await until(lambda: inspector.details.log.text.toPlainText() != "")
        world.choose("Grace Hopper")
        stop = next(
            button for button in inspector.findChildren(Button) if button.text() == "Stop" and button.isVisible()
        )
        assert not stop.visibleRegion().isEmpty()
        assert inspector.title.geometry().bottom() < stop.mapTo(inspector, QPoint(0, 0)).y()
        inspector.details.close_streams()

    play(tmp_path, story)


def test_the_open_section_is_marked_and_gives_the_keyboard_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        click_cell(world, "Ada Lovelace")
        details = world.labs.inspector.details
        details.open("log")
        assert details.log_link.isChecked()
        assert world.window.focusWidget() is details.log.text
        press(details.log_link, Qt.Key.Key_Space)
        assert not details.log_link.isChecked()
        assert details.open_section == ""
        assert world.window.focusWidget() is details.log_link
        press(details.log_link, Qt.Key.Key_Escape)
        assert not world.labs.inspector.isVisible()
        assert world.window.focusWidget() is world.labs.view

    play(tmp_path, story)


def test_ctrl_z_undoes_what_was_done_last(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.trigger("lab.stop")
        assert world.toasts == ["Stopping Ada Lovelace's lab …"]
        press(world.labs.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert world.toasts == []
        assert world.window.actions_registry.action("lab.stop").isEnabled()
        world.window.toasts.finish_all()
        lab = world.assembly.context.lab_of(world.row("Ada Lovelace").uid)
        assert lab is not None
        assert lab.spec.desired is DesiredState.RUN

    play(tmp_path, story)


def test_what_is_refused_is_said_once_with_the_reason(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.trigger("lab.stop")
        await world.desk.commands.stop_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "COMPLETED")
        world.window.toasts.finish_all()
        await until(lambda: any("already ended" in text for text in world.toasts))

    play(tmp_path, story)


# --- columns ------------------------------------------------------------------------------------------------------


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


def test_a_log_is_brought_to_the_top_only_where_it_would_have_too_little_room(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        inspector, window = world.labs.inspector, world.window
        world.labs.view.show_lab(world.row("Ada Lovelace").uid)

        def top() -> int:
            return inspector.details.mapTo(window, QPoint(0, 0)).y()

        window.resize(1366, 1400)
        await until(lambda: window.height() == 1400)
        before = await at_rest(top)
        inspector.details.open("log")
        await until(lambda: inspector.details.log.text.height() > 400)
        assert await at_rest(top) == before
        inspector.details.open("")
        window.resize(1366, 620)
        await until(lambda: inspector.room < 500)
        inspector.details.open("log")
        text = inspector.details.log.text
        await until(lambda: 0 < inspector.height() - text.mapTo(inspector, text.rect().bottomLeft()).y() < 40)
        assert text.mapTo(inspector, QPoint(0, 0)).y() > inspector.height() - inspector.room

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
