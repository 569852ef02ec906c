"""The cheat sheet: every key of the registry, found by a word, put away by Escape."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from labdesk.ui.shell.cheat_sheet import CheatSheet
from labdesk.ui.shell.shortcuts import shortcuts
from tests.gui.page_world import click, press, write
from tests.gui.window_world import WindowWorld, play


def open_sheet(world: WindowWorld) -> CheatSheet:
    """Press `?` where nothing is typed."""
    world.window.show_page("labs")
    press(world.labs.view, Qt.Key.Key_Question)
    sheet = world.window.cheat_sheet
    assert sheet.isVisible()
    return sheet


def test_a_question_mark_shows_every_key_under_its_heading(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        sheet = open_sheet(world)
        registry = world.window.actions_registry
        keyed = {(spec.text, registry.key_text(spec.id)) for spec, _ in registry if spec.shortcut}
        assert keyed <= {(one.text, one.keys) for one in sheet.shown}
        groups = [one.group for one in sheet.shown]
        assert groups == sorted(groups, key=groups.index)
        assert list(dict.fromkeys(groups))[:3] == ["Window", "Pages", "Labs"]
        assert ("Create or save what a form says", "Ctrl ⏎") in {(one.text, one.keys) for one in sheet.shown}

    play(tmp_path, story, every_page=True)


def test_a_word_narrows_it_and_nothing_found_is_said(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        sheet = open_sheet(world)
        write(sheet.search.edit, "extend")
        assert [one.text for one in sheet.shown] == ["Extend by 15 min"]
        write(sheet.search.edit, " zebra")
        assert sheet.shown == []
        assert sheet.none_found.isVisible()

    play(tmp_path, story, every_page=True)


def test_escape_puts_it_away_and_the_keyboard_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.labs.view.setFocus()
        sheet = open_sheet(world)
        write(sheet.search.edit, "stop")
        press(sheet.search.edit, Qt.Key.Key_Escape)
        assert sheet.isVisible()
        assert len(sheet.shown) == len(shortcuts(world.window.actions_registry))
        press(sheet.search.edit, Qt.Key.Key_Escape)
        assert not sheet.isVisible()
        assert world.window.focusWidget() is world.labs.view

    play(tmp_path, story, every_page=True)


def test_tab_stays_within_it_and_keys_do_nothing_beneath(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        sheet = open_sheet(world)
        press(sheet.search.edit, Qt.Key.Key_Tab)
        focused = world.window.focusWidget()
        assert focused is not None
        assert sheet.isAncestorOf(focused)
        assert focused is not sheet.search.edit
        press(focused, Qt.Key.Key_X)
        assert world.toasts == []
        press(focused, Qt.Key.Key_Tab)
        assert world.window.focusWidget() is sheet.search.edit

    play(tmp_path, story, every_page=True)


def test_a_click_beside_it_puts_it_away(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        sheet = open_sheet(world)
        click(sheet.card)
        assert sheet.isVisible()
        click(sheet, sheet.rect().bottomLeft())
        assert not sheet.isVisible()

    play(tmp_path, story, every_page=True)
