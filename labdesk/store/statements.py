"""The statements of the hot write path, as Core expressions compiled once to text.

Each call into SQLite gives the interpreter lock away and must win it back from a busy event loop, so a commit is as
few calls as can be: the views `change_entry` and `event_entry` take whole changes and events, many in one INSERT, and
their triggers (first migration) spread them over the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, and_, bindparam, insert, literal_column, or_, select
from sqlalchemy.engine import Dialect

from labdesk.store.tables import CHANGE_ENTRY, EVENT_ENTRY, ResourceRow, table_of

_META = "(SELECT value FROM meta WHERE key = '{}')"
_SEQUENCE = "coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{}'), 0)"
_SIZES = (32, 16, 8, 4, 2, 1)

InsertTexts = tuple[tuple[int, str], ...]
"""Statements that add so many rows at once, the largest first; their values are positional, row after row."""


@dataclass(frozen=True, slots=True)
class HotStatements:
    """SQL texts with positional values; `select_resource` takes uid, kind, namespace and name."""

    select_state: str
    """schema, epoch, lineage, last revision, last sequence"""
    select_resource: str
    insert_changes: InsertTexts
    insert_events: InsertTexts


def compile_statements(dialect: Dialect) -> HotStatements:
    """Return the statements in the words of SQLite's dialect."""
    state = [_META.format(key) for key in ("schema", "epoch", "lineage")]
    state += [_SEQUENCE.format(table) for table in ("change", "journal")]
    resource = table_of(ResourceRow)
    of_key = and_(*(resource.c[name] == bindparam(name) for name in ("kind", "namespace", "name")))
    found = select(resource.c.uid, resource.c.revision).where(or_(resource.c.uid == bindparam("uid"), of_key))
    return HotStatements(
        select_state=str(select(*(literal_column(column) for column in state)).compile(dialect=dialect)),
        select_resource=str(found.compile(dialect=dialect)),
        insert_changes=tuple((size, _insert_rows(CHANGE_ENTRY, size, dialect)) for size in _SIZES),
        insert_events=tuple((size, _insert_rows(EVENT_ENTRY, size, dialect)) for size in _SIZES),
    )


def _insert_rows(entry: Table, size: int, dialect: Dialect) -> str:
    rows: list[dict[str, Any]] = [
        {column.name: bindparam(f"{column.name}_{row}") for column in entry.c} for row in range(size)
    ]
    return str(insert(entry).values(rows).compile(dialect=dialect))
