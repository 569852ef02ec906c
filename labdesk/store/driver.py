"""The SQLite driver and its connections.

On Linux it is pysqlite3, which carries a SQLite without the WAL-reset corruption bug that CPython 3.11's has. Nothing
in LabDesk opens or closes the database, -wal or -shm files by hand: that would drop SQLite's locks on them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING or sys.platform != "linux":
    import sqlite3 as dbapi
else:
    from pysqlite3 import dbapi2 as dbapi

BUSY_TIMEOUT_S = 5.0
"""How long a connection waits for another process's write before it gives up."""
_WAL_PAUSE_S = 0.02

__all__ = ["BUSY_TIMEOUT_S", "connect_reader", "connect_writer", "dbapi", "read_transaction"]


def connect_reader(path: Path) -> dbapi.Connection:
    """Open an existing store for reading; such a connection can neither write nor checkpoint."""
    connection = dbapi.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA cache_size = -16000")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_writer(path: Path, *, create: bool = False) -> dbapi.Connection:
    """Open a store for writing: WAL, commits on the disk before they are answered, checkpoints only when asked for."""
    mode = "rwc" if create else "rw"
    connection = dbapi.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: dbapi.Connection) -> None:
    """Of two processes that make a store at once SQLite refuses one the switch to WAL without waiting: try again."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except dbapi.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= deadline:
                raise
            time.sleep(_WAL_PAUSE_S)
        else:
            return


@contextmanager
def read_transaction(connection: dbapi.Connection) -> Iterator[dbapi.Connection]:
    """Everything read inside is of one moment."""
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
