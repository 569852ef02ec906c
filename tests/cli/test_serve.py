"""`labdesk serve`: the desk without a window, in a process of its own, on the simulated engine."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labdesk.cli import line_printer, serving
from labdesk.cli.invocation import Invocation
from labdesk.cli.line_printer import WAITING_LINES, LinePrinter
from labdesk.desk import DeskMode
from labdesk.engines.monitor import EngineMonitor
from labdesk.engines.service import EngineUnavailable
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Operation
from labdesk.resource.events import JournalEvent
from labdesk.store.lock import ProcessLock
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.process import PATIENCE, RunningCommand

Start = Callable[..., RunningCommand]
Applied = Callable[[str], None]
IMAGE = "busybox:1.37"
READY = TEMPLATE.replace("labdesk-test/busybox:1", IMAGE)  # an image the simulated engine has


def phases_of(typed: Typed, name: str) -> list[str]:
    """The phases a lab went through, in the journal's order."""
    phases: list[str] = []
    for line in typed("events", "-o", "json", "--type", "labinstancerequest.*").out.splitlines():
        event = json.loads(line)
        phase = event["data"].get("phase")
        if event["subject"] == f"default/{name}" and phase and phases[-1:] != [phase]:
            phases.append(phase)
    return phases


def test_a_lab_lives_by_itself_and_every_step_is_a_line(typed: Typed, applied: Applied, start: Start) -> None:
    serving_process = start("serve")
    serving_process.wait_for("Runs the labs of")
    serving_process.wait_for("The engine answers: simulated engine")
    applied(together(READY, lab()))
    serving_process.wait_for("Ada Lovelace (ada-web): Ready.")
    assert typed("stop", "ada-web").out == "ada-web is being stopped.\n"
    serving_process.wait_for("Ada Lovelace (ada-web): Stopped by the instructor.")
    serving_process.wait_for("Ada Lovelace (ada-web): The container is gone; its log is kept.")
    assert typed("logs", "ada-web").out.splitlines()[0].endswith(f"starting {IMAGE} as default/ada-web")
    serving_process.signal(signal.SIGTERM)
    assert serving_process.end() == 0
    assert "LabDesk: Stopping; labs keep running.\n" in serving_process.text
    assert "  error  " not in serving_process.text
    assert phases_of(typed, "ada-web") == ["PENDING", "PROVISIONING", "RUNNING", "COMPLETED"]


def test_what_the_acting_process_counts_is_told_with_its_age(typed: Typed, applied: Applied, start: Start) -> None:
    serving_process = start("serve")
    applied(together(READY, lab()))
    serving_process.wait_for("Ready.")
    serving_process.signal(signal.SIGINT)
    assert serving_process.end() == 0
    told = json.loads(typed("metrics", "-o", "json").out)
    assert told["acting"] is False
    assert told["values"]["reconciliations_total"] > 0


def test_after_kill_9_the_waiting_process_takes_over_and_starts_nothing_twice(
    typed: Typed, applied: Applied, start: Start
) -> None:
    first = start("serve")
    first.wait_for("Runs the labs of")
    applied(together(READY, *(lab(f"student-{number}") for number in range(5))))
    first.wait_for(": Ready.", times=5)
    second = start("serve")
    second.wait_for("takes over when that ends")
    assert f"labdesk serve (process {first.pid} on " in second.text
    first.kill()
    second.wait_for("Runs the labs of")
    second.wait_for("Its container is gone", times=5)  # the simulated engine died with the process it lived in
    second.signal(signal.SIGTERM)
    assert second.end() == 0
    for number in range(5):
        assert phases_of(typed, f"student-{number}") == ["PENDING", "PROVISIONING", "RUNNING", "FAILED"]


def test_without_docker_it_says_so_once_and_goes_on(
    typed: Typed, applied: Applied, start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LABDESK_ENGINE", "docker")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    serving_process = start("serve")
    serving_process.wait_for("What is due starts when it comes.")
    applied(together(READY, lab()))
    serving_process.wait_for("The engine does not answer; the lab stays as it is until it does.")
    serving_process.signal(signal.SIGTERM)
    assert serving_process.end() == 0
    assert serving_process.text.count("What is due starts when it comes.") == 1
    assert phases_of(typed, "ada-web") == ["PENDING"]


def test_a_store_that_cannot_be_is_one_sentence(process: Typed, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = process("serve", "--store", str(tmp_path / "file" / "desk.db"))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    (tmp_path / "photo.db").write_bytes(b"\xff\xd8" * 10_000)
    done = process("serve", "--store", str(tmp_path / "photo.db"))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "is no LabDesk store" in done.err


def test_the_engine_going_and_coming_is_told_once_each() -> None:
    async def story() -> list[str]:
        lines: asyncio.Queue[str] = asyncio.Queue()
        engine = SimulatedContainerService(lambda: datetime.now(UTC))
        engine.faults.script(Operation.INFO, EngineUnavailable("Docker is not running."), times=3)
        monitor = EngineMonitor(engine, lambda: datetime.now(UTC), first_delay=0.01, longest_delay=0.01)
        told = serving.Teller(Invocation.of(None, None), lines.put_nowait)
        told.follow_engine(monitor)
        await monitor.start_async()
        async with asyncio.timeout(PATIENCE):
            said = [await lines.get(), await lines.get()]
        await monitor.stop_async()
        await engine.close_async()
        assert lines.empty()
        return [line.partition("  ")[2] for line in said]

    assert asyncio.run(story()) == [
        "warning  LabDesk: Docker is not running. What is due starts when it comes.",
        "LabDesk: The engine answers: simulated engine 1, 16 GiB of memory.",
    ]


def test_a_second_signal_ends_the_process_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> int:
        stopping = asyncio.Event()
        ended: asyncio.Queue[int] = asyncio.Queue()
        monkeypatch.setattr(os, "_exit", ended.put_nowait)
        serving.obey_signals(stopping, lambda: None)
        signal.raise_signal(signal.SIGINT)
        await stopping.wait()
        assert ended.empty()
        signal.raise_signal(signal.SIGINT)
        return await ended.get()

    assert asyncio.run(story()) == 130


def test_it_waits_only_for_a_process_that_acts(own_world: Path) -> None:
    lines: list[str] = []
    teller = serving.Teller(Invocation.of(None, None), lines.append)
    teller.mode(DeskMode.OBSERVING)
    assert lines == []
    lock = ProcessLock(own_world)
    assert lock.try_acquire("window")
    teller.mode(DeskMode.OBSERVING)
    lock.release()
    assert "Waits: labdesk window (process " in lines[0]


def test_a_line_tells_moments_in_the_instructors_zone() -> None:
    parameters = {"until": "2036-01-15T09:00+00:00"}
    moment = datetime(2026, 11, 23, 9, 0, 3, tzinfo=UTC)
    event = JournalEvent(
        1, "rev-1", "x", "labdesk/1", "default/web", moment, "info", "EndMoved", "Ends at 2036-01-15 09:00 UTC.",
        {"parameters": parameters},
    )  # fmt: skip
    lines: list[str] = []
    serving.Teller(Invocation.of(None, None), lines.append).event(event)
    assert lines == ["2026-11-23 10:00:03  web: Ends at 15 Jan 2036 10:00."]


@pytest.mark.parametrize(
    ("subject", "data", "shown"),
    [
        ("default/ada-web", {"student": "Ada Lovelace"}, "Ada Lovelace (ada-web)"),
        ("default/web", {}, "web"),
        ("", {}, "LabDesk"),
    ],
)
def test_a_line_leads_with_whom_it_is_about(subject: str, data: dict[str, str], shown: str) -> None:
    moment = datetime(2026, 11, 23, 9, 0, 3, tzinfo=UTC)
    event = JournalEvent(1, "rev-1", "x", "labdesk/1", subject, moment, "warning", "Ready", "Ready\x1b.", dict(data))
    lines: list[str] = []
    serving.Teller(Invocation.of(None, None), lines.append).event(event)
    assert lines == [f"2026-11-23 10:00:03  warning  {shown}: Ready\ufffd."]


class StalledStream(io.StringIO):
    """A pipe whose reader does not read until `go_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.stalled, self.go_on, self.caught_up = threading.Event(), threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.stalled.set()
        self.go_on.wait(PATIENCE)
        return super().write(text)

    def flush(self) -> None:
        self.caught_up.set()  # the printer flushes when no line waits any more


def test_a_reader_that_stalls_misses_lines_but_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_printer, "CLOSE_SECONDS", PATIENCE)
    stream = StalledStream()
    printer = LinePrinter(stream)
    printer.print("first")
    assert stream.stalled.wait(PATIENCE)
    for number in range(WAITING_LINES + 5):
        printer.print(f"line {number}")
    stream.go_on.set()
    assert stream.caught_up.wait(PATIENCE)
    printer.print("later")
    printer.close()
    assert stream.getvalue().splitlines()[WAITING_LINES:] == [
        f"line {WAITING_LINES - 1}",
        "… 5 lines are missing here: nobody read them in time.",
        "later",
    ]


def test_the_end_waits_for_a_reader_who_is_just_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_printer, "CLOSE_SECONDS", PATIENCE)
    stream = StalledStream()
    printer = LinePrinter(stream)
    for number in range(WAITING_LINES + 1):
        printer.print(f"line {number}")
        stream.stalled.wait(PATIENCE)  # the first line is taken, the others wait for it
    threading.Timer(0.1, stream.go_on.set).start()
    printer.close()
    assert stream.getvalue().splitlines()[-1] == f"line {WAITING_LINES}"
