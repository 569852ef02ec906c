"""An instructor's story by real keys and a real mouse; what came of it is asked of Docker and the command line."""

from __future__ import annotations

import signal
import time
import urllib.request
from datetime import datetime
from itertools import groupby
from typing import Any

import pytest

from tests.gui_x11.conftest import CommandLine, EngineView
from tests.gui_x11.screen import WindowOnScreen, until

pytestmark = [pytest.mark.x11, pytest.mark.docker]
A_MINUTE_AND_MORE = 150.0
UNDO_PERIOD = 8.0
NEW_LAB_BUTTON = 290, 24
FIRST_STUDENT = 350, 148
"""Where a person would click, in pixels of the window: the middles of things at least 29 high and 100 wide."""


def test_a_lab_made_by_keys_runs_is_extended_and_stopped(
    window: WindowOnScreen, command_line: CommandLine, engine: EngineView
) -> None:
    window.press("n")
    create_for_a_minute(window, "Ada Lovelace <ada@example.edu>")
    lab = until_phase(command_line, "RUNNING")
    assert lab["spec"]["studentName"] == "Ada Lovelace"
    assert lab["spec"]["studentEmail"] == "ada@example.edu"
    assert lab["spec"]["durationMinutes"] == 1
    check_it_runs(lab, engine)

    window.click(*FIRST_STUDENT)
    window.press("e")
    until(lambda: only_lab(command_line)["spec"]["extensionMinutes"] == 15, "the extension")
    asked = time.time()
    window.press("x")
    lab = until_phase(command_line, "COMPLETED")
    assert lab["status"]["reason"] == "StoppedByInstructor"
    assert seconds(lab["status"]["completedAt"]) - asked > UNDO_PERIOD - 1
    check_only_the_workspace_is_left(lab, command_line, engine)

    window.press("ctrl+q")
    assert window.exit_code() == 0


def test_a_lab_made_from_the_button_ends_on_time(
    window: WindowOnScreen, command_line: CommandLine, engine: EngineView
) -> None:
    window.click(*NEW_LAB_BUTTON)
    create_for_a_minute(window, "grace@example.edu")
    lab = until_phase(command_line, "RUNNING")
    check_it_runs(lab, engine)
    lab = until_phase(command_line, "TIMEOUT")
    lasted = seconds(lab["status"]["completedAt"]) - seconds(lab["status"]["startedAt"])
    assert lasted == pytest.approx(60, abs=15)
    check_only_the_workspace_is_left(lab, command_line, engine)
    assert phases_told(command_line) == ["PENDING", "PROVISIONING", "RUNNING", "TIMEOUT"]

    window.click(*FIRST_STUDENT)
    window.press("r")
    lab = until_phase(command_line, "RUNNING")
    check_it_runs(lab, engine, page=b"started\nstarted\n")  # the workspace came back

    window.process.send_signal(signal.SIGTERM)
    assert window.exit_code() == 0


def create_for_a_minute(window: WindowOnScreen, student: str) -> None:
    """Fill the New lab panel: the keyboard is in its list of students; the start is now."""
    window.type(student)
    window.press("Tab", "Tab", "Tab", "Tab", "Tab")  # past Pick, the course, the start and its calendar
    window.type("1")
    window.press("ctrl+Return")


def only_lab(command_line: CommandLine) -> dict[str, Any]:
    (lab,) = command_line.labs()
    return lab


def until_phase(command_line: CommandLine, phase: str) -> dict[str, Any]:
    """Wait for the one lab to come to a phase."""

    def look() -> dict[str, Any] | None:
        labs = command_line.labs()
        assert len(labs) <= 1
        assert all(lab["status"]["phase"] != "FAILED" for lab in labs), labs
        return next((lab for lab in labs if lab["status"]["phase"] == phase), None)

    return until(look, f"a lab that is {phase}", A_MINUTE_AND_MORE)


def phases_told(command_line: CommandLine) -> list[str]:
    """The lab's phases in the order of the event log, repeats left out."""
    told = (event["data"].get("phase") for event in command_line.events() if "grace" in event["subject"])
    return [phase for phase, _ in groupby(filter(None, told))]


def check_it_runs(lab: dict[str, Any], engine: EngineView, page: bytes = b"started\n") -> None:
    """One container of this lab runs, and its published port is the link, which answers."""
    (container,) = engine.containers()
    assert container["State"] == "running"
    assert container["Id"] == lab["status"]["containerId"]
    assert container["Labels"]["labdesk.lab-uid"] == lab["metadata"]["uid"]
    (port,) = [port for port in container["Ports"] if "PublicPort" in port]
    (link,) = lab["status"]["accessUrls"]
    assert link["url"] == f"http://127.0.0.1:{port['PublicPort']}"
    with urllib.request.urlopen(link["url"], timeout=10) as answer:
        assert answer.read() == page


def check_only_the_workspace_is_left(lab: dict[str, Any], command_line: CommandLine, engine: EngineView) -> None:
    until(lambda: only_lab(command_line)["status"]["cleanedUp"], "the removal of the container")
    assert engine.containers() == []
    assert engine.volumes() == [lab["status"]["resolvedSpec"]["workspace"]["volume"]]


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
