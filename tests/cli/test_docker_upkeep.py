"""What an instructor looks after on a real engine: workspaces, and a store that is put back while a lab runs."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Typed
from tests.cli.process import RunningCommand
from tests.cli.test_docker_story import (
    EngineView,
    Start,
    docker_api,
    docker_host,
    engine,
    lab_of,
    make_image,
    page_of,
    sample,
    test_image,
)

__all__ = ["docker_api", "docker_host", "engine", "make_image", "sample", "test_image"]

pytestmark = pytest.mark.docker


@pytest.fixture
def long_sample(sample: str) -> str:
    """Return the sample with a lab that nobody has to hurry for."""
    file = Path(sample)
    file.write_text(file.read_text("utf-8").replace("durationMinutes: 1", "durationMinutes: 60"), "utf-8")
    return sample


def end(serving: RunningCommand) -> None:
    serving.signal(signal.SIGTERM)
    assert serving.end() == 0
    assert "  error  " not in serving.text


def test_a_workspace_is_listed_refused_while_in_use_and_then_gone(
    typed: Typed, start: Start, engine: EngineView, long_sample: str
) -> None:
    serving = start("serve")
    serving.wait_for("Runs the labs of")
    assert typed("apply", "-f", long_sample).code == 0
    serving.wait_for("(hello-ada): Ready")
    assert "Starts of this lab: 1" in page_of(lab_of(typed, "hello-ada"))
    (volume,) = engine.volumes()
    (shown,) = json.loads(typed("workspaces", "-o", "json").out)
    whose = {"student": "ada@example.edu", "template": "hello", "namespace": "default"}
    assert shown == {"name": volume, **whose, "usedBy": ["hello-ada"]}
    refused = typed("workspaces", "remove", volume)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        f"The workspace {volume} is in use by hello-ada; end that lab, and wait until its container is gone; "
        "nothing was removed.\n"
    )
    assert engine.volumes() == [volume]

    assert typed("delete", "lab", "hello-ada").code == 0
    serving.wait_for("(hello-ada): Was deleted.")
    header, row = typed("workspaces").out.splitlines()
    assert header.split() == ["NAME", "STUDENT", "TEMPLATE", "NAMESPACE", "USED", "BY"]
    assert row.split() == [volume, "ada@example.edu", "hello", "default", "-"]
    done = typed("workspaces", "remove", volume)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"The workspace {volume} of ada@example.edu for the template hello is removed.\n"
    assert engine.volumes() == []
    assert typed("workspaces").err == "There are no workspaces of this desk on the engine.\n"
    (told,) = typed("events", "-o", "json", "--type", "desk.workspace_removed").out.splitlines()
    assert json.loads(told)["data"]["parameters"] == {
        "workspace": volume, "student": "ada@example.edu", "template": "hello",
    }  # fmt: skip
    serving.wait_for("The workspace of ada@example.edu for the template hello was deleted")

    assert typed("apply", "-f", long_sample).code == 0
    serving.wait_for("(hello-ada): Ready", times=2)
    assert "Starts of this lab: 1" in page_of(lab_of(typed, "hello-ada"))
    assert typed("delete", "lab", "hello-ada").code == 0
    serving.wait_for("(hello-ada): Was deleted.", times=2)
    end(serving)


def test_a_restored_store_leaves_running_labs_alone_until_they_are_adopted(
    typed: Typed, start: Start, engine: EngineView, long_sample: str, tmp_path: Path
) -> None:
    backup = str(tmp_path / "kept.backup")
    first = start("serve")
    first.wait_for("Runs the labs of")
    assert typed("apply", "-f", long_sample).code == 0
    first.wait_for("(hello-ada): Ready")
    assert typed("backup", backup).code == 0
    refused = typed("restore", backup)
    assert (refused.code, refused.out) == (1, "")
    assert "is in use by labdesk serve" in refused.err
    end(first)
    assert typed("restore", backup).code == 0

    (container,) = engine.containers()
    second = start("serve")
    second.wait_for("This store was restored or copied. Containers made before: 1;")
    assert typed("stop", "hello-ada").code == 0
    second.wait_for("(hello-ada): Stopped by the instructor.")
    waiting = typed("adopt")
    assert waiting.code == 2
    assert "hello-ada" in waiting.out
    assert [one["Id"] for one in engine.containers() if one["State"] == "running"] == [container["Id"]]
    taken = typed("adopt", "--yes")
    assert (taken.code, taken.err) == (0, "")
    assert taken.out.splitlines()[-1] == "1 container taken over."
    second.wait_for("(hello-ada): The container is gone; its log is kept.")
    assert engine.containers() == []
    end(second)
