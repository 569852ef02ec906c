"""Form controls that pages share."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from labdesk.ui.theme import ThemeMode
from labdesk.ui.widgets.fields import DateTimeField, NumberField, Select
from tests.gui.test_theme import themed


@pytest.mark.parametrize("kind", ["select", "number", "moment"])
def test_the_wheel_scrolls_past_a_control_and_changes_nothing(qtbot: QtBot, kind: str) -> None:
    theme = themed(ThemeMode.LIGHT)
    select, number, moment = Select(theme), NumberField(theme, 0, 9), DateTimeField(theme, "HH:mm")
    select.addItems(["first", "second", "third"])
    select.setCurrentIndex(1)
    number.setValue(5)
    control: QWidget = {"select": select, "number": number, "moment": moment}[kind]
    form = QWidget()
    qtbot.addWidget(form)
    for one in (select, number, moment):
        one.setParent(form)
    before = moment.dateTime()
    form.show()
    control.setFocus()
    down = QWheelEvent(
        QPointF(4, 4), QPointF(4, 4), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(control, down)
    assert not down.isAccepted()  # so that the form around it gets it
    assert (select.currentIndex(), number.value(), moment.dateTime()) == (1, 5, before)
