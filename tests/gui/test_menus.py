"""Where popups open."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from labdesk.ui.widgets.menus import place_below


def test_a_popup_opens_beneath_its_button_and_stays_within_the_window(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 600)
    qtbot.addWidget(window)
    button = QPushButton("More", window)
    window.show()
    for left, top, corner in (
        (100, 100, QPoint(100, 132)),
        (700, 100, QPoint(600, 132)),
        (100, 500, QPoint(100, 298)),
        (700, 500, QPoint(600, 298)),
    ):
        button.setGeometry(left, top, 100, 30)
        assert window.mapFromGlobal(place_below(button, QSize(200, 200))) == corner


def test_a_popup_that_is_too_high_for_both_sides_opens_beneath(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 300)
    qtbot.addWidget(window)
    button = QPushButton("More", window)
    button.setGeometry(100, 150, 100, 30)
    window.show()
    assert window.mapFromGlobal(place_below(button, QSize(200, 200))).y() == 182
