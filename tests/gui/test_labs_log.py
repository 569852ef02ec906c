"""A lab's log in the inspector."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QPoint, Qt

from labdesk.ui.widgets.buttons import Button
from tests.gui.labs_world import click_cell
from tests.gui.page_world import at_rest, press, until
from tests.gui.window_world import WindowWorld, play


def test_the_log_of_a_running_lab_is_shown_and_of_an_ended_one_kept(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        click_cell(world, "Ada Lovelace")
        world.trigger("lab.logs")
        log = world.labs.inspector.details.log
        await until(lambda: log.text.toPlainText() != "")
        assert log.copy_button.isEnabled()
        log.text.clear()
        assert not log.copy_button.isEnabled()  # nothing to copy would empty the clipboard
        await world.desk.commands.stop_async([world.row("Ada Lovelace").key])
        await until(lambda: world.assembly.context.lab_of(world.row("Ada Lovelace").uid).status.cleaned_up)  # type: ignore[union-attr]
        world.labs.inspector.details.open("")
        world.labs.inspector.details.open("log")
        await until(lambda: log.text.toPlainText() != "")

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
