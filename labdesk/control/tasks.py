"""Owned tasks: kept, reported when they fail, cancelled with their owner."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

from labdesk.resource.errors import LabDeskError

T = TypeVar("T")
ErrorHandler = Callable[[str, BaseException], None]
"""Gets what failed (for a log line) and the error."""

_log = structlog.get_logger(__name__)


def is_being_cancelled() -> bool:
    """Whether the running task itself was cancelled; otherwise a CancelledError comes from something it awaited."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class TaskOwner:
    """Owner of background tasks. Every error is logged and given to `on_error(task name, error)`, none is swallowed."""

    def __init__(self, name: str, on_error: ErrorHandler | None = None) -> None:
        self.name = name
        self._on_error = on_error
        self._tasks: set[asyncio.Task[Any]] = set()
        self._standing: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Start a task on the running loop and keep it until it ends."""
        task = asyncio.get_running_loop().create_task(coroutine, name=f"{self.name}: {name}")
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def report(self, what: str, error: BaseException) -> None:
        """Report an error that the owner's code caught at a task's edge."""
        if isinstance(error, LabDeskError):
            _log.error("task failed", owner=self.name, task=what, error=str(error))
        else:  # a defect: where it came from matters. Formatted here, as pretty tracebacks take a second each
            trace = "".join(traceback.format_exception(error))
            _log.error("task failed", owner=self.name, task=what, error=str(error), exception=trace)
        if self._on_error is not None:
            self._on_error(what, error)

    def report_standing(self, what: str, error: BaseException) -> None:
        """Report an error that a retrying loop keeps meeting: once, until it changes or `resolve` is called."""
        if self._standing.get(what) != str(error):
            self._standing[what] = str(error)
            self.report(what, error)

    def resolve(self, what: str) -> None:
        """Say that `what` works again."""
        self._standing.pop(what, None)

    async def cancel_async(self) -> None:
        """Cancel all tasks and wait until they have ended; a task that calls this itself is left out."""
        current = asyncio.current_task()
        while others := [task for task in self._tasks if task is not current]:
            for task in others:
                task.cancel()
            await asyncio.wait(others)

    async def wait_async(self, seconds: float) -> bool:
        """Wait until all tasks ended by themselves, at most `seconds`; return whether they did."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        current = asyncio.current_task()
        while others := [task for task in self._tasks if task is not current]:
            remaining = deadline - loop.time()
            if remaining <= 0:
                return False
            await asyncio.wait(others, timeout=remaining)
        return True

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.report(task.get_name(), error)
