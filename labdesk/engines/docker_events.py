"""Listening for engine events in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from labdesk.engines.docker_config import DESK_LABEL
from labdesk.engines.docker_connection import Cut, DockerConnection
from labdesk.engines.service import HINT_CONNECTED, HINT_DISCONNECTED, EngineHint
from labdesk.resource.errors import LabDeskError

ACTIONS = ("start", "die", "oom", "destroy", "pause", "unpause")
FIRST_DELAY, LONGEST_DELAY = 0.2, 5.0


class EventListener:
    """Delivers hints on the loop until closed; connects again by itself, and says when it has.

    Without a desk id it hears of every desk's containers on that engine.
    """

    def __init__(
        self,
        connection: DockerConnection,
        desk_id: str,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[EngineHint], None],
    ) -> None:
        self._connection = connection
        self._label = f"{DESK_LABEL}={desk_id}" if desk_id else DESK_LABEL
        self._loop = loop
        self._deliver = deliver
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._cut: Cut | None = None
        self._reported = ""
        self._thread = threading.Thread(target=self._run, name="labdesk-events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Unblock the thread; it ends at once and delivers nothing more. Any number of times."""
        with self._lock:
            self._closing.set()
            if self._cut is not None:
                self._cut.cut()

    def _run(self) -> None:
        delay = FIRST_DELAY
        while not self._closing.is_set():
            connected = False
            try:
                with self._connection.stream(None) as (api, cut):
                    if not self._may_go_on(cut):
                        return
                    filters = {"type": ["container"], "label": [self._label], "event": list(ACTIONS)}
                    events = api.events(filters=filters, decode=True)
                    connected, delay = True, FIRST_DELAY
                    self._tell(EngineHint("", "", HINT_CONNECTED))
                    for event in events:
                        self._tell(hint_of(event))
            except LabDeskError:
                pass  # the monitor finds out why, and tells it where people look
            except Exception as error:  # noqa: BLE001  (the thread's edge: without it nothing would be heard any more)
                self._report(error)
            if connected:
                self._tell(EngineHint("", "", HINT_DISCONNECTED))
            self._closing.wait(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    def _may_go_on(self, cut: Cut) -> bool:
        with self._lock:
            self._cut = cut
            return not self._closing.is_set()

    def _tell(self, hint: EngineHint) -> None:
        if not self._closing.is_set():
            with suppress(RuntimeError):  # the loop is closed: nobody is left to hear
                self._loop.call_soon_threadsafe(self._hand_over, hint)

    def _report(self, error: Exception) -> None:
        """Tell the loop of a defect, once for all tries that meet it."""
        words = f"Docker's events cannot be heard ({error!r}); LabDesk keeps trying."
        if words != self._reported and not self._closing.is_set():
            self._reported = words
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(
                    self._loop.call_exception_handler, {"message": words, "exception": error}
                )

    def _hand_over(self, hint: EngineHint) -> None:
        if not self._closing.is_set():
            self._deliver(hint)


def hint_of(event: Mapping[str, Any]) -> EngineHint:
    """Return the hint in one event of the engine's stream."""
    actor = event.get("Actor") or {}
    attributes = actor.get("Attributes") or {}
    return EngineHint(attributes.get("labdesk.lab-uid", ""), actor.get("ID", ""), event.get("Action", ""))
