"""The Events page, as an instructor uses it: what is there, what comes, and how it is laid out."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from labdesk.labs.students import Student
from labdesk.store.errors import StoreError
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.pages.events.model import EventColumn
from labdesk.ui.pages.events.page import EventsPage
from labdesk.ui.pages.events.search import WIDEST
from tests.gui.events_world import chips, open_page, sentences, write
from tests.gui.page_world import PageWorld, at_rest, click, play, press, show, until

pytestmark = pytest.mark.usefixtures("qtbot")


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


def test_columns_that_were_moved_stand_so_in_the_next_window(tmp_path: Path) -> None:
    async def first(world: PageWorld) -> None:
        page = await open_page(world)
        page.view.header.moveSection(page.view.header.visualIndex(EventColumn.LAB), 0)
        page.close_page()

    async def second(world: PageWorld) -> None:
        page = await open_page(world)
        assert page.view.column_order() == ["LAB", "TIME", "SEVERITY", "SENTENCE", "TYPE"]

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


def test_the_chosen_event_is_marked_at_the_left_edge_in_whatever_order_the_columns_are(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        view = page.view
        view.choose(0)
        view.setFocus()
        view.header.moveSection(view.header.visualIndex(EventColumn.LAB), 0)
        picture = view.viewport().grab().toImage()
        marked = [x for x in range(picture.width()) if picture.pixelColor(x, 4) == world.context.theme.colors.accent]
        assert marked == [0, 1]

    play(tmp_path, story)


def test_a_column_sized_by_hand_keeps_its_width_when_the_window_changes(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        header, view = page.view.header, page.view
        header.moveSection(header.visualIndex(EventColumn.LAB), 0)
        edge = QPoint(view.columnWidth(EventColumn.LAB) - 1, header.height() // 2)
        QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
        QTest.mouseMove(header.viewport(), edge + QPoint(40, 0))
        QTest.mouseMove(header.viewport(), edge + QPoint(80, 0))
        QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(80, 0))
        width = view.columnWidth(EventColumn.LAB)
        assert width > edge.x() + 40
        page.resize(page.width() + 300, page.height())
        assert view.columnWidth(EventColumn.LAB) == width

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
