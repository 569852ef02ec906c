"""The whole story on a real engine, typed as a user types it."""

from __future__ import annotations

import json
import signal
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docker import APIClient

from labdesk.paths import resource_path
from tests.cli.conftest import Typed
from tests.cli.process import RunningCommand
from tests.integration.cleaning import remove_everything
from tests.integration.conftest import docker_api, docker_host, make_image, test_image

__all__ = ["docker_api", "docker_host", "make_image", "test_image"]

pytestmark = pytest.mark.docker
LABS = 30
A_MINUTE_AND_MORE = 150.0
Start = Callable[..., RunningCommand]


@dataclass
class EngineView:
    """What the bare SDK shows of one desk's things; `desk` is known once there is a store."""

    api: APIClient
    typed: Typed

    @property
    def filters(self) -> dict[str, str]:
        first = self.typed("events", "-o", "json").out.splitlines()[0]
        desk_id = json.loads(first)["source"].split("/")[1]
        return {"label": f"labdesk.desk={desk_id}"}

    def containers(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.containers(all=True, filters=self.filters)
        return found

    def volumes(self) -> list[str]:
        return [volume["Name"] for volume in self.api.volumes(filters=self.filters)["Volumes"] or []]


@pytest.fixture
def engine(
    docker_api: APIClient, docker_host: str, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EngineView]:
    """Point the command line at Docker; remove all that carries its desk's label at the end."""
    monkeypatch.setenv("LABDESK_ENGINE", "docker")
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    view = EngineView(docker_api, typed)
    yield view
    remove_everything(docker_api, view.filters)


@pytest.fixture
def sample(tmp_path: Path, test_image: str) -> str:
    """Return the path of the sample that ships with LabDesk, its image replaced by the tests' one."""
    text = resource_path("samples", "sample.yaml").read_text("utf-8")
    file = tmp_path / "sample.yaml"
    file.write_text(text.replace("busybox:1.37", test_image), "utf-8")
    return str(file)


def lab_of(typed: Typed, name: str) -> dict[str, Any]:
    (found,) = json.loads(typed("get", "labs", name, "-o", "json").out)
    result: dict[str, Any] = found
    return result


def page_of(lab: dict[str, Any]) -> str:
    """Open the lab's link."""
    with urllib.request.urlopen(lab["status"]["accessUrls"][0]["url"], timeout=10) as answer:
        text: str = answer.read().decode()
    return text


def stories(typed: Typed) -> dict[str, list[str]]:
    """The phases of every lab, in the journal's order, by name and incarnation."""
    told: dict[str, list[str]] = {}
    for line in typed("events", "-o", "json", "--type", "labinstancerequest.*").out.splitlines():
        event = json.loads(line)
        phase = event["data"].get("phase")
        if phase:
            phases = told.setdefault(f"{event['subject']}#{event['data']['incarnation']}", [])
            if phases[-1:] != [phase]:
                phases.append(phase)
    return told


def test_apply_running_timeout_and_the_workspace_returns_on_rerun(
    typed: Typed, start: Start, engine: EngineView, sample: str
) -> None:
    serving = start("serve")
    serving.wait_for("Runs the labs of")
    assert typed("apply", "-f", sample).out.splitlines() == [
        "labtemplate/hello created",
        "labinstancerequest/hello-ada created",
    ]
    watching = start("get", "labs", "--watch")
    watching.wait_for("RUNNING", patience=A_MINUTE_AND_MORE)
    assert "Starts of this lab: 1" in page_of(lab_of(typed, "hello-ada"))
    assert typed("logs", "hello-ada").code == 0
    watching.wait_for("TIMEOUT", patience=A_MINUTE_AND_MORE)
    serving.wait_for("The container is gone; its log is kept.")
    watching.signal(signal.SIGINT)
    assert watching.end() == 130
    rows = [line.split()[1] for line in watching.text.splitlines() if line.startswith("hello-ada")]
    seen = [phase for position, phase in enumerate(rows) if rows[position - 1 : position] != [phase]]
    assert seen[-2:] == ["RUNNING", "TIMEOUT"]  # whoever begins to watch late sees no more of it
    assert stories(typed)["default/hello-ada#1"] == ["PENDING", "PROVISIONING", "RUNNING", "TIMEOUT"]
    assert engine.containers() == []
    assert len(engine.volumes()) == 1
    assert "run 1, kept when it ended" in typed("logs", "hello-ada").err

    assert typed("rerun", "hello-ada").out == "hello-ada runs again now.\n"
    serving.wait_for("(hello-ada): Ready.", times=2)
    assert "Starts of this lab: 2" in page_of(lab_of(typed, "hello-ada"))
    assert typed("apply", "-f", sample).out.splitlines()[1] == "labinstancerequest/hello-ada unchanged"
    following = start("logs", "hello-ada", "-f")
    following.wait_for("hello-ada, run 2, ")
    assert typed("delete", "labs", "hello-ada").out == "hello-ada is being deleted.\n"
    assert following.end() == 0
    serving.wait_for("(hello-ada): Was deleted.")
    assert engine.containers() == []
    assert json.loads(typed("get", "labs", "-o", "json").out) == []
    assert len(engine.volumes()) == 1
    serving.signal(signal.SIGTERM)
    assert serving.end() == 0
    assert "  error  " not in serving.text


def test_after_kill_9_in_the_middle_of_a_class_start_nothing_runs_twice_and_nothing_is_lost(
    typed: Typed, start: Start, engine: EngineView, sample: str, tmp_path: Path
) -> None:
    template, _, lab = Path(sample).read_text("utf-8").partition("---\n")
    long = lab.replace("durationMinutes: 1", "durationMinutes: 60")
    labs = [
        long.replace("name: hello-ada", f"name: student-{number}").replace("ada@", f"student-{number}@")
        for number in range(LABS)
    ]
    manifest = tmp_path / "class.yaml"
    manifest.write_text("---\n".join([template, *labs]), "utf-8")
    first = start("serve")
    first.wait_for("Runs the labs of")
    assert typed("apply", "-f", str(manifest)).code == 0
    first.wait_for(": Ready.", times=LABS // 3)
    first.kill()
    running = {one["Id"] for one in engine.containers() if one["State"] == "running"}
    assert len(running) >= LABS // 3

    second = start("serve")
    second.wait_for("Runs the labs of")
    watching = start("get", "labs", "--watch", "-o", "json")
    while len(running_labs(watching)) < LABS:
        watching.wait_for("\n", times=watching.text.count("\n") + 1)
    containers = engine.containers()
    assert len(containers) == LABS
    assert len({one["Labels"]["labdesk.lab-uid"] for one in containers}) == LABS
    assert running <= {one["Id"] for one in containers if one["State"] == "running"}
    told = stories(typed)
    assert len(told) == LABS
    assert all(phases == ["PENDING", "PROVISIONING", "RUNNING"] for phases in told.values())

    assert typed("delete", "labs", *(f"student-{number}" for number in range(LABS))).code == 0
    second.wait_for("Was deleted.", times=LABS)
    assert engine.containers() == []
    second.signal(signal.SIGTERM)
    assert second.end() == 0
    assert "  error  " not in second.text


def running_labs(watching: RunningCommand) -> list[str]:
    """The names of the labs whose latest line says RUNNING."""
    latest = {}
    for line in watching.text.splitlines(keepends=True):
        if line.endswith("\n"):
            shown = json.loads(line)
            latest[shown["metadata"]["name"]] = shown["status"]["phase"]
    return [name for name, phase in latest.items() if phase == "RUNNING"]
