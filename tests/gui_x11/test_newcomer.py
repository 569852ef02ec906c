"""Somebody who never saw LabDesk starts, finds, extends and ends a lab, and finds out why another one failed.

Nothing is known beforehand but what the screen says: words are read off it and clicked on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gui_x11.conftest import CommandLine, EngineView
from tests.gui_x11.screen import WindowOnScreen, until

pytestmark = [pytest.mark.x11, pytest.mark.docker]
NEW_LAB_BUTTON = 290, 24
"""The one button whose words no recognition reads: white on the accent colour."""
CLASS = ("Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth", "Radia Perlman", "John McCarthy")


@pytest.fixture
def course(command_line: CommandLine, test_image: str, tmp_path: Path) -> None:
    """A class planned for tomorrow, and a lab of today whose program cannot find its file."""
    spec = {
        "image": test_image,
        "command": ["sh", "-c", "echo the file grades.csv is missing; exit 3"],
        "user": "1000:1000",
        "resources": {"cpu": "200m", "memory": "32Mi", "pids": 16},
    }
    documents = [
        {"apiVersion": "labdesk/v1", "kind": "LabTemplate", "metadata": {"name": "statistics"}, "spec": spec},
        _lab("Alan Turing", "statistics"),
        *(_lab(student, "page", scheduledStart="2099-01-11T09:00:00Z") for student in CLASS),
    ]
    file = tmp_path / "course.yaml"
    file.write_text("\n---\n".join(json.dumps(document) for document in documents), "utf-8")
    command_line.run("apply", "-f", str(file))


def _lab(student: str, template: str, **more: str) -> dict[str, Any]:
    first, last = student.lower().split()
    spec = {
        "labTemplate": template, "studentName": student, "studentEmail": f"{first}@example.edu",
        "durationMinutes": 60, **more,
    }  # fmt: skip
    return {"apiVersion": "labdesk/v1", "kind": "LabInstanceRequest", "metadata": {"name": last}, "spec": spec}


def test_who_never_saw_it_starts_finds_extends_and_ends_a_lab_and_learns_why_another_failed(
    course: None, window: WindowOnScreen, command_line: CommandLine, engine: EngineView
) -> None:
    window.click(*NEW_LAB_BUTTON)
    window.click_on("A page that shows what lies in the")
    window.click_on("Students", below=40)
    window.type("Ada Lovelace <ada@example.edu>")
    window.until_reads("1 student")
    window.press("ctrl+Return")
    lab = until(lambda: lab_of("Ada Lovelace", command_line, "RUNNING"), "Ada's running lab")
    assert container_ids(engine) == [lab["status"]["containerId"]]

    window.click_on("Search labs")
    window.type("ada")
    window.until_gone("Grace Hopper")
    window.click_on("Ada Lovelace")

    window.click_on("Extend")
    window.click_on("Extend by 30 min")
    until(lambda: lab_of("Ada Lovelace", command_line)["spec"]["extensionMinutes"] == 30, "the extension")
    assert container_ids(engine) == [lab["status"]["containerId"]]

    window.click_on("Stop")
    until(lambda: lab_of("Ada Lovelace", command_line, "COMPLETED"), "the end of Ada's lab")
    until(lambda: not container_ids(engine), "the removal of its container")

    window.click_on("Problems")
    window.click_on("Show all labs")  # what was searched for is still there
    window.click_on("Alan Turing")
    window.until_reads("How it ended")
    window.until_reads("grades.csv")


def lab_of(student: str, command_line: CommandLine, phase: str = "") -> dict[str, Any]:
    """Return the student's lab, or nothing while it is not there or not in that phase."""
    found = (lab for lab in command_line.labs() if lab["spec"]["studentName"] == student)
    return next((lab for lab in found if lab["status"]["phase"] == phase or not phase), {})


def container_ids(engine: EngineView) -> list[str]:
    return [container["Id"] for container in engine.containers() if container["State"] == "running"]
