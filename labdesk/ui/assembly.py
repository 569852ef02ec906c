"""Puts a started desk into the window: bridge, pages, engine card and banner."""

from __future__ import annotations

import contextlib
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer

from labdesk.config import AccessMode
from labdesk.control.tasks import TaskOwner
from labdesk.desk import Desk, DeskMode
from labdesk.engines.service import EngineRequestError, EngineUnavailable
from labdesk.paths import resource_path
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.bridge import ChangeBridge
from labdesk.ui.closing.closing import Closing
from labdesk.ui.closing.hand_over import HandOver, serve_command
from labdesk.ui.closing.sheet import ClosingSheet
from labdesk.ui.desktop import Desktop
from labdesk.ui.former_containers import FormerContainersNotice
from labdesk.ui.main_window import MainWindow
from labdesk.ui.memory import WindowMemory
from labdesk.ui.page import PageContext
from labdesk.ui.pages.events.page import EventsPage
from labdesk.ui.pages.health.page import HealthPage
from labdesk.ui.pages.health.source import DeskHealth
from labdesk.ui.pages.labs.page import LabsPage
from labdesk.ui.pages.settings.assembly import make_settings_page, user_service
from labdesk.ui.pages.settings.page import SettingsPage
from labdesk.ui.pages.templates.page import TemplatesPage
from labdesk.ui.pages.timeline.page import TimelinePage
from labdesk.ui.pages.today.page import TodayPage
from labdesk.ui.panels.first_run.me import guess_instructor
from labdesk.ui.panels.first_run.page import FirstRun
from labdesk.ui.panels.image_book import ImageBook
from labdesk.ui.panels.new_lab.panel import NewLabPanel
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.settings_keeper import SettingsKeeper
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.toast import HOLD_MS
from labdesk.ui.words import counted

if TYPE_CHECKING:
    from labdesk.labs.request import LabInstanceRequest
    from labdesk.ui.pages.settings.user_service import UserService

LOG_LINES = 200
_CARD_MS = 250
_CLOCK_MS = 1_000
"""Nobody tells of a clock that is set: it is looked at."""


class Assembly(QObject):
    """Owns what lies between the desk and the pages; `close` before the desk stops."""

    def __init__(
        self,
        desk: Desk,
        window: MainWindow,
        theme: Theme,
        times: Times,
        memory: WindowMemory,
        tasks: TaskOwner,
        desktop: Desktop,
        *,
        settings_file: Path,
        frame_ms: int = 50,
        hold_milliseconds: int = HOLD_MS,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._is_closed = False
        self.bridge = ChangeBridge(self, frame_ms)
        self.shelf = TemplateShelf(self)
        self.context = self._make_context(theme, times, memory, tasks, desktop)
        self._card_timer = QTimer(self)
        self._card_timer.setSingleShot(True)
        self._card_timer.setInterval(_CARD_MS)
        self._card_timer.timeout.connect(self.show_engine)
        self._clock_timer = QTimer(self)
        self._clock_timer.setInterval(_CLOCK_MS)
        self._clock_timer.timeout.connect(self.show_clock)
        keeper = SettingsKeeper(settings_file, os.environ)
        service = user_service(self.context.settings, keeper)
        self._add_pages(hold_milliseconds, keeper, service)
        self._add_closing(keeper, service)
        self.former = FormerContainersNotice(self.context, desk.former, window.former_banner, self)
        self._connect()

    def begin(self) -> None:
        """Hand over what there is, then every change."""
        desk, bridge = self._desk, self.bridge
        bridge.follow_labs(desk.labs)
        bridge.follow_templates(desk.templates)
        bridge.follow_events(desk.bus)
        bridge.list_templates(list(desk.templates.cache.images()))
        bridge.list_labs(list(desk.labs.cache.images()))
        self.show_engine()
        self.show_store()
        self.show_clock()
        self._clock_timer.start()
        self.former.refresh()
        if self.labs.is_welcoming:
            self._window.show_page("labs")
        else:
            self._window.show_first_page()

    def close(self) -> None:
        """Commit what waits behind toasts, then take no further changes. Called again it does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        self._clock_timer.stop()
        self._window.toasts.finish_all()
        self._window.close_pages()
        self.images.close()
        self._desk.engine_monitor.remove_listener(self.show_engine)
        self.bridge.stop()

    def show_engine(self) -> None:
        """Bring card and banner up to date. The welcome tells of a missing engine by itself."""
        monitor = self._desk.engine_monitor
        self._window.rail.engine_card.show_engine(
            monitor, self._desk.capacity, acting=self._desk.mode == DeskMode.ACTING
        )
        self._window.banner.show_engine(monitor, told_elsewhere=self.labs.is_welcoming)
        self._window.fit_banners()

    def show_store(self) -> None:
        """Bring the store's banner up to date."""
        self._window.store_banner.show_trouble(self._desk.store_trouble)
        self._window.fit_banners()

    def show_clock(self) -> None:
        """Bring the clock's banner up to date, and the time in the top bar."""
        clock = self._desk.clock
        self._window.clock_banner.show_hold(clock.held_until, clock.behind)
        self._window.top_bar.show_time()
        self._window.fit_banners()

    # --- building ---------------------------------------------------------------------------------------------

    def _make_context(
        self, theme: Theme, times: Times, memory: WindowMemory, tasks: TaskOwner, desktop: Desktop
    ) -> PageContext:
        desk = self._desk
        return PageContext(
            bridge=self.bridge,
            store=desk.store,
            commands=desk.commands,
            workspaces=desk.workspaces,
            clock=desk.clock,
            settings=desk.settings,
            engine=desk.engine,
            engine_monitor=desk.engine_monitor,
            capacity=desk.capacity,
            metrics=desk.metrics,
            lab_of=desk.labs.cache.get_uid,
            lab_at=desk.labs.cache.get,
            links_of=desk.links_of_async,
            log_of=self._log_async,
            tasks=tasks,
            theme=theme,
            times=times,
            memory=memory,
            desktop=desktop,
            toasts=self._window.toasts,
            actions=self._window.actions_registry,
            navigate=self._window.show_page,
        )

    def _add_pages(self, hold_milliseconds: int, keeper: SettingsKeeper, service: UserService) -> None:
        context = self.context
        add = partial(self._window.add_page, copy=context.desktop.copy)
        self.bridge.templates_listed.connect(self.shelf.take_list)
        self.bridge.templates_changed.connect(self.shelf.take_changes)
        spec = ActionSpec("lab.new", self.tr("New lab"), self.tr("Labs"), Undoing.INVERSE, "N", "mdi6.plus")
        context.actions.add(spec, self._open_new_lab)
        self.labs = LabsPage(context, hold_milliseconds)
        self.labs.lab_actions.edit_wanted.connect(self.labs.inspector.details.edit)
        self.images = ImageBook(context.engine, context.engine_monitor, context.tasks, self)
        self.new_lab = NewLabPanel(
            context, self.shelf, self.labs.model, lambda: self._desk.access, self.images, self.labs
        )
        self.new_lab.hide()
        self.new_lab.created.connect(self._labs_made)
        self.welcome = FirstRun(
            context, self.shelf, resource_path("templates"), partial(self._choose_access, keeper), guess_instructor()
        )
        self.welcome.finished.connect(self._first_labs_made)
        self.welcome.demo_wanted.connect(open_demo)
        self.labs.set_welcome(self.welcome, lambda: self.shelf.is_listed and not self.shelf.facts)
        self.shelf.changed.connect(self.labs.refresh_stack)
        self.shelf.changed.connect(self._card_soon)
        model = self.labs.model
        add(TodayPage, lambda: TodayPage(context, model, lambda: self._desk.mode == DeskMode.ACTING))
        add(LabsPage, lambda: self.labs)
        self._window.frames[LabsPage.KEY].make()  # its badge, and the new lab that everything offers
        add(TimelinePage, lambda: TimelinePage(context, model))
        add(EventsPage, lambda: EventsPage(context))
        add(TemplatesPage, lambda: TemplatesPage(context, self.shelf, model, self.images, hold_milliseconds))
        add(HealthPage, lambda: HealthPage(context, DeskHealth(self._desk)))
        add(SettingsPage, lambda: make_settings_page(context, self._desk, keeper, service, model, self.shelf))

    def _add_closing(self, keeper: SettingsKeeper, service: UserService) -> None:
        context, window = self.context, self._window
        self.closing = Closing(
            self._desk,
            self.labs.model.rows,
            ClosingSheet(context.theme, context.times, context.clock, window),
            keeper,
            context.tasks,
            service.serves_async,
            HandOver(self._desk, serve_command(self._desk.settings)).run_async,
            self,
        )

    def _connect(self) -> None:
        window = self._window
        window.banner.retry_wanted.connect(self._desk.engine_monitor.retry_now)
        window.banner.demo_wanted.connect(open_demo)
        self.former.changed.connect(window.fit_banners)
        window.rail.engine_card.clicked.connect(lambda: window.show_page("health"))
        self.bridge.labs_changed.connect(self._card_soon)
        self._desk.engine_monitor.add_listener(self.show_engine)
        self._desk.add_trouble_listener(self.show_store)
        self._desk.add_mode_listener(lambda _mode: self._card_soon())
        self._desk.add_mode_listener(lambda _mode: self._follow_pulls())
        self._follow_pulls()

    def _follow_pulls(self) -> None:
        """Hear from the process that acts, if that is this one, how far its pulls for labs are."""
        if self._desk.plane is not None:
            self._desk.plane.pulls.add_listener(self.images.follow)

    def _card_soon(self) -> None:
        if not self._card_timer.isActive():
            self._card_timer.start()

    def _open_new_lab(self) -> None:
        self._window.show_page("labs")
        self.labs.show_panel(self.new_lab)
        self.new_lab.open_for()

    def _labs_made(self, labs: list[LabInstanceRequest]) -> None:
        """Show what was created, and say it with a way back."""
        keys = [lab.key for lab in labs]
        self.labs.show_new([lab.metadata.uid for lab in labs])

        def undo() -> None:
            self.context.tasks.spawn(self._desk.commands.delete_async(keys), "undo the new labs")

        text = counted(len(labs), self.tr("{n} lab created"), self.tr("{n} labs created"))
        self._window.toasts.offer_undo(text, undo)

    def _first_labs_made(self, labs: list[LabInstanceRequest]) -> None:
        if labs:
            self.labs.show_new([lab.metadata.uid for lab in labs])
            self._window.toasts.show(self.tr("Your first lab is on its way"))

    def _choose_access(self, keeper: SettingsKeeper, mode: AccessMode) -> None:
        """Let the choice hold for this desk at once and for the next start. Raises InvalidResourceError."""
        keeper.put({"access_mode": mode.value})
        self._desk.use_access(mode)

    async def _log_async(self, lab: LabInstanceRequest) -> str:
        """The container's last lines while there is one, else those that were kept."""
        if lab.status.container_id and not lab.status.cleaned_up:
            with contextlib.suppress(EngineUnavailable, EngineRequestError):  # the banner tells of the engine
                text = await self._desk.engine.get_logs_async(lab.status.container_id, LOG_LINES)
                if text:
                    return text
        kept = await self._desk.store.logs.get_async(lab.metadata.uid)
        return kept.text if kept is not None else ""


def open_demo() -> None:
    """Start the demo in a process and window of its own."""
    QProcess.startDetached(sys.executable, ["-m", "labdesk", "--demo"])
