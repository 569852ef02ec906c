"""The application: Qt and asyncio on one loop, the window first, then the desk, and an end in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import platformdirs
from dateutil.tz import tzlocal
from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from labdesk.config import APP, DeskSettings, EngineKind, settings_path
from labdesk.control.clock import SystemClock
from labdesk.control.pacing import paced_interpreter
from labdesk.control.tasks import TaskOwner
from labdesk.paths import resource_path
from labdesk.resource.errors import LabDeskError
from labdesk.ui.defects import Defects
from labdesk.ui.icons import IconFont
from labdesk.ui.loop import DeskEventLoop
from labdesk.ui.main_window import MainWindow
from labdesk.ui.memory import WindowMemory
from labdesk.ui.single_window import WindowServer, raise_other_window
from labdesk.ui.theme import Theme, ThemeMode
from labdesk.ui.times import Times
from labdesk.ui.tokens import Tokens
from labdesk.ui.widgets.buttons import ButtonKind

if TYPE_CHECKING:
    from labdesk.desk import Desk
    from labdesk.ui.assembly import Assembly

_FINISH_SECONDS = 10.0
_PAINT_SECONDS = 1.0


def run_window(settings: DeskSettings, *, demo: bool = False) -> int:
    """Show the window until it is closed; return the exit code. There must be a display."""
    app = QApplication([APP])
    app.setApplicationName(APP)
    app.setApplicationDisplayName("LabDesk")
    app.setDesktopFileName(APP)
    app.setQuitOnLastWindowClosed(False)
    with _store_for(settings, demo) as kept:
        if raise_other_window(kept.store):
            return 0
        with asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
            runner.run(_Application(app, kept, demo).run_async())
    return 0


@contextlib.contextmanager
def _store_for(settings: DeskSettings, demo: bool) -> Iterator[DeskSettings]:
    """The settings; for the demo with a store that is thrown away, and an engine that is nowhere."""
    if not demo:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="labdesk-demo-") as folder:
        yield settings.model_copy(update={"store": Path(folder) / "demo.db", "engine": EngineKind.SIMULATED})


class _Application:
    """The parts of one run, in the order they come and, the other way round, go."""

    def __init__(self, app: QApplication, settings: DeskSettings, demo: bool) -> None:
        self._settings = settings
        self._demo = demo
        self._clock = SystemClock()
        self._times = Times(_zone(settings))
        self._memory = WindowMemory(_memory_path(settings, demo))
        mode = ThemeMode(settings.theme) if settings.theme in set(ThemeMode) else ThemeMode.SYSTEM
        self._theme = Theme(
            Tokens.read(resource_path("themes", "tokens.toml")),
            app.font(),
            mode=mode,
            compact=settings.density == "compact",
        )
        self._theme.apply(app)
        self._window = MainWindow(self._theme, self._times, self._clock, self._memory)
        self._defects = Defects(self._window)
        self._tasks = TaskOwner("window", self._tell)
        self._closing = asyncio.Event()
        self._retry = asyncio.Event()
        self._desk: Desk | None = None
        self._assembly: Assembly | None = None

    async def run_async(self) -> None:
        """Live until the window is closed."""
        server = WindowServer(self._settings.store, self._window)
        server.raise_wanted.connect(self._window.raise_window)
        self._window.close_wanted.connect(self._close_wanted)
        with paced_interpreter(_is_in_background), self._defects.caught():
            try:
                with self._closed_by_signals():
                    self._window.show()
                    starting = self._tasks.spawn(self._start_async(), "start the desk")
                    await self._closing.wait()
                    starting.cancel()
            finally:
                server.close()
                await self._end_async()

    async def _painted_async(self) -> None:
        """Return when the window has been painted, or cannot be: it may be minimized, or on another desktop."""
        painted = asyncio.Event()
        self._window.painted.connect(painted.set)
        self._window.update()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PAINT_SECONDS):
                await painted.wait()
        self._window.painted.disconnect(painted.set)

    async def _start_async(self) -> None:
        """Load the icons and open the desk; where it cannot be opened, say why and try again when asked.

        Desk and pages are imported here, after the first paint: they take half a second. Then the labs are painted
        before the desk begins to act, for which it loads half as much again (measured).
        """
        await self._painted_async()
        self._tasks.spawn(self._load_icons_async(), "load icons")
        while True:
            desk = self._make_desk()
            try:
                await desk.open_async()
            except LabDeskError as error:
                await self._explain_async(error)
                continue
            break
        self._desk = desk
        from labdesk.ui.assembly import Assembly
        from labdesk.ui.desktop import Desktop

        if self._demo:
            from labdesk.rehearsal.demo import begin_demo_async

            await begin_demo_async(desk)
        self._assembly = Assembly(
            desk,
            self._window,
            self._theme,
            self._times,
            self._memory,
            self._tasks,
            Desktop(),
            settings_file=_settings_file(self._settings, self._demo),
        )
        self._assembly.closing.ended.connect(self._closing.set)
        self._assembly.begin()
        await self._painted_async()
        await self._window.make_pages_async()
        await desk.act_async()

    def _close_wanted(self) -> None:
        """A window that shows no desk yet has nothing to ask, and the demo's labs end with it."""
        if self._assembly is None or self._demo:
            self._closing.set()
        else:
            self._assembly.closing.ask()

    def _make_desk(self) -> Desk:
        from labdesk.desk import Desk
        from labdesk.desk_engine import engine_factory

        if self._demo:
            from labdesk.rehearsal.demo import demo_engine

            return Desk(self._settings, clock=self._clock, engine=lambda _desk_id: demo_engine(self._clock))
        return Desk(self._settings, clock=self._clock, engine=engine_factory(self._settings, self._clock))

    async def _load_icons_async(self) -> None:
        """Read the icons on a thread, so that the window stays alive meanwhile."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="icons")
        try:
            font = await asyncio.get_running_loop().run_in_executor(pool, IconFont.read)
        finally:
            pool.shutdown(wait=False)
        self._theme.icons.load(font)

    async def _explain_async(self, error: LabDeskError) -> None:
        """Show why the desk could not be opened, until somebody asks to try again."""
        page = self._window.starting
        page.set_icon("mdi6.database-alert-outline")
        page.set_text(self._window.tr("The desk could not be opened"), error.message)
        button = page.add_action(self._window.tr("Try again"), kind=ButtonKind.PRIMARY)
        self._retry.clear()
        button.clicked.connect(self._retry.set)
        await self._retry.wait()
        button.hide()
        button.deleteLater()
        page.set_text(self._window.tr("Opening the desk …"), "")

    async def _end_async(self) -> None:
        """Finish what the instructor began, stop the desk, take the window away. Labs keep running."""
        if self._assembly is not None:
            self._assembly.close()
            await self._tasks.wait_async(_FINISH_SECONDS)
        await self._tasks.cancel_async()
        self._window.hide()
        if self._desk is not None:
            await self._desk.stop_async()
        self._window.deleteLater()

    def _tell(self, what: str, error: BaseException) -> None:
        """Show an error of a task; one that leaves no pages stands where they would be."""
        self._defects.tell(what, error)
        if self._assembly is None and not isinstance(error, LabDeskError):
            page = self._window.starting
            page.set_icon("mdi6.alert-outline")
            text = self._window.tr("{error}. The log file has the details; labs keep running.")
            page.set_text(self._window.tr("The desk could not be shown"), text.format(error=error))

    @contextlib.contextmanager
    def _closed_by_signals(self) -> Iterator[None]:
        """Let SIGTERM and SIGINT close the window.

        Python sees signals between its own steps, of which there are none while Qt waits. So each also writes a byte
        to a socket, and Qt wakes Python to read it.
        """
        before = {number: signal.signal(number, self._signalled) for number in (signal.SIGTERM, signal.SIGINT)}
        reader, writer = socket.socketpair()
        writer.setblocking(False)  # as set_wakeup_fd asks
        notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
        notifier.activated.connect(lambda: reader.recv(1))
        wakeup_before = signal.set_wakeup_fd(writer.fileno())
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup_before)
            notifier.setEnabled(False)
            reader.close()
            writer.close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _signalled(self, *_: object) -> None:
        self._closing.set()


def _is_in_background() -> bool:
    return QGuiApplication.applicationState() != Qt.ApplicationState.ApplicationActive


def _zone(settings: DeskSettings) -> tzinfo:
    """The instructor's zone: the setting, else this computer's."""
    return ZoneInfo(settings.time_zone) if settings.time_zone else tzlocal()


def _settings_file(settings: DeskSettings, demo: bool) -> Path:
    """Where settings are kept; the demo begins with the instructor's and forgets what is changed in it."""
    if not demo:
        return settings_path()
    own = settings.store.with_name("settings.json")
    with contextlib.suppress(FileNotFoundError):
        own.write_bytes(settings_path().read_bytes())
    return own


def _memory_path(settings: DeskSettings, demo: bool) -> Path:
    """Where the window remembers itself; the demo forgets."""
    if demo:
        return settings.store.with_name("window.ini")
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "window.ini"
