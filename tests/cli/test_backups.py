"""`labdesk backup` and `labdesk restore`: a copy of the store, and its way back."""

from __future__ import annotations

import errno
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from labdesk.store.driver import connect_writer
from labdesk.store.errors import explain
from labdesk.store.lock import ProcessLock
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.process import RunningCommand

Applied = Callable[[str], None]
Start = Callable[..., RunningCommand]


@pytest.fixture
def kept(typed: Typed, applied: Applied, tmp_path: Path) -> Path:
    """Return a backup of a store with one lab, to which another one was added since."""
    applied(together(TEMPLATE, lab()))
    file = tmp_path / "kept.db"
    assert typed("backup", str(file)).code == 0
    applied(lab("bob-web"))
    return file


def labs(typed: Typed, *options: str) -> list[str]:
    return [one["metadata"]["name"] for one in json.loads(typed("get", "labs", "-o", "json", *options).out)]


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}*") if file.suffix != ".lock"}


def test_a_backup_says_where_it_is_and_how_big_and_is_for_its_owners_eyes(
    typed: Typed, applied: Applied, own_world: Path, tmp_path: Path
) -> None:
    applied(together(TEMPLATE, lab()))
    file = tmp_path / "kept.db"
    done = typed("backup", str(file))
    assert (done.code, done.err) == (0, "")
    assert done.out == f"The store {own_world} is backed up in {file} ({file.stat().st_size / 1024:g} KiB).\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert labs(typed, "--store", str(file)) == ["ada-web"]


def test_a_store_that_others_use_is_backed_up_too(typed: Typed, start: Start, applied: Applied, tmp_path: Path) -> None:
    applied(together(TEMPLATE, lab(spec='scheduledStart: "2036-01-15T09:00:00Z"')))
    serving = start("serve")
    serving.wait_for("Runs the labs of")
    assert typed("backup", str(tmp_path / "kept.db")).code == 0
    assert labs(typed, "--store", str(tmp_path / "kept.db")) == ["ada-web"]


def test_a_backup_overwrites_nothing(typed: Typed, kept: Path, own_world: Path) -> None:
    for file in (kept, own_world):
        before = file.read_bytes()
        done = typed("backup", str(file))
        assert (done.code, done.out) == (2, "")
        assert done.err == f"There is a file {file} already, and a backup overwrites none; choose another name.\n"
        assert file.read_bytes() == before


def test_what_cannot_be_backed_up_leaves_no_file(
    typed: Typed, applied: Applied, own_world: Path, tmp_path: Path
) -> None:
    file = tmp_path / "kept.db"
    none = typed("backup", str(file))
    assert (none.code, none.err) == (1, f"There is no store at {own_world}; check --store.\n")
    assert "is a directory; name a file in it, like" in typed("backup", str(tmp_path)).err
    assert (
        typed("backup", str(tmp_path / "no" / "kept.db")).err
        == f"There is no directory {tmp_path / 'no'}; make it first.\n"
    )
    applied(TEMPLATE)
    with own_world.open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(b"\xff" * 8192)
    done = typed("backup", str(file))
    assert (done.code, done.out) == (1, "")
    assert f"The file {own_world} is damaged" in done.err
    assert list(tmp_path.glob("kept*")) == []


def test_a_newer_store_is_backed_up_as_it_is(typed: Typed, applied: Applied, own_world: Path, tmp_path: Path) -> None:
    applied(TEMPLATE)
    connection = connect_writer(own_world)
    connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    connection.close()
    assert typed("backup", str(tmp_path / "kept.db")).code == 0
    assert "newer LabDesk" in typed("get", "labs", "--store", str(tmp_path / "kept.db")).err


def test_restoring_brings_back_what_was_and_keeps_what_was_there(typed: Typed, own_world: Path, kept: Path) -> None:
    done = typed("restore", str(kept))
    assert (done.code, done.err) == (0, "")
    first, second, third = done.out.splitlines()
    assert first.startswith(f"The store {own_world} is as it was at ")
    assert first.endswith(", with 1 lab and 1 template.")
    assert third == (
        "Containers made before are left alone until you confirm that they are this desk's: labdesk adopt."
    )
    assert labs(typed) == ["ada-web"]
    (event,) = [json.loads(line) for line in typed("events", "-o", "json", "--type", "desk.*").out.splitlines()]
    assert (event["type"], event["data"]["reason"]) == ("desk.restored", "Restored")
    (former,) = own_world.parent.glob("desk.db.before-*.backup")
    assert second == f"What was there before is kept in {former}."
    assert typed("restore", str(former)).code == 0
    assert labs(typed) == ["ada-web", "bob-web"]


def test_a_backup_is_restored_where_there_is_no_store_yet(typed: Typed, kept: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other" / "desk.db"
    elsewhere.parent.mkdir()
    done = typed("restore", str(kept), "--store", str(elsewhere))
    assert (done.code, "kept in" in done.out) == (0, False)
    assert labs(typed, "--store", str(elsewhere)) == ["ada-web"]


def test_nothing_is_restored_while_a_process_acts_or_has_the_store_open(
    typed: Typed, start: Start, own_world: Path, kept: Path
) -> None:
    lock = ProcessLock(own_world)
    assert lock.try_acquire("window")
    acting = typed("restore", str(kept))
    lock.release()
    assert (acting.code, acting.out) == (1, "")
    assert f"The store {own_world} is in use by labdesk window" in acting.err
    following = start("events", "--follow")
    following.wait_for("Starts now.")
    watched = typed("restore", str(kept))
    assert (watched.code, watched.out) == (1, "")
    assert f"process {following.pid} (" in watched.err
    assert "labdesk events --follow); close that first." in watched.err
    following.kill()
    assert labs(typed) == ["ada-web", "bob-web"]
    assert typed("restore", str(kept)).code == 0


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("missing", 2, "There is no file {file}; check its name."),
        ("folder", 2, "{file} is a directory; name a backup in it."),
        ("text", 1, "{file} is damaged or is no backup of LabDesk; choose another one."),
        ("empty", 1, "{file} is damaged or is no backup of LabDesk; choose another one."),
        ("desk.db", 2, "{file} is the store itself; name a backup of it."),
    ],
)
def test_what_is_no_backup_changes_nothing(
    typed: Typed, kept: Path, own_world: Path, tmp_path: Path, name: str, code: int, said: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no database" * 1000)
    (tmp_path / "empty").touch()
    before = contents(own_world)
    done = typed("restore", str(tmp_path / name))
    assert (done.code, done.out, done.err) == (code, "", said.format(file=tmp_path / name) + "\n")
    assert contents(own_world) == before


def test_a_damaged_store_is_set_aside(typed: Typed, kept: Path, own_world: Path) -> None:
    for file in own_world.parent.glob("desk.db-*"):
        file.unlink()
    own_world.write_bytes(b"\xff\xd8" * 10_000)
    done = typed("restore", str(kept))
    assert done.code == 0, done.err
    (former,) = own_world.parent.glob("desk.db.damaged-*")
    assert f"What was there before is kept in {former}." in done.out
    assert labs(typed) == ["ada-web"]


def test_a_full_disk_leaves_the_store_as_it_was(
    typed: Typed, kept: Path, own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise explain(OSError(errno.ENOSPC, "No space left on device"), own_world)

    monkeypatch.setattr("labdesk.store.restore.copy_into", full)
    done = typed("restore", str(kept))
    assert (done.code, done.out) == (1, "")
    assert f"The disk under {own_world} is full" in done.err
    assert labs(typed) == ["ada-web", "bob-web"]
    assert list(own_world.parent.glob("desk.db.before-*")) == []
