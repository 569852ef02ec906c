"""Handing a desk's labs over to `labdesk serve`, a process that outlives the window. No widgets."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from labdesk.config import DeskSettings
from labdesk.desk import Desk
from labdesk.resource.errors import LabDeskError

_UP_SECONDS = 30.0
_TAKE_OVER_SECONDS = 15.0
_LOOK_SECONDS = 0.1


class HandOverError(LabDeskError):
    """The other process did not come up or did not take over; this desk acts as before."""

    reason = "HandOver"


def serve_command(settings: DeskSettings) -> list[str]:
    """Return the command line that runs the same labs without a window."""
    store, engine = str(settings.store.absolute()), settings.engine.value
    return [sys.executable, "-m", "labdesk", "serve", "--store", store, "--engine", engine]


class HandOver:
    """Starts `command`, and once it waits, lets it act instead of `desk`."""

    def __init__(self, desk: Desk, command: Sequence[str]) -> None:
        self._desk = desk
        self._command = command

    async def run_async(self) -> None:
        """Return when the other process acts; this desk then observes.

        Raises HandOverError if it does not come up (nothing has changed) or does not take over (this desk acts again).
        """
        try:
            process = await asyncio.to_thread(self._start)
        except OSError as error:
            raise HandOverError(_tr("{reason}; nothing was changed.").format(reason=error.strerror)) from None
        await self._hear_async(process)
        await self._desk.step_down_async()
        if not await _until(lambda: self._is_taken_over(process), _TAKE_OVER_SECONDS):
            process.kill()
            await asyncio.to_thread(process.wait)
            await self._desk.act_async()
            raise HandOverError(_tr("“labdesk serve” did not take over; this window goes on running the labs."))
        process.returncode = 0  # it outlives this process, which must not complain that it still runs

    def _start(self) -> subprocess.Popen[str]:
        """Apart from the terminal and the desktop's session: what ends the window does not end it."""
        return subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    async def _hear_async(self, process: subprocess.Popen[str]) -> None:
        """Return when it said its first line as a process that runs; anything else it says is why it does not."""
        said = ""
        try:
            async with asyncio.timeout(_UP_SECONDS):
                said = await asyncio.to_thread(_first_line, process)
        except TimeoutError:
            process.kill()  # its output then ends, and the thread that listens with it
        if said[:4].isdigit():  # its lines begin with the date
            return
        process.kill()
        await asyncio.to_thread(process.wait)
        text = _tr("“labdesk serve” did not come up: {said}") if said else _tr("“labdesk serve” did not come up.")
        raise HandOverError(text.format(said=said))

    def _is_taken_over(self, process: subprocess.Popen[str]) -> bool:
        """Somebody else may have been quicker (a service of the same store); then ours is not needed."""
        holder = self._desk.lock_holder_pid
        if holder is None or holder == os.getpid():
            return False
        if holder != process.pid:
            process.terminate()
        return True


def _first_line(process: subprocess.Popen[str]) -> str:
    """Read one line and stop listening: it may say what it likes from then on."""
    assert process.stdout is not None  # noqa: S101
    with process.stdout as stream:
        return stream.readline().strip()


async def _until(condition: Callable[[], bool], seconds: float) -> bool:
    for _ in range(round(seconds / _LOOK_SECONDS)):
        if condition():
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    return condition()


def _tr(text: str) -> str:
    return QCoreApplication.translate("HandOver", text)
