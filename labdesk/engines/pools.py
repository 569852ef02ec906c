"""Bounded pools of threads for calls that block. Cancelling an await never frees a slot that a thread still holds."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar, TypeVarTuple, Unpack

from labdesk.engines.service import EngineUnavailable

T = TypeVar("T")
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")
_Work = tuple[Future[Any], Callable[[], Any]]


class DaemonExecutor(Executor):
    """Like ThreadPoolExecutor, but with daemon threads: an engine that hangs does not keep the program from ending."""

    def __init__(self, name: str, threads: int) -> None:
        self._name = name
        self._limit = threads
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._unfinished = 0
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError(f"the pool {self._name} is closed")
            self._unfinished += 1
            self._work.put((future, lambda: fn(*args, **kwargs)))
            if self._unfinished > len(self._threads) < self._limit:
                name = f"{self._name}-{len(self._threads)}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads once the work is done; with `wait`, return after that."""
        with self._lock:
            self._closed = True
            while cancel_futures and not self._work.empty():
                if (work := self._work.get()) is not None:
                    work[0].cancel()
            for _ in self._threads:
                self._work.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            future, call = work
            if future.set_running_or_notify_cancel():
                try:
                    result = call()
                except BaseException as error:  # noqa: BLE001  (whoever awaits the future gets it)
                    future.set_exception(error)
                else:
                    future.set_result(result)
            with self._lock:
                self._unfinished -= 1
            del work, future, call  # an idle thread must keep nothing alive


class BoundedPool:
    """`threads` slots, of which `reserved` are only for urgent calls; used on one event loop.

    Calls with the same key run one after the other, also when the one before was abandoned by its caller. When a
    call finds the engine unavailable, the calls that still wait for a slot fail with it instead of trying in turn.
    """

    def __init__(self, name: str, threads: int, reserved: int = 0) -> None:
        self._name = name
        self._executor = DaemonExecutor(f"labdesk-{name}", threads)
        self._free = threads
        self._ordinary_free = threads - reserved
        self._waiting_urgent: deque[asyncio.Future[None]] = deque()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._busy: dict[str, asyncio.Future[None]] = {}
        self._running: set[asyncio.Future[Any]] = set()
        self._closed = False

    async def run_async(self, call: Callable[[Unpack[Ts]], T], *args: *Ts, key: str = "", urgent: bool = False) -> T:
        """Run `call(*args)` in a thread once a slot is free; urgent calls go first."""
        await self.settle_async(key)
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        if key:
            self._busy[key] = ended
        try:
            await self._take_slot(urgent)
            try:
                running = loop.run_in_executor(self._executor, call, *args)
            except BaseException:
                self._give_back(urgent)
                raise
        except BaseException:
            self._leave(key, ended)
            raise

        def done(finished: asyncio.Future[T]) -> None:
            self._running.discard(finished)
            self._give_back(urgent)
            self._leave(key, ended)
            if not finished.cancelled() and isinstance(error := finished.exception(), EngineUnavailable):
                self._fail_waiting(error)

        self._running.add(running)
        running.add_done_callback(done)
        await asyncio.wait({running})  # unlike awaiting it, this leaves it running when the caller is cancelled
        return running.result()

    async def settle_async(self, key: str) -> None:
        """Return when no call with this key is running or waiting for a slot."""
        while key and (busy := self._busy.get(key)) is not None:
            await asyncio.wait({busy})

    async def close_async(self, patience: float = 2.0) -> None:
        """Fail what waits for a slot; let calls in threads end, but not for longer than `patience` seconds."""
        self._closed = True
        self._fail_waiting(self._closed_error())
        self._executor.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        for call in tuple(self._running):
            call.cancel()

    async def _take_slot(self, urgent: bool) -> None:
        if self._closed:
            raise self._closed_error()
        if not self._is_free(urgent) or self._waiting_urgent or (self._waiting and not urgent):
            line = self._waiting_urgent if urgent else self._waiting
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            line.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn in line:
                    line.remove(turn)
                elif turn.done() and not turn.cancelled() and turn.exception() is None:
                    self._give_back(urgent)
                raise
            return
        self._hold(urgent)

    def _is_free(self, urgent: bool) -> bool:
        return self._free > 0 and (urgent or self._ordinary_free > 0)

    def _hold(self, urgent: bool) -> None:
        self._free -= 1
        self._ordinary_free -= not urgent

    def _give_back(self, urgent: bool) -> None:
        self._free += 1
        self._ordinary_free += not urgent
        for line, is_urgent in ((self._waiting_urgent, True), (self._waiting, False)):
            while line and self._is_free(is_urgent):
                turn = line.popleft()
                if not turn.done():
                    self._hold(is_urgent)
                    turn.set_result(None)

    def _leave(self, key: str, ended: asyncio.Future[None]) -> None:
        if key and self._busy.get(key) is ended:
            del self._busy[key]
        if not ended.done():
            ended.set_result(None)

    def _fail_waiting(self, error: EngineUnavailable) -> None:
        for turn in itertools.chain(self._waiting_urgent, self._waiting):
            if not turn.done():
                turn.set_exception(EngineUnavailable(error.message, **error.parameters))
        self._waiting_urgent.clear()
        self._waiting.clear()

    def _closed_error(self) -> EngineUnavailable:
        return EngineUnavailable("The desk is closing; its labs keep running.", cause="closing")
