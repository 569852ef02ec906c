"""The Events page, as an instructor uses it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from labdesk.labs.students import Student
from labdesk.store.errors import StoreError
from labdesk.store.writes import NewEvent
from labdesk.ui.pages.events.model import EventColumn
from labdesk.ui.pages.events.page import EventsPage
from tests.gui.page_world import PageWorld, click, focusable, play, press, show, until

pytestmark = pytest.mark.usefixtures("qtbot")


async def open_page(world: PageWorld) -> EventsPage:
    page = EventsPage(world.context)
    await show(world, page)
    page.activate()
    await until(lambda: page.toolbar.chips["info"].accessibleName() != "Info")
    return page


async def write(world: PageWorld, *messages: str, severity: str = "info", lab: str = "ada-web") -> None:
    """Add events of one minute ago to the journal; the bus tells the page of them."""
    await world.desk.store.journal.append_async(
        [
            NewEvent(
                type="labinstancerequest.status_updated",
                subject=f"default/{lab}",
                time=world.desk.clock.now() - timedelta(minutes=1),
                severity=severity,
                reason="Told",
                message=message,
                data={"student": "Ada Lovelace"},
                tokens={"lab": lab},
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
        await until(lambda: page.toolbar.match_text == "2 found")

    play(tmp_path, story)


def test_the_number_found_is_true_again_after_another_page_was_looked_at(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "Extended by 30 min.")
        page = await open_page(world)
        page.toolbar.search.set_text("exten")
        await until(lambda: page.toolbar.match_text == "1 found")
        await write(world, "Extended again.")
        await until(lambda: len(sentences(page)) == 2)
        page.deactivate()
        page.activate()
        await until(lambda: page.toolbar.match_text == "2 found")

    play(tmp_path, story)


def test_what_matches_nothing_says_so_and_everything_comes_back(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        page.toolbar.search.set_text("zebra")
        await until(lambda: page.empty.isVisible())
        assert page.empty.heading == "No event matches"
        click(page.clear_button)
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
        before = page.view.rows_in_view()
        await write(world, "new", "newer")
        await until(lambda: page.toolbar.follow.text() == "Paused · 2 new")
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
        await until(lambda: page.toolbar.follow.text() == "Paused · 1 new")
        page.view.verticalScrollBar().setValue(300)
        page.view.verticalScrollBar().setValue(0)
        assert page.toolbar.follow.text() == "Paused · 1 new"

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
        assert page.view.currentIndex().data() == "Ada Lovelace: step 0"

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
        assert page.toolbar.lab_chip.isVisible()
        click(page.toolbar.lab_chip)
        await until(lambda: any(line.startswith("Ada") for line in sentences(page)))
        assert not page.toolbar.lab_chip.isVisible()

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


def test_the_bars_choose_a_minute_by_keys_and_a_stretch_by_mouse(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 2)
        page.histogram.setFocus()
        press(page.histogram, Qt.Key.Key_Left)
        await until(lambda: page.model.rowCount() == 0)
        press(page.histogram, Qt.Key.Key_Left)
        press(page.histogram, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: page.model.rowCount() == 2)
        assert page.toolbar.range_chip.isVisible()
        press(page.histogram, Qt.Key.Key_Escape)
        assert not page.toolbar.range_chip.isVisible()
        click(page.histogram, QPoint(20, 20))
        await until(lambda: page.empty.isVisible())
        click(page.toolbar.range_chip)
        await until(lambda: page.model.rowCount() == 2)

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


def test_every_control_has_a_name(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 1)
        click_row(page, 0)
        page.toolbar.show_lab("ada-web")
        assert [widget for widget in focusable(page) if not widget.accessibleName()] == []

    play(tmp_path, story)
