"""The whole window over a whole desk: real store, simulated engine, qasync loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from labdesk.config import DeskSettings
from labdesk.control.tasks import TaskOwner
from labdesk.desk import Desk
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Latencies
from labdesk.engines.spec import ContainerIdentity, ContainerSpec
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.students import Student
from labdesk.paths import resource_path
from labdesk.ui.assembly import Assembly
from labdesk.ui.desktop import Desktop
from labdesk.ui.loop import DeskEventLoop
from labdesk.ui.main_window import MainWindow
from labdesk.ui.memory import WindowMemory
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.labs.page import LabsPage
from labdesk.ui.theme import Theme, ThemeMode
from labdesk.ui.times import Times
from labdesk.ui.tokens import Tokens
from tests.gui.page_world import BERLIN, STORY_SECONDS, SteppedClock, until

TEMPLATE = """
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: web}
spec:
  image: "busybox:1.36"
  ports: [{name: http, containerPort: 8080}]
  env: {PASSWORD: "{{lab.password}}"}
"""
NEVER_MS = 600_000


class RecordingDesktop(Desktop):
    """Remembers instead of doing; `has_terminal` and `has_browser` say what is there."""

    def __init__(self) -> None:
        self.copied: list[str] = []
        self.opened: list[str] = []
        self.commands: list[list[str]] = []
        self.has_terminal = True
        self.has_browser = True

    def copy(self, text: str) -> None:
        self.copied.append(text)

    def open_url(self, url: str) -> bool:
        self.opened.append(url)
        return self.has_browser

    def open_terminal(self, command: Sequence[str]) -> bool:
        self.commands.append(list(command))
        return self.has_terminal


@dataclass
class WindowWorld:
    """What a story may look at and use."""

    desk: Desk
    window: MainWindow
    assembly: Assembly
    engine: SimulatedContainerService
    desktop: RecordingDesktop
    clock: SteppedClock
    tasks: TaskOwner
    failures: list[str]

    @property
    def labs(self) -> LabsPage:
        return self.assembly.labs

    @property
    def toasts(self) -> list[str]:
        return [toast.text for toast in self.window.toasts.toasts]

    def row(self, student: str) -> LabRow:
        return next(row for row in self.labs.model.rows() if row.student == student)

    def phase(self, student: str) -> str:
        return next((row.phase for row in self.labs.model.rows() if row.student == student), "gone")

    def choose(self, *students: str) -> None:
        """Select labs as a person does who clicks on them one after the other with Ctrl."""
        self.window.show_page("labs")
        self.labs.model.select(self.row(student).uid for student in students)

    def trigger(self, action: str) -> None:
        """Use an action, which must be possible now."""
        found = self.window.actions_registry.action(action)
        assert found.isEnabled(), action
        found.trigger()

    def click_undo(self) -> None:
        button = self.window.toasts.toasts[-1].undo_button
        assert button is not None
        button.click()

    async def create(self, *students: str, minutes_from_now: float | None = None, minutes: int = 60) -> None:
        """Create a lab for each student and wait until the window shows it."""
        start = None if minutes_from_now is None else self.desk.clock.now() + timedelta(minutes=minutes_from_now)
        people = [Student(f"{name.split()[0].lower()}@example.edu", name) for name in students]
        await self.desk.commands.create_labs_async("web", people, start, minutes)
        await until(lambda: {row.student for row in self.labs.model.rows()} >= set(students))

    async def create_running(self, *students: str) -> None:
        await self.create(*students)
        await until(lambda: all(self.phase(student) == "RUNNING" for student in students))

    async def leave_workspaces(self, *students: str) -> None:
        """Let labs of these students run with a workspace, and end them; nothing else is left on the engine."""
        await self.desk.commands.apply_async(f"{TEMPLATE}  workspace: /work\n")
        await self.create_running(*students)
        await self.desk.commands.stop_async([self.row(student).key for student in students])
        await until(lambda: all(self.phase(student) == "COMPLETED" for student in students))
        await until(lambda: not self.engine.containers)

    async def leave_former_containers(self, count: int) -> None:
        """Let the engine have containers that this desk made before its store was restored, for labs it forgot."""
        for number in range(count):
            spec = ContainerSpec(image="busybox:1.36")
            desk_id, uid = self.desk.store.desk_id, f"former-{number}"
            identity = ContainerIdentity(desk_id, "former", uid, "default", uid, 1, spec.hash)
            await self.engine.create_container_async(identity, spec, "")
        assert self.desk.plane is not None
        self.desk.plane.scheduler.wake(everything=True)
        await until(self.window.former_banner.isVisible)

    async def lab(self, student: str) -> LabInstanceRequest:
        row = self.row(student)
        found = await self.desk.store.find_uid_async(row.uid)
        assert isinstance(found, LabInstanceRequest)
        return found


Story = Callable[[WindowWorld], Awaitable[None]]


def play(
    tmp_path: Path,
    story: Story,
    *,
    hold_milliseconds: int = NEVER_MS,
    points: int = 10,
    every_page: bool = False,
    **engine: Any,
) -> None:
    """Run a story, with text of that size; whatever a task reported as failed fails the test.

    Pages are made when they are shown; `every_page` makes all before the story begins, as the application soon does.
    """
    app = QApplication.instance()

    async def main() -> None:
        async with window_world(tmp_path, hold_milliseconds, points, every_page, **engine) as world:
            async with asyncio.timeout(STORY_SECONDS):
                await story(world)
            assert world.failures == []

    with asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
        runner.run(main())


@asynccontextmanager
async def window_world(
    tmp_path: Path, hold_milliseconds: int, points: int, every_page: bool, **engine: Any
) -> AsyncIterator[WindowWorld]:
    clock = SteppedClock()
    options = {"images": ["busybox:1.36"], "latencies": Latencies.none(), **engine}
    service = SimulatedContainerService(clock.now, 1, **options)
    settings = DeskSettings(store=tmp_path / "desk.db", time_zone="Europe/Berlin")
    desk = Desk(settings, clock=clock, engine=lambda _desk_id: service, role="test", seed=1)
    theme = Theme(Tokens.read(resource_path("themes", "tokens.toml")), QFont("Inter", points), mode=ThemeMode.LIGHT)
    times = Times(BERLIN, QLocale(QLocale.Language.English))
    memory = WindowMemory(tmp_path / "window.ini")
    window = MainWindow(theme, times, desk.clock, memory)
    failures: list[str] = []
    tasks = TaskOwner("window", lambda what, error: failures.append(f"{what}: {error}"))
    desktop = RecordingDesktop()
    window.resize(1366, 768)
    await desk.start_async()
    await desk.commands.apply_async(TEMPLATE)
    assembly = Assembly(
        desk, window, theme, times, memory, tasks, desktop,
        settings_file=tmp_path / "settings.json", frame_ms=5, hold_milliseconds=hold_milliseconds,
    )  # fmt: skip
    if not memory.get("window.page", ""):  # which page comes first depends on whether the template was already seen
        memory.put("window.page", "labs")
    window.show()
    assembly.begin()
    if every_page:
        await window.make_pages_async()
    window.activateWindow()
    await until(lambda: desk.engine_monitor.info is not None and window.isActiveWindow())
    try:
        yield WindowWorld(desk, window, assembly, service, desktop, clock, tasks, failures)
    finally:
        assembly.close()
        await tasks.wait_async(5.0)
        await tasks.cancel_async()
        await desk.stop_async()
        window.hide()
        window.deleteLater()
        QApplication.sendPostedEvents()
