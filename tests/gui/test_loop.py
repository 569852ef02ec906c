"""The window's event loop: asyncio's order of things, and room for Qt in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from labdesk.ui.loop import TURN_SECONDS, DeskEventLoop, DisplayGoneError


def run(main: Coroutine[Any, Any, None]) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
        runner.run(main)


def test_callbacks_run_in_the_order_of_the_calls_and_new_ones_a_turn_later() -> None:
    async def main() -> None:
        loop, seen, done = asyncio.get_running_loop(), list[str](), asyncio.Event()

        def first() -> None:
            seen.append("first")
            loop.call_soon(seen.append, "made by the first")
            loop.call_soon(done.set)

        loop.call_soon(first)
        loop.call_soon(seen.append, "second").cancel()
        loop.call_soon(seen.append, "third")
        await done.wait()
        assert seen == ["first", "third", "made by the first"]

    run(main())


def test_one_that_raises_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(lambda _loop, context: seen.append(str(context["exception"])))

        def fail() -> None:
            raise ValueError("broken")

        loop.call_soon(fail)
        loop.call_soon(done.set)
        await done.wait()

    seen: list[str] = []
    run(main())
    assert seen == ["broken"]
    assert not caplog.records


def test_qt_gets_its_turn_while_there_is_always_something_ready() -> None:
    async def main() -> None:
        ticks: list[int] = []
        timer = QTimer()
        timer.timeout.connect(lambda: ticks.append(1))
        timer.start(0)
        loop = asyncio.get_running_loop()

        def busy() -> None:
            ends_at = time.monotonic() + TURN_SECONDS
            while time.monotonic() < ends_at:
                pass

        waiting = [asyncio.Event() for _ in range(10)]
        for one in waiting:
            loop.call_soon(busy)
            loop.call_soon(one.set)
        for one in waiting:
            await one.wait()
        assert len(ticks) >= len(waiting) - 1
        timer.stop()

    run(main())


def test_a_callback_of_another_thread_is_run() -> None:
    async def main() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        await asyncio.to_thread(loop.call_soon_threadsafe, done.set)
        await done.wait()

    run(main())


def test_what_is_ready_runs_within_an_inner_loop_of_qt_s_too() -> None:
    async def main() -> None:
        seen: list[str] = []
        loop, inner = asyncio.get_running_loop(), QEventLoop()
        QTimer.singleShot(50, inner.quit)

        def open_inner_loop() -> None:
            loop.call_soon(seen.append, "within")
            inner.exec()
            seen.append("after")
            done.set()

        done = asyncio.Event()
        loop.call_soon(open_inner_loop)
        loop.call_soon(seen.append, "next")
        await done.wait()
        assert seen == ["next", "within", "after"]

    run(main())


def test_within_the_step_of_a_task_no_other_task_takes_one_and_none_is_lost() -> None:
    async def main() -> None:
        seen: list[str] = []

        async def other() -> None:
            seen.append("other")

        inner = QEventLoop()
        QTimer.singleShot(50, inner.quit)
        task = asyncio.ensure_future(other())
        inner.exec()
        seen.append("inner loop ended")
        await task
        assert seen == ["inner loop ended", "other"]

    run(main())


def test_a_display_that_goes_away_is_no_defect_of_labdesk() -> None:
    async def main() -> None:
        QTimer.singleShot(0, lambda: QApplication.exit(1))  # what Qt does then
        await asyncio.Event().wait()

    with pytest.raises(DisplayGoneError, match="Labs keep running"):
        run(main())


def test_an_error_of_what_ran_is_its_own() -> None:
    async def main() -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        run(main())
