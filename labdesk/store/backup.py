"""Copies of a store, through SQLite's backup API: consistent while others write, and no file opened by hand."""

from __future__ import annotations

import os
from pathlib import Path

from labdesk.store.driver import connect_reader, connect_writer, dbapi
from labdesk.store.errors import StoreCorruptError, StoreUnwritableError, corrupt, explain


def backup(source: Path, target: Path) -> None:
    """Write a copy of the store as it is now to `target`, for its owner's eyes; it appears whole or not at all. Blocks.

    Raises StoreCorruptError that names the source, other StoreErrors that name what failed.
    """
    try:
        reading = connect_reader(source)
    except dbapi.Error as error:
        raise explain(error, source) from error
    draft = target.with_name(f"{target.name}.partial")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _copy(reading, draft)
        os.replace(draft, target)
    except (dbapi.Error, OSError) as error:
        failed = explain(error, target)
        if isinstance(failed, StoreCorruptError):
            failed = corrupt(source)
        elif isinstance(failed, StoreUnwritableError):
            failed = StoreUnwritableError(f"{target} cannot be written; check the permissions of its directory.")
        raise failed from error
    finally:
        reading.close()
        draft.unlink(missing_ok=True)


def copy_into(source: Path, target: Path) -> None:
    """Replace the contents of the store at `target`, in one transaction, by those of the closed file `source`."""
    try:
        reading = connect_reader(source)
        try:
            writing = connect_writer(target, create=True)
            try:
                reading.backup(writing)
            finally:
                writing.close()
        finally:
            reading.close()
    except (dbapi.Error, OSError) as error:
        raise explain(error, target) from error


def _copy(reading: dbapi.Connection, draft: Path) -> None:
    copy = dbapi.connect(str(draft), isolation_level=None)
    try:
        copy.execute("PRAGMA synchronous = FULL")
        reading.backup(copy)
        # A copy is one file: without this it would want a -wal beside it as soon as somebody looks into it.
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
