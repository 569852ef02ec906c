"""One process acts: the lock is the kernel's, and goes with its holder."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from labdesk.store import filesystem
from labdesk.store.errors import StoreError, StoreFullError, StoreOnNetworkError, StoreUnwritableError
from labdesk.store.lock import ProcessLock
from tests.store.kinds import PATIENCE

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from labdesk.store.lock import ProcessLock
lock = ProcessLock(Path(sys.argv[1]))
print(lock.try_acquire("serve"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(store_path):
    """Run another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.communicate(timeout=PATIENCE)


def test_a_second_process_fails_and_is_told_who_holds_it(store_path, other):
    lock = ProcessLock(store_path)
    assert not lock.try_acquire("window")
    holder = lock.holder()
    assert (holder.pid, holder.role, holder.host) == (other.pid, "serve", socket.gethostname())
    assert f"labdesk serve (process {other.pid}" in lock.describe_holder()


def test_a_killed_holder_holds_nothing(store_path, other):
    lock = ProcessLock(store_path)
    assert not lock.try_acquire("window")
    other.send_signal(signal.SIGKILL)
    other.wait(PATIENCE)
    assert lock.try_acquire("window")
    assert lock.holder().pid == os.getpid()
    lock.release()


def test_a_second_lock_in_the_same_process_fails_too(store_path):
    first, second = ProcessLock(store_path), ProcessLock(store_path)
    assert first.try_acquire("window")
    assert first.try_acquire("window")
    assert not second.try_acquire("serve")
    first.release()
    assert second.try_acquire("serve")
    second.release()
    second.release()


def test_the_lock_is_flock_on_a_file_that_is_never_removed_nor_the_database(store_path):
    lock = ProcessLock(store_path)
    assert lock.try_acquire("window")
    assert lock.path != store_path
    with lock.path.open("r+") as same, pytest.raises(BlockingIOError):
        fcntl.flock(same, fcntl.LOCK_EX | fcntl.LOCK_NB)
    inode = lock.path.stat().st_ino
    lock.release()
    assert lock.path.stat().st_ino == inode
    assert lock.holder() is None
    assert lock.describe_holder() == "another process"
    with lock.path.open("r+") as same:
        fcntl.flock(same, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert not lock.try_acquire("window")


def test_a_link_to_a_store_has_the_stores_lock(store_path, tmp_path):
    store_path.touch()
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(store_path)
    first = ProcessLock(store_path)
    assert first.try_acquire("window")
    assert not ProcessLock(link).try_acquire("window")
    first.release()


def test_without_flock_there_is_no_lock_at_all(store_path, monkeypatch):
    def missing(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    first, second = ProcessLock(store_path), ProcessLock(store_path)
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", missing)
        with pytest.raises(StoreError):
            first.try_acquire("window")
    assert second.try_acquire("window")
    second.release()


def test_a_lock_on_a_network_file_system_is_refused(store_path, tmp_path, monkeypatch):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / / rw - ext4 /dev/x rw\n2 1 0:2 / {tmp_path} rw - cifs //server/home rw\n")
    monkeypatch.setattr(filesystem, "_MOUNTS", mounts)
    with pytest.raises(StoreOnNetworkError):
        ProcessLock(store_path).try_acquire("window")
    assert not ProcessLock(store_path).path.exists()


def test_a_lock_that_cannot_be_made_says_why(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnwritableError):
        ProcessLock(tmp_path / "file" / "desk.db").try_acquire("window")


def test_a_full_disk_leaves_no_draft_of_the_holder(store_path, tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(StoreFullError):
        ProcessLock(store_path).try_acquire("window")
    assert [file.name for file in tmp_path.iterdir() if "holder" in file.name] == []
