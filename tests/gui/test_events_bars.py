"""The bars above the events: a stretch of time, how far back, and what they count."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.events_world import chips, open_page, sentences, write
from tests.gui.page_world import PageWorld, click, play, press, until

pytestmark = pytest.mark.usefixtures("qtbot")


def test_the_bars_choose_a_stretch_of_time_by_keys_and_by_mouse(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        ago = timedelta(minutes=6)
        await write(world, "one", "two", ago=ago)
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 2)
        bars = page.histogram
        bars.setFocus()
        press(bars, Qt.Key.Key_Left)
        await until(lambda: page.model.rowCount() == 0)
        press(bars, Qt.Key.Key_Left)
        press(bars, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: page.model.rowCount() == 2)
        assert bars.range_button.isVisible()
        press(bars, Qt.Key.Key_Escape)
        assert not bars.range_button.isVisible()
        click(bars, QPoint(20, 40))
        await until(lambda: page.empty.isVisible())
        click(bars.range_button)
        await until(lambda: page.model.rowCount() == 2)
        there = bars.center_of(world.desk.clock.now() - ago)
        QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=there - QPoint(12, 0))
        QTest.mouseMove(bars, there + QPoint(2, 0))
        QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=there + QPoint(2, 0))
        await until(lambda: page.filters.since is not None and page.model.rowCount() == 2)

    play(tmp_path, story)


def test_the_bars_reach_back_an_hour_to_a_week_and_remember_it(tmp_path: Path) -> None:
    async def first(world: PageWorld) -> None:
        await write(world, "old", ago=timedelta(days=5))
        page = await open_page(world)
        bars = page.histogram
        await until(lambda: bars.accessibleDescription() == "Nothing in the last 6 h")
        click(bars.spans.button("7d"))
        await until(lambda: bars.accessibleDescription() == "1 event in the last 7 d")
        click(bars, bars.center_of(world.desk.clock.now() - timedelta(days=5)))
        await until(lambda: page.filters.since is not None)
        assert page.filters.until - page.filters.since == timedelta(hours=2)
        await until(lambda: sentences(page) == ["Ada Lovelace: old"])
        bars.setFocus()
        press(bars, Qt.Key.Key_Plus)
        assert bars.spans.current == "24h"

    async def second(world: PageWorld) -> None:
        page = await open_page(world)
        assert page.histogram.spans.current == "24h"

    play(tmp_path, first)
    play(tmp_path, second)


def test_bars_and_chips_count_what_an_expression_finds(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        search, bars = page.toolbar.search, page.histogram
        await until(lambda: bars.accessibleDescription() == "2 events in the last 6 h")
        search.set_text("one")
        await until(lambda: bars.accessibleDescription() == "1 event in the last 6 h")
        assert bars.note.text == ""
        click(search.pattern_button)
        search.set_text("^(one|three)$")
        await until(lambda: chips(page) == ["Errors 0", "Warnings 0", "Info 1"])
        assert bars.accessibleDescription() == "1 event in the last 6 h"
        assert bars.note.text == ""
        await write(world, "three", severity="error")
        await until(lambda: chips(page) == ["Errors 1", "Warnings 0", "Info 1"])
        assert bars.accessibleDescription() == "2 events in the last 6 h"
        click(page.toolbar.chips["info"])
        await until(lambda: chips(page) == ["Errors 1", "Warnings 0", "Info"])
        click(search.pattern_button)
        search.set_text("")
        await until(lambda: chips(page) == ["Errors 1", "Warnings 0", "Info 2"])
        page.close_page()

    play(tmp_path, story)
