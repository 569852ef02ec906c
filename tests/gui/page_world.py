"""A page over a whole desk: real store, simulated engine, qasync loop, and hands to use it with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from labdesk.config import DeskSettings
from labdesk.control.tasks import TaskOwner
from labdesk.desk import Desk
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Latencies
from labdesk.labs.request import LabInstanceRequest
from labdesk.paths import resource_path
from labdesk.ui.actions import ActionRegistry
from labdesk.ui.bridge import ChangeBridge
from labdesk.ui.desktop import Desktop
from labdesk.ui.loop import DeskEventLoop
from labdesk.ui.memory import WindowMemory
from labdesk.ui.page import PageContext
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.theme import Theme, ThemeMode
from labdesk.ui.times import Times
from labdesk.ui.tokens import Tokens
from labdesk.ui.widgets.toast import ToastHost

Measure = TypeVar("Measure")
BERLIN = ZoneInfo("Europe/Berlin")
TURN_SECONDS = 0.005
STORY_SECONDS = 300.0
"""A story that stands still so long fails where it stands; the watchdog of all tests would only end the run."""
TEMPLATE = """
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: %s}
spec: {image: "busybox:1.36", description: "For the first steps."}
"""


class RecordingDesktop(Desktop):
    """Remembers instead of doing."""

    def __init__(self) -> None:
        self.copied: list[str] = []

    def copy(self, text: str) -> None:
        self.copied.append(text)


class SteppedClock:
    """The computer's clock, moved by what a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def boottime(self) -> float:
        return self.monotonic()


@dataclass
class PageWorld:
    """What a test may look at; `navigated` holds (page, target)."""

    desk: Desk
    context: PageContext
    shelf: TemplateShelf
    engine: SimulatedContainerService
    desktop: RecordingDesktop
    window: QWidget
    failures: list[str] = field(default_factory=list)
    navigated: list[tuple[str, str]] = field(default_factory=list)

    @property
    def theme(self) -> Theme:
        return self.context.theme

    async def add_templates(self, *names: str) -> None:
        await self.desk.commands.apply_async("\n---\n".join(TEMPLATE % name for name in names))
        await until(lambda: {facts.name for facts in self.shelf.facts} >= set(names))

    async def labs(self) -> list[LabInstanceRequest]:
        listing = await self.desk.store.list_async(LabInstanceRequest.KIND)
        return [image.decode() for image in listing.images]  # type: ignore[misc]


Story = Callable[[PageWorld], Awaitable[None]]


def play(tmp_path: Path, story: Story, **engine: Any) -> None:
    """Run a story on a qasync loop; what a task or the desk reported as failed fails the test."""
    app = QApplication.instance()

    async def main() -> None:
        async with page_world(tmp_path, **engine) as world:
            async with asyncio.timeout(STORY_SECONDS):
                await story(world)
            assert world.failures == []

    with asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
        runner.run(main())


@asynccontextmanager
async def page_world(tmp_path: Path, **engine: Any) -> AsyncIterator[PageWorld]:
    clock = SteppedClock()
    options = {"images": ["busybox:1.36"], "latencies": Latencies.none(), **engine}
    service = SimulatedContainerService(clock.now, 1, **options)
    settings = DeskSettings(store=tmp_path / "desk.db", time_zone="Europe/Berlin")
    desk = Desk(settings, clock=clock, engine=lambda _desk_id: service, role="test", seed=1)
    await desk.start_async()
    failures: list[str] = []
    tasks = TaskOwner("window", lambda what, error: failures.append(f"{what}: {error}"))
    window = QWidget()
    window.resize(1198, 720)
    theme = Theme(Tokens.read(resource_path("themes", "tokens.toml")), QFont("Inter", 10), mode=ThemeMode.LIGHT)
    bridge = ChangeBridge(frame_ms=5)
    bridge.follow_labs(desk.labs)
    bridge.follow_templates(desk.templates)
    bridge.follow_events(desk.bus)
    shelf = TemplateShelf()
    bridge.templates_listed.connect(shelf.take_list)
    bridge.templates_changed.connect(shelf.take_changes)
    desktop = RecordingDesktop()
    navigated: list[tuple[str, str]] = []

    async def log_of(_lab: LabInstanceRequest) -> str:
        return ""

    context = PageContext(
        bridge=bridge,
        store=desk.store,
        commands=desk.commands,
        workspaces=desk.workspaces,
        clock=desk.clock,
        settings=settings,
        engine=desk.engine,
        engine_monitor=desk.engine_monitor,
        capacity=desk.capacity,
        metrics=desk.metrics,
        lab_of=desk.labs.cache.get_uid,
        lab_at=desk.labs.cache.get,
        links_of=desk.links_of_async,
        log_of=log_of,
        tasks=tasks,
        theme=theme,
        times=Times(BERLIN, QLocale(QLocale.Language.English)),
        memory=WindowMemory(tmp_path / "window.ini"),
        desktop=desktop,
        toasts=ToastHost(theme, window),
        actions=ActionRegistry(window),
        navigate=lambda page, target: navigated.append((page, target)),
    )
    bridge.list_templates(list(desk.templates.cache.images()))
    try:
        yield PageWorld(desk, context, shelf, service, desktop, window, failures, navigated)
    finally:
        bridge.stop()
        await tasks.cancel_async()
        await desk.stop_async()
        window.close()
        window.deleteLater()


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until it is so; a test that waits in vain fails here, after `seconds` worth of turns of the loop.

    Turns are counted rather than time: a computer that stood still meanwhile gave the page no time to get there either.
    """
    for _ in range(round(seconds / TURN_SECONDS)):
        if condition():
            return
        await asyncio.sleep(TURN_SECONDS)
    raise AssertionError(f"not so after {seconds:g} s of turns")


async def show(world: PageWorld, widget: QWidget, width: int = 1198, height: int = 720) -> None:
    """Put a widget on the screen, as active as offscreen windows get.

    It lets the loop turn instead of processing events here: that would be a loop within a task.
    """
    widget.setParent(world.window)
    widget.resize(width, height)
    world.window.show()
    widget.show()
    world.window.activateWindow()
    await until(world.window.isActiveWindow)


async def at_rest(measure: Callable[[], Measure]) -> Measure:
    """What a measure gives once it has stayed the same for ten turns: Qt may need several to lay a page out."""
    found: Measure
    same = -1

    def rests() -> bool:
        nonlocal found, same
        now = measure()
        same = same + 1 if same >= 0 and now == found else 0
        found = now
        return same == 10

    await until(rests)
    return found


async def settle(root: QWidget) -> None:
    """Let what was sized have its place."""
    await at_rest(lambda: [one.geometry() for one in root.findChildren(QWidget) if one.isVisible()])


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Press and release the left button in the middle of a widget, or at a point of it."""
    assert widget.isEnabled()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at if at is not None else widget.rect().center())


def write(widget: QWidget, text: str) -> None:
    """Type letters into a widget."""
    QTest.keyClicks(widget, text)


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, key, modifier)


def focusable(root: QWidget) -> list[QWidget]:
    """Every visible widget of a page that the keyboard can go to."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisibleTo(root) and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
