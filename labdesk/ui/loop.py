"""The event loop of the window: qasync's, with everything that is ready run in one turn, as asyncio does it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, TypeVar

import qasync
from PySide6.QtCore import QObject, QTimerEvent
from PySide6.QtWidgets import QApplication

from labdesk.resource.errors import LabDeskError

T = TypeVar("T")

TURN_SECONDS = 0.004
"""A turn that took so long goes on in the next one, so that Qt can paint and take input in between."""


class DisplayGoneError(LabDeskError):
    """Qt has ended the loop by itself, as it does when the display breaks off or the user is logged out."""

    reason = "DisplayGone"


class DeskEventLoop(qasync.QEventLoop):  # type: ignore[misc]
    """qasync makes a Qt timer for every callback, 30 µs each (measured); here one timer serves all that are ready."""

    def __init__(self, app: QApplication) -> None:
        self._turns = _Turns(self)
        super().__init__(app)

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Run the callback in the next turn, in the order of the calls."""
        handle = asyncio.Handle(callback, args, self, context)
        self._turns.add(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run the callback in `delay` seconds, without qasync's look at what kind of function it is."""
        handle: asyncio.Handle = self._add_callback(asyncio.Handle(callback, args, self, context), delay)
        return handle

    def run_until_complete(self, future: Awaitable[T]) -> T:
        """Return the future's result. Raises DisplayGoneError if the loop ends before there is one."""
        task = asyncio.ensure_future(future, loop=self)
        try:
            result: T = super().run_until_complete(task)
        except RuntimeError:
            if task.done():
                raise
            task.cancel()
            raise DisplayGoneError(
                "The display is gone, and the window with it. Labs keep running; open the window again, or use "
                "`labdesk serve`, so that they end on time."
            ) from None
        return result

    def close(self) -> None:
        self._turns.stop()
        super().close()


class _Turns(QObject):
    """What is ready, and the timer that runs it.

    A callback may open an inner loop of Qt's, and what is ready then runs within it. Within the step of a task no other
    task can take one (it would fail with "Cannot enter into task" and be lost), so there all waits for that step's end.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._ready: deque[asyncio.Handle] = deque()
        self._timer = 0

    def add(self, handle: asyncio.Handle) -> None:
        self._ready.append(handle)
        if not self._timer:
            self._timer = self.startTimer(0)

    def stop(self) -> None:
        self._ready.clear()
        self._rest()

    def timerEvent(self, _event: QTimerEvent) -> None:
        self._rest()  # Qt sends no event of a timer within one of the same: an inner loop of Qt's would stand still
        if asyncio.current_task(self._loop) is not None:
            return
        ready = self._ready
        ends_at = time.monotonic() + TURN_SECONDS
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()  # noqa: SLF001  (what asyncio's own loop calls)
            if not ready or time.monotonic() >= ends_at:  # an inner loop may have run the rest
                break
        if ready and not self._timer:
            self._timer = self.startTimer(0)

    def _rest(self) -> None:
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0
