"""Virtual time: an event loop whose clock jumps over waiting, and the desk's clock on it."""

from __future__ import annotations

import asyncio
import contextlib
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, Unpack

if TYPE_CHECKING:
    from concurrent.futures import Future as ThreadFuture

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

DEFAULT_START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PATIENCE = 60.0
"""Real seconds without any progress after which a run on virtual time is called stuck."""
HORIZON = 60 * 86_400.0
"""Virtual seconds after which it is called stuck too: periodic loops would go on for ever."""


class StuckError(RuntimeError):
    """No timer is set and no thread answers, or only periodic timers fire: what is awaited does not happen any more."""


class _JumpingSelector(selectors.DefaultSelector):
    """Where the loop would wait, time jumps instead; it really waits only for threads and files."""

    def __init__(self, patience: float, horizon: float) -> None:
        super().__init__()
        self.now = 0.0
        self.calls_in_flight = 0
        self._patience = patience
        self._horizon = horizon

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(0)
        if timeout is None or self.calls_in_flight:
            ready = super().select(self._patience)
            if not ready:
                what = (
                    f"{self.calls_in_flight} calls in threads do not end" if self.calls_in_flight else "no timer is set"
                )
                raise StuckError(f"nothing happened for {self._patience:g} real seconds and {what}")
            return ready
        ready = super().select(0)
        if not ready:
            self.now += timeout
            if self.now > self._horizon:
                raise StuckError(f"the run went past its horizon of {self._horizon:g} virtual seconds")
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` (seconds from 0) moves only when nothing is ready: it jumps to the next timer.

    While calls made with `run_in_executor` are in flight it waits for them in real time instead, so no timer can
    overtake a thread. A thread that is meant to hang while time goes on runs on an executor given to
    `let_time_pass_during`. A loop stuck for `patience` real seconds, or past `horizon` virtual ones, raises StuckError.
    """

    def __init__(self, patience: float = PATIENCE, horizon: float = HORIZON) -> None:
        self._jumps = _JumpingSelector(patience, horizon)
        self._unwatched: set[Executor] = set()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.now

    @property
    def calls_in_flight(self) -> int:
        """How many calls in threads hold the time."""
        return self._jumps.calls_in_flight

    def let_time_pass_during(self, executor: Executor) -> None:
        """Do not hold the time for calls on this executor: for tests of threads that hang."""
        self._unwatched.add(executor)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run in a thread as the base class does, counting; raise ValueError without an executor of one's own."""
        if executor is None:
            raise ValueError("name an executor of your own: the default one is shared and unbounded in what it delays")
        thread_future = executor.submit(func, *args)
        result = asyncio.wrap_future(thread_future, loop=self)
        if executor not in self._unwatched:
            self._jumps.calls_in_flight += 1
            thread_future.add_done_callback(self._report_end)
        return result

    def _report_end(self, _: ThreadFuture[Any]) -> None:
        with contextlib.suppress(RuntimeError):  # a call that outlives the loop has nobody to tell
            self.call_soon_threadsafe(self._count_end)

    def _count_end(self) -> None:
        self._jumps.calls_in_flight -= 1


class VirtualClock:
    """The desk's clock on a virtual loop: `start` (aware) plus the time the loop has passed."""

    def __init__(self, loop: VirtualTimeLoop, start: datetime = DEFAULT_START) -> None:
        self._loop = loop
        self._origin = loop.time()
        self._start = start.astimezone(UTC)
        self._stepped = timedelta()
        self._suspended = timedelta()

    def now(self) -> datetime:
        passed = timedelta(seconds=self._loop.time() - self._origin)
        return self._start + passed + self._stepped + self._suspended

    def monotonic(self) -> float:
        return self._loop.time()

    def boottime(self) -> float:
        return self._loop.time() + self._suspended.total_seconds()

    def step(self, delta: timedelta) -> None:
        """Set the wall clock forth or back by `delta`, as an operator or a time server would."""
        self._stepped += delta

    def suspend(self, delta: timedelta) -> None:
        """Sleep the computer for `delta`: wall clock and boot time advance, timers and monotonic do not."""
        self._suspended += delta


def run_virtual(
    main: Callable[[VirtualClock], Coroutine[Any, Any, T]],
    start: datetime = DEFAULT_START,
    *,
    patience: float = PATIENCE,
    horizon: float = HORIZON,
) -> T:
    """Run `main(clock)` on a new virtual loop to its end and return its result; hours pass in milliseconds."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(patience, horizon)) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualTimeLoop)  # noqa: S101  (for the type checker: the factory made it)
        return runner.run(main(VirtualClock(loop, start)))
