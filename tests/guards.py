"""What a test must not leave behind or say in passing: tasks, threads, timers, windows, log records."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

_LOGGERS = ("labdesk", "asyncio", "qasync")
_LOUD = frozenset({"warning", "error", "critical", "exception"})
_THREAD_SECONDS = 3.0


class ExpectedLogs:
    """What a test expects to be logged as a warning or error: patterns, each of which must be met."""

    def __init__(self) -> None:
        self._patterns: list[re.Pattern[str]] = []

    def __call__(self, *patterns: str) -> None:
        self._patterns += [re.compile(pattern) for pattern in patterns]

    def check(self, said: list[str]) -> list[str]:
        """Return what was said unexpectedly, and what was expected in vain."""
        surprises = [line for line in said if not any(pattern.search(line) for pattern in self._patterns)]
        missed = [one.pattern for one in self._patterns if not any(one.search(line) for line in said)]
        return [f"logged: {line}" for line in surprises] + [f"never logged: {pattern}" for pattern in missed]


class _Records(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in _LOGGERS:
            self._said.append(f"{record.name}: {record.getMessage()}")


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect what the product or its loop logs as a warning or worse."""
    said: list[str] = []
    handler = _Records(said)
    logging.getLogger().addHandler(handler)
    try:
        with structlog.testing.capture_logs() as entries:
            yield said
    finally:
        logging.getLogger().removeHandler(handler)
    said += [_line(dict(entry)) for entry in entries if entry["log_level"] in _LOUD]


def _line(entry: dict[str, object]) -> str:
    event, level = entry.pop("event"), entry.pop("log_level")
    return f"{level}: {event} " + " ".join(f"{name}={value}" for name, value in entry.items())


@contextmanager
def counting_tasks() -> Iterator[list[str]]:
    """Collect the tasks that still ran when their loop was closed: somebody forgot to end them."""
    leaked: list[str] = []
    cancel_all = asyncio.runners._cancel_all_tasks  # type: ignore[attr-defined]

    def note(loop: asyncio.AbstractEventLoop) -> None:
        for task in asyncio.all_tasks(loop):
            if not task.cancelling():
                leaked.append(f"task: {task.get_name()} {task.get_coro()}")
                task.cancel()
        cancel_all(loop)

    asyncio.runners._cancel_all_tasks = note  # type: ignore[attr-defined]
    try:
        yield leaked
    finally:
        asyncio.runners._cancel_all_tasks = cancel_all  # type: ignore[attr-defined]


@contextmanager
def counting_threads() -> Iterator[list[str]]:
    """Collect the threads that are still there a while after they should have ended."""
    before, leaked = set(threading.enumerate()), list[str]()
    yield leaked
    deadline = time.monotonic() + _THREAD_SECONDS
    for thread in set(threading.enumerate()) - before:
        thread.join(max(deadline - time.monotonic(), 0.001))
        if thread.is_alive():
            leaked.append(f"thread: {thread.name}")


@contextmanager
def nothing_left(expected: ExpectedLogs, hears: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Fail where something is left or was said; `hears` is False for a test that looks at log records itself."""
    with counting_threads() as threads, counting_tasks() as tasks, listening() as said:
        yield
    found = [*threads, *tasks, *(expected.check(said) if hears() else ())]
    assert not found, "\n".join(found)
