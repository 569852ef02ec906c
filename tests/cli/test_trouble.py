"""A store in trouble is one sentence and exit code 1, and is left as it is."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from labdesk.store import driver
from labdesk.store.driver import connect_writer
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together

Applied = Callable[[str], None]
COMMANDS = ["get labs", "stop ada-web", "events", "delete labs ada-web --force"]


@pytest.mark.parametrize("command_line", COMMANDS)
def test_a_newer_store_is_refused_and_left_untouched(
    typed: Typed, applied: Applied, own_world: Path, command_line: str
) -> None:
    applied(together(TEMPLATE, lab()))
    connection = connect_writer(own_world)
    connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = own_world.read_bytes()
    done = typed(*command_line.split())
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "was written by a newer LabDesk" in done.err
    assert own_world.read_bytes() == before


@pytest.mark.parametrize("command_line", COMMANDS)
def test_a_damaged_store_is_named(typed: Typed, own_world: Path, command_line: str) -> None:
    own_world.write_bytes(b"\xff\xd8" * 10_000)
    done = typed(*command_line.split())
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert str(own_world) in done.err
    assert own_world.read_bytes() == b"\xff\xd8" * 10_000


def test_a_store_that_another_program_holds_is_said_to_be_held(
    typed: Typed, applied: Applied, own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(together(TEMPLATE, lab()))
    monkeypatch.setattr(driver, "BUSY_TIMEOUT_S", 0.1)
    holding = connect_writer(own_world)
    holding.execute("BEGIN IMMEDIATE")
    try:
        done = typed("stop", "ada-web")
    finally:
        holding.execute("ROLLBACK")
        holding.close()
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "Another program is writing to the store" in done.err
    assert typed("stop", "ada-web").code == 0


def test_a_store_on_a_network_file_system_is_refused_with_a_local_path(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"36 35 98:0 / {tmp_path / 'far'} rw - nfs4 server:/export rw\n")
    monkeypatch.setattr("labdesk.store.filesystem._MOUNTS", mounts)
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(TEMPLATE)
    for command_line in (f"apply -f {manifest}", "get labs"):
        done = typed(*command_line.split(), "--store", str(tmp_path / "far" / "desk.db"))
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
        assert "lies on a network file system (nfs4)" in done.err
        assert "use a local path, like --store" in done.err
    assert not (tmp_path / "far").exists()


def test_a_store_that_is_a_directory_is_said_to_be_one(typed: Typed, tmp_path: Path) -> None:
    done = typed("get", "labs", "--store", str(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert done.err == f"setting store: {tmp_path} is a directory; name a file in it, like {tmp_path / 'labdesk.db'}.\n"


def test_an_empty_setting_in_the_environment_is_none(
    typed: Typed, own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABDESK_STORE", "")
    monkeypatch.setenv("LABDESK_ENGINE", "")
    done = typed("get", "labs")
    assert done.code == 1
    assert "labdesk.db; start LabDesk once" in done.err
    assert str(own_world) not in done.err


def test_a_time_zone_that_is_none_is_named(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABDESK_TIME_ZONE")
    monkeypatch.setenv("TZ", "XXX-99")
    time.tzset()
    try:
        done = typed("get", "labs")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (done.code, done.err.partition(";")[0]) == (2, "TZ: is no time zone")


@pytest.mark.parametrize("command_line", ["backup {file}", "restore {file}", "doctor", "get labs", "serve"])
def test_a_store_this_user_may_not_even_look_at_is_named(
    typed: Typed, own_world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command_line: str
) -> None:
    file = tmp_path / "kept.db"
    if command_line.startswith("restore"):
        file.touch()
    look = Path.stat

    def forbidden(path: Path, *arguments: bool, **options: bool) -> object:
        if path == own_world:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, *arguments, **options)

    monkeypatch.setattr(Path, "stat", forbidden)
    done = typed(*command_line.format(file=file).split())
    assert done.code == 1
    sentence = f"The store {own_world} cannot be opened or changed by this user; check the permissions"
    assert sentence in (done.out if command_line == "doctor" else done.err)
    assert "Traceback" not in done.err
