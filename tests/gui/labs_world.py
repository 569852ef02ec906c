"""Hands for the table of labs."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from labdesk.ui.models.lab_columns import LabColumn
from tests.gui.window_world import WindowWorld


def cell(world: WindowWorld, student: str, column: LabColumn) -> QPoint:
    view = world.labs.view
    place = world.labs.model.position(world.row(student).uid)
    return view.visualRect(world.labs.model.index(place, column)).center()


def click_cell(
    world: WindowWorld,
    student: str,
    column: LabColumn = LabColumn.STUDENT,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.mouseClick(
        world.labs.view.viewport(), Qt.MouseButton.LeftButton, modifier, cell(world, student, column)
    )  # fmt: skip


def selected(world: WindowWorld) -> list[str]:
    return [row.student for row in world.labs.model.selected_rows()]
