"""Frames of a window, measured from inside.

A frame is one turn of the loop that painted. What asks for it (a flush of changes, a step of scrolling) only marks
the window as dirty; Qt lays out and paints in the very next pass of its dispatcher. So a frame here is every event
from the begin of the pass that asked, whatever else that pass did, to the end of the paint. Passes that neither ask
nor paint (commits under way, idle turns) count for nothing.

Events are timed where Qt hands each one to its receiver (`QApplication.notify`), passes are told apart by the
dispatcher's `aboutToBlock`. Time in which the dispatcher waits is no part of a frame; time in which the interpreter
lock or the core is somebody else's is. `cpu` is the thread's own time of the same events, to tell noise from cost.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Frame:
    """Seconds. `ended` is by `time.perf_counter`; `asked` names what asked for it."""

    wall: float
    cpu: float
    ended: float
    asked: frozenset[str]


class MeasuredApplication(QApplication):
    """Keeps every frame in `frames`, and calls `on_frame` after each."""

    def __init__(self, name: str) -> None:
        super().__init__([name])
        self.setQuitOnLastWindowClosed(False)
        self.frames: list[Frame] = []
        self.on_frame: Callable[[Frame], None] = lambda _frame: None
        self._depth = 0
        self._wall = self._cpu = 0.0
        self._asked: set[str] = set()
        self._painted = False
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.aboutToBlock.connect(self._pass_ended)

    def ask(self, what: str) -> None:
        """Whoever marks something as dirty says so, within the event in which it does."""
        self._asked.add(what)

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Time an event that Qt hands out; events within events are part of it."""
        if self._depth:
            if event.type() == QEvent.Type.Paint:
                self._painted = True
            return super().notify(receiver, event)
        self._depth = 1
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._depth = 0
            ended = time.perf_counter()
            self._wall += ended - wall
            self._cpu += time.thread_time() - cpu
            if self._painted:
                self._frame_ended(ended)

    def _frame_ended(self, ended: float) -> None:
        frame = Frame(self._wall, self._cpu, ended, frozenset(self._asked))
        self.frames.append(frame)
        self._asked.clear()
        self._painted = False
        self._wall = self._cpu = 0.0
        self.on_frame(frame)

    def _pass_ended(self) -> None:
        if not self._asked:  # else the next pass paints what this one asked for
            self._wall = self._cpu = 0.0


async def next_frame(app: MeasuredApplication, what: str, act: Callable[[], object]) -> Frame:
    """Do something that asks for painting; return the frame that shows it."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Frame] = loop.create_future()

    def take(frame: Frame) -> None:
        if what in frame.asked and not done.done():
            done.set_result(frame)

    before, app.on_frame = app.on_frame, take
    try:
        app.ask(what)
        act()
        return await done
    finally:
        app.on_frame = before


def percentile(samples: list[float], share: float) -> float:
    """Return the value that `share` of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def told(frames: list[Frame], what: str = "") -> dict[str, float]:
    """Return what is worth knowing of frames, in milliseconds; `what` picks those that it asked for."""
    chosen = [frame for frame in frames if not what or what in frame.asked]
    wall = [frame.wall * 1e3 for frame in chosen] or [0.0]
    cpu = [frame.cpu * 1e3 for frame in chosen] or [0.0]
    return {
        "frames": len(chosen),
        "p50": percentile(wall, 0.5),
        "p95": percentile(wall, 0.95),
        "p99": percentile(wall, 0.99),
        "max": max(wall),
        "cpu_p99": percentile(cpu, 0.99),
    }


def bound_child(seconds: float) -> None:
    """End this process by itself after so long, whatever hangs."""
    import faulthandler

    faulthandler.dump_traceback_later(seconds, exit=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
