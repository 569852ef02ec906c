"""LabDesk's window in a process of its own, on a real X server, with labs on a real Docker engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docker import APIClient

from tests.gui_x11.screen import WindowOnScreen, end, until, x_server
from tests.integration.cleaning import remove_everything
from tests.integration.conftest import docker_api, docker_host, make_image, test_image

__all__ = ["docker_api", "docker_host", "make_image", "test_image"]

CHECKOUT = Path(__file__).resolve().parents[2]
NOT_INHERITED = ("LABDESK_", "XDG_", "QT_", "DISPLAY", "WAYLAND_DISPLAY")


@dataclass(frozen=True)
class CommandLine:
    """LabDesk's commands in a terminal beside the window."""

    environment: dict[str, str]
    store: Path

    def run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "labdesk", *arguments, "--store", str(self.store)]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def labs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("get", "labs", "-o", "json"))
        return found

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run("events", "-o", "json").splitlines()]


@dataclass(frozen=True)
class EngineView:
    """What the bare SDK shows of one desk's things."""

    api: APIClient
    filters: dict[str, str]

    def containers(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.containers(all=True, filters=self.filters)
        return found

    def volumes(self) -> list[str]:
        return [volume["Name"] for volume in self.api.volumes(filters=self.filters)["Volumes"] or []]


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the DISPLAY there is, else one of an X server that is ended at the end."""
    if given := os.environ.get("DISPLAY"):
        yield given
        return
    with x_server(tmp_path_factory.mktemp("x11") / "xvfb.log") as started:
        yield started


@pytest.fixture
def environment(tmp_path: Path, display: str, docker_host: str) -> dict[str, str]:
    """Return the environment of a user who never used LabDesk before."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
    home = tmp_path / "home"
    folders = {f"XDG_{name}": home / name.lower() for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR")}
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True)
    return {
        **inherited,
        **{name: str(folder) for name, folder in folders.items()},
        "HOME": str(home),
        "PYTHONPATH": str(CHECKOUT),
        "DISPLAY": display,
        "DOCKER_HOST": docker_host,
        "QT_QPA_PLATFORM": "xcb",
    }


@pytest.fixture
def command_line(environment: dict[str, str], tmp_path: Path, test_image: str) -> CommandLine:
    """Return the command line of a desk that has one template, `page`, with a workspace."""
    spec = {
        "description": "A page that shows what lies in the workspace.",
        "image": test_image,
        "command": ["sh", "-ec", "echo started >> /work/index.html; exec httpd -f -p 8080 -h /work"],
        "user": "1000:1000",
        "workspace": "/work",
        "ports": [{"name": "http", "containerPort": 8080}],
        "readinessProbe": {"httpGet": {"port": "http", "path": "/"}},
        "resources": {"cpu": "200m", "memory": "32Mi", "pids": 16},
        "access": {"bind": "127.0.0.1", "ports": [{"name": "http"}]},
    }
    template = {"apiVersion": "labdesk/v1", "kind": "LabTemplate", "metadata": {"name": "page"}, "spec": spec}
    file = tmp_path / "template.yaml"
    file.write_text(json.dumps(template), "utf-8")
    typed = CommandLine(environment, tmp_path / "desk.db")
    assert typed.run("apply", "-f", str(file)) == "labtemplate/page created\n"
    return typed


@pytest.fixture
def engine(docker_api: APIClient, command_line: CommandLine) -> Iterator[EngineView]:
    """Return a view of what the desk has on Docker; remove all of it at the end."""
    desk_id = command_line.events()[0]["source"].split("/")[1]
    view = EngineView(docker_api, {"label": f"labdesk.desk={desk_id}"})
    yield view
    remove_everything(docker_api, view.filters)


@pytest.fixture
def window(command_line: CommandLine, engine: EngineView, tmp_path: Path) -> Iterator[WindowOnScreen]:
    """Return LabDesk's window, its Labs page shown and the keyboard in it; its process is ended at the end."""
    command = [sys.executable, "-m", "labdesk", "--store", str(command_line.store)]
    environment = command_line.environment
    with (tmp_path / "window.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        shown = WindowOnScreen(process, "LabDesk", environment)
        try:
            until(lambda: is_page_shown(environment), "the first page")
        except AssertionError as error:
            error.add_note(f"The screen then: {_photograph(shown, tmp_path / 'screen.png')}. What the process said:")
            error.add_note("".join(path.read_text("utf-8") for path in tmp_path.rglob("*.log")))
            raise
        shown.focus()
        yield shown
    finally:
        end(process)


def is_page_shown(environment: dict[str, str]) -> bool:
    """The window remembers the page it shows for the next start; until the desk is open it shows none."""
    memory = Path(environment["XDG_CONFIG_HOME"], "labdesk", "window.ini")
    return memory.exists() and "page" in memory.read_text("utf-8")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say with a failed test what the screen showed and what the window's process said."""
    report = yield
    window = getattr(item, "funcargs", {}).get("window")
    if report.when == "call" and report.failed and isinstance(window, WindowOnScreen):
        folder: Path = item.funcargs["tmp_path"]  # type: ignore[attr-defined]
        report.sections.append(("the screen when it failed", _photograph(window, folder / "screen.png")))
        report.sections.append(("what the window's process said", (folder / "window.log").read_text("utf-8")))
    return report


def _photograph(window: WindowOnScreen, path: Path) -> str:
    try:
        window.photograph(path)
    except (OSError, subprocess.SubprocessError) as error:
        return f"could not be photographed: {error}"
    return str(path)
