"""Trying an engine's address: a button, and beneath it in plain words what answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, Signal

from labdesk.control.tasks import TaskOwner
from labdesk.engines.service import EngineInfo
from labdesk.resource.errors import LabDeskError
from labdesk.resource.quantity import format_bytes
from labdesk.ui.sentences import as_sentence

PATIENCE_SECONDS = 15.0
AskEngine = Callable[[str], Awaitable[EngineInfo]]
"""Asks the engine at an address (empty: where it usually is) who it is."""


class EngineTest(QObject):
    """`told` carries a sentence and its tone. A test begun anew gives up the one before."""

    told = Signal(str, str)

    def __init__(self, ask: AskEngine, tasks: TaskOwner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._tasks = tasks
        self._running: asyncio.Task[None] | None = None

    def test(self, address: str) -> None:
        self.forget()
        self.told.emit(self.tr("Asking …"), "text_muted")
        self._running = self._tasks.spawn(self._test_async(address), "test the engine")

    def forget(self) -> None:
        """Give up a test under way."""
        if self._running is not None:
            self._running.cancel()
            self._running = None

    async def _test_async(self, address: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                info = await self._ask(address)
        except TimeoutError:
            text = self.tr("Nothing answered within {n} s. Is the address right, and the engine running?")
            self.told.emit(text.format(n=round(PATIENCE_SECONDS)), "failed")
        except LabDeskError as error:
            self.told.emit(as_sentence(error.message), "failed")
        else:
            text = self.tr("{name} answers: version {version}, {cpus} processors, {memory} of memory.")
            self.told.emit(
                text.format(
                    name=info.name or info.engine_id,
                    version=info.version,
                    cpus=info.cpus,
                    memory=format_bytes(info.memory),
                ),
                "running",
            )
