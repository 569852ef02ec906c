"""Toasts: exactly one of undo and commit, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from labdesk.paths import resource_path
from labdesk.ui.theme import Theme, ThemeMode
from labdesk.ui.tokens import Tokens
from labdesk.ui.widgets.side_panel import SidePanel
from labdesk.ui.widgets.toast import ToastHost


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[ToastHost]:
    theme = Theme(Tokens.read(resource_path("themes", "tokens.toml")), QFont("Inter", 10), mode=ThemeMode.LIGHT)
    window = QWidget()
    window.resize(900, 600)
    qtbot.addWidget(window)
    window.show()
    yield ToastHost(theme, window)
    window.hide()


class Log(list[str]):
    def note(self, what: str) -> None:
        self.append(what)


def offer(host: ToastHost, log: Log, milliseconds: int = 600_000) -> None:
    host.offer_undo(
        "Stopping 12 labs …",
        undo=lambda: log.note("undo"),
        commit=lambda: log.note("commit"),
        milliseconds=milliseconds,
    )


def test_undo_prevents_the_commit(host: ToastHost) -> None:
    log = Log()
    offer(host, log)
    button = host.toasts[0].undo_button
    assert button is not None
    button.click()
    host.finish_all()
    assert log == ["undo"]


def test_who_undoes_too_late_is_told_so_once(host: ToastHost) -> None:
    host.undo_newest()
    host.undo_newest()
    (toast,) = host.toasts
    assert toast.text.startswith("Nothing to undo")


def test_time_commits_once(host: ToastHost, qtbot: QtBot) -> None:
    log = Log()
    offer(host, log, milliseconds=60)
    qtbot.waitUntil(lambda: log == ["commit"])
    assert host.toasts == []


def test_closing_the_window_commits_what_waits(host: ToastHost) -> None:
    log = Log()
    offer(host, log)
    offer(host, log)
    host.finish_all()
    assert log == ["commit", "commit"]


def test_a_fourth_toast_ends_the_oldest(host: ToastHost) -> None:
    log = Log()
    for _ in range(3):
        offer(host, log)
    host.show("Message")
    assert log == ["commit"]
    assert [toast.text for toast in host.toasts] == ["Stopping 12 labs …", "Stopping 12 labs …", "Message"]


def test_what_can_still_be_undone_does_not_give_way_to_what_is_only_told(host: ToastHost) -> None:
    log = Log()
    offer(host, log)
    for number in range(4):
        host.show(f"error {number}")
    assert log == []
    assert [toast.text for toast in host.toasts] == ["Stopping 12 labs …", "error 2", "error 3"]


def test_toasts_stay_within_a_small_window(host: ToastHost) -> None:
    host.show("A very long message " * 20)
    toast = host.toasts[0]
    assert toast.geometry().left() >= 0
    assert toast.geometry().right() <= 900


def test_toasts_keep_off_a_side_panel_and_break_into_lines_instead(host: ToastHost) -> None:
    window = host.parent()
    assert isinstance(window, QWidget)
    theme = Theme(Tokens.read(resource_path("themes", "tokens.toml")), QFont("Inter", 10), mode=ThemeMode.LIGHT)
    panel = SidePanel(theme, "Panel", close_tip="Close", parent=window)
    panel.setGeometry(540, 0, 360, 600)
    host.show("The engine refused: " + "a long reason " * 8, tone="failed")
    assert host.toasts[0].geometry().right() <= 900
    panel.show()
    (toast,) = host.toasts
    assert toast.geometry().right() <= 540
    assert toast.geometry().left() >= 0
    assert toast.geometry().bottom() < 600
    in_lines = toast.height()
    panel.hide()
    assert toast.height() < in_lines


def test_a_toast_moves_aside_no_further_than_a_panel_asks_for(host: ToastHost) -> None:
    window = host.parent()
    assert isinstance(window, QWidget)
    theme = Theme(Tokens.read(resource_path("themes", "tokens.toml")), QFont("Inter", 10), mode=ThemeMode.LIGHT)
    panel = SidePanel(theme, "Panel", close_tip="Close", parent=window)
    panel.setGeometry(640, 0, 260, 600)
    host.show("Twelve labs of this template are not running yet")
    in_the_middle = host.toasts[0].x()
    panel.show()
    (toast,) = host.toasts
    assert toast.geometry().right() in range(605, 640)
    assert toast.x() < in_the_middle
