"""Labs in groups, as an instructor uses them: summaries, folding, choosing whole classes, and a steady table."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from labdesk.labs.labels import COURSE_LABEL, SESSION_LABEL
from labdesk.labs.students import Student
from labdesk.ui.models.lab_columns import LabColumn
from labdesk.ui.models.lab_groups import LabGroup
from labdesk.ui.widgets.table import CELL_PADDING
from tests.gui.page_world import at_rest, press, until
from tests.gui.window_world import WindowWorld, play


async def create(world: WindowWorld, course: str, *names: str, session: str = "") -> None:
    """A waiting lab for each name, in a course."""
    people = [Student(f"{name.lower()}@example.edu", name) for name in names]
    labels = {COURSE_LABEL: course} | ({SESSION_LABEL: session} if session else {})
    start = world.desk.clock.now().replace(microsecond=0)
    start = start.replace(year=start.year + 1)
    await world.desk.commands.create_labs_async("web", people, start, 60, labels=labels)
    await until(lambda: {row.student for row in world.labs.model.rows()} >= set(names))


async def two_courses(world: WindowWorld) -> None:
    await create(world, "art", "Ada", "Alan")
    await create(world, "bio", "Bea", "Ben", "Bob")
    world.trigger("labs.group_course")


def lines(world: WindowWorld) -> list[str]:
    """What the table shows, a summary as its title in brackets."""
    model = world.labs.model
    entries = [model.entry_at(place) for place in range(model.rowCount())]
    return [f"[{entry.title}]" if isinstance(entry, LabGroup) else entry.student for entry in entries]


def spoken(world: WindowWorld, group: str) -> str:
    model = world.labs.model
    return str(model.data(model.index(model.position(group), 0)))


def selected(world: WindowWorld) -> list[str]:
    return sorted(row.student for row in world.labs.targets())


def click_group(world: WindowWorld, group: str, *, mark: bool = False, double: bool = False) -> None:
    """Click on a summary row, or on its fold mark."""
    view = world.labs.view
    rect = view.visualRect(world.labs.model.index(world.labs.model.position(group), LabColumn.STUDENT))
    point = QPoint(CELL_PADDING + 4, rect.center().y()) if mark else rect.center()
    if double:
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    else:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)


def test_a_summary_row_says_how_its_class_is_doing_and_follows_it(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await two_courses(world)
        assert lines(world) == ["[art]", "Ada", "Alan", "[bio]", "Bea", "Ben", "Bob"]
        assert spoken(world, "course/bio") == "bio, 3 waiting"
        await world.desk.commands.start_now_async([world.row("Bob").key])
        await until(lambda: spoken(world, "course/bio") == "bio, 3: 1 running, 2 waiting")

    play(tmp_path, story)


def test_folding_by_mouse_and_keyboard(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await two_courses(world)
        click_group(world, "course/art", mark=True)
        assert lines(world) == ["[art]", "[bio]", "Bea", "Ben", "Bob"]
        assert selected(world) == []
        click_group(world, "course/art", mark=True)
        assert "Ada" in lines(world)
        click_group(world, "course/bio", double=True)
        assert lines(world) == ["[art]", "Ada", "Alan", "[bio]"]
        view = world.labs.view
        view.setFocus(Qt.FocusReason.TabFocusReason)
        click_group(world, "course/bio")
        press(view, Qt.Key.Key_Right)
        press(view, Qt.Key.Key_Down)
        assert world.labs.inspector.title.text == "Bea"
        press(view, Qt.Key.Key_Left)  # from a lab to its group
        press(view, Qt.Key.Key_Left)  # and fold that
        assert lines(world)[-1] == "[bio]"
        press(view, Qt.Key.Key_Return)
        assert lines(world)[-1] == "Bob"
        world.trigger("labs.fold_all")
        assert lines(world) == ["[art]", "[bio]"]
        assert world.labs.view.current_uid == "course/bio"
        world.trigger("labs.unfold_all")
        assert len(lines(world)) == 7

    play(tmp_path, story)


def test_a_line_tells_folded_groups_apart(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await two_courses(world)
        world.labs.model.fold(["art", "bio"])
        view, colors = world.labs.view, world.window.theme.colors
        row = view.visualRect(world.labs.model.index(0, LabColumn.STUDENT))
        picture = view.viewport().grab().toImage()
        assert picture.pixelColor(row.right(), row.bottom()) == colors.border
        assert picture.pixelColor(row.right(), row.bottom() - 4) == colors.well

    play(tmp_path, story)


def test_a_summary_stands_for_its_labs_and_is_never_acted_on_itself(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await two_courses(world)
        click_group(world, "course/bio")
        assert selected(world) == ["Bea", "Ben", "Bob"]
        assert world.labs.inspector.title.text == "3 labs selected"
        click_group(world, "course/bio", mark=True)
        assert selected(world) == ["Bea", "Ben", "Bob"]
        world.trigger("lab.stop")
        world.window.toasts.finish_all()
        await until(lambda: spoken(world, "course/bio") == "bio, folded, 3 completed")
        press(world.labs.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert len(selected(world)) == 5
        world.trigger("lab.delete")
        world.window.toasts.finish_all()
        await until(lambda: world.labs.model.total == 0)

    play(tmp_path, story)


def test_ctrl_and_shift_take_whole_groups(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await two_courses(world)
        world.trigger("labs.fold_all")
        view = world.labs.view
        click_group(world, "course/art")
        press(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        assert len(selected(world)) == 5
        press(view, Qt.Key.Key_Space)
        assert selected(world) == ["Ada", "Alan"]

    play(tmp_path, story)


def test_groups_work_with_search_and_sort(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await two_courses(world)
        world.labs.model.sort(LabColumn.STUDENT, Qt.SortOrder.DescendingOrder)
        assert lines(world) == ["[art]", "Alan", "Ada", "[bio]", "Bob", "Ben", "Bea"]
        world.labs.toolbar.search.set_text("be")
        assert lines(world) == ["[bio]", "Ben", "Bea"]
        assert spoken(world, "course/bio") == "bio, 2 waiting"

    play(tmp_path, story)


def test_sessions_group_by_their_label_and_g_groups_by_course(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "art", "Ada", session="mon-1")
        await create(world, "art", "Alan", session="mon-2")
        world.trigger("labs.group_session")
        assert lines(world) == ["[mon-1]", "Ada", "[mon-2]", "Alan"]
        press(world.labs.view, Qt.Key.Key_G)
        assert lines(world) == ["[art]", "Ada", "Alan"]
        press(world.labs.view, Qt.Key.Key_G)
        assert lines(world) == ["Ada", "Alan"]

    play(tmp_path, story)


def test_groups_and_folds_come_back_with_the_next_window(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await two_courses(world)
        click_group(world, "course/art", mark=True)

    async def again(world: WindowWorld) -> None:
        await until(lambda: world.labs.model.total == 5)
        assert lines(world) == ["[art]", "[bio]", "Bea", "Ben", "Bob"]
        assert world.window.actions_registry.action("labs.group_course").isChecked()

    play(tmp_path, story)
    play(tmp_path, again)


def test_a_lab_that_is_folded_away_is_shown_when_one_goes_to_it(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await two_courses(world)
        world.trigger("labs.fold_all")
        world.window.show_page("labs", world.row("Ada").uid)
        assert world.labs.inspector.title.text == "Ada"
        assert lines(world) == ["[art]", "Ada", "Alan", "[bio]"]

    play(tmp_path, story)


def test_what_is_in_view_stays_there_while_labs_above_come_go_and_move(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "bio", *(f"B{number:02}" for number in range(60)))
        world.trigger("labs.group_course")
        view, model = world.labs.view, world.labs.model
        await until(lambda: view.verticalScrollBar().maximum() > 600)
        world.labs.view.show_lab(world.row("B30").uid)
        view.setFocus(Qt.FocusReason.TabFocusReason)
        view.verticalScrollBar().setValue(600)

        def top() -> tuple[str, int]:
            place = view.rowAt(0)
            return model.entry_at(place).uid, view.rowViewportPosition(place)

        before = await at_rest(top)
        await create(world, "art", "Ada", "Alan", "Ann")
        await until(lambda: lines(world)[:4] == ["[art]", "Ada", "Alan", "Ann"])
        assert top() == before
        await world.desk.commands.delete_async([world.row(name).key for name in ("B00", "B01", "Ada")])
        await until(lambda: "Ada" not in lines(world) and "B01" not in lines(world))
        assert top() == before
        assert view.hasFocus()
        assert selected(world) == ["B30"]
        assert world.labs.inspector.title.text == "B30"

    play(tmp_path, story)


def test_what_comes_first_is_seen_by_those_who_look_at_the_top(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "bio", *(f"B{number:02}" for number in range(60)))
        await create(world, "bio", "A00")
        world.labs.model.sort(LabColumn.STUDENT)
        await create(world, "bio", "A01")
        await until(lambda: lines(world)[:2] == ["A00", "A01"])
        assert world.labs.view.rowAt(0) == 0

    play(tmp_path, story)
