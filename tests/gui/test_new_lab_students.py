"""Students in the New lab panel: typed, pasted, picked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest

from labdesk.labs.students import Student
from labdesk.ui.panels.new_lab.draft import DraftField
from labdesk.ui.panels.new_lab.student_picker import known_students
from tests.gui.new_lab_world import open_panel, problem
from tests.gui.page_world import PageWorld, click, play, press, until, write

pytestmark = pytest.mark.usefixtures("qtbot")


def test_a_half_typed_address_is_not_an_error_until_its_line_is_left(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        write(panel.students, "ada@exa")
        assert problem(panel, DraftField.STUDENTS) == ""
        press(panel.students, Qt.Key.Key_Return)
        assert "Line 1: “ada@exa” has no valid e-mail address" in problem(panel, DraftField.STUDENTS)
        assert panel.students.accessibleDescription() == problem(panel, DraftField.STUDENTS)

    play(tmp_path, story)


def test_a_line_that_cannot_be_read_is_named_marked_and_led_to(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        button, edit = panel.students_field.line_button, panel.students
        pasted = QMimeData()
        rows = [f"Student {number}\ts{number}@example.edu" for number in range(9)]
        pasted.setText("\n".join(["Name\tE-mail", *rows, "Ada\tada@"]))
        edit.insertFromMimeData(pasted)
        assert problem(panel, DraftField.STUDENTS).startswith("Line 11: “Ada\tada@” has no valid e-mail address.")
        assert [mark.cursor.blockNumber() + 1 for mark in edit.extraSelections()] == [11]
        press(edit, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
        assert button.text() == "Go to line 11"
        click(button)
        assert edit.hasFocus()
        assert edit.textCursor().selectedText() == "Ada\tada@"
        press(edit, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
        press(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert edit.textCursor().selectedText() == "Ada\tada@"
        write(edit, "Ada <ada@example.edu>")
        assert not button.isVisible()
        assert edit.extraSelections() == []
        assert panel.create_button.text() == "Create 10 labs now"

    play(tmp_path, story)


def test_a_broken_line_is_told_of_after_students_were_picked(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        write(panel.students, "ada@exa")
        assert problem(panel, DraftField.STUDENTS) == ""
        panel.students_field.picker.picked.emit([Student("grace@example.edu")])
        assert problem(panel, DraftField.STUDENTS).startswith("Line 1: “ada@exa”")
        assert panel.create_button.text() == "Create labs"

    play(tmp_path, story)


def test_students_who_had_labs_are_picked(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        panel.students.setPlainText("Ada Lovelace <ada@example.edu>\ngrace@example.edu\nalan@example.edu")
        click(panel.create_button)
        await until(lambda: not panel.is_busy)
        await until(lambda: len(known_students(panel._labs.rows())) == 3)
        panel.show()
        panel.students.setPlainText("grace@example.edu")
        click(panel.students_field.pick_button)
        picker = panel.students_field.picker
        assert [picker.list.item(place).text() for place in range(picker.list.count())] == [
            "Ada Lovelace · ada@example.edu",
            "alan@example.edu",
        ]
        write(picker.search.edit, "ada")
        await until(lambda: picker.list.item(1).isHidden())
        click(picker.all_button)
        assert picker.add_button.text() == "Add 1 student"
        row = picker.list.visualItemRect(picker.list.item(0))
        QTest.mouseClick(picker.list.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
        assert picker.ticked == []
        press(picker.list, Qt.Key.Key_Space)
        assert [student.name for student in picker.ticked] == ["Ada Lovelace"]
        press(picker.search.edit, Qt.Key.Key_Return)
        assert panel.students.toPlainText() == "grace@example.edu\nAda Lovelace <ada@example.edu>"
        assert panel.create_button.text() == "Create 2 labs now"

    play(tmp_path, story)
