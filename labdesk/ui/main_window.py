"""The main window: it only assembles rail, top bar and pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QGuiApplication, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from labdesk.control.clock import Clock
from labdesk.ui.actions import ActionRegistry, ActionSpec, Undoing
from labdesk.ui.memory import WindowMemory
from labdesk.ui.page import Page
from labdesk.ui.page_frame import PageFrame
from labdesk.ui.shell.cheat_sheet import CheatSheet
from labdesk.ui.shell.clock_banner import ClockBanner
from labdesk.ui.shell.command_field import CommandField
from labdesk.ui.shell.command_finder import OPEN_COMMAND, CommandFinder
from labdesk.ui.shell.engine_banner import EngineBanner
from labdesk.ui.shell.former_banner import FormerBanner
from labdesk.ui.shell.rail import Rail
from labdesk.ui.shell.store_banner import StoreBanner
from labdesk.ui.shell.top_bar import TopBar
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.card import Surface
from labdesk.ui.widgets.empty_state import EmptyState
from labdesk.ui.widgets.toast import ToastHost

_FIRST_SIZE = (1366, 768)
_LEAST_SIZE = (1024, 600)


class MainWindow(Surface):
    """Shown before the desk has started; pages are added when it has. `close_wanted` asks the application to end."""

    painted = Signal()
    """The window was painted, its pages with it."""
    close_wanted = Signal()

    def __init__(
        self, theme: Theme, times: Times, clock: Clock, memory: WindowMemory, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "window", parent=parent)
        self._memory = memory
        self.frames: dict[str, PageFrame] = {}
        self._current = ""
        self.setWindowTitle("LabDesk")
        self.setMinimumSize(*_LEAST_SIZE)
        self.actions_registry = ActionRegistry(self)
        self.toasts = ToastHost(theme, self)
        self.rail = Rail(theme)
        self.top_bar = TopBar(theme, self.actions_registry, times, clock)
        self.store_banner = StoreBanner(theme)
        self.banner = EngineBanner(theme, times)
        self.clock_banner = ClockBanner(theme, times)
        self.former_banner = FormerBanner(theme)
        self.starting = EmptyState(theme, "mdi6.flask-outline")
        self.starting.set_text(self.tr("Opening the desk …"), "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.starting)
        self._lay_out()
        self.finder = CommandFinder(self.actions_registry, self.frames, memory, self.show_page, self)
        self.command = CommandField(theme, self.top_bar.field, self, self.finder.find)
        self.cheat_sheet = CheatSheet(theme, self.actions_registry, self)
        self.rail.chosen.connect(self.show_page)
        self._declare_actions()
        self._restore_geometry()

    # --- building ---------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        margin = self.theme.space.page_margin
        self._banner_room = QWidget()
        room = QVBoxLayout(self._banner_room)
        room.setContentsMargins(margin, 12, margin, 4)
        room.setSpacing(8)
        self._banners = (self.store_banner, self.clock_banner, self.banner, self.former_banner)
        for banner in self._banners:
            room.addWidget(banner)
        self._banner_room.hide()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.top_bar)
        right.addWidget(self._banner_room)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)

    def _declare_actions(self) -> None:
        group = self.tr("Window")
        spec = ActionSpec(
            OPEN_COMMAND, self.tr("Search or run a command"), group, Undoing.HARMLESS, "Ctrl+K", "mdi6.magnify"
        )
        self.actions_registry.add(spec, self.command.open)
        spec = ActionSpec("window.search", self.tr("Search this page"), group, Undoing.HARMLESS, "/", "mdi6.magnify")
        self.actions_registry.add(spec, self._search_page)
        spec = ActionSpec(
            "window.shortcuts", self.tr("Keyboard shortcuts"), group, Undoing.HARMLESS, "?", "mdi6.keyboard-outline"
        )
        self.actions_registry.add(spec, self.cheat_sheet.toggle)
        self.actions_registry.note_key(self.tr("Close a panel, clear a search"), group, self.tr("Esc"))
        self.actions_registry.note_key(self.tr("Menu of what is chosen"), group, self.tr("Shift F10"))
        QShortcut(QKeySequence("Shift+F10"), self).activated.connect(self._open_context_menu)
        spec = ActionSpec("window.undo", self.tr("Undo"), group, Undoing.HARMLESS, "Ctrl+Z", "mdi6.undo")
        self.actions_registry.add(spec, self.toasts.undo_newest)
        spec = ActionSpec("window.close", self.tr("Close"), group, Undoing.HARMLESS, "Ctrl+Q", "mdi6.close")
        self.actions_registry.add(spec, self.close)

    def add_page(self, kind: type[Page], make: Callable[[], Page], copy: Callable[[str], object]) -> None:
        """Add the frame of a page, and its entry in the rail. The page is made when it is first shown, or by
        `make_pages_async`; `copy` puts on the clipboard what went wrong in it.
        """
        frame = PageFrame(self.theme, kind, make, self.actions_registry, copy)
        key = kind.KEY
        self.frames[key] = frame
        self._stack.addWidget(frame)
        number, title = len(self.frames), frame.title
        spec = ActionSpec(f"page.{key}", title, self.tr("Pages"), Undoing.HARMLESS, f"Ctrl+{number}", kind.ICON)
        self.actions_registry.add(spec, lambda: self.show_page(key))
        button = self.rail.add_page(key, title, kind.ICON, f"{title} (Ctrl+{number})", apart=kind.APART)
        frame.badge_changed.connect(button.set_badge)

    # --- pages ------------------------------------------------------------------------------------------------

    @property
    def current_page(self) -> str:
        return self._current

    def page(self, key: str) -> Page:
        """Return a page that could be made."""
        page = self.frames[key].page
        assert page is not None  # noqa: S101
        return page

    def show_page(self, key: str, target: str = "") -> None:
        """Show a page and, with a target, that one thing on it."""
        if key != self._current:
            if self._current:
                self.frames[self._current].deactivate()
            self._current = key
            frame = self.frames[key]
            frame.make()
            self._stack.setCurrentWidget(frame)
            self.rail.show_current(key)
            self.top_bar.show_page(frame.title, frame.ask(lambda page: page.primary_actions(), ()))
            frame.activate()
            self._memory.put("window.page", key)
        if target:
            self.frames[key].ask(lambda page: page.show_target(target), None)

    def show_first_page(self) -> None:
        """Show the page that was shown last, else the first. Those before it are made, too: keys come in one order."""
        remembered = str(self._memory.get("window.page", ""))
        first = remembered if remembered in self.frames else next(iter(self.frames))
        for key, frame in self.frames.items():
            frame.make()
            if key == first:
                break
        self.show_page(first)

    async def make_pages_async(self) -> None:
        """Make the pages nobody has seen yet, one at a turn of the loop: what they offer has its keys and is found."""
        for frame in self.frames.values():
            await asyncio.sleep(0)
            frame.make()

    def _open_context_menu(self) -> None:
        """For keyboards without a menu key, for which alone Qt does this on X11 and Wayland."""
        if (widget := self.focusWidget()) is not None:
            at = widget.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).center()
            reason = QContextMenuEvent.Reason.Keyboard
            QGuiApplication.postEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))

    def _search_page(self) -> None:
        """Go to the page's own search field; where there is none to be seen, to the one that finds everything."""
        frame = self.frames.get(self._current)
        field = frame.ask(lambda page: page.search_field(), None) if frame is not None else None
        if field is not None and field.isVisible():
            field.take_keyboard()
        else:
            self.command.open()

    def fit_banners(self) -> None:
        """Give the banners that have something to say their room, and take it back from the others."""
        self._banner_room.setVisible(not all(banner.isHidden() for banner in self._banners))

    def close_pages(self) -> None:
        """Let every page go; for the end, which need not have begun with the window's cross."""
        self._remember_geometry()
        for frame in self.frames.values():
            frame.deactivate()
            frame.ask(lambda page: page.close_page(), None)

    # --- the window itself ------------------------------------------------------------------------------------

    def raise_window(self) -> None:
        """Come to the front: another start of LabDesk asked for it."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only ask: the application ends in its own order, with the loop still running."""
        event.ignore()
        self._remember_geometry()
        self.close_wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()

    def _remember_geometry(self) -> None:
        self._memory.put_bytes("window.geometry", self.saveGeometry())

    def _restore_geometry(self) -> None:
        geometry = self._memory.get_bytes("window.geometry")
        if not geometry.isEmpty() and self.restoreGeometry(geometry):
            return
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry() if screen is not None else QRect(0, 0, *_FIRST_SIZE)
        self.resize(min(_FIRST_SIZE[0], room.width()), min(_FIRST_SIZE[1], room.height()))
