"""Finding events on the Events page: words, severities, values, expressions, one match after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer

from labdesk.store.errors import StoreError
from labdesk.store.journal_reads import MinuteCounts
from labdesk.store.pattern_scan import ScanStep
from tests.gui.events_world import chips, choose_file, open_page, sentences, write
from tests.gui.page_world import PageWorld, click, play, press, until
from tests.gui.page_world import write as type_in

pytestmark = pytest.mark.usefixtures("qtbot")


def test_a_severity_can_be_hidden_and_stays_hidden_for_live_events(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        await write(world, "bad", severity="error")
        page = await open_page(world)
        click(page.toolbar.chips["info"])
        await until(lambda: sentences(page) == ["Ada Lovelace: bad"])
        await write(world, "two")
        await write(world, "worse", severity="error")
        await until(lambda: sentences(page) == ["Ada Lovelace: worse", "Ada Lovelace: bad"])
        assert chips(page) == ["Errors 2", "Warnings 0", "Info 2"]

    play(tmp_path, story)


def test_a_text_filters_old_and_live_events_and_says_how_many(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "Extended by 30 min.", "Ended on time.")
        page = await open_page(world)
        page.toolbar.search.set_text("exten")
        await until(lambda: sentences(page) == ["Ada Lovelace: Extended by 30 min."])
        await write(world, "Ended by itself.", "Extended again.")
        await until(lambda: sentences(page)[0] == "Ada Lovelace: Extended again.")
        await until(lambda: page.toolbar.search.note == "2 found")

    play(tmp_path, story)


def test_the_number_found_is_true_again_after_another_page_was_looked_at(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "Extended by 30 min.")
        page = await open_page(world)
        page.toolbar.search.set_text("exten")
        await until(lambda: page.toolbar.search.note == "1 found")
        await write(world, "Extended again.")
        await until(lambda: len(sentences(page)) == 2)
        page.deactivate()
        page.activate()
        await until(lambda: page.toolbar.search.note == "2 found")

    play(tmp_path, story)


def test_a_hidden_page_counts_nothing_however_much_happens(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "Extended by 30 min.")
        page = await open_page(world)
        page.toolbar.search.set_text("exten")
        await until(lambda: page.toolbar.search.note == "1 found" and not len(world.context.tasks))
        page.hide()
        page.deactivate()
        await write(world, "Extended again.")
        await until(lambda: len(sentences(page)) == 2)
        assert [timer for timer in page.findChildren(QTimer) if timer.isActive()] == []
        page.toolbar.search.set_text("")
        await until(lambda: page.toolbar.chips["info"].accessibleName() == "Info 2" and not len(world.context.tasks))
        await write(world, "Ended on time.")
        await until(lambda: len(sentences(page)) == 3)
        assert page.toolbar.chips["info"].accessibleName() == "Info 2"
        page.show()
        page.activate()
        assert page.toolbar.chips["info"].accessibleName() == "Info 3"
        assert page.histogram.accessibleDescription() == "3 events in the last 6 h"

    play(tmp_path, story)


def test_what_matches_nothing_says_so_and_everything_comes_back(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        page.toolbar.search.set_text("zebra")
        await until(lambda: page.empty.isVisible())
        assert page.empty.heading == "No event matches"
        click(page.empty.all_button)
        await until(lambda: page.view.isVisible() and page.model.rowCount() == 1)
        assert page.toolbar.search.text == ""

    play(tmp_path, story)


def test_a_chip_offers_the_values_there_are_and_filters_by_those_ticked(tmp_path: Path) -> None:
    async def first(world: PageWorld) -> None:
        await write(world, "one", lab="ada-web", course="cs-1")
        await write(world, "two", lab="grace-web", course="cs-2")
        await write(world, "three", lab="emmy-web", course="cs-2")
        page = await open_page(world)
        chip = page.toolbar.filter_chips["course"]
        click(chip)
        chooser = chip.chooser
        await until(lambda: chooser.model.shown == [("cs-1", 1), ("cs-2", 2)])
        assert chooser.isVisible()
        press(chooser.list, Qt.Key.Key_Down)
        press(chooser.list, Qt.Key.Key_Space)
        await until(lambda: len(sentences(page)) == 2)
        assert chip.accessibleName() == "Course: cs-2"
        assert chooser.list.height() == 2 * chooser.list.sizeHintForRow(0)
        assert chooser.height() == chooser.sizeHint().height() < 100
        press(chooser, Qt.Key.Key_Escape)
        assert not chooser.isVisible()
        labs = page.toolbar.filter_chips["lab"]
        click(labs)
        await until(lambda: len(labs.chooser.model.shown) == 3)
        row = [value for value, _ in labs.chooser.model.shown].index("emmy-web")
        click(labs.chooser.list.viewport(), labs.chooser.list.visualRect(labs.chooser.model.index(row)).center())
        labs.chooser.close()
        await until(lambda: sentences(page) == ["Ada Lovelace: three"])
        await write(world, "four", lab="emmy-web", course="cs-2")
        await write(world, "five", lab="emmy-web", course="cs-1")
        await until(lambda: sentences(page) == ["Ada Lovelace: four", "Ada Lovelace: three"])

    async def second(world: PageWorld) -> None:
        page = await open_page(world)
        assert page.toolbar.filter_chips["lab"].accessibleName() == "Lab: emmy-web"
        await until(lambda: len(sentences(page)) == 2)
        chip = page.toolbar.filter_chips["lab"]
        click(chip)
        await until(lambda: chip.chooser.model.shown and chip.chooser.model.shown[0] == ("emmy-web", 3))
        click(chip.chooser.clear_button)
        await until(lambda: len(sentences(page)) == 3)

    play(tmp_path, first)
    play(tmp_path, second)


def test_many_values_are_searched_as_one_types(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        for number in range(12):
            await write(world, "one", lab=f"lab-{number}")
        page = await open_page(world)
        chip = page.toolbar.filter_chips["lab"]
        click(chip)
        await until(lambda: len(chip.chooser.model.shown) == 12)
        assert chip.chooser.search.edit.hasFocus()
        type_in(chip.chooser.search.edit, "-11")
        press(chip.chooser.search.edit, Qt.Key.Key_Return)
        await until(lambda: chip.values == ("lab-11",) and page.model.rowCount() == 1)
        chip.chooser.close()

    play(tmp_path, story)


def test_from_one_match_to_the_next_with_its_place_among_them(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "Extended one.", "Ended.", "Extended two.", "Extended three.")
        page = await open_page(world)
        page.activate()
        search = page.toolbar.search
        type_in(search.edit, "exten")
        press(search.edit, Qt.Key.Key_Return)
        await until(lambda: search.note == "1 of 3")
        assert page.detail.sentence_text == "Extended three."
        press(search.edit, Qt.Key.Key_Return)
        assert (search.note, page.detail.sentence_text) == ("2 of 3", "Extended two.")
        world.context.actions.action("events.next_match").trigger()
        assert (search.note, page.detail.sentence_text) == ("3 of 3", "Extended one.")
        assert not search.next_button.isEnabled()
        click(search.previous_button)
        press(search.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        assert (search.note, page.detail.sentence_text) == ("1 of 3", "Extended three.")
        await write(world, "Extended four.")
        await until(lambda: search.note == "2 of 4")
        page.deactivate()
        assert not world.context.actions.action("events.next_match").isEnabled()

    play(tmp_path, story)


def test_the_next_match_is_fetched_where_the_rows_end(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, *(f"step {number}" for number in range(240)))
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 200)
        page.reader.step(1)
        page.view.choose(199)
        page.reader.step(1)
        await until(lambda: page.view.currentIndex().row() == 200)
        await until(lambda: page.detail.sentence_text == "step 39")

    play(tmp_path, story)


def test_a_regular_expression_finds_newest_first_old_and_live_events(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "Exit code 1.", "Exit code 137.", "Exit code 2.")
        page = await open_page(world)
        search = page.toolbar.search
        click(search.pattern_button)
        search.set_text(r"code \d{3}\.$|CODE 1\.")
        await until(lambda: sentences(page) == ["Ada Lovelace: Exit code 137.", "Ada Lovelace: Exit code 1."])
        await until(lambda: search.note == "2 found")
        await until(lambda: chips(page) == ["Errors 0", "Warnings 0", "Info 2"])
        await write(world, "Exit code 255.", "Exit code 7.")
        await until(lambda: sentences(page)[0] == "Ada Lovelace: Exit code 255.")
        assert search.note == "3 found"
        click(page.toolbar.chips["info"])
        await until(lambda: page.empty.isVisible())
        click(search.pattern_button)
        search.set_text("")
        click(page.toolbar.chips["info"])
        await until(lambda: len(sentences(page)) == 5)
        await until(lambda: chips(page) == ["Errors 0", "Warnings 0", "Info 5"])
        page.close_page()

    play(tmp_path, story)


def test_what_is_no_expression_is_said_at_the_field_and_changes_nothing(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        search = page.toolbar.search
        search.set_text("one")
        await until(lambda: sentences(page) == ["Ada Lovelace: one"])
        click(search.pattern_button)
        search.set_text("o(ne")
        assert search.problem == "missing ), unterminated subpattern at position 1"
        assert search.edit.accessibleDescription() == search.problem
        assert len(sentences(page)) == 1
        page.context.actions.action("events.export_csv").trigger()
        choose_file(page, tmp_path / "a.csv")
        await until(lambda: [toast.text for toast in world.context.toasts.toasts] == ["1 event exported to a.csv"])
        search.set_text("")
        await until(lambda: len(sentences(page)) == 2)
        search.set_text("o(ne)?")
        assert search.problem == ""
        search.set_text("^one$")
        await until(lambda: sentences(page) == ["Ada Lovelace: one"])
        page.close_page()

    play(tmp_path, story)


def test_a_search_that_takes_long_shows_how_far_it_is_and_can_be_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)

    class EndlessScan:
        pattern = "one"

        def __init__(self) -> None:
            self.closed = asyncio.Event()

        async def find_async(self, _query: object, _after: int = 0) -> AsyncGenerator[ScanStep, None]:
            yield ScanStep([1], 1, 100, 995_000, [MinuteCounts(minute, 1, 0, 0)])
            await self.closed.wait()
            raise StoreError("The journal could not be searched; search again.")

        def close(self) -> None:
            self.closed.set()

    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        monkeypatch.setattr(world.desk.store.journal, "open_scan", lambda _pattern: EndlessScan())
        click(page.toolbar.search.pattern_button)
        page.toolbar.search.set_text("one")
        await until(lambda: page.searching.isVisible())
        assert page.searching.label.text() == "Searching: 10,000 of 995,000 events"
        await until(lambda: sentences(page) == ["Ada Lovelace: one"])
        click(page.searching.cancel_button)
        await until(lambda: not page.searching.isVisible() and not len(world.context.tasks))
        assert not page.problem.isVisible()
        assert sentences(page) == ["Ada Lovelace: one"]
        assert page.toolbar.search.note == "1+ found"
        await until(lambda: page.histogram.note.text == "The bars count what was found so far.")
        assert chips(page) == ["Errors 0", "Warnings 0", "Info 1"]

    play(tmp_path, story)
