"""Keys of lab actions that must wait say why, where the labs they would take are in view."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.gui.page_world import press, until
from tests.gui.window_world import WindowWorld, play

ADA = "Ada Lovelace"


async def create_ended(world: WindowWorld) -> None:
    await world.create_running(ADA)
    await world.desk.commands.stop_async([world.row(ADA).key])
    await until(lambda: world.phase(ADA) == "COMPLETED")
    world.choose(ADA)


def test_stopping_what_has_ended_says_that_it_has_ended(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create_ended(world)
        press(world.labs.view, Qt.Key.Key_X)
        assert world.toasts == ["The chosen labs have ended or are being stopped"]

    play(tmp_path, story)


def test_stopping_again_what_is_being_stopped_beside_what_has_ended_does_not_say_that_all_have_ended(
    tmp_path: Path,
) -> None:
    async def story(world: WindowWorld) -> None:
        await create_ended(world)
        await world.create_running("Bob Marley")
        world.choose(ADA, "Bob Marley")
        press(world.labs.view, Qt.Key.Key_X)
        press(world.labs.view, Qt.Key.Key_X)
        assert world.toasts == ["Stopping Bob Marley's lab …", "The chosen labs have ended or are being stopped"]

    play(tmp_path, story)


def test_it_is_said_wherever_on_the_page_the_keyboard_is_but_where_text_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create_ended(world)
        press(world.labs.inspector.details.events_link, Qt.Key.Key_S)
        assert world.toasts == ["None of the chosen labs waits for its start"]
        search = world.labs.toolbar.search.edit
        press(search, Qt.Key.Key_X)
        assert (search.text(), len(world.toasts)) == ("x", 1)

    play(tmp_path, story)


def test_what_is_possible_and_what_no_lab_is_chosen_for_is_not_explained(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create_ended(world)
        view = world.labs.view
        press(view, Qt.Key.Key_Y)
        press(view, Qt.Key.Key_Escape)
        press(view, Qt.Key.Key_X)
        assert world.toasts == []

    play(tmp_path, story)
