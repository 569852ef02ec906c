"""Columns and rows as an instructor lays them: with the mouse in the headings, and in the View menu."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.students import Student
from labdesk.ui.models.lab_columns import SHOWN_AT_FIRST, LabColumn
from labdesk.ui.models.lab_groups import LabGroup
from tests.gui.page_world import until
from tests.gui.window_world import WindowWorld, play

LEFT = Qt.MouseButton.LeftButton


def shown(world: WindowWorld) -> list[LabColumn]:
    """The columns that can be seen, from left to right."""
    view = world.labs.view
    return sorted(
        (column for column in LabColumn if not view.isColumnHidden(column)), key=view.header.visualIndex
    )  # fmt: skip


def drag(world: WindowWorld, start: QPoint, end: QPoint) -> None:
    """Press in the headings, move in steps, let go."""
    target = world.labs.view.header.viewport()
    QTest.mousePress(target, LEFT, pos=start)
    for step in range(1, 9):
        QTest.mouseMove(target, start + (end - start) * step / 8)
    QTest.mouseRelease(target, LEFT, pos=end)


def heading_at(world: WindowWorld, column: LabColumn, share: float = 0.5) -> QPoint:
    header = world.labs.view.header
    x = header.sectionViewportPosition(column) + round(header.sectionSize(column) * share)
    return QPoint(x, header.height() // 2)


def border_of(world: WindowWorld, column: LabColumn) -> QPoint:
    return heading_at(world, column, 1.0) - QPoint(2, 0)


def menu_entry(world: WindowWorld, text: str) -> QAction:
    """An entry of the View menu or of its Columns, opened anew."""
    world.labs.toolbar.view_button.click()
    menu = world.labs.toolbar.view_menu
    menu.columns.aboutToShow.emit()
    found = next(action for action in [*menu.actions(), *menu.columns.actions()] if action.text() == text)
    menu.close()
    return found


def test_a_heading_that_is_dragged_takes_its_column_along_also_in_the_next_window(tmp_path: Path) -> None:
    async def first(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        before = world.labs.model.sorting
        drag(world, heading_at(world, LabColumn.START), heading_at(world, LabColumn.PHASE, 0.2))
        assert shown(world)[:3] == [LabColumn.START, LabColumn.PHASE, LabColumn.STUDENT]
        assert world.labs.model.sorting == before

    async def second(world: WindowWorld) -> None:
        assert shown(world)[:3] == [LabColumn.START, LabColumn.PHASE, LabColumn.STUDENT]

    play(tmp_path, first)
    play(tmp_path, second)


def test_a_column_that_is_widened_by_hand_stays_so_also_in_the_next_window(tmp_path: Path) -> None:
    widths: list[int] = []

    async def first(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        header = world.labs.view.header
        before = header.sectionSize(LabColumn.STUDENT)
        border = border_of(world, LabColumn.STUDENT)
        drag(world, border, border + QPoint(48, 0))
        widths.append(header.sectionSize(LabColumn.STUDENT))
        assert widths[0] == before + 48
        await world.create("A Student Whose Name Is Longer Than Every Column", minutes_from_now=30)
        assert header.sectionSize(LabColumn.STUDENT) == widths[0]

    async def second(world: WindowWorld) -> None:
        await until(lambda: world.labs.model.rowCount() == 2)
        assert world.labs.view.header.sectionSize(LabColumn.STUDENT) == widths[0]

    play(tmp_path, first)
    play(tmp_path, second)


def test_a_column_that_was_away_when_others_were_sized_by_hand_has_room_in_the_next_window(tmp_path: Path) -> None:
    widths: list[int] = []

    async def first(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.window.resize(1120, 768)
        await until(lambda: LabColumn.ACCESS in shown(world))
        widths.append(world.labs.view.header.sectionSize(LabColumn.ACCESS))
        world.choose("Ada Lovelace")
        await until(lambda: LabColumn.ACCESS not in shown(world))
        border = border_of(world, LabColumn.STUDENT)
        drag(world, border, border + QPoint(8, 0))

    async def second(world: WindowWorld) -> None:
        world.window.resize(1366, 768)
        await until(lambda: LabColumn.ACCESS in shown(world))
        assert world.labs.view.header.sectionSize(LabColumn.ACCESS) == widths[0]

    play(tmp_path, first)
    play(tmp_path, second)


def test_a_column_that_yields_to_the_inspector_is_not_sized_by_hand(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        view = world.labs.view
        world.window.resize(1120, 768)
        await until(lambda: LabColumn.ACCESS in shown(world))
        before = view.header.sectionSize(LabColumn.STUDENT)
        at = view.visualRect(view.model().index(0, LabColumn.STUDENT)).center()
        QTest.mousePress(view.viewport(), LEFT, pos=at)
        await until(lambda: LabColumn.ACCESS not in shown(world))
        QTest.mouseRelease(view.viewport(), LEFT, pos=at)
        await world.create("A Student Whose Name Is Longer Than Every Column", minutes_from_now=30)
        await until(lambda: view.header.sectionSize(LabColumn.STUDENT) > before)

    play(tmp_path, story)


def test_columns_come_and_go_in_the_view_menu_and_the_students_cannot(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        menu_entry(world, "E-mail").trigger()
        menu_entry(world, "Template").trigger()
        assert shown(world) == [
            LabColumn.PHASE, LabColumn.STUDENT, LabColumn.START, LabColumn.TIME_LEFT, LabColumn.ACCESS,
            LabColumn.MESSAGE, LabColumn.EMAIL,
        ]  # fmt: skip
        assert menu_entry(world, "E-mail").isChecked()
        assert not menu_entry(world, "Student").isEnabled()

    play(tmp_path, story)


def test_the_headings_offer_the_columns_and_the_menu_stays_while_they_are_ticked(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        menu, header = world.labs.toolbar.view_menu.columns, world.labs.view.header
        header.customContextMenuRequested.emit(heading_at(world, LabColumn.START))
        entries = {action.text(): action for action in menu.actions()}
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(entries["E-mail"]).center())
        menu.setActiveAction(entries["Template"])
        QTest.keyClick(menu, Qt.Key.Key_Space)
        assert menu.isVisible()
        assert LabColumn.EMAIL in shown(world)
        assert LabColumn.TEMPLATE not in shown(world)
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(entries["Reset columns"]).center())
        assert not menu.isVisible()
        assert shown(world) == list(SHOWN_AT_FIRST)

    play(tmp_path, story)


def test_one_action_brings_the_first_layout_back_and_keeps_what_is_sorted(tmp_path: Path) -> None:
    async def first(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        header = world.labs.view.header
        widths = [header.sectionSize(column) for column in shown(world)]
        QTest.mouseClick(header.viewport(), LEFT, pos=heading_at(world, LabColumn.STUDENT))
        border = border_of(world, LabColumn.TEMPLATE)
        drag(world, border, border + QPoint(30, 0))
        drag(world, heading_at(world, LabColumn.TEMPLATE), heading_at(world, LabColumn.PHASE, 0.2))
        menu_entry(world, "Course").trigger()
        menu_entry(world, "Access").trigger()
        menu_entry(world, "Reset columns").trigger()
        assert shown(world) == list(SHOWN_AT_FIRST)
        await until(lambda: [header.sectionSize(column) for column in shown(world)] == widths)
        assert world.labs.model.sorting == (LabColumn.STUDENT, Qt.SortOrder.AscendingOrder)

    async def second(world: WindowWorld) -> None:
        await until(lambda: world.labs.model.rowCount() == 1)
        assert shown(world) == list(SHOWN_AT_FIRST)
        assert world.labs.model.sorting == (LabColumn.STUDENT, Qt.SortOrder.AscendingOrder)

    play(tmp_path, first)
    play(tmp_path, second)


def test_a_press_on_a_heading_chooses_no_lab_and_leaves_the_chosen_one(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        header = world.labs.view.header
        QTest.mouseClick(header.viewport(), LEFT, pos=heading_at(world, LabColumn.STUDENT))
        drag(world, heading_at(world, LabColumn.START), heading_at(world, LabColumn.TEMPLATE))
        assert world.labs.view.current_uid == ""
        assert not world.labs.inspector.isVisible()
        world.window.show_page("labs", world.row("Grace Hopper").uid)
        QTest.mouseClick(header.viewport(), LEFT, pos=heading_at(world, LabColumn.PHASE))
        assert world.labs.inspector.title.text == "Grace Hopper"
        assert world.labs.view.current_uid == world.row("Grace Hopper").uid

    play(tmp_path, story)


# --- rows ---------------------------------------------------------------------------------------------------------


async def create(world: WindowWorld, course: str, *names: str, minutes: int = 30) -> None:
    people = [Student(f"{name.lower().replace(' ', '.')}@example.edu", name) for name in names]
    start = world.desk.clock.now() + timedelta(minutes=minutes)
    await world.desk.commands.create_labs_async("web", people, start, 60, labels={COURSE_LABEL: course})
    await until(lambda: {row.student for row in world.labs.model.rows()} >= set(names))


def first_in_view(world: WindowWorld) -> str:
    return world.labs.model.entry_at(world.labs.view.visible_range()[0]).uid


def counts(world: WindowWorld, course: str) -> int:
    group = world.labs.model.groups.get(f"course/{course}")
    return group.count if isinstance(group, LabGroup) else 0


def test_compact_rows_show_more_and_keep_what_is_chosen(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "cs-101", *[f"Student {n:02}" for n in range(60)])
        view = world.labs.view
        world.window.show_page("labs", world.row("Student 30").uid)
        view.setFocus(Qt.FocusReason.TabFocusReason)
        comfortable = view.visible_range()
        menu_entry(world, "Compact rows").trigger()
        compact = view.visible_range()
        assert view.rowHeight(0) == 26
        assert compact[1] - compact[0] > comfortable[1] - comfortable[0]
        assert [row.student for row in world.labs.model.selected_rows()] == ["Student 30"]
        assert view.current_uid == world.row("Student 30").uid
        menu_entry(world, "Compact rows").trigger()
        assert view.rowHeight(0) > 26

    play(tmp_path, story, memory=1)


def test_selection_scroll_and_focus_survive_every_change_of_grouped_compact_rows(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "cs-101", *[f"First {n:02}" for n in range(40)])
        await create(world, "cs-202", *[f"Second {n:02}" for n in range(60)])
        view, commands = world.labs.view, world.desk.commands
        world.trigger("labs.group_course")
        menu_entry(world, "Compact rows").trigger()
        world.window.show_page("labs", world.row("Second 40").uid)
        view.setFocus(Qt.FocusReason.TabFocusReason)
        uid, top = world.row("Second 40").uid, first_in_view(world)

        def assert_unmoved() -> None:
            assert first_in_view(world) == top
            assert [row.student for row in world.labs.model.selected_rows()] == ["Second 40"]
            assert view.current_uid == uid
            assert world.window.focusWidget() is view
            assert world.labs.inspector.title.text == "Second 40"

        await create(world, "cs-101", *[f"Later {n:02}" for n in range(7)], minutes=5)
        await until(lambda: counts(world, "cs-101") == 47)
        assert_unmoved()
        await create(world, "art", "Vincent", "Frida")
        assert_unmoved()
        await commands.delete_async([world.row(f"First {n:02}").key for n in range(9)])
        await until(lambda: counts(world, "cs-101") == 38)
        assert_unmoved()
        await commands.stop_async([world.row(f"Second {n:02}").key for n in range(60) if n != 40])
        await until(lambda: world.phase("Second 59") == "COMPLETED")
        assert_unmoved()
        world.labs.model.fold(["cs-101"])
        assert [row.student for row in world.labs.model.selected_rows()] == ["Second 40"]
        assert view.current_uid == uid
        assert world.window.focusWidget() is view

    play(tmp_path, story, memory=1)
