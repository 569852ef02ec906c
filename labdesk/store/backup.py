"""Copies of a store, through SQLite's backup API: consistent while others write, and no file opened by hand."""

from __future__ import annotations

import os
from pathlib import Path

from labdesk.store.driver import connect_reader, dbapi

PAGES_A_STEP = 4096


def backup(source: Path, target: Path) -> None:
    """Write a copy of the store as it is now to `target`, which appears whole or not at all. Blocks."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    reading = connect_reader(source)
    try:
        copy = dbapi.connect(str(partial), isolation_level=None)
        try:
            copy.execute("PRAGMA synchronous = FULL")
            reading.backup(copy, pages=PAGES_A_STEP)
            # A copy is one file: without this it would want a -wal beside it as soon as somebody looks into it.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
    finally:
        reading.close()
    os.replace(partial, target)
