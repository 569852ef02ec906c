"""What only a process of its own shows: what is loaded, pipes, signals, defects."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog

from labdesk.cli.log_file import log_path
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.process import PATIENCE

SLOW_TO_LOAD = {
    "PySide6", "qasync", "docker", "sqlmodel", "sqlalchemy", "alembic", "cloudevents", "rich", "structlog",
    "prometheus_client", "labdesk.desk",
}  # fmt: skip


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Take back what a command sets up for the log of its process."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.reset_defaults()


def test_get_loads_nothing_that_is_slow_to_load(process: Typed, applied: Callable[[str], None]) -> None:
    applied(together(TEMPLATE, lab()))
    done = process("get", "labs", python=("-X", "importtime"))
    assert done.code == 0
    loaded = {line.rpartition("|")[2].strip() for line in done.err.splitlines() if line.startswith("import time:")}
    assert "labdesk.store.store" in loaded
    assert not loaded & SLOW_TO_LOAD


def test_a_reader_that_has_had_enough_is_no_error(applied: Callable[[str], None]) -> None:
    applied(together(TEMPLATE, *(lab(f"student-{number}") for number in range(200))))
    process = subprocess.Popen(
        [sys.executable, "-m", "labdesk", "get", "labs", "-o", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.parametrize("arguments", [("get", "labs", "--watch"), ("events", "--follow")])
def test_what_goes_on_ends_when_its_reader_goes_although_nothing_happens(
    applied: Callable[[str], None], arguments: tuple[str, ...]
) -> None:
    applied(together(TEMPLATE, lab()))
    with subprocess.Popen([sys.executable, "-m", "labdesk", *arguments], stdout=subprocess.PIPE) as command:
        assert command.stdout is not None
        assert command.stdout.readline()
        command.stdout.close()
        assert command.wait(PATIENCE) == 0


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_command_without_streams_does_what_it_is_asked(
    applied: Callable[[str], None], process: Typed, closed: str
) -> None:
    applied(together(TEMPLATE, lab()))
    done = subprocess.run(["sh", "-c", f'"$0" -m labdesk stop ada-web {closed}', sys.executable], check=False)
    assert done.returncode == 0
    assert '"desired": "Stop"' in process("get", "labs", "-o", "json").out


def test_a_full_disk_behind_the_output_is_one_sentence(applied: Callable[[str], None]) -> None:
    applied(together(TEMPLATE, lab()))
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "labdesk", "get", "labs"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"The computer refused something LabDesk needs: No space left on device.\n"


def test_a_terminal_without_the_letters_of_a_name_shows_question_marks(
    process: Typed, applied: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(together(TEMPLATE, lab().replace("Ada Lovelace", "Žofie 愛")))
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    done = process("get", "labs")
    assert (done.code, done.err) == (0, "")
    assert "?ofie ?" in done.out


@pytest.mark.usefixtures("logging_as_before")
def test_a_defect_is_one_sentence_that_names_the_log_file(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect\nof two lines")

    monkeypatch.setattr("labdesk.cli.listing.get", broken)
    done = typed("get", "labs")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "ZeroDivisionError: a defect of two lines" in done.err
    assert str(log_path()) in done.err
    assert "Traceback" not in done.err
    assert "Traceback" in log_path().read_text()


@pytest.mark.usefixtures("logging_as_before")
def test_a_defect_is_told_even_where_no_log_can_be_written(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("labdesk.cli.listing.get", broken)
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    done = typed("get", "labs")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "no log file could be written" in done.err


def test_the_module_is_the_command(process: Typed) -> None:
    assert process("--version").out.startswith("labdesk ")
