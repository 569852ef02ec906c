"""Whether the engine answers, known in one place and found out by one probe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from labdesk.engines.service import (
    HINT_CONNECTED,
    HINT_DISCONNECTED,
    ContainerService,
    EngineHint,
    EngineInfo,
    EngineRequestError,
    EngineUnavailable,
)

FIRST_DELAY, LONGEST_DELAY, GROWTH = 0.5, 5.0, 1.6

MonitorListener = Callable[[], None]


class EngineState(StrEnum):
    CONNECTING = "connecting"  # not asked yet: nothing is known
    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"


class EngineMonitor:
    """Keeps what is known of the engine. Used on the event loop only; shaped like a hosted service.

    The first failure makes it unreachable and starts ONE probe loop (0.5 s growing to 5 s) until it answers. The
    engine's own event stream breaking off is taken as a reason to ask. Listeners are called on every change of state,
    when another engine answers, and when events are heard again after a break; one that raises is reported to the loop
    and stops nobody.
    """

    def __init__(
        self,
        service: ContainerService,
        now: Callable[[], datetime],
        *,
        first_delay: float = FIRST_DELAY,
        longest_delay: float = LONGEST_DELAY,
    ) -> None:
        self._service = service
        self._now = now
        self._first_delay, self._longest_delay = first_delay, longest_delay
        self._state = EngineState.CONNECTING
        self._info: EngineInfo | None = None
        self._since: datetime | None = None
        self._last_error: EngineUnavailable | None = None
        self._recoveries = 0
        self._listeners: list[MonitorListener] = []
        self._probing: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._started = self._deaf = False

    @property
    def service(self) -> ContainerService:
        """The engine that is watched."""
        return self._service

    @property
    def state(self) -> EngineState:
        return self._state

    @property
    def reachable(self) -> bool:
        """False from a failure until the engine answers; True before anything was asked."""
        return self._state is not EngineState.UNREACHABLE

    @property
    def info(self) -> EngineInfo | None:
        """Who answered last; kept while unreachable, None before the first answer."""
        return self._info

    @property
    def since(self) -> datetime | None:
        """When the present state began, aware UTC; None while connecting."""
        return self._since

    @property
    def last_error(self) -> EngineUnavailable | None:
        """The latest failure, with a sentence for the user; None while reachable."""
        return self._last_error

    @property
    def recoveries(self) -> int:
        """How often it has answered after a failure or for the first time; tells old failures from new ones."""
        return self._recoveries

    def add_listener(self, listener: MonitorListener) -> None:
        """Call `listener` on the loop, soon after each change."""
        self._listeners.append(listener)

    def remove_listener(self, listener: MonitorListener) -> None:
        """Tell `listener` nothing more, not even of a change that came before."""
        self._listeners.remove(listener)

    async def start_async(self) -> None:
        """Ask for the first time; returns at once."""
        self._started = True
        self._service.add_hint_handler(self._on_hint)
        self._probe()

    async def stop_async(self) -> None:
        """Stop probing; what is known stays readable."""
        self._started = False
        self._service.remove_hint_handler(self._on_hint)
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    def report_failure(self, error: EngineUnavailable, recoveries: int | None = None) -> None:
        """Take note that a call failed.

        `recoveries` is the count when that call began: a failure older than the latest recovery says nothing about now.
        """
        if recoveries is not None and recoveries != self._recoveries:
            return
        self._last_error = error
        if self._state is not EngineState.UNREACHABLE:
            self._become(EngineState.UNREACHABLE)
        self._probe(self._first_delay)

    def retry_now(self) -> None:
        """Ask at once, whatever the probe loop waits for; also a way to check a reachable engine."""
        self._hurry.set()
        self._probe()

    def _on_hint(self, hint: EngineHint) -> None:
        if hint.action == HINT_DISCONNECTED:
            self._deaf = True
            self.retry_now()
        elif hint.action == HINT_CONNECTED and self._deaf:
            self._deaf = False
            if self.reachable:
                self._tell()  # what happened in between was not heard: whoever cares must look
            else:
                self.retry_now()

    def _probe(self, delay: float = 0.0) -> None:
        if self._started and (self._probing is None or self._probing.done()):
            self._probing = asyncio.get_running_loop().create_task(self._probe_until_it_answers(delay))

    async def _probe_until_it_answers(self, delay: float) -> None:
        while True:
            await self._pause(delay)
            self._hurry.clear()
            try:
                info = await self._service.get_engine_info_async()
            except Exception as error:  # noqa: BLE001  (the loop's edge: without it nobody would ask again)
                self._last_error = self._explain(error)
                if self._state is not EngineState.UNREACHABLE:
                    self._become(EngineState.UNREACHABLE)
                delay = min(max(delay * GROWTH, self._first_delay), self._longest_delay)
            else:
                self._answered(info)
                if not self._hurry.is_set():
                    return
                delay = 0.0

    def _explain(self, error: Exception) -> EngineUnavailable:
        if isinstance(error, EngineUnavailable | EngineRequestError):
            return EngineUnavailable(error.message, **error.parameters)
        words = f"The engine's answer makes no sense ({error}); LabDesk keeps asking."
        if self._last_error is None or self._last_error.message != words:  # a defect is told once, not at every probe
            asyncio.get_running_loop().call_exception_handler({"message": words, "exception": error})
        return EngineUnavailable(words, cause="nonsense")

    async def _pause(self, delay: float) -> None:
        """Wait `delay` seconds, or until somebody is in a hurry."""
        if delay <= 0:
            return
        timer = asyncio.get_running_loop().call_later(delay, self._hurry.set)
        try:
            await self._hurry.wait()
        finally:
            timer.cancel()

    def _answered(self, info: EngineInfo) -> None:
        exchanged = self._info is not None and self._info.engine_id != info.engine_id
        self._info, self._last_error = info, None
        if self._state is not EngineState.REACHABLE:
            self._recoveries += 1
            self._become(EngineState.REACHABLE)
        elif exchanged:
            self._tell()

    def _become(self, state: EngineState) -> None:
        self._state, self._since = state, self._now()
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            asyncio.get_running_loop().call_soon(self._call, listener)

    def _call(self, listener: MonitorListener) -> None:
        if listener in self._listeners:  # it may have gone meanwhile, and its window with it
            listener()
