"""The Timeline page in the whole window, by wheel, hand and keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from labdesk.labs.students import Student
from labdesk.ui.life.scale import TimeScale
from labdesk.ui.pages.timeline.chart import OVERVIEW_BELOW
from labdesk.ui.pages.timeline.page import TimelinePage
from labdesk.ui.pages.timeline.rows import Heading
from labdesk.ui.pages.timeline.table_model import TimelineColumn
from tests.gui.page_world import click, focusable, press, until
from tests.gui.window_world import WindowWorld, play


def page_of(world: WindowWorld) -> TimelinePage:
    """Show the page and return it."""
    world.window.show_page("timeline")
    page = world.window.page("timeline")
    assert isinstance(page, TimelinePage)
    return page


def with_labs(
    story: Callable[[WindowWorld, TimelinePage], Awaitable[None]],
) -> Callable[[WindowWorld], Awaitable[None]]:
    """Ada runs, Grace is planned, Alan is in another course."""

    async def whole(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        await world.create("Grace Hopper", minutes_from_now=30)
        start = world.desk.clock.now() + timedelta(minutes=10)
        people = [Student("alan@example.edu", "Alan Turing")]
        await world.desk.commands.create_labs_async("web", people, start, 45, labels={"labdesk/course": "cs-101"})
        await until(lambda: world.labs.model.total == 3)
        page = page_of(world)
        await until(lambda: len(page.entries) == 5)
        await story(world, page)

    return whole


def middle_of(page: TimelinePage, student: str) -> QPoint:
    """A point on a student's row, at the line of now."""
    place = next(n for n, entry in enumerate(page.entries.all()) if getattr(entry, "student", "") == student)
    chart = page.chart
    x = chart.body.left() + round(chart.view.scale.x(chart.view.now))
    return QPoint(x, chart.body.top() + round(chart.view.rows.top(place) + chart.view.rows.height / 2))


def wheel(
    page: TimelinePage, at: QPoint, steps: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(page.chart.mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(page.chart, event)


def test_labs_stand_in_rows_under_their_courses(tmp_path: Path) -> None:
    async def story(_world: WindowWorld, page: TimelinePage) -> None:
        shown = [entry.course if isinstance(entry, Heading) else entry.student for entry in page.entries.all()]
        assert shown == ["cs-101", "Alan Turing", "", "Ada Lovelace", "Grace Hopper"]
        click(page.toolbar.group_chip)
        assert not any(isinstance(entry, Heading) for entry in page.entries.all())

    play(tmp_path, with_labs(story))


def test_the_wheel_zooms_at_the_cursor_and_scrolls_over_the_names(tmp_path: Path) -> None:
    async def story(_world: WindowWorld, page: TimelinePage) -> None:
        view, at = page.chart.view, QPoint(page.chart.body.left() + 300, 80)
        moment, span = view.scale.moment(300), view.span
        wheel(page, at, 1)
        assert view.span == pytest.approx(span / 1.25)
        assert view.scale.moment(300) == pytest.approx(moment)
        wheel(page, QPoint(5, 80), -1)
        assert view.span == pytest.approx(span / 1.25)
        wheel(page, at, -1, Qt.KeyboardModifier.ShiftModifier)
        assert view.scale.moment(300) > moment

    play(tmp_path, with_labs(story))


def test_dragging_pans_and_opens_nothing(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        chart, begin = page.chart, page.chart.view.scale.begin
        at = middle_of(page, "Ada Lovelace")
        QTest.mousePress(chart, Qt.MouseButton.LeftButton, pos=at)
        for step in (10, 60, 120):
            QTest.mouseMove(chart, at - QPoint(step, 0))
        event_at = at - QPoint(120, 0)
        QTest.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=event_at)
        assert chart.view.scale.begin - begin == pytest.approx(120 * chart.view.scale.per_pixel)
        assert not chart.view.following
        assert world.window.current_page == "timeline"
        click(page.toolbar.now_button)
        assert chart.view.following

    play(tmp_path, with_labs(story))


def test_a_click_shows_the_lab_and_the_view_is_as_it_was_when_one_comes_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        press(page.chart, Qt.Key.Key_Plus)
        span = page.chart.view.span
        assert span == pytest.approx(3 * 3_600 / 1.5)
        click(page.chart, middle_of(page, "Grace Hopper"))
        assert world.window.current_page == "labs"
        assert world.labs.inspector.title.text == "Grace Hopper"
        page_of(world)
        assert page.chart.view.span == pytest.approx(span, rel=0.03)

    play(tmp_path, with_labs(story))


def test_keys_do_all_that_the_mouse_does(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        chart = page.chart
        chart.setFocus(Qt.FocusReason.TabFocusReason)
        begin, span = chart.view.scale.begin, chart.view.span
        press(chart, Qt.Key.Key_Right)
        assert chart.view.scale.begin > begin
        press(chart, Qt.Key.Key_Minus)
        assert chart.view.span > span
        press(chart, Qt.Key.Key_Home)
        assert chart.view.following
        press(chart, Qt.Key.Key_F)
        assert chart.view.fitted
        for _ in range(2):
            press(chart, Qt.Key.Key_Down)
        assert "Student: Ada Lovelace" in chart.accessibleDescription()
        press(chart, Qt.Key.Key_Return)
        assert world.labs.inspector.title.text == "Ada Lovelace"

    play(tmp_path, with_labs(story))


def test_pointing_at_a_lab_tells_its_life(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        QTest.mouseMove(page.chart, middle_of(page, "Ada Lovelace"))
        assert page.card.isVisible()
        assert page.card.title.text() == "Ada Lovelace"
        assert page.card.life.rows[0].text == "Planned"
        assert page.card.life.rows[-1].text == "Running"
        await world.desk.commands.stop_async([world.row("Ada Lovelace").key])
        await until(lambda: page.card.life.rows[-1].text == "Completed")
        QTest.mouseMove(page.chart, QPoint(3, 3))
        assert not page.card.isVisible()

    play(tmp_path, with_labs(story))


def test_a_course_folds_and_a_chip_shows_it_alone(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        click(page.chart, QPoint(20, page.chart.body.top() + 10))
        assert page.entries.place_of(world.row("Alan Turing").uid) == -1
        click(page.toolbar.course_chips[0])
        assert page.entries.shown_labs == 1
        page.toolbar.search.set_text("nobody")
        assert page.empty.isVisible()
        assert page.empty.heading == "No lab matches"
        click(page.empty.button)
        assert page.entries.shown_labs == 3

    play(tmp_path, with_labs(story))


def test_the_table_says_the_same_in_words(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        click(page.toolbar.table_button)
        assert page.table.isVisible()
        rows = texts_of(page, TimelineColumn.PHASE, TimelineColumn.STUDENT, TimelineColumn.TEMPLATE)
        assert rows == [
            ["Pending", "Alan Turing", "web"],
            ["Running", "Ada Lovelace", "web"],
            ["Pending", "Grace Hopper", "web"],
        ]
        assert texts_of(page, TimelineColumn.COURSE) == [["cs-101"], ["—"], ["—"]]
        assert not page.table.isColumnHidden(TimelineColumn.COURSE)
        click(page.toolbar.course_chips[0])
        assert page.table.isColumnHidden(TimelineColumn.COURSE)  # all are of that one
        click(page.toolbar.all_chip)
        assert not page.table.isColumnHidden(TimelineColumn.COURSE)
        zoom = world.window.actions_registry.action("timeline.zoom_in")
        assert not zoom.isEnabled()
        page.table.setFocus(Qt.FocusReason.TabFocusReason)
        press(page.table, Qt.Key.Key_Down)
        press(page.table, Qt.Key.Key_Return)
        assert world.labs.inspector.title.text == "Ada Lovelace"
        page_of(world)
        click(page.toolbar.table_button)
        assert page.chart.isVisible()
        assert zoom.isEnabled()

    play(tmp_path, with_labs(story))


def test_the_table_tells_what_is_expected_and_why_a_lab_failed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes=60)
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")
        await world.create("Grace Hopper", minutes=60)  # there is no room beside Ada's
        await until(lambda: world.row("Grace Hopper").until > 0)
        page = page_of(world)
        page.show_table(True)
        (ada,), (grace,) = texts_of(page, TimelineColumn.RUNNING)
        times, row = world.assembly.context.times, world.row("Ada Lovelace")
        begin, end = (times.clock(datetime.fromtimestamp(moment, UTC)) for moment in (row.began, row.ends))
        assert ada == f"{begin}, until {end}"
        assert grace.startswith(f"expected {end} to ")
        assert texts_of(page, TimelineColumn.MESSAGE)[1][0].startswith("Engine full")
        model = page.table_model
        tip = model.index(0, TimelineColumn.RUNNING).data(Qt.ItemDataRole.ToolTipRole)
        assert tip == times.exact(datetime.fromtimestamp(row.began, UTC))

    play(tmp_path, story, memory=1_200 * 2**20)


def test_chart_and_table_are_on_the_same_lab(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        page.chart.setFocus(Qt.FocusReason.TabFocusReason)
        press(page.chart, Qt.Key.Key_Down)
        press(page.chart, Qt.Key.Key_Down)
        assert page.chart.current_uid == world.row("Ada Lovelace").uid
        click(page.toolbar.table_button)
        assert page.table.current_uid == world.row("Ada Lovelace").uid
        press(page.table, Qt.Key.Key_Down)
        click(page.toolbar.table_button)
        assert page.chart.current_uid == world.row("Grace Hopper").uid

    play(tmp_path, with_labs(story))


def test_nothing_stands_over_the_labs_while_the_wheel_zooms(tmp_path: Path) -> None:
    async def story(_world: WindowWorld, page: TimelinePage) -> None:
        at = middle_of(page, "Ada Lovelace")
        QTest.mouseMove(page.chart, at)
        assert page.card.isVisible()
        wheel(page, at, 1)
        assert not page.card.isVisible()
        QTest.mouseMove(page.chart, at + QPoint(1, 0))
        assert page.card.isVisible()
        press(page.chart, Qt.Key.Key_F)
        assert not page.card.isVisible()

    play(tmp_path, with_labs(story))


def test_a_lab_that_ran_before_says_how_often(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        card, row = page.card, world.row("Ada Lovelace")
        for earlier, words in ((1, "once"), (3, "3 times")):
            card.show_lab(row, earlier, world.desk.clock.now(), QPoint(10, 10), page.rect())
            assert (card.life.rows[0].text, card.life.rows[0].remark) == ("Ran before", words)

    play(tmp_path, with_labs(story))


def test_a_lab_out_of_view_says_at_the_edge_where_it_is(tmp_path: Path) -> None:
    async def story(_world: WindowWorld, page: TimelinePage) -> None:
        chart, edge = page.chart, 120
        chart.set_span(1_800)
        at = middle_of(page, "Grace Hopper")
        left, right = (QRect(x, at.y() - 9, edge, 18) for x in (chart.body.left() + 1, chart.body.right() - edge))
        assert has_ink(page, right)  # she is planned for later
        chart.pan(8 * chart.body.width())
        assert has_ink(page, left)

    play(tmp_path, with_labs(story))


def test_courses_are_named_however_low_the_rows_are(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        people = [Student(f"s{number}@example.edu") for number in range(80)]
        start = world.desk.clock.now() + timedelta(hours=2)
        await world.desk.commands.create_labs_async("web", people, start, 60, labels={"labdesk/course": "cs-101"})
        await until(lambda: world.labs.model.total == 80)
        page = page_of(world)
        page.chart.fit()
        assert OVERVIEW_BELOW < page.chart.view.rows.height < 12
        body = page.chart.body
        assert has_ink(page, QRect(8, body.top() + 2, 60, 14))

    play(tmp_path, story)


def has_ink(page: TimelinePage, area: QRect) -> bool:
    """Whether words stand there: something that is neither ground nor thin line."""
    theme, picture = page.context.theme, page.chart.grab(area).toImage()
    inks = {theme.colors.text.rgb(), theme.colors.text_muted.rgb()}
    return any(picture.pixel(x, y) in inks for x in range(picture.width()) for y in range(picture.height()))


def texts_of(page: TimelinePage, *columns: TimelineColumn) -> list[list[str]]:
    """What the table says in these columns."""
    model = page.table_model
    return [[model.index(row, column).data() for column in columns] for row in range(model.rowCount())]


def test_what_was_chosen_is_remembered(tmp_path: Path) -> None:
    async def leave(_world: WindowWorld, page: TimelinePage) -> None:
        page.chart.zoom(2)
        click(page.toolbar.group_chip)
        click(page.toolbar.table_button)

    async def come_back(world: WindowWorld) -> None:
        page = page_of(world)
        assert page.chart.view.span == pytest.approx(1.5 * 3_600, rel=0.05)
        assert not page.entries.filter.grouped
        assert page.shows_table

    play(tmp_path, with_labs(leave))
    play(tmp_path, come_back)


def test_a_lab_that_runs_again_keeps_its_first_run_in_the_picture(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        key = world.row("Ada Lovelace").key
        await world.desk.commands.stop_async([key])
        await until(lambda: world.phase("Ada Lovelace") == "COMPLETED")
        await world.desk.commands.run_again_async([key])
        await until(lambda: world.row("Ada Lovelace").incarnation == 2 and world.phase("Ada Lovelace") == "RUNNING")
        await until(lambda: page.history.runs_before(world.row("Ada Lovelace")))
        (run,) = page.history.runs_before(world.row("Ada Lovelace"))
        assert (run.incarnation, run.phase) == (1, "COMPLETED")

    play(tmp_path, with_labs(story))


def test_hundreds_of_labs_fit_into_one_picture_made_between_turns(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        people = [Student(f"s{number}@example.edu") for number in range(300)]
        start = world.desk.clock.now() + timedelta(hours=2)
        await world.desk.commands.create_labs_async("web", people, start, 60)
        await until(lambda: world.labs.model.total == 300)
        page = page_of(world)
        page.chart.fit()
        assert page.chart.uses_overview
        await until(lambda: page.chart.overview.picture() is not None and not page.chart.overview.is_busy)
        made = page.chart.overview.picture()
        page.chart.pan(40)
        page.chart.grab()
        assert page.chart.overview.picture() is made
        wheel(page, QPoint(page.chart.body.left() + 300, 200), 1)
        assert not page.chart.uses_overview

    play(tmp_path, story)


def test_a_change_is_in_the_picture_of_all_labs_without_a_new_picture(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        people = [Student(f"s{number}@example.edu") for number in range(300)]
        start = world.desk.clock.now() + timedelta(hours=2)
        labs = await world.desk.commands.create_labs_async("web", people, start, 60)
        await until(lambda: world.labs.model.total == 300)
        page = page_of(world)
        page.chart.fit()
        overview = page.chart.overview

        def still_shown(made: tuple[QPixmap, TimeScale]) -> bool:
            shown = overview.picture()
            return shown is not None and shown[0] is made[0]

        for lab in labs[200:205]:  # what the labs themselves still do may ask for a new one: then the next change tells
            await until(lambda: overview.picture() is not None and not overview.is_busy)
            made = overview.picture()
            assert made is not None
            before = made[0].toImage()
            await world.desk.commands.stop_async([lab.key])
            await until(lambda made=made, before=before: not still_shown(made) or made[0].toImage() != before)
            if still_shown(made):
                return
        raise AssertionError("every change made a new picture")

    play(tmp_path, story)


def test_courses_that_have_no_room_are_in_the_menu(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        courses = [f"course-with-a-name-{number}" for number in range(6)]
        start = world.desk.clock.now() + timedelta(minutes=10)
        for course in courses:
            people = [Student(f"{course}@example.edu")]
            await world.desk.commands.create_labs_async("web", people, start, 45, labels={"labdesk/course": course})
        await until(lambda: len(page.entries.courses) == 7)
        assert page.toolbar.more_button.isVisible()
        visible = [chip for chip in page.toolbar.course_chips if chip.isVisible()]
        assert 0 < len(visible) < 7
        world.window.resize(1_120, 700)
        await until(lambda: len([chip for chip in page.toolbar.course_chips if chip.isVisible()]) < len(visible))
        shown = [widget for widget in page.toolbar.tab_stops() if widget.isVisible()]
        ends = [widget.mapTo(page.toolbar, widget.rect().topRight()).x() for widget in shown]
        assert max(ends) <= page.toolbar.width()
        page.toolbar.choose_course(courses[5])
        assert page.toolbar.more_button.isChecked()
        assert page.entries.shown_labs == 1

    play(tmp_path, with_labs(story))


def test_nothing_moves_while_nobody_looks(tmp_path: Path) -> None:
    async def story(world: WindowWorld, page: TimelinePage) -> None:
        world.window.show_page("labs")
        await world.create("Edsger Dijkstra", minutes_from_now=5)
        assert len(page.entries) == 5
        assert not world.window.actions_registry.action("timeline.fit").isEnabled()
        page_of(world)
        assert len(page.entries) == 6

    play(tmp_path, with_labs(story))


def test_without_labs_it_says_what_to_do(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        assert page.empty.heading == "No labs yet"
        click(page.empty.button)
        assert world.assembly.new_lab.isVisible()

    play(tmp_path, story)


def test_every_stop_of_the_keyboard_has_a_name_and_tab_reaches_it(tmp_path: Path) -> None:
    async def story(_world: WindowWorld, page: TimelinePage) -> None:
        stops = focusable(page)
        assert [stop for stop in stops if not stop.accessibleName()] == []
        wanted = [stop for stop in (*page.toolbar.tab_stops(), page.chart) if stop.isVisible() and stop.isEnabled()]
        assert set(wanted) <= set(stops)
        reached, at = [], wanted[0]
        for _ in wanted:
            reached.append(at)
            at = at.nextInFocusChain()
            while at not in wanted:
                at = at.nextInFocusChain()
        assert reached == wanted

    play(tmp_path, with_labs(story))
