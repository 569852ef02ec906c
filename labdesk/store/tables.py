"""The tables. Migrations create them; a test keeps the two alike.

A commit goes through the views at the end: one INSERT there is a whole change or event.

Instants are microseconds since 1970 (UTC), bodies are compact JSON. `journal_text` is an FTS5 table, which SQLModel
cannot describe; its definition stands in the first migration.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Column, Index, Integer, MetaData, Table, UniqueConstraint
from sqlmodel import Field, SQLModel


class StoreTable(SQLModel):
    metadata = MetaData()


class ResourceRow(StoreTable, table=True):
    """The latest image of each resource; `phase` and `due_at` are there to be searched."""

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("kind", "namespace", "name", name="resource_key"),
        Index("resource_due", "kind", "phase", "due_at"),
    )
    uid: str = Field(primary_key=True)
    kind: str
    namespace: str
    name: str
    revision: int
    image_schema: int
    phase: str | None = None
    due_at: int | None = None
    body: str


class ChangeRow(StoreTable, table=True):
    """The log: one row a commit of one resource. `previous` is the revision of the resource's change before."""

    __tablename__ = "change"
    __table_args__ = (Index("change_uid", "uid", "revision"), {"sqlite_autoincrement": True})
    revision: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    uid: str
    kind: str
    namespace: str
    name: str
    change_type: str
    image_schema: int
    time: int
    previous: int | None = None
    body: str


class SnapshotRow(StoreTable, table=True):
    """The state at the log's horizon: what compaction keeps of the changes it removed."""

    __tablename__ = "snapshot"
    uid: str = Field(primary_key=True)
    kind: str
    namespace: str
    name: str
    revision: int
    image_schema: int
    body: str


class JournalRow(StoreTable, table=True):
    """The narrow half of an event: what lists, filters and counts need."""

    __tablename__ = "journal"
    __table_args__ = {"sqlite_autoincrement": True}
    sequence: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    time: int
    severity: int
    type: str
    subject: str
    revision: int | None = None


class JournalBodyRow(StoreTable, table=True):
    """The wide half: JSON of source, reason, message and data."""

    __tablename__ = "journal_body"
    sequence: int = Field(sa_column=Column(Integer, primary_key=True))
    body: str


class JournalMinuteRow(StoreTable, table=True):
    """How many events of a severity one minute holds, and the range of sequences it spans."""

    __tablename__ = "journal_minute"
    __table_args__ = {"sqlite_with_rowid": False}
    minute: int = Field(primary_key=True)
    severity: int = Field(primary_key=True)
    count: int
    first_sequence: int
    last_sequence: int


class WorkRow(StoreTable, table=True):
    """What the controller still owes a resource: when, after how many failures, and why."""

    __tablename__ = "work"
    __table_args__ = {"sqlite_with_rowid": False}
    kind: str = Field(primary_key=True)
    namespace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    due_at: int | None = None
    attempts: int
    last_error: str
    priority: int


class CursorRow(StoreTable, table=True):
    """How far a handler with durable effects has come, and in which lineage."""

    __tablename__ = "cursor"
    name: str = Field(primary_key=True)
    lineage: str
    revision: int


class KeptLogRow(StoreTable, table=True):
    """The last lines of a lab's container, kept when that was removed; gone with the resource."""

    __tablename__ = "kept_log"
    uid: str = Field(primary_key=True, foreign_key="resource.uid", ondelete="CASCADE")
    incarnation: int
    saved_at: int
    text: str


class MetaRow(StoreTable, table=True):
    """Desk id, lineage, epoch, schema, horizon; and small JSON values whose keys begin with `value/`."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str
    saved_at: int


def table_of(row_type: type[SQLModel]) -> Table:
    """Return the Core table of a row type."""
    return cast("Any", row_type).__table__  # type: ignore[no-any-return]


EVENT_COLUMNS = ("time", "severity", "type", "subject", "event_body", "document")
CHANGE_COLUMNS = (
    "uid", "kind", "namespace", "name", "change_type", "image_schema", "previous", "phase", "due_at", "body"
)  # fmt: skip
"""What a prepared event and a prepared write give, in this order; the commit puts the numbers before them."""

_VIEWS = MetaData()
EVENT_ENTRY = Table("event_entry", _VIEWS, *(Column(name) for name in ("sequence", *EVENT_COLUMNS)))
"""Takes an event that belongs to no commit: journal, body, full text and the minute's count."""
CHANGE_ENTRY = Table(
    "change_entry", _VIEWS, *(Column(name) for name in ("revision", "sequence", *CHANGE_COLUMNS, *EVENT_COLUMNS))
)
"""Takes a change and its event: the log, the resource as it was read at `previous`, and all an event writes."""
