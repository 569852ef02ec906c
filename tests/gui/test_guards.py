"""The guards themselves: what a test leaves behind or says in passing is found, and nothing else is."""

from __future__ import annotations

import asyncio
import logging
import threading
import time

import pytest
import structlog
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from tests import guards
from tests.guards import ExpectedLogs, counting_tasks, counting_threads, listening
from tests.gui.leaks import counting_widgets


def test_a_task_that_nobody_ended_is_found() -> None:
    async def main() -> None:
        kept.append(asyncio.get_running_loop().create_task(asyncio.sleep(60), name="forgotten"))
        await asyncio.get_running_loop().create_task(asyncio.sleep(0), name="ended")

    kept: list[asyncio.Task[None]] = []
    with counting_tasks() as leaked:
        asyncio.run(main())
    assert [line.split()[1] for line in leaked] == ["forgotten"]


def test_a_thread_that_does_not_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_THREAD_SECONDS", 0.05)
    gate = threading.Event()
    with counting_threads() as leaked:
        threading.Thread(target=gate.wait, name="forgotten", daemon=True).start()
        threading.Thread(target=lambda: time.sleep(0.01), name="ending").start()
    gate.set()
    assert leaked == ["thread: forgotten"]


def test_a_running_timer_is_found_and_one_that_rests_is_not() -> None:
    with counting_widgets() as left:
        running, resting = QTimer(), QTimer()
        running.start(60_000)
        resting.setInterval(60_000)
    running.stop()
    assert left == ["timer: 60000 ms of nobody"]


def test_a_window_is_found_and_one_that_was_deleted_is_not() -> None:
    with counting_widgets() as left:
        kept, deleted = QWidget(), QWidget()
        kept.setAccessibleName("forgotten")
        deleted.deleteLater()
    kept.deleteLater()
    assert [line.split()[-1] for line in left] == ["forgotten"]


def test_what_is_logged_as_a_warning_is_heard_unless_it_was_expected(expected_logs: ExpectedLogs) -> None:
    expected_logs("asyncio: a task was destroyed")  # the guard of this very test hears it too
    expected = ExpectedLogs()
    expected("engine is gone", "never said")
    with listening() as said:
        structlog.get_logger("labdesk.desk").warning("the engine is gone", engine="docker")
        structlog.get_logger("labdesk.desk").info("all is well")
        logging.getLogger("asyncio").error("a task was destroyed")
        logging.getLogger("somebody.else").error("not ours")
    assert expected.check(said) == ["logged: asyncio: a task was destroyed", "never logged: never said"]
