"""What can be done with labs: held, undone, refused, or not possible."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from labdesk.labs.request import DesiredState
from labdesk.ui.widgets.buttons import Button
from tests.gui.labs_world import click_cell
from tests.gui.page_world import press, until
from tests.gui.window_world import WindowWorld, play


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


def test_a_lab_that_was_deleted_elsewhere_while_its_stop_waited_is_no_failure(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace", "Bob Marley")
        world.choose("Ada Lovelace", "Bob Marley")
        world.trigger("lab.stop")
        await world.desk.commands.delete_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "gone")
        world.window.toasts.finish_all()
        await until(lambda: world.phase("Bob Marley") == "COMPLETED")
        assert world.toasts == []

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
