"""The command line as its users have it: a process with its exit code, stdout and stderr; or, faster, in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from labdesk.cli.edge import run
from tests.cli.process import RunningCommand

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """How a command line ended."""

    code: int
    out: str
    err: str


Typed = Callable[..., Done]


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home, a store path and the simulated engine; return the store's path."""
    for name in list(os.environ):
        if name.startswith("LABDESK_") and name != "LABDESK_FAILED_CHECKS":
            monkeypatch.delenv(name)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    store = tmp_path / "desk.db"
    monkeypatch.setenv("LABDESK_STORE", str(store))
    monkeypatch.setenv("LABDESK_ENGINE", "simulated")
    monkeypatch.setenv("LABDESK_TIME_ZONE", "Europe/Berlin")
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    return store


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    """Return a function that runs one command line in this process."""

    def type_(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(arguments)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return type_


@pytest.fixture
def process() -> Typed:
    """Return a function that runs one command line in a process of its own, with `stdin` as its input."""

    def run_process(*arguments: str, stdin: str = "", python: tuple[str, ...] = ()) -> Done:
        done = subprocess.run(
            [sys.executable, *python, "-m", "labdesk", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run_process


@pytest.fixture
def start() -> Iterator[Callable[..., RunningCommand]]:
    """Return a function that starts a command line and lets it run; what still runs at the end is killed."""
    started: list[RunningCommand] = []

    def begin(*arguments: str) -> RunningCommand:
        running = RunningCommand([sys.executable, "-m", "labdesk", *arguments])
        started.append(running)
        return running

    yield begin
    for running in started:
        with suppress(ProcessLookupError):
            running.kill()


@pytest.fixture
def applied(typed: Typed, tmp_path: Path) -> Callable[[str], None]:
    """Return a function that applies a manifest which is fine."""

    def apply(manifest: str) -> None:
        file = tmp_path / "applied.yaml"
        file.write_text(manifest, "utf-8")
        done = typed("apply", "-f", str(file))
        assert done.code == 0, done.err

    return apply
