"""What holds for every page and panel: names, Tab, room for longer texts and larger letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QScrollArea, QTableView, QWidget

from labdesk.ui.widgets.labels import ElidedLabel
from labdesk.ui.widgets.rail_button import RailButton
from labdesk.ui.widgets.sheet import Sheet
from tests.gui.every_state import STATES, Enter
from tests.gui.page_world import focusable, press, settle
from tests.gui.pseudo_text import pseudo_text, stretched
from tests.gui.window_world import WindowWorld, play

each_state = pytest.mark.parametrize("enter", STATES.values(), ids=STATES.keys())


async def come_to_rest(world: WindowWorld) -> None:
    """Let what the page asked the store for come, and all have its place."""
    await world.tasks.wait_async(0.3)
    await settle(world.window)


# --- the keyboard ---------------------------------------------------------------------------------------------


def name_of(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def told(widget: QWidget) -> str:
    """What to call a widget in a failure."""
    parent = widget.parent()
    return f"{type(parent).__name__}/{type(widget).__name__} {name_of(widget)!r}"


def stops(world: WindowWorld) -> set[QWidget]:
    """What Tab must reach. Of buttons that exclude each other that is the chosen one; arrow keys go to the others.

    A sheet over the window keeps the keyboard.
    """
    sheets = [sheet for sheet in world.window.findChildren(Sheet) if sheet.isVisible()]
    return {
        widget
        for widget in focusable(sheets[0] if sheets else world.window)
        if not (isinstance(widget, QAbstractButton) and widget.group() is not None and not widget.isChecked())
        and widget.focusProxy() is None
        and not _is_inner_edit(widget)
    }


def _is_inner_edit(widget: QWidget) -> bool:
    """The line within a spin box or combo box: its box has the focus."""
    parent = widget.parent()
    return isinstance(widget, QLineEdit) and isinstance(parent, QWidget) and parent.focusProxy() is widget


def walked(world: WindowWorld, key: Qt.Key, steps: int) -> list[QWidget]:
    """Press a key again and again; return where the keyboard was, in that order.

    A date and time is gone through part by part, as everywhere, before the next one is reached.
    """
    reached: list[QWidget] = []
    for _ in range(steps):
        press(world.window.focusWidget() or world.window, key)
        current = world.window.focusWidget()
        if current is None or current in reached[:-1]:
            break
        if current not in reached:
            reached.append(current)
    return reached


@each_state
def test_every_part_has_a_name_and_is_reached_by_tab_and_back(enter: Enter, tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await enter(world)
        await come_to_rest(world)
        wanted = stops(world)
        assert [told(widget) for widget in wanted if not name_of(widget)] == []
        forth = walked(world, Qt.Key.Key_Tab, 4 * len(wanted))
        assert {told(widget) for widget in wanted - set(forth)} == set()
        back = walked(world, Qt.Key.Key_Backtab, 4 * len(wanted))
        assert {told(widget) for widget in wanted - set(back)} == set()

    play(tmp_path, story)


def test_tab_goes_to_the_chosen_one_of_buttons_that_exclude_each_other(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await STATES["templates"](world)
        await come_to_rest(world)
        world.window.top_bar.field.edit.setFocus()
        reached = [widget for widget in walked(world, Qt.Key.Key_Tab, 40) if isinstance(widget, RailButton)]
        assert [name_of(button) for button in reached] == ["Templates"]

    play(tmp_path, story)


# --- room for texts -------------------------------------------------------------------------------------------


def texts(root: QWidget) -> list[QWidget]:
    """Every label and button that shows words."""
    kinds = (QLabel, ElidedLabel, QAbstractButton)
    shown = [one for one in root.findChildren(QWidget) if isinstance(one, kinds) and one.isVisibleTo(root)]
    return [one for one in shown if text_of(one)]


def text_of(widget: QWidget) -> str:
    text = widget.text  # type: ignore[attr-defined]
    return str(text() if callable(text) else text)


def cut(widget: QWidget) -> str:
    """Say how a label or button is cut off, or nothing."""
    needed, given = widget.sizeHint(), widget.size()
    if widget.hasHeightForWidth():
        if widget.heightForWidth(given.width()) > given.height() or given.width() < widget.minimumSizeHint().width():
            return f"{widget.heightForWidth(given.width())} px high at this width, has {given}"
    elif given.width() < needed.width() and not (isinstance(widget, ElidedLabel) and widget.toolTip()):
        return f"{needed.width()} px wide, has {given.width()}"
    elif given.height() < needed.height():
        return f"{needed.height()} px high, has {given.height()}"
    return hidden(widget)


def hidden(widget: QWidget) -> str:
    """Say which part lies outside of what shows it; what can be scrolled to is not hidden."""
    rect, around = widget.rect(), widget
    while (parent := around.parentWidget()) is not None and not around.isWindow():
        rect.translate(around.pos())
        area = parent.parentWidget()
        if isinstance(area, QScrollArea) and parent is area.viewport():
            rect = QRect(rect.x(), 0, rect.width(), 1)
        if not parent.rect().contains(rect):
            return f"{rect} lies outside of {type(parent).__name__} {parent.rect()}"
        around = parent
    return ""


def cut_texts(root: QWidget) -> list[str]:
    return [f"{told(one)} {text_of(one)!r}: {how}" for one in texts(root) if (how := cut(one))]


@each_state
def test_texts_a_third_longer_are_not_cut_off(enter: Enter, tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.window.resize(1366, 768)
        await enter(world)
        await come_to_rest(world)
        assert (world.window.width(), world.window.height()) == (1366, 768)
        assert "\n".join(cut_texts(world.window)) == ""

    with pseudo_text():
        play(tmp_path, story)


@each_state
def test_larger_letters_are_not_cut_off(enter: Enter, tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.window.resize(1920, 1080)
        await enter(world)
        await come_to_rest(world)
        line = QFontMetrics(world.assembly.context.theme.fonts.body).height()
        assert line > 20
        low = [told(view) for view in tables(world.window) if view.verticalHeader().defaultSectionSize() < line + 4]
        assert low == []
        assert "\n".join(cut_texts(world.window)) == ""

    play(tmp_path, story, points=14)


def tables(root: QWidget) -> list[QTableView]:
    return [view for view in root.findChildren(QTableView) if view.isVisibleTo(root)]


def test_the_longer_text_keeps_marks_and_tags() -> None:
    assert stretched("Extend by {minutes} min") == "[Ëxŧëñd bŷ {minutes} mïñ~~]"
    assert stretched("<b>Stop it</b>") == "[<b>Šŧöp ïŧ</b>]"
    assert stretched("ddd d MMM yyyy, HH:mm") == "ddd d MMM yyyy, HH:mm"
