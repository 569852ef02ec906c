"""Stores that cannot be opened: each a typed error with a remedy, and nothing changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from labdesk.store import driver
from labdesk.store.driver import connect_writer
from labdesk.store.errors import (
    StoreCorruptError,
    StoreError,
    StoreLockedError,
    StoreNewerError,
    StoreOnNetworkError,
    StoreReplacedError,
    StoreUnwritableError,
)
from labdesk.store.lock import ProcessLock
from labdesk.store.opening import open_store
from labdesk.store.writes import NewEvent
from tests.store.kinds import T0, opened, widget

ROOT = Path(__file__).parents[2]


def set_schema(path: Path, schema: int) -> None:
    connection = connect_writer(path)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(schema),))
    connection.close()


def bytes_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def made(run, store_path) -> Path:
    """Return the path of a closed store with one widget."""

    async def make():
        async with opened(store_path) as store:
            await store.create_async(widget())

    run(make())
    return store_path


def test_a_newer_store_is_refused_with_its_bytes_untouched(run, made):
    set_schema(made, 99)
    before, neighbours = bytes_of(made), sorted(made.parent.iterdir())

    async def story():
        async with opened(made):
            pass

    with pytest.raises(StoreNewerError, match=r"schema 99.*update LabDesk"):
        run(story())
    assert bytes_of(made) == before
    assert {path for path in made.parent.iterdir() if path.suffix == ".db"} == {made}
    assert set(neighbours) <= set(made.parent.iterdir())


def test_a_store_that_became_newer_or_older_while_open_takes_no_more_writes(run, made):
    async def story():
        async with opened(made, acting=True) as store:
            await store.create_async(widget("b"))
            set_schema(made, 2)
            with pytest.raises(StoreNewerError):
                await store.create_async(widget("c"))
            set_schema(made, 0)
            with pytest.raises(
                StoreReplacedError, match=r"An older backup was put in the place .* start LabDesk again"
            ):
                await store.create_async(widget("c"))
            set_schema(made, 1)
            await store.create_async(widget("d"))

    run(story())


@pytest.mark.parametrize("contents", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_file_that_is_no_database_is_called_damaged_and_left_alone(store_path, contents):
    store_path.write_bytes(contents)
    with pytest.raises(StoreCorruptError, match="restore a backup"):
        open_store(store_path, lambda: T0, create=True)
    assert store_path.read_bytes() == contents


def test_another_programs_database_is_left_alone(store_path):
    connection = driver.dbapi.connect(str(store_path))
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = bytes_of(store_path)
    with pytest.raises(StoreCorruptError, match="no LabDesk store"):
        open_store(store_path, lambda: T0, create=True)
    assert bytes_of(store_path) == before


def test_no_store_is_made_where_one_went_away_under_the_process_that_acts_on_it(run, made):
    lock = ProcessLock(made)
    assert lock.try_acquire("window")

    async def story():
        async with opened(made, acting=True) as store:
            await store.create_async(widget("b"))
            made.rename(made.with_name("elsewhere"))
            with pytest.raises(StoreReplacedError, match=r"moved or deleted while labdesk window \(process \d+"):
                open_store(made, lambda: T0, create=True)
            assert not made.exists()
            made.with_name("elsewhere").rename(made)
            await store.require_in_place_async()

    run(story())
    lock.release()
    made.unlink()
    open_store(made, lambda: T0, create=True)
    assert made.exists()


def test_an_empty_file_becomes_a_store(run, store_path):
    store_path.touch()

    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget())

    run(story())


def test_damage_met_while_reading_is_an_error_and_never_an_empty_list(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            for number in range(200):
                await store.create_async(widget(f"w{number}", owner="x" * 500))

    run(story())
    with store_path.open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xa5" * (store_path.stat().st_size - 8 * 4096))

    async def read():
        async with opened(store_path) as store:
            await store.list_async()

    with pytest.raises(StoreCorruptError):
        run(read())


def test_a_write_lock_that_is_not_let_go_is_told_and_nothing_is_lost(run, made, monkeypatch):
    monkeypatch.setattr(driver, "BUSY_TIMEOUT_S", 0.05)

    async def story():
        async with opened(made) as store:
            other = connect_writer(made)
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreLockedError, match="close it and try again"):
                await store.create_async(widget("b"))
            assert len((await store.list_async()).images) == 1
            other.execute("ROLLBACK")
            other.close()
            await store.create_async(widget("b"))

    run(story())


def test_a_network_file_system_is_refused_with_a_local_path(run, store_path, monkeypatch):
    mounts = store_path.parent / "mountinfo"
    mounts.write_text(f"1 0 0:1 / / rw - ext4 /dev/x rw\n2 1 0:2 / {store_path.parent} rw - nfs4 server:/home rw\n")
    monkeypatch.setattr("labdesk.store.filesystem._MOUNTS", mounts)
    with pytest.raises(StoreOnNetworkError, match="--store /"):
        open_store(store_path, lambda: T0, create=True)
    assert not store_path.exists()


UNPRIVILEGED = """
import asyncio, os, sys
from pathlib import Path
from labdesk.store import migrate, statements
from labdesk.store.errors import StoreUnwritableError
from tests.store.kinds import opened, widget
import sqlalchemy.dialects.sqlite
if os.geteuid() == 0:  # root would be let through
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
async def main():
    try:
        async with opened(Path(sys.argv[1])) as store:
            await store.create_async(widget("b"))
    except StoreUnwritableError as error:
        print(error)
asyncio.run(main())
"""


@pytest.fixture
def open_directory():
    """Give a directory that any user may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_a_user_without_rights(path: Path) -> str:
    """Open and write the store as a user who may not; return what was told."""
    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_directory_that_cannot_be_written_is_told(open_directory):
    open_directory.chmod(0o555)
    told = as_a_user_without_rights(open_directory / "desk.db")
    open_directory.chmod(0o755)
    assert "check the permissions" in told


def test_a_file_that_cannot_be_written_is_told(run, open_directory):
    path = open_directory / "desk.db"

    async def make():
        async with opened(path) as store:
            await store.create_async(widget())

    run(make())
    open_directory.chmod(0o777)
    path.chmod(0o444)
    assert "check the permissions" in as_a_user_without_rights(path)


def test_no_driver_error_leaves_the_store(run, made):
    async def story():
        async with opened(made) as store:
            await store.list_async()
            await store.create_async(widget("b"))
            breaking = connect_writer(made)
            breaking.execute("DROP TABLE resource")
            breaking.execute("DROP TABLE journal_body")
            breaking.close()
            for attempt in (
                store.create_async(widget("c")),
                store.list_async(),
                store.get_async("Widget", "default", "a"),
                store.journal.latest_async(),
                store.journal.append_async([NewEvent("desk.told", "desk", T0, "info", "Told", "Told.")]),
            ):
                with pytest.raises(StoreError, match=r"desk\.db"):
                    await attempt

    run(story())


def test_an_unwritable_store_error_is_also_what_a_read_only_connection_gives(store_path, made):
    connection = driver.connect_reader(made)
    with pytest.raises(driver.dbapi.Error) as caught:
        connection.execute("DELETE FROM meta")
    connection.close()
    from labdesk.store.errors import explain

    assert isinstance(explain(caught.value, made), StoreUnwritableError)
