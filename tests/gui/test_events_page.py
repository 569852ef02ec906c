"""The Events page, as an instructor uses it."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from labdesk.labs.students import Student
from labdesk.store.errors import StoreError
from labdesk.store.pattern_scan import ScanStep
from labdesk.store.writes import NewEvent
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.pages.events.json_view import JsonView
from labdesk.ui.pages.events.model import EventColumn
from labdesk.ui.pages.events.page import EventsPage
from labdesk.ui.pages.events.search import WIDEST
from tests.gui.page_world import PageWorld, at_rest, click, play, press, show, until
from tests.gui.page_world import write as type_in

pytestmark = pytest.mark.usefixtures("qtbot")


async def open_page(world: PageWorld) -> EventsPage:
    page = EventsPage(world.context)
    await show(world, page)
    page.activate()
    await until(lambda: page.toolbar.chips["info"].accessibleName() != "Info")
    await until(lambda: page.model.rowCount() or page.empty.heading)
    return page


async def write(
    world: PageWorld,
    *messages: str,
    severity: str = "info",
    lab: str = "ada-web",
    ago: timedelta = timedelta(minutes=1),
    **tokens: str,
) -> None:
    """Add events of a while ago to the journal; the bus tells the page of them."""
    await world.desk.store.journal.append_async(
        [
            NewEvent(
                type="labinstancerequest.status_updated",
                subject=f"default/{lab}",
                time=world.desk.clock.now() - ago,
                severity=severity,
                reason="Told",
                message=message,
                data={"student": "Ada Lovelace"},
                tokens={"lab": lab, **tokens},
            )
            for message in messages
        ]
    )


def sentences(page: EventsPage) -> list[str]:
    return [str(page.model.index(row, EventColumn.SENTENCE).data()) for row in range(page.model.rowCount())]


def chips(page: EventsPage) -> list[str]:
    return [chip.accessibleName() for chip in page.toolbar.chips.values()]


def click_row(page: EventsPage, row: int) -> None:
    center = page.view.visualRect(page.model.index(row, EventColumn.SENTENCE)).center()
    click(page.view.viewport(), center)


def test_a_lab_s_life_appears_as_it_happens_student_first(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        assert page.empty.heading == "Nothing has happened yet"
        await world.add_templates("shell")
        await world.desk.commands.create_labs_async("shell", [Student("ada@example.edu", "Ada Lovelace")], None, 60)
        await until(lambda: "Ada Lovelace: Ready." in sentences(page))
        told = [line for line in reversed(sentences(page)) if line.startswith("Ada Lovelace")]
        assert told[:2] == ["Ada Lovelace: Starts now.", "Ada Lovelace: Preparing the container."]
        assert sentences(page)[-1] == "The template shell was created."

    play(tmp_path, story)


def test_an_empty_log_offers_the_first_lab_and_one_without_a_match_all_events(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        wanted: list[str] = []
        new_lab = ActionSpec("lab.new", "New lab", "Labs", Undoing.INVERSE, "N", "mdi6.plus")
        world.context.actions.add(new_lab, lambda: wanted.append("lab"))
        page = await open_page(world)
        (button,) = [one for one in page.empty.findChildren(QAbstractButton) if one.isVisible()]
        assert button.text() == "New lab"
        click(button)
        assert wanted == ["lab"]
        page.toolbar.search.set_text("zebra")
        await until(lambda: page.empty.heading == "No event matches")
        assert [one for one in page.empty.findChildren(QAbstractButton) if one.isVisible()] == [page.empty.all_button]

    play(tmp_path, story)


def test_events_of_before_are_there_with_counts(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        await write(world, "bad", severity="error")
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 3)
        assert sentences(page) == ["Ada Lovelace: bad", "Ada Lovelace: two", "Ada Lovelace: one"]
        assert chips(page) == ["Errors 1", "Warnings 0", "Info 2"]
        await write(world, "careful", severity="warning")
        await until(lambda: chips(page) == ["Errors 1", "Warnings 1", "Info 2"])

    play(tmp_path, story)


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


def test_scrolled_away_new_events_wait_and_are_counted_and_nothing_moves(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, *(f"step {number}" for number in range(120)))
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 120)
        assert page.toolbar.follow.text() == "Following"
        bar = page.view.verticalScrollBar()
        await until(lambda: bar.maximum() > 600)
        bar.setValue(600)
        before = await at_rest(page.view.rows_in_view)
        await write(world, "new", "newer")
        await until(lambda: page.toolbar.follow.text() == "2 new")
        assert page.view.rows_in_view() == before
        assert bar.value() == 600
        click(page.toolbar.follow)
        assert page.toolbar.follow.text() == "Following"
        assert sentences(page)[0] == "Ada Lovelace: newer"
        assert bar.value() == 0

    play(tmp_path, story)


def test_going_back_to_the_newest_follows_again_but_not_after_a_pause_by_hand(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, *(f"step {number}" for number in range(120)))
        page = await open_page(world)
        await until(lambda: page.view.verticalScrollBar().maximum() > 600)
        page.view.verticalScrollBar().setValue(600)
        await write(world, "new")
        await until(lambda: page.feed.pending == 1)
        page.view.verticalScrollBar().setValue(0)
        assert sentences(page)[0] == "Ada Lovelace: new"
        click(page.toolbar.follow)
        await write(world, "newer")
        await until(lambda: page.toolbar.follow.text() == "1 new")
        page.view.verticalScrollBar().setValue(300)
        page.view.verticalScrollBar().setValue(0)
        assert page.toolbar.follow.text() == "1 new"

    play(tmp_path, story)


def test_older_events_come_as_one_goes_down(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, *(f"step {number}" for number in range(900)))
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 200)
        page.view.setFocus()
        press(page.view, Qt.Key.Key_End)
        await until(lambda: page.model.rowCount() == 700)
        press(page.view, Qt.Key.Key_End)
        await until(lambda: page.model.rowCount() == 900)
        press(page.view, Qt.Key.Key_End)
        assert page.view.currentIndex().row() == 899
        oldest = page.model.index(899, EventColumn.SENTENCE)
        await until(lambda: oldest.data() == "Ada Lovelace: step 0")

    play(tmp_path, story)


def test_an_event_opens_in_full_and_can_be_copied(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        await world.add_templates("shell")
        await world.desk.commands.create_labs_async("shell", [Student("ada@example.edu", "Ada Lovelace")], None, 60)
        await until(lambda: "Ada Lovelace: Ready." in sentences(page))
        assert not page.detail.isVisible()
        click_row(page, sentences(page).index("Ada Lovelace: Ready."))
        assert page.detail.isVisible()
        assert page.detail.title.text == "Ada Lovelace"
        assert page.detail.sentence_text == "Ready."
        assert page.detail.transition_text == "Provisioning → Running"
        click(page.detail.copy_button)
        copied = json.loads(world.desktop.copied[-1])
        assert copied["type"] == "labinstancerequest.status_updated"
        assert copied["subject"] == "default/ada-lovelace-shell"
        assert (copied["data"]["oldPhase"], copied["data"]["phase"]) == ("PROVISIONING", "RUNNING")
        assert page.detail.json_text == world.desktop.copied[-1]
        press(page.detail, Qt.Key.Key_Escape)
        assert not page.detail.isVisible()
        assert page.view.hasFocus()

    play(tmp_path, story)


@pytest.mark.parametrize("width", [1198, 930])
def test_opening_an_event_moves_nothing_beneath_the_pointer(tmp_path: Path, width: int) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        page.resize(width, 700)
        await until(lambda: page.model.rowCount() == 2 and page.width() == width)
        await until(lambda: page.toolbar.height() == page.toolbar.sizeHint().height() < page.histogram.y())
        before = page.view.mapTo(page, QPoint(0, 0)).y()
        click_row(page, 1)
        await until(page.detail.isVisible)
        await until(lambda: page.detail.height() == page.height())
        assert page.view.mapTo(page, QPoint(0, 0)).y() == before
        assert page.toolbar.search.geometry().right() <= page.toolbar.width()

    play(tmp_path, story)


def test_the_tools_fill_a_row_of_their_own_where_one_is_not_enough(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        search, follow = page.toolbar.search, page.toolbar.follow
        page.resize(930, 700)
        await until(lambda: page.width() == 930 and search.geometry().left() == 0)
        await until(lambda: 0 < follow.geometry().left() - search.geometry().right() < 24)
        search.show_problem("missing ), unterminated subpattern at position 0")
        assert search.hint.width() == WIDEST < search.width()  # a remark is read, not stretched
        assert search.hint.mapTo(page.window(), QPoint()).x() == search.mapTo(page.window(), QPoint()).x()
        search.show_problem("")
        page.resize(1600, 700)
        await until(lambda: page.width() == 1600 and search.width() == WIDEST and search.geometry().left() > 0)

    play(tmp_path, story)


def test_a_lab_of_the_usual_namespace_is_called_by_its_name_and_its_tip_says_all(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 1)
        cell = page.model.index(0, EventColumn.LAB)
        assert cell.data() == "ada-web"
        assert cell.data(Qt.ItemDataRole.ToolTipRole) == "default/ada-web"

    play(tmp_path, story)


def test_a_name_however_long_leaves_room_for_the_sentence(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        await world.desk.commands.create_labs_async("shell", [Student("ada@example.edu", "A" * 150)], None, 60)
        page = await open_page(world)
        await until(lambda: any(line.endswith(": Ready.") for line in sentences(page)))
        cells = [page.view.visualRect(page.model.index(row, EventColumn.SENTENCE)) for row in (0, 1)]
        ends = [page.view.viewport().grab(one.adjusted(one.width() // 2 + 16, 4, -4, -4)).toImage() for one in cells]
        assert ends[0] != ends[1], "what is seen beyond equal names are different sentences"

    play(tmp_path, story)


def test_choosing_values_moves_nothing_beneath_the_chips(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", lab="a-lab-with-a-name-that-is-long-enough", course="a-course-with-a-long-name")
        page = await open_page(world)
        page.resize(1198, 700)
        await until(lambda: page.histogram.y() > page.toolbar.height() >= page.toolbar.sizeHint().height())
        before = page.histogram.y()
        for name, value in (("lab", "a-lab-with-a-name-that-is-long-enough"), ("course", "a-course-with-a-long-name")):
            chip = page.toolbar.filter_chips[name]
            chip.changed.emit((value,))
            chip.set_values((value,))
            page.toolbar.show_counts({"info": 1})
            assert chip.toolTip() == f"Only {value}"
        assert page.toolbar.filter_chips["lab"].text() == "Lab: 1"
        await until(lambda: page.toolbar.height() == page.toolbar.sizeHint().height())
        assert page.histogram.y() == before
        page.resize(2_000, 700)
        await until(lambda: page.toolbar.filter_chips["lab"].text().startswith("Lab: a-lab-w"))

    play(tmp_path, story)


def test_the_frame_ends_with_the_last_event(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        row = page.view.rowHeight(0)
        await until(lambda: page.view.viewport().height() == 2 * row)
        await write(world, *(f"event {number}" for number in range(60)))
        await until(lambda: page.view.viewport().height() > 10 * row)
        assert page.view.mapTo(page, page.view.rect().bottomLeft()).y() < page.height()

    play(tmp_path, story)


def test_a_broken_line_of_the_cloud_event_goes_on_further_in(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "It is over.")
        page = await open_page(world)
        click_row(page, 0)
        await until(page.detail.isVisible)
        view = page.detail.findChild(JsonView)
        assert view is not None
        block = view.document().begin().next()  # `  "specversion": "1.0",`
        margin, indent = block.blockFormat().leftMargin(), block.blockFormat().textIndent()
        assert margin == -indent > 0
        assert block.next().next().blockFormat().leftMargin() == margin  # as deep, and as far in
        assert view.height() >= view.document().size().height()
        assert 'It is over."' in view.toPlainText()  # no place to break between a sentence and what closes it
        view.selectAll()
        QTest.keySequence(view, QKeySequence.StandardKey.Copy)
        assert world.desktop.copied == [page.detail.json_text]
        assert json.loads(page.detail.json_text)["data"] == {"reason": "Told", "message": "It is over.", "student": ANY}

    play(tmp_path, story)


def test_from_an_event_to_its_lab_or_to_all_events_of_that_lab(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        labs = await world.desk.commands.create_labs_async(
            "shell", [Student("ada@example.edu", "Ada"), Student("grace@example.edu", "Grace")], None, 60
        )
        page = await open_page(world)
        await until(lambda: "Grace: Ready." in sentences(page))
        click_row(page, sentences(page).index("Grace: Ready."))
        click(page.detail.show_lab_button)
        await until(lambda: world.navigated)
        assert world.navigated == [("labs", labs[1].metadata.uid)]
        click(page.detail.only_lab_button)
        await until(lambda: page.model.rowCount() and all("ada" not in line.lower() for line in sentences(page)))
        chip = page.toolbar.filter_chips["lab"]
        assert chip.accessibleName() == "Lab: grace-shell"
        press(chip, Qt.Key.Key_Delete)
        await until(lambda: any(line.startswith("Ada") for line in sentences(page)))
        assert (chip.accessibleName(), chip.isChecked()) == ("Lab", False)

    play(tmp_path, story)


def test_the_chosen_event_stays_chosen_while_others_come(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 2)
        click_row(page, 1)
        await write(world, "three")
        await until(lambda: page.model.rowCount() == 3)
        assert page.view.currentIndex().row() == 2
        assert page.view.currentIndex().siblingAtColumn(EventColumn.SENTENCE).data() == "Ada Lovelace: one"
        assert page.detail.sentence_text == "one"

    play(tmp_path, story)


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
        assert chips(page) == ["Errors", "Warnings", "Info"]
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


def test_the_bars_say_that_they_count_more_than_an_expression_finds(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        search, bars = page.toolbar.search, page.histogram
        await until(lambda: bars.accessibleDescription() == "2 events in the last 6 h")
        search.set_text("one")
        await until(lambda: bars.accessibleDescription() == "1 event in the last 6 h")
        assert bars.note.text == ""
        click(search.pattern_button)
        await until(lambda: bars.accessibleDescription().startswith("2 events in the last 6 h. "))
        assert bars.note.text == "The bars count all events, found by the expression or not."
        await until(lambda: sentences(page) == ["Ada Lovelace: one"])
        click(search.pattern_button)
        await until(lambda: bars.accessibleDescription() == "1 event in the last 6 h")
        assert bars.note.text == ""
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
    class EndlessScan:
        def __init__(self) -> None:
            self.closed = asyncio.Event()

        async def find_async(self, _query: object, _after: int = 0) -> AsyncGenerator[ScanStep, None]:
            yield ScanStep([1], 1, 100, 995_000)
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

    play(tmp_path, story)


def choose_file(page: EventsPage, file: Path) -> None:
    """Choose in the open dialog as a person does."""
    dialog = page.exports.dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(file))
    dialog.close()


def test_what_is_shown_is_exported_as_json_lines_or_csv(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, 'Said "no", twice.', "=two")
        await write(world, "bad", severity="error")
        page = await open_page(world)
        click(page.toolbar.chips["error"])
        await until(lambda: len(sentences(page)) == 2)
        lines, sheet = tmp_path / "a.jsonl", tmp_path / "a.csv"
        page.toolbar.menu.actions()[0].trigger()
        choose_file(page, lines)
        await until(lambda: [toast.text for toast in world.context.toasts.toasts] == ["2 events exported to a.jsonl"])
        journal = world.desk.store.journal
        assert lines.read_text().splitlines() == [event.to_json() for event in await journal.after_async(0, 2)]
        world.context.actions.action("events.export_csv").trigger()
        assert world.navigated == [("events", "")]
        choose_file(page, sheet)
        await until(lambda: world.context.toasts.toasts[-1].text == "2 events exported to a.csv")
        with sheet.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["message"] for row in rows] == ['Said "no", twice.', "'=two"]
        assert list(rows[0]) == ["time", "severity", "type", "subject", "student", "message", "reason"]
        assert (rows[0]["student"], rows[0]["reason"], rows[0]["subject"]) == (
            "Ada Lovelace",
            "Told",
            "default/ada-web",
        )
        assert datetime.fromisoformat(rows[0]["time"]).utcoffset() == timedelta(0)
        assert not page.exporting.isVisible()

    play(tmp_path, story)


def test_an_export_that_is_cancelled_or_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        folder = tmp_path / "exports"
        folder.mkdir()
        begun, never = asyncio.Event(), asyncio.Event()

        async def wait(*_arguments: object) -> list[object]:
            begun.set()
            await never.wait()
            return []

        with monkeypatch.context() as patch:
            patch.setattr(world.desk.store.journal, "oldest_async", wait)
            page.context.actions.action("events.export_csv").trigger()
            choose_file(page, folder / "a.csv")
            await begun.wait()
            assert page.exporting.isVisible()
            click(page.exporting.cancel_button)
            await until(lambda: not page.exporting.isVisible())
        await until(lambda: not list(folder.iterdir()))
        page.context.actions.action("events.export_csv").trigger()
        choose_file(page, tmp_path / "nowhere" / "a.csv")
        await until(lambda: page.problem.isVisible())
        assert "cannot be written" in page.problem.text

    play(tmp_path, story)


def test_the_type_column_is_shown_on_request_and_remembered(tmp_path: Path) -> None:
    async def first(world: PageWorld) -> None:
        page = await open_page(world)
        assert page.view.isColumnHidden(EventColumn.TYPE)
        page.toolbar.type_action.trigger()
        assert not page.view.isColumnHidden(EventColumn.TYPE)
        page.close_page()

    async def second(world: PageWorld) -> None:
        page = await open_page(world)
        assert not page.view.isColumnHidden(EventColumn.TYPE)

    play(tmp_path, first)
    play(tmp_path, second)


def test_the_headings_and_the_command_field_offer_the_type_column(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        page.view.header.customContextMenuRequested.emit(QPoint(40, 8))
        assert page.toolbar.menu.isVisible()
        assert page.toolbar.type_action in page.toolbar.menu.actions()
        page.toolbar.menu.close()
        world.context.actions.action("events.types").trigger()
        assert not page.view.isColumnHidden(EventColumn.TYPE)

    play(tmp_path, story)


def test_following_is_an_action_of_its_own(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        world.context.actions.action("events.follow").trigger()
        assert page.toolbar.follow.text() == "Paused"
        assert world.navigated == [("events", "")]

    play(tmp_path, story)


def test_a_journal_that_cannot_be_read_is_told_in_place_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")

        async def refuse(*_arguments: object) -> list[object]:
            raise StoreError("The store cannot be read; check the disk.")

        page = EventsPage(world.context)
        await show(world, page)
        with monkeypatch.context() as patch:
            patch.setattr(world.desk.store.journal, "search_async", refuse)
            page.activate()
            await until(lambda: page.problem.isVisible())
        assert page.problem.text == "The store cannot be read; check the disk."
        click(page.retry_button)
        await until(lambda: sentences(page) == ["Ada Lovelace: one"])
        assert not page.problem.isVisible()

    play(tmp_path, story)
