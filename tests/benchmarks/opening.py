"""The real window over a real desk on a simulated engine, for measurements that run inside it."""

from __future__ import annotations

import asyncio
import os
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from labdesk.config import DeskSettings, EngineKind
from labdesk.ui.app import _Application
from labdesk.ui.pages.labs.page import LabsPage
from tests.benchmarks.frames import MeasuredApplication

T = TypeVar("T")


async def opened_window(
    app: MeasuredApplication,
    settings: DeskSettings,
    home: Path,
    measure: Callable[[MeasuredApplication, _Application, Namespace], Awaitable[T]],
    arguments: Namespace,
) -> T:
    """Open the window, measure in it once the desk acts and has nothing to do, close it. It keeps itself in `home`."""
    os.environ["XDG_CONFIG_HOME"] = str(home)
    window = _Application(app, settings.model_copy(update={"engine": EngineKind.SIMULATED}), demo=False)
    running = asyncio.ensure_future(window.run_async())
    try:
        while window._assembly is None or window._desk is None or window._desk.plane is None:
            await asyncio.sleep(0.01)
        await settled(window)
        return await measure(app, window, arguments)
    finally:
        window._closing.set()
        await running


async def settled(window: _Application) -> None:
    """Return when the controller has had nothing to do for half a second."""
    assert window._desk is not None
    quiet = 0
    while quiet < 5:
        await asyncio.sleep(0.1)
        controller = window._desk.plane and window._desk.plane.controller
        busy = controller is None or len(controller.queue) or controller.in_flight
        quiet = 0 if busy else quiet + 1


async def open_labs(window: _Application) -> LabsPage:
    """Show the Labs page, painted."""
    assert window._assembly is not None
    window._window.show_page("labs")
    await asyncio.sleep(0.3)
    return window._assembly.labs
