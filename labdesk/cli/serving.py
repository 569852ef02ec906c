"""`labdesk serve`: the desk without a window, one readable line per event, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from labdesk.cli.acting_process import acting_process
from labdesk.cli.invocation import Invocation
from labdesk.cli.line_printer import LinePrinter
from labdesk.cli.log_file import show_errors, write_log_to_file
from labdesk.cli.main import INTERRUPTED
from labdesk.cli.moments import event_sentence
from labdesk.cli.tables import printable
from labdesk.control.pacing import paced_interpreter
from labdesk.desk import Desk, DeskMode
from labdesk.desk_engine import engine_factory
from labdesk.engines.monitor import EngineMonitor, EngineState
from labdesk.resource.events import JournalEvent
from labdesk.resource.quantity import format_bytes

GRACE_SECONDS = 10.0


async def serve(invocation: Invocation) -> None:
    """Run the desk until SIGTERM or SIGINT; a second signal ends the process at once. Labs keep running."""
    printer = LinePrinter(sys.stdout)
    told = Teller(invocation, printer.print)
    show_errors(told.defect, write_log_to_file())
    stopping = asyncio.Event()
    obey_signals(stopping, printer.close)
    desk = Desk(
        invocation.settings,
        clock=invocation.clock.source,
        engine=engine_factory(invocation.settings, invocation.clock),
        role="serve",
    )
    desk.bus.add_sink(told.event)
    desk.add_mode_listener(told.mode)
    try:
        with paced_interpreter(lambda: True):
            if not await _started(desk, stopping):
                return
            told.follow_engine(desk.engine_monitor)
            await stopping.wait()
            told.say("Stopping; labs keep running.")
            await desk.stop_async(GRACE_SECONDS)
    finally:
        printer.close()


async def _started(desk: Desk, stopping: asyncio.Event) -> bool:
    """Start the desk; a signal that comes meanwhile is obeyed as soon as it stands."""
    await desk.start_async()
    if stopping.is_set():
        await desk.stop_async(GRACE_SECONDS)
    return not stopping.is_set()


def obey_signals(stopping: asyncio.Event, last_words: Callable[[], None]) -> None:
    """Let SIGTERM and SIGINT set `stopping`; a second one ends the process at once, after `last_words`."""

    def obey() -> None:
        if stopping.is_set():
            last_words()
            os._exit(INTERRUPTED)
        stopping.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, obey)


class Teller:
    """Turns what happens into lines: local time, severity if it is more than information, who, what."""

    def __init__(self, invocation: Invocation, print_line: Callable[[str], None]) -> None:
        self._invocation = invocation
        self._zone: tzinfo | None = invocation.zone
        self._print = print_line
        self._engine: EngineState | None = None

    def say(self, sentence: str, severity: str = "info") -> None:
        """Tell what concerns the desk itself."""
        self._print(event_line(self._invocation.clock.now().astimezone(self._zone), severity, "LabDesk", sentence))

    def defect(self, what: str, log_file: Path | None) -> None:
        """Tell of a background task that failed; the rest of the desk goes on."""
        self.say(f"{what}{f' (details in {log_file})' if log_file else ''}", "error")

    def event(self, event: JournalEvent) -> None:
        told = event_sentence(event, self._invocation.clock.now(), self._zone)
        self._print(event_line(event.time.astimezone(self._zone), event.severity, who(event), told))

    def mode(self, mode: DeskMode) -> None:
        store = self._invocation.settings.store
        if mode == DeskMode.ACTING:
            self.say(f"Runs the labs of {store}; Ctrl+C or SIGTERM stops this process, not the labs.")
        elif mode == DeskMode.OBSERVING and (other := acting_process(store)):  # else it failed to act, and says why
            self.say(f"Waits: {other} runs the labs of {store}; takes over when that ends.", "warning")

    def follow_engine(self, monitor: EngineMonitor) -> None:
        """Tell once when the engine does not answer, and once when it does (again)."""

        def look() -> None:
            if monitor.state == self._engine or monitor.state == EngineState.CONNECTING:
                return
            self._engine = monitor.state
            if monitor.reachable and monitor.info is not None:
                info = monitor.info
                self.say(f"The engine answers: {info.name} {info.version}, {format_bytes(info.memory)} of memory.")
            elif monitor.last_error is not None:
                self.say(f"{monitor.last_error.message} What is due starts when it comes.", "warning")

        monitor.add_listener(look)
        look()


def who(event: JournalEvent) -> str:
    """Return the student and the lab an event is about, else its subject, else the desk."""
    name = event.subject.rpartition("/")[2]
    student = event.data.get("student")
    if isinstance(student, str) and student:
        return f"{student} ({name})"
    return name or "LabDesk"


def event_line(local: object, severity: str, subject: str, sentence: str) -> str:
    """Return `2026-11-23 10:00:03  warning  Ada Lovelace (ada-web): Ready, 2 min later than planned.`"""
    mark = "" if severity == "info" else f"{severity}  "
    return printable(f"{local:%Y-%m-%d %H:%M:%S}  {mark}{subject}: {sentence}")
