"""Labs taken along as a table, and everything a right click offers."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.students import Student
from labdesk.ui.models.lab_columns import LabColumn
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.labs import exporting
from labdesk.ui.pages.labs.export import LabSheet
from labdesk.ui.panels.export.growing_file import safe_cell
from tests.gui.page_world import click, press, until
from tests.gui.window_world import WindowWorld, play


async def export(world: WindowWorld, file: Path) -> list[list[str]]:
    """Export as a person does who chooses a file in the dialog; return the file's lines."""
    world.trigger("labs.export_csv")
    dialog = world.labs.exports.files.dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(file))
    dialog.close()
    await until(lambda: any("exported to" in text for text in world.toasts))
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


async def create(world: WindowWorld, course: str, *names: str) -> None:
    people = [Student(f"{name.lower()}@example.edu", name) for name in names]
    start = world.desk.clock.now().replace(year=world.desk.clock.now().year + 1)
    await world.desk.commands.create_labs_async("web", people, start, 60, labels={COURSE_LABEL: course})
    await until(lambda: {row.student for row in world.labs.model.rows()} >= set(names))


def test_what_is_shown_is_exported_with_its_columns_and_whole_times(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada", "Grace", minutes_from_now=30)
        world.labs.view.columns.set_shown(LabColumn.EMAIL, shown=True)
        world.labs.view.columns.set_shown(LabColumn.ACCESS, shown=False)
        world.labs.view.header.moveSection(world.labs.view.header.visualIndex(LabColumn.STUDENT), 0)
        world.labs.toolbar.search.set_text("grace")
        lines = await export(world, tmp_path / "labs.csv")
        assert lines[0] == ["Student", "Phase", "Template", "Start", "Time left", "Message", "E-mail", "Course"]
        assert [line[0] for line in lines[1:]] == ["Grace"]
        start = datetime.fromisoformat(lines[1][3])
        assert start.utcoffset() is not None
        assert start.astimezone(UTC).timestamp() == int(world.row("Grace").start)
        assert world.toasts == ["1 lab exported to labs.csv"]
        assert not (tmp_path / "labs.csv.part").exists()

    play(tmp_path, story)


def test_selected_labs_alone_are_taken_and_never_a_password(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada", "Grace", "Edsger")
        await until(lambda: all(row.access for row in world.labs.model.rows()))
        world.choose("Ada", "Edsger")
        lines = await export(world, tmp_path / "labs.csv")
        student = lines[0].index("Student")
        assert sorted(line[student] for line in lines[1:]) == ["Ada", "Edsger"]
        assert lines[1][lines[0].index("Access")].startswith("127.0.0.1:")
        world.trigger("labs.copy_table")
        await until(lambda: world.desktop.copied)
        taken = world.desktop.copied[-1] + (tmp_path / "labs.csv").read_text("utf-8")
        for name in ("Ada", "Edsger"):
            password = world.desk.secrets.password_for(world.row(name).uid)
            assert password
            assert password not in taken

    play(tmp_path, story)


def test_the_dialog_says_whether_all_labs_or_the_selected_ones_go_into_the_file(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada", "Grace", "Edsger", minutes_from_now=30)

        def title() -> str:
            world.trigger("labs.export_csv")
            dialog = world.labs.exports.files.dialog
            assert dialog is not None
            said = dialog.windowTitle()
            dialog.close()
            return said

        assert title() == "Export all labs shown"
        await until(lambda: world.labs.exports.files.dialog is None)
        world.choose("Ada")
        assert title() == "Export the selected lab"
        await until(lambda: world.labs.exports.files.dialog is None)
        world.choose("Ada", "Grace")
        assert title() == "Export the 2 selected labs"

    play(tmp_path, story)


def test_a_file_says_whose_labs_they_are_whatever_the_table_has_room_for(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "cs-101", "Ada")
        lines = await export(world, tmp_path / "labs.csv")
        assert (lines[0][-2:], lines[1][-2:]) == (["E-mail", "Course"], ["ada@example.edu", "cs-101"])

    play(tmp_path, story)


def test_a_copied_table_has_a_line_for_each_lab_and_cells_between_tabs(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada", "Grace", minutes_from_now=30)
        press(world.window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: world.desktop.copied)
        lines = [line.split("\t") for line in world.desktop.copied[-1].splitlines()]
        assert lines[0][:3] == ["Phase", "Student", "Template"]
        assert [line[:3] for line in lines[1:]] == [["Pending", "Ada", "web"], ["Pending", "Grace", "web"]]
        assert world.toasts == ["Copied 2 labs"]

    play(tmp_path, story)


def test_no_cell_is_taken_for_a_formula(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        start, name = world.desk.clock.now().replace(year=world.desk.clock.now().year + 1), "=HYPERLINK(1) Eve"
        await world.desk.commands.create_labs_async("web", [Student("eve@example.edu", name)], start, 60)
        await until(lambda: world.labs.model.rowCount() == 1)
        lines = await export(world, tmp_path / "labs.csv")
        assert lines[1][1] == "'=HYPERLINK(1) Eve"
        world.trigger("labs.copy_table")
        await until(lambda: world.desktop.copied)
        assert "\t'=HYPERLINK(1) Eve\t" in world.desktop.copied[-1]

    assert [safe_cell(text) for text in ("=1", "+1", "-1", "@a", "\ta", "a=1")] == [
        "'=1", "'+1", "'-1", "'@a", "'\ta", "a=1",
    ]  # fmt: skip
    play(tmp_path, story)


def test_grouped_labs_are_exported_with_their_group_the_folded_ones_too(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "cs-202", "Edsger")
        await create(world, "cs-101", "Ada", "Grace")
        world.trigger("labs.group_course")
        world.trigger("labs.fold_all")
        lines = await export(world, tmp_path / "labs.csv")
        assert [(line[0], line[2]) for line in lines] == [
            ("Course", "Student"), ("cs-101", "Ada"), ("cs-101", "Grace"), ("cs-202", "Edsger"),
        ]  # fmt: skip
        assert (lines[0].count("Course"), lines[0][-1]) == (1, "E-mail")

    play(tmp_path, story)


def test_a_file_that_cannot_be_written_is_said_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada", minutes_from_now=30)
        world.trigger("labs.export_csv")
        dialog = world.labs.exports.files.dialog
        assert dialog is not None
        dialog.fileSelected.emit(str(tmp_path / "nowhere" / "labs.csv"))
        dialog.close()
        await until(lambda: any("cannot be written" in text for text in world.toasts))

    play(tmp_path, story)


def test_an_export_of_many_labs_shows_how_far_it_is_and_can_be_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "FEW", 1)
    begun, never = asyncio.Event(), asyncio.Event()

    async def slices(sheet: LabSheet, rows: Sequence[LabRow]) -> AsyncGenerator[list[list[str]], None]:
        yield [sheet.cells(rows[0])]
        begun.set()
        await never.wait()

    async def story(world: WindowWorld) -> None:
        await world.create("Ada", "Grace", minutes_from_now=30)
        exports, folder = world.labs.exports, tmp_path / "exports"
        folder.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(LabSheet, "slices", slices)
            world.trigger("labs.export_csv")
            assert exports.files.dialog is not None
            exports.files.dialog.fileSelected.emit(str(folder / "labs.csv"))
            exports.files.dialog.close()
            await begun.wait()
        assert exports.strip.isVisible()
        assert exports.strip.label.text() == "Exporting: 1 of 2"
        world.trigger("labs.export_csv")
        assert world.toasts == ["An export is under way; it can be cancelled below the table."]
        click(exports.strip.cancel_button)
        await until(lambda: not exports.strip.isVisible() and not list(folder.iterdir()))
        world.choose("Ada")
        assert len(await export(world, folder / "one.csv")) == 2
        assert not exports.strip.isVisible()

    play(tmp_path, story)


def test_a_table_that_cannot_be_seen_or_is_empty_is_not_exported(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        action = world.window.actions_registry.action("labs.export_csv")
        assert not action.isEnabled()
        await world.create("Ada", minutes_from_now=30)
        assert action.isEnabled()
        world.window.show_page("events")
        assert not action.isEnabled()

    play(tmp_path, story)


def test_a_right_click_offers_everything_and_takes_the_lab_under_it(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada", "Grace", minutes_from_now=30)
        view = world.labs.view
        place = view.visualRect(world.labs.model.index(1, LabColumn.STUDENT)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=place)
        view.customContextMenuRequested.emit(place)
        menu = world.labs.menu
        assert menu.isVisible()
        assert [row.student for row in world.labs.model.selected_rows()] == ["Grace"]
        offered = {action.text() for action in menu.actions() + menu.groups.actions()}
        assert offered >= {
            "Start now", "Extend by 15 min", "Stop", "Run again", "Copy links", "Show log", "Open terminal", "Delete",
            "Copy as table", "Export CSV …", "Groups", "Group by course", "Group by session",
        }  # fmt: skip
        next(action for action in menu.groups.actions() if action.text() == "Group by course").trigger()
        menu.close()
        assert world.labs.model.rowCount() == 3

    play(tmp_path, story)


def test_the_button_above_the_table_offers_copy_and_export(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada", minutes_from_now=30)
        button = world.labs.toolbar.export_button
        assert button.accessibleName()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        menu = world.labs.toolbar.export_menu
        assert menu.isVisible()
        assert [action.text() for action in menu.actions()] == ["Copy as table", "Export CSV …"]
        menu.close()

    play(tmp_path, story)
