"""Changes to the labs of an open window at a steady rate, and what its frames take meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from PySide6.QtCore import Qt, QTimer

from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.errors import ResourceConflictError
from labdesk.resource.events import ResourceChangeEvent
from labdesk.ui.app import _Application
from tests.benchmarks.control_bench import Stalls
from tests.benchmarks.frames import Frame, MeasuredApplication, percentile, told

VISIBLE_SHARE = 0.2
"""So many of the changes hit rows on screen."""
_VISIBLE_TRIES = 0.9
_STEP_MS = 16


@dataclass(frozen=True, slots=True)
class Play:
    """What goes on: `rate` commits a second; every 16 ms `move` scrolls or pans.

    `on_screen` gives the uid of some lab that can be seen, `anywhere` of any; `change` returns a lab's next state.
    """

    rate: int
    on_screen: Callable[[Random], str]
    anywhere: Callable[[Random], str]
    change: Callable[[LabInstanceRequest, Random], LabInstanceRequest]
    move: Callable[[], None]


class Load:
    """One run of a play in a window."""

    def __init__(self, app: MeasuredApplication, window: _Application, play: Play) -> None:
        assert window._desk is not None
        assert window._assembly is not None
        self._app = app
        self._desk = window._desk
        self._bridge = window._assembly.bridge
        self._play = play
        self._random = Random(1)
        self._latest: dict[str, LabInstanceRequest] = {}
        self._under_way: set[str] = set()
        self._begun: dict[int, float] = {}
        self._seen: set[int] = set()
        self._flushed: list[float] = []
        self._to_painted: list[float] = []
        self._failed = 0

    async def run(self, seconds: float) -> dict[str, Any]:
        """Return all frames, those of flushes, from before a commit to its paint, and the loop's holds; in ms."""
        await asyncio.sleep(0.5)
        self._bridge.labs_changed.connect(self._flush)
        self._app.on_frame = self._painted
        self._app.frames.clear()
        mover = QTimer()
        mover.setTimerType(Qt.TimerType.PreciseTimer)
        mover.timeout.connect(self._move)
        mover.start(_STEP_MS)
        stalls = Stalls()
        made = await self._change(seconds)
        held = stalls.stop()
        mover.stop()
        frames = list(self._app.frames)
        self._app.on_frame = lambda _frame: None
        self._bridge.labs_changed.disconnect(self._flush)
        return {
            "own": told(frames),
            "flushes": told(frames, "flush"),
            "commit_to_painted_p95": percentile(self._to_painted, 0.95) * 1e3 if self._to_painted else None,
            "loop_held_max": held * 1e3,
            "loop_late_max": stalls.waited * 1e3,
            "commits_per_s": made / seconds,
        }

    def _move(self) -> None:
        self._app.ask("move")
        self._play.move()

    def _flush(self, events: list[ResourceChangeEvent[Any]]) -> None:
        self._app.ask("flush")
        for event in events:
            begun = self._begun.pop(event.revision, None)
            if begun is None:
                self._seen.add(event.revision)  # the desk's own, or one that is answered after it was flushed
            else:
                self._flushed.append(begun)

    def _painted(self, frame: Frame) -> None:
        if "flush" in frame.asked:
            self._to_painted += [frame.ended - begun for begun in self._flushed]
            self._flushed.clear()

    async def _change(self, seconds: float) -> int:
        """Commit at the play's rate, whatever becomes of the earlier ones; return how many were committed."""
        started, step, total = time.perf_counter(), 0, int(self._play.rate * seconds)
        async with asyncio.TaskGroup() as tasks:
            while step < total:
                await asyncio.sleep(0.001)
                due = min(int((time.perf_counter() - started) * self._play.rate), total)
                while step < due:
                    tasks.create_task(self._change_one(self._choose()))
                    step += 1
        return total - self._failed

    def _choose(self) -> str:
        """Return a lab of which no change is being committed."""
        on_screen = self._random.random() < VISIBLE_SHARE
        while True:
            uid = self._play.on_screen(self._random) if on_screen else self._play.anywhere(self._random)
            if uid not in self._under_way:
                self._under_way.add(uid)
                return uid
            on_screen = on_screen and self._random.random() < _VISIBLE_TRIES

    def _newest(self, uid: str) -> LabInstanceRequest:
        """Return the lab as it was committed last, by this or, as far as the watch has come, by the desk."""
        seen, own = self._desk.labs.cache.get_uid(uid), self._latest.get(uid)
        assert seen is not None
        return own if own is not None and own.metadata.resource_version > seen.metadata.resource_version else seen

    async def _change_one(self, uid: str) -> None:
        old = self._newest(uid)
        begun = time.perf_counter()
        try:
            new = await self._desk.store.update_async(old, self._play.change(old, self._random))
        except ResourceConflictError:
            self._failed += 1
            self._latest.pop(uid, None)
        else:
            self._latest[uid] = new
            revision = new.metadata.resource_version
            if revision in self._seen:
                self._flushed.append(begun)
            else:
                self._begun[revision] = begun
        finally:
            self._under_way.discard(uid)
