"""Whether anybody has a store open: as an observer or acting, reading or writing, in this process or another."""

from __future__ import annotations

import subprocess
import sys

import pytest

from labdesk.store.driver import connect_reader, connect_writer
from labdesk.store.errors import StoreLockedError
from labdesk.store.in_use import require_closed
from tests.store.kinds import PATIENCE, opened, widget

READER = """
import sys
from pathlib import Path
from labdesk.store.driver import connect_reader
connection = connect_reader(Path(sys.argv[1]))
connection.execute("SELECT count(*) FROM resource").fetchone()
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def made(run, store_path):
    async def make():
        async with opened(store_path) as store:
            await store.create_async(widget())

    run(make())
    return store_path


@pytest.mark.parametrize("connect", [connect_reader, connect_writer])
def test_an_open_connection_is_noticed_until_it_is_closed(made, connect):
    connection = connect(made)
    connection.execute("SELECT count(*) FROM resource").fetchone()
    with pytest.raises(StoreLockedError, match=r"desk\.db is open in process \d+ \(.*\); close that first\."):
        require_closed(made)
    connection.close()
    require_closed(made)


def test_another_process_is_named(made):
    reading = subprocess.Popen(
        [sys.executable, "-c", READER, str(made)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reading.stdout is not None
    reading.stdout.readline()
    with pytest.raises(StoreLockedError, match=rf"process {reading.pid} \("):
        require_closed(made)
    reading.communicate(timeout=PATIENCE)
    require_closed(made)


def test_nobody_has_what_is_not_there_or_no_store(made, tmp_path):
    require_closed(tmp_path / "missing.db")
    assert not (tmp_path / "missing.db").exists()
    text = tmp_path / "text"
    text.write_text("no database" * 1000)
    require_closed(text)


def test_asking_changes_nothing(run, made):
    require_closed(made)

    async def story():
        async with opened(made) as store:
            await store.create_async(widget("b"))
            return await store.head_async()

    assert run(story()) == 2
