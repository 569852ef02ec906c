"""Tokens, palette and fonts."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QTableWidget
from pytestqt.qtbot import QtBot

from labdesk.paths import resource_path
from labdesk.ui.stylesheet import control_style
from labdesk.ui.theme import Theme, ThemeMode, make_palette
from labdesk.ui.tokens import Colors, Tokens

TOKENS = Tokens.read(resource_path("themes", "tokens.toml"))
PHASES = ("pending", "provisioning", "running", "completed", "failed", "timeout")
READABLE = 4.5
"""WCAG 2.1, 1.4.3 (AA)."""


def luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themed(mode: ThemeMode) -> Theme:
    return Theme(TOKENS, QFont("Inter", 10), mode=mode)


@pytest.mark.parametrize("colors", [TOKENS.light, TOKENS.dark], ids=["light", "dark"])
def test_all_text_is_readable_on_its_ground(colors: Colors) -> None:
    grounds = (colors.window, colors.surface, colors.well, colors.selected_row, colors.hover)
    pairs = [(ink, ground) for ink in (colors.text, colors.text_muted) for ground in grounds]
    pairs += [(colors.named(phase), colors.named(f"{phase}_soft")) for phase in PHASES]
    pairs += [(colors.named(phase), colors.surface) for phase in ("failed", "provisioning", "running")]
    pairs += [(colors.accent, ground) for ground in (colors.surface, colors.accent_soft, colors.selected_row)]
    pairs += [(colors.on_accent, colors.accent), (colors.text, colors.accent_soft)]
    unreadable = [
        (ink.name(), ground.name(), round(contrast(ink, ground), 2))
        for ink, ground in pairs
        if contrast(ink, ground) < READABLE
    ]
    assert unreadable == []


def test_dark_is_an_explicit_palette(qtbot: QtBot) -> None:
    palette = make_palette(themed(ThemeMode.DARK).colors)
    assert palette.color(QPalette.ColorRole.Window) == TOKENS.dark.window
    assert palette.color(QPalette.ColorRole.Text) == TOKENS.dark.text


def test_system_means_light_where_the_system_does_not_say(qtbot: QtBot) -> None:
    assert not themed(ThemeMode.SYSTEM).is_dark


def test_a_dressed_control_follows_the_theme(qtbot: QtBot) -> None:
    theme = themed(ThemeMode.LIGHT)
    line = QLineEdit()
    qtbot.addWidget(line)
    theme.dress(line)
    theme.set_mode(ThemeMode.DARK)
    assert TOKENS.dark.surface.name() in line.styleSheet()


def test_a_destroyed_control_is_forgotten(qtbot: QtBot) -> None:
    theme = themed(ThemeMode.LIGHT)
    line = QLineEdit()
    theme.dress(line)
    line.deleteLater()
    QApplication.sendPostedEvents(line)
    QApplication.processEvents()
    theme.set_mode(ThemeMode.DARK)


def test_digits_have_one_width(qtbot: QtBot) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(themed(ThemeMode.LIGHT).fonts.body)
    assert len({metrics.horizontalAdvance(digit * 8) for digit in "0123456789"}) == 1


def test_inter_is_used_where_it_is_installed(qtbot: QtBot) -> None:
    assert QFontInfo(themed(ThemeMode.LIGHT).fonts.body).family() == "Inter"


def test_row_height_follows_the_font(qtbot: QtBot) -> None:
    usual = themed(ThemeMode.LIGHT)
    large = Theme(TOKENS, QFont("Inter", 24), mode=ThemeMode.LIGHT)
    assert large.row_height > usual.row_height
    usual.set_compact(True)
    assert usual.row_height == 26


def test_icons_are_blank_until_they_are_loaded(qtbot: QtBot) -> None:
    theme = themed(ThemeMode.LIGHT)
    blank = theme.icons.pixmap("mdi6.play", theme.colors.text, 16).toImage()
    assert all(blank.pixelColor(x, y).alpha() == 0 for x in range(16) for y in range(16))
    with qtbot.waitSignal(theme.changed):
        theme.icons.load()
    drawn = theme.icons.pixmap("mdi6.play", theme.colors.text, 16).toImage()
    assert any(drawn.pixelColor(x, y).alpha() == 255 for x in range(16) for y in range(16))


def test_where_two_scroll_bars_meet_there_is_nothing(qtbot: QtBot) -> None:
    theme = themed(ThemeMode.LIGHT)
    table = QTableWidget(40, 40)
    qtbot.addWidget(table)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setPalette(make_palette(theme.colors))
    table.setStyleSheet(control_style(theme.colors, dark=False))
    table.resize(300, 200)
    table.show()
    bars = table.horizontalScrollBar(), table.verticalScrollBar()
    assert all(bar.isVisible() for bar in bars)
    picture = table.grab().toImage()
    corner = [(x, y) for x in range(300 - bars[1].width(), 300) for y in range(200 - bars[0].height(), 200)]
    assert len({picture.pixelColor(x, y).name() for x, y in corner}) == 1
