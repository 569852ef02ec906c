"""The window over a still desk, ready to be brought into a state and photographed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QLocale, QPoint
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from labdesk.control.tasks import TaskOwner
from labdesk.labs.request import LabInstanceRequest
from labdesk.paths import resource_path
from labdesk.ui.assembly import Assembly
from labdesk.ui.desktop import Desktop
from labdesk.ui.main_window import MainWindow
from labdesk.ui.memory import WindowMemory
from labdesk.ui.pages.labs.page import LabsPage
from labdesk.ui.theme import Theme, ThemeMode
from labdesk.ui.times import Times
from labdesk.ui.tokens import Tokens
from tests.gui.page_world import until
from tests.screens.world import BERLIN, StillDesk, still_desk

FONT = "Inter"
POINTS = 10


@dataclass
class Stage:
    """`overlays` are popups, painted where they would be."""

    window: MainWindow
    theme: Theme
    desk: StillDesk | None
    assembly: Assembly | None
    tasks: TaskOwner
    overlays: list[QWidget] = field(default_factory=list)

    @property
    def labs(self) -> LabsPage:
        assert self.assembly is not None
        return self.assembly.labs

    def uid_of(self, student: str) -> str:
        return next(row.uid for row in self.labs.model.rows() if row.student == student)

    def lab_of(self, student: str) -> LabInstanceRequest:
        assert self.assembly is not None
        lab = self.assembly.context.lab_of(self.uid_of(student))
        assert lab is not None
        return lab

    async def settle_async(self) -> None:
        """Wait until nothing more is going to change."""
        for _ in range(3):
            await self.tasks.wait_async(2.0)
            if self.assembly is not None:
                self.assembly.bridge.flush()
            await asyncio.sleep(0.03)
            QApplication.sendPostedEvents()

    def photograph(self) -> QImage:
        """Return the window with its popups."""
        image = self.window.grab().toImage()
        if self.overlays:
            painter = QPainter(image)
            for overlay in self.overlays:
                picture = overlay.grab()
                place = overlay.mapToGlobal(QPoint(0, 0)) - self.window.mapToGlobal(QPoint(0, 0))
                painter.drawPixmap(place, picture)
            painter.end()
        return image


@asynccontextmanager
async def stage_async(
    folder: Path, morning: Path | None, mode: ThemeMode, width: int, height: int, engine_away: bool, start: bool = True
) -> AsyncIterator[Stage]:
    """Open the window on a copy of a store (None: an empty one)."""
    store = folder / "desk.db"
    if morning is not None:
        shutil.copyfile(morning, store)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    font = QFont(FONT)
    font.setPointSizeF(POINTS)
    theme = Theme(Tokens.read(resource_path("themes", "tokens.toml")), font, mode=mode, family=FONT)
    theme.icons.load()
    theme.apply(app)
    times = Times(BERLIN, QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    memory = WindowMemory(folder / "window.ini")
    memory.put("window.page", "labs")
    desk = still_desk(store, engine_away)
    window = MainWindow(theme, times, desk.clock, memory)
    failures: list[str] = []
    tasks = TaskOwner("screens", lambda what, error: failures.append(f"{what}: {error}"))
    window.resize(width, height)
    window.show()
    assembly = None
    if start:
        await desk.start_async()
        await until(lambda: desk.engine_monitor.since is not None)
        await asyncio.sleep(0.02)
        assembly = Assembly(
            desk, window, theme, times, memory, tasks, Desktop(), settings_file=folder / "settings.json"
        )
        assembly.begin()
        await window.make_pages_async()
    stage = Stage(window, theme, desk if start else None, assembly, tasks)
    await stage.settle_async()
    try:
        yield stage
    finally:
        if assembly is not None:
            assembly.bridge.stop()
            window.close_pages()
        await tasks.cancel_async()
        if start:
            await desk.stop_async()
        window.hide()
        window.deleteLater()
        theme.deleteLater()
        QApplication.sendPostedEvents()
    if failures:
        raise RuntimeError("; ".join(failures))
