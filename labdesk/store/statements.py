"""The statements of the hot write path, as Core expressions compiled once to text.

Each call into SQLite gives the interpreter lock away and must win it back from a busy event loop, so a commit is as
few calls as can be: the views `change_entry` and `event_entry` take all of a change or an event in one INSERT, and
their triggers (first migration) spread it over the tables. Beside a busy loop the slowest commits take a quarter.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, bindparam, insert, literal_column, select
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import ClauseElement

from labdesk.store.tables import CHANGE_ENTRY, EVENT_ENTRY, ResourceRow, table_of

_META = "(SELECT value FROM meta WHERE key = '{}')"
_SEQUENCE = "coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{}'), 0)"


@dataclass(frozen=True, slots=True)
class HotStatements:
    """SQL text with named parameters; each parameter is called like its column."""

    select_state: str
    """schema, epoch, lineage, last revision, last sequence"""
    insert_change: str
    insert_event: str
    select_resource: str


def compile_statements(dialect: Dialect) -> HotStatements:
    """Return the statements in the words of a dialect whose paramstyle is `named`."""

    def text(statement: ClauseElement) -> str:
        return str(statement.compile(dialect=dialect))

    state = [_META.format(key) for key in ("schema", "epoch", "lineage")]
    state += [_SEQUENCE.format(table) for table in ("change", "journal")]
    resource = table_of(ResourceRow)
    of_key = [resource.c[name] == bindparam(name) for name in ("kind", "namespace", "name")]
    return HotStatements(
        select_state=text(select(*(literal_column(column) for column in state))),
        insert_change=text(_insert(CHANGE_ENTRY)),
        insert_event=text(_insert(EVENT_ENTRY)),
        select_resource=text(select(resource.c.uid, resource.c.revision).where(*of_key)),
    )


def _insert(entry: Table) -> ClauseElement:
    return insert(entry).values({column.name: bindparam(column.name) for column in entry.c})
