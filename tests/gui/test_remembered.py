"""What the window and its pages were like is so again at the next start."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtGui import QFont

from labdesk.control.clock import SystemClock
from labdesk.paths import resource_path
from labdesk.ui.main_window import MainWindow
from labdesk.ui.memory import WindowMemory
from labdesk.ui.pages.health.page import HealthPage
from labdesk.ui.pages.templates.page import TemplatesPage
from labdesk.ui.theme import Theme, ThemeMode
from labdesk.ui.times import Times
from labdesk.ui.tokens import Tokens
from labdesk.ui.widgets.buttons import Button
from tests.gui.page_world import BERLIN, until, write
from tests.gui.window_world import WindowWorld, play


def window_of(tmp_path: Path) -> MainWindow:
    """A window as a start makes it."""
    theme = Theme(Tokens.read(resource_path("themes", "tokens.toml")), QFont("Inter", 10), mode=ThemeMode.LIGHT)
    times = Times(BERLIN, QLocale(QLocale.Language.English))
    return MainWindow(theme, times, SystemClock(), WindowMemory(tmp_path / "window.ini"))


def shown_buttons(world: WindowWorld) -> list[Button]:
    """What can be done with the lab in the panel."""
    inspector = world.labs.inspector
    return [button for button in inspector.actions_row.findChildren(Button) if button.isVisibleTo(inspector)]


def away(window: MainWindow) -> None:
    window.hide()
    window.deleteLater()


def test_the_windows_size_is_kept_however_it_ends(tmp_path: Path) -> None:
    window = window_of(tmp_path)
    window.resize(1234, 678)
    window.show()
    window.close_pages()  # ended by a signal: nobody used the cross
    away(window)
    again = window_of(tmp_path)
    assert again.height() == 678  # the screen of these tests is narrower than any window
    away(again)


def test_a_maximised_window_is_maximised_again(tmp_path: Path) -> None:
    window = window_of(tmp_path)
    window.showMaximized()
    window.close()
    away(window)
    again = window_of(tmp_path)
    again.show()
    assert again.isMaximized()
    away(again)


def test_the_lab_one_looked_at_is_shown_again(tmp_path: Path) -> None:
    async def leave(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        world.window.show_page("labs", world.row("Grace Hopper").uid)
        world.window.show_page("health")

    async def come_back(world: WindowWorld) -> None:
        assert world.window.current_page == "health"
        world.window.show_page("labs")
        assert world.labs.inspector.isVisible()
        assert world.labs.inspector.title.text == "Grace Hopper"
        buttons = {button.text(): button.isEnabled() for button in shown_buttons(world)}
        assert buttons == {"Start now": True, "Stop": True, "": True}
        assert world.window.actions_registry.action("lab.extend_15").isEnabled()
        await world.desk.commands.delete_async([world.row("Grace Hopper").key])
        await until(lambda: world.phase("Grace Hopper") == "gone")

    async def without_it(world: WindowWorld) -> None:
        world.window.show_page("labs")
        assert not world.labs.inspector.isVisible()

    for story in (leave, come_back, without_it):
        play(tmp_path, story)


def test_templates_are_narrowed_as_before(tmp_path: Path) -> None:
    async def leave(world: WindowWorld) -> None:
        world.window.show_page("templates")
        page = world.window.page("templates")
        assert isinstance(page, TemplatesPage)
        write(page.toolbar.search.edit, "we")
        page.toolbar.tabs.choose("used")
        await until(lambda: world.assembly.context.memory.get("templates.filter", {}).get("text") == "we")

    async def come_back(world: WindowWorld) -> None:
        page = world.window.page("templates")
        assert isinstance(page, TemplatesPage)
        assert (page.toolbar.search.text, page.toolbar.tabs.current) == ("we", "used")

    play(tmp_path, leave)
    play(tmp_path, come_back)


def test_the_chart_one_looked_at_is_shown_again(tmp_path: Path) -> None:
    async def leave(world: WindowWorld) -> None:
        world.window.show_page("health")
        page = world.window.page("health")
        assert isinstance(page, HealthPage)
        page.choose("state_transitions")

    async def come_back(world: WindowWorld) -> None:
        page = world.window.page("health")
        assert isinstance(page, HealthPage)
        assert page.chart.accessibleName() == "Scheduler: Phase changes"

    play(tmp_path, leave)
    play(tmp_path, come_back)
