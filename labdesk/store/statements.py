"""The statements of the hot write path, written as Core expressions on the tables and compiled once to text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import ClauseElement

from labdesk.store.tables import (
    ChangeRow,
    JournalBodyRow,
    JournalMinuteRow,
    JournalRow,
    MetaRow,
    ResourceRow,
    table_of,
)


@dataclass(frozen=True, slots=True)
class HotStatements:
    """SQL text with named parameters; each parameter is called like its column."""

    select_identity: str
    insert_change: str
    insert_resource: str
    update_resource: str
    delete_resource: str
    select_resource: str
    insert_journal: str
    insert_body: str
    insert_text: str
    count_minute: str


def compile_statements(dialect: Dialect) -> HotStatements:
    """Return the statements in the words of a dialect whose paramstyle is `named`."""

    def text(statement: ClauseElement, literals: bool = False) -> str:
        return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": literals}))

    resource, meta = table_of(ResourceRow), table_of(MetaRow)
    key = (resource.c.kind == bindparam("kind")) & (resource.c.namespace == bindparam("namespace"))
    as_it_was_read = (resource.c.uid == bindparam("uid")) & (resource.c.revision == bindparam("previous"))
    changing: dict[str, Any] = {
        name: bindparam(name) for name in ("revision", "image_schema", "phase", "due_at", "body")
    }
    identity = select(meta.c.key, meta.c.value).where(meta.c.key.in_(["epoch", "schema", "lineage"]))
    return HotStatements(
        select_identity=text(identity, literals=True),
        insert_change=text(_insert(table_of(ChangeRow), without="revision")),
        insert_resource=text(_insert(resource)),
        update_resource=text(update(resource).where(as_it_was_read).values(changing)),
        delete_resource=text(delete(resource).where(as_it_was_read)),
        select_resource=text(
            select(resource.c.uid, resource.c.revision).where(key & (resource.c.name == bindparam("name")))
        ),
        insert_journal=text(_insert(table_of(JournalRow), without="sequence")),
        insert_body=text(_insert(table_of(JournalBodyRow))),
        insert_text="INSERT INTO journal_text (rowid, document) VALUES (:sequence, :document)",
        count_minute=text(_count_minute(table_of(JournalMinuteRow))),
    )


def _insert(table: Table, without: str = "") -> ClauseElement:
    return insert(table).values({column.name: bindparam(column.name) for column in table.c if column.name != without})


def _count_minute(minutes: Table) -> ClauseElement:
    first = upsert(minutes).values(
        minute=bindparam("minute"),
        severity=bindparam("severity"),
        count=literal_column("1"),
        first_sequence=bindparam("sequence"),
        last_sequence=bindparam("sequence"),
    )
    return first.on_conflict_do_update(
        index_elements=["minute", "severity"],
        set_={"count": minutes.c.count + literal_column("1"), "last_sequence": first.excluded.last_sequence},
    )
