"""Figures of the store for the Health page."""

from __future__ import annotations

from pathlib import Path

from labdesk.store.driver import dbapi, read_transaction
from labdesk.store.times import from_micros
from labdesk.store.views import StoreStatistics

TABLES = ("resource", "change", "snapshot", "journal", "work", "kept_log")
COUNTS = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TABLES)  # noqa: S608  (our own names)
COMPACTED = "SELECT saved_at FROM meta WHERE key = 'compacted'"
HORIZON = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'horizon'"


def statistics(connection: dbapi.Connection, path: Path, check_integrity: bool) -> StoreStatistics:
    """Return sizes and counts; `check_integrity` reads the whole file, seconds for a large one."""
    with read_transaction(connection):
        rows = dict(connection.execute(COUNTS).fetchall())
        compacted = connection.execute(COMPACTED).fetchone()
        (horizon,) = connection.execute(HORIZON).fetchone()
    integrity = ""
    if check_integrity:
        integrity = "; ".join(row[0] for row in connection.execute("PRAGMA quick_check(5)"))
    return StoreStatistics(
        file_bytes=_size(path),
        wal_bytes=_size(path.with_name(f"{path.name}-wal")),
        rows=rows,
        last_compaction=from_micros(compacted[0]) if compacted else None,
        horizon=horizon,
        integrity=integrity,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
