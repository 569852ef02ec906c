"""The frame: pages, the command field, the engine's card and banner, and what is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from labdesk.engines.service import EngineInfo, EngineUnavailable
from labdesk.ui.main_window import MainWindow
from labdesk.ui.pages.templates.page import TemplatesPage
from labdesk.ui.shell.shortcuts import shortcuts
from tests.gui.page_world import press, until, write
from tests.gui.window_world import WindowWorld, play


def test_ctrl_and_a_digit_show_the_pages(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        pages = [spec for spec, _action in world.window.actions_registry if spec.id.startswith("page.")]
        assert [spec.text for spec in pages][:2] == ["Today", "Labs"]
        shown = []
        for number in range(len(pages), 0, -1):
            press(world.window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
            shown.append((f"page.{world.window.current_page}", world.window.top_bar.title))
        assert shown == [(spec.id, spec.text) for spec in reversed(pages)]

    play(tmp_path, story)


def test_the_last_page_is_shown_again(tmp_path: Path) -> None:
    async def leave(world: WindowWorld) -> None:
        world.window.show_page("health")

    async def come_back(world: WindowWorld) -> None:
        assert world.window.current_page == "health"

    play(tmp_path, leave)
    play(tmp_path, come_back)


def test_a_page_is_made_when_it_is_shown_the_others_afterwards_and_keys_come_in_one_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pages = MainWindow.make_pages_async
    monkeypatch.setattr(MainWindow, "make_pages_async", lambda _window: asyncio.sleep(0))
    keys: list[list[str]] = []

    def begun_with(first: str, then: str) -> Callable[[WindowWorld], Awaitable[None]]:
        async def story(world: WindowWorld) -> None:
            window = world.window
            made = [key for key, frame in window.frames.items() if frame.page is not None]
            assert made == list(window.frames)[: list(window.frames).index(first) + 1]
            assert window.top_bar.title == first.capitalize()
            await make_pages(window)
            assert all(frame.page is not None for frame in window.frames.values())
            keys.append([one.text for one in shortcuts(window.actions_registry)])
            window.show_page(then)

        return story

    async def leave(world: WindowWorld) -> None:
        world.window.show_page("labs")

    play(tmp_path, leave)
    play(tmp_path, begun_with("labs", then="events"))
    play(tmp_path, begun_with("events", then="settings"))
    play(tmp_path, begun_with("settings", then="today"))
    assert keys[0] == keys[1] == keys[2]


def test_a_page_that_is_not_made_yet_can_be_asked_for_one_thing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MainWindow, "make_pages_async", lambda _window: asyncio.sleep(0))

    async def story(world: WindowWorld) -> None:
        world.window.show_page("templates", "default/web")
        page = world.window.page("templates")
        assert isinstance(page, TemplatesPage)
        await until(lambda: page.editor.subject == "default/web")

    play(tmp_path, story)


def test_the_command_field_finds_a_student_and_shows_the_lab(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        world.window.show_page("health")
        press(world.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        field = world.window.top_bar.field.edit
        write(field, "hopper")
        assert [found.title for found in world.window.command.list.suggestions] == ["Grace Hopper"]
        press(field, Qt.Key.Key_Return)
        assert world.window.current_page == "labs"
        assert world.labs.inspector.title.text == "Grace Hopper"
        assert not world.window.command.list.isVisible()

    play(tmp_path, story)


def test_the_command_field_tells_the_labs_of_a_student_apart(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        await world.create("Ada Lovelace", minutes_from_now=24 * 60)
        await until(lambda: world.labs.model.rowCount() == 2)
        press(world.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        write(world.window.top_bar.field.edit, "lovelace")
        remarks = [found.remark for found in world.window.command.list.suggestions if found.title == "Ada Lovelace"]
        assert len(set(remarks)) == len(remarks) == 3

    play(tmp_path, story)


def test_the_command_field_runs_actions_that_make_sense_now(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.choose("Ada Lovelace")
        press(world.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        field = world.window.top_bar.field.edit
        write(field, "run a")
        assert [found.possible for found in world.window.command.list.suggestions if found.title == "Run again"] == [
            False
        ]
        field.clear()
        write(field, "stop")
        press(field, Qt.Key.Key_Return)
        assert world.toasts == ["Stopping Ada Lovelace's lab …"]

    play(tmp_path, story)


def test_a_slash_goes_to_the_search_of_the_page_that_is_shown(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        window = world.window
        for key in window.frames:
            window.show_page(key)
            press(window, Qt.Key.Key_Slash)
            own = window.page(key).search_field()
            edit = own.edit if own is not None else window.top_bar.field.edit
            assert window.focusWidget() is edit, key
            write(edit, "ada")
            press(edit, Qt.Key.Key_Slash)  # what is typed is no shortcut
            assert edit.text() == "ada/", key
            edit.clear()
            press(edit, Qt.Key.Key_Escape)
        assert [key for key in window.frames if window.page(key).search_field() is None] == ["today", "health"]

    play(tmp_path, story)


def test_without_a_field_to_be_seen_a_slash_searches_everything(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.window.show_page("timeline")  # nothing to search in before there is a lab
        press(world.window, Qt.Key.Key_Slash)
        assert world.window.focusWidget() is world.window.top_bar.field.edit

    play(tmp_path, story)


def test_n_opens_the_new_lab_panel_and_escape_closes_it(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.window.show_page("health")
        press(world.window, Qt.Key.Key_N)
        panel = world.assembly.new_lab
        await until(panel.isVisible)
        assert world.window.current_page == "labs"
        press(panel, Qt.Key.Key_Escape)
        assert not panel.isVisible()

    play(tmp_path, story)


def test_a_missing_engine_is_said_calmly_and_data_stays(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        assert not world.window.banner.isVisible()
        world.desk.engine_monitor.report_failure(EngineUnavailable("Docker is not running; start it."))
        await until(world.window.banner.isVisible)
        assert "Docker is not running; start it." in world.window.banner.text
        since = world.desk.engine_monitor.since
        assert since is not None
        said = world.assembly.labs.context.times.date_and_clock(since)  # it may stay away overnight
        assert f"The engine has not answered since {said};" in world.window.banner.text
        assert world.labs.model.rowCount() == 1
        world.window.banner.retry_wanted.emit()
        await until(lambda: not world.window.banner.isVisible())

    play(tmp_path, story)


def test_what_a_former_store_left_is_told_until_it_is_gone(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        banner, action = world.window.former_banner, world.window.actions_registry.action("desk.confirm_containers")
        assert not action.isEnabled()
        await world.leave_former_containers(1)
        assert banner.text.startswith("This store was restored or copied. The container of 1 lab was made before;")
        banner.mine_button.click()
        assert banner.text.startswith("Is no other desk running them?")
        world.engine.remove_by_hand(world.engine.containers[0].container_id)
        assert world.desk.plane is not None
        world.desk.plane.scheduler.wake(everything=True)
        await until(lambda: not banner.isVisible())
        assert not action.isEnabled()

    play(tmp_path, story)


def test_the_card_says_how_much_is_booked(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        card = world.window.rail.engine_card
        await until(lambda: "of 7.5 GiB booked" in card.accessibleName())
        await world.create_running("Ada Lovelace")
        await until(lambda: "0.5 of 7.5 GiB booked" in card.accessibleName())

    play(tmp_path, story, memory=8 * 2**30)


def test_failed_labs_are_counted_in_the_rail(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace")
        await until(lambda: world.phase("Ada Lovelace") == "FAILED")
        button = world.window.rail.button("labs")
        assert (button.badge, button.accessibleDescription()) == (1, "1 failed lab")

    play(tmp_path, story, images=[], registry=[])


def test_every_button_says_what_it_does(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        silent = [
            type(widget).__name__
            for widget in world.window.findChildren(QAbstractButton)
            if widget.isVisibleTo(world.window) and not (widget.text() or widget.toolTip())
        ]
        assert silent == []

    play(tmp_path, story)


def test_the_window_fits_a_screen_of_1024_by_768(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.window.resize(1024, 768)
        await until(lambda: world.window.size().toTuple() == (1024, 768))
        for key in world.window.frames:
            world.window.show_page(key)
            await until(lambda key=key: world.window.page(key).isVisible())
            assert world.window.size().toTuple() == (1024, 768), key

    play(tmp_path, story)


def test_closing_asks_the_application_instead_of_closing(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        asked: list[bool] = []
        world.window.close_wanted.connect(lambda: asked.append(True))
        world.window.close()
        assert asked == [True]
        assert world.window.isVisible()

    play(tmp_path, story)


def test_the_engine_info_names_the_engine(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        assert isinstance(world.desk.engine_monitor.info, EngineInfo)
        assert world.window.rail.engine_card.accessibleName().startswith("Simulated engine")

    play(tmp_path, story)
