"""Steps of attempts that take long, beside the workers that decide."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labdesk.control.attempt import Attempt
    from labdesk.control.tasks import TaskOwner

_LONGEST_WAIT = 0.25  # seconds that steps wait at most for what is still to be decided

Work = Callable[[], Coroutine[Any, Any, None]]


class LongSteps:
    """Lets what is queued be decided first: a thousand labs that are due are all told so before any goes on.

    `stir` wakes a worker, which calls `begin`.
    """

    def __init__(self, tasks: TaskOwner, stir: Callable[[], None]) -> None:
        self._tasks = tasks
        self._stir = stir
        self._waiting: list[tuple[Attempt, Work]] = []
        self._begin_at = 0.0
        self._running: dict[asyncio.Task[None], Attempt] = {}

    def __len__(self) -> int:
        """How many run or wait now."""
        return len(self._running) + len(self._waiting)

    def add(self, attempt: Attempt, work: Work) -> None:
        if not self._waiting:
            loop = asyncio.get_running_loop()
            self._begin_at = loop.time() + _LONGEST_WAIT
            loop.call_soon(self._stir)
        self._waiting.append((attempt, work))

    def begin(self, loop: asyncio.AbstractEventLoop, *, idle: bool) -> None:
        """Begin what waits if nothing is to be decided, or if it has waited long."""
        if self._waiting and (idle or loop.time() >= self._begin_at):
            begun, self._waiting = self._waiting, []
            for attempt, work in begun:
                task = self._tasks.spawn(work(), f"attempt {attempt.id}")
                self._running[task] = attempt
                task.add_done_callback(self._running.pop)

    def stop(self) -> None:
        """Begin nothing more, and call off what has no slot yet; the rest runs on."""
        self._waiting.clear()
        for task, attempt in list(self._running.items()):
            if attempt.waits_for_slot:
                task.cancel()
