"""Form controls that pages share."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from labdesk.ui.theme import ThemeMode
from labdesk.ui.widgets.field import Field, FieldRow
from labdesk.ui.widgets.fields import ComboField, NumberField, Select, TextField
from tests.gui.test_theme import themed


@pytest.mark.parametrize("kind", ["select", "number", "combo"])
def test_the_wheel_scrolls_past_a_control_and_changes_nothing(qtbot: QtBot, kind: str) -> None:
    theme = themed(ThemeMode.LIGHT)
    select, number, combo = Select(theme), NumberField(theme, 0, 9), ComboField(theme)
    select.addItems(["first", "second", "third"])
    select.setCurrentIndex(1)
    number.setValue(5)
    control: QWidget = {"select": select, "number": number, "combo": combo}[kind]
    form = QWidget()
    qtbot.addWidget(form)
    for one in (select, number, combo):
        one.setParent(form)
    combo.set_choices(["first", "second"])
    combo.setEditText("typed")
    form.show()
    control.setFocus()
    down = QWheelEvent(
        QPointF(4, 4), QPointF(4, 4), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(control, down)
    assert not down.isAccepted()  # so that the form around it gets it
    assert (select.currentIndex(), number.value(), combo.currentText()) == (1, 5, "typed")


def test_what_is_wrong_in_a_row_is_said_across_it_and_moves_nothing(qtbot: QtBot) -> None:
    theme = themed(ThemeMode.LIGHT)
    name, mail = (
        Field(theme, "Student", TextField(theme)),
        Field(theme, "E-mail", TextField(theme), "Where it is sent."),
    )
    form = QWidget()
    form.setFont(theme.fonts.body)
    qtbot.addWidget(form)
    column = QVBoxLayout(form)
    row, below = FieldRow(theme, [name, mail]), TextField(theme)
    column.addWidget(row)
    column.addWidget(below)
    column.addStretch()
    form.resize(320, 300)
    form.show()
    before = below.y()
    mail.set_problem("'radia' is no e-mail address; write it like ada@example.edu.")
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    assert row.problem == "'radia' is no e-mail address; write it like ada@example.edu."
    assert below.y() == before
    assert mail.control.accessibleDescription() == row.problem
    mail.set_problem("")
    assert row.problem == ""
    assert mail.control.accessibleDescription() == "Where it is sent."


def test_a_combo_field_keeps_what_is_typed_while_its_choices_change_and_opens_with_down(qtbot: QtBot) -> None:
    theme = themed(ThemeMode.LIGHT)
    combo = ComboField(theme)
    qtbot.addWidget(combo)
    combo.about_to_list.connect(lambda: combo.set_choices(["cs-101", "cs-202"]))
    edited: list[str] = []
    combo.edited.connect(lambda: edited.append(combo.currentText()))
    combo.show()
    combo.setFocus()
    QTest.keyClicks(combo, "math")
    assert edited[-1] == "math"
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.view().isVisible()
    assert combo.currentText() == "math"
    QTest.keyClick(combo.view(), Qt.Key.Key_Down)
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)
    assert edited[-1] == combo.currentText()
    assert combo.currentText().startswith("cs-")


def test_every_choice_of_a_short_list_is_seen_whole(qtbot: QtBot) -> None:
    theme = themed(ThemeMode.LIGHT)
    select = Select(theme)
    qtbot.addWidget(select)
    select.addItems(["first", "second", "third", "fourth", "fifth"])
    select.show()
    select.showPopup()
    view = select.view()
    last = view.visualRect(select.model().index(4, 0))
    assert last.bottom() < view.viewport().height()
    assert not view.verticalScrollBar().isVisible()
    select.hidePopup()
