"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPLICATION_ID = 0x4C614264
"""`LaBd` in the file's header, so that another program's database is told from ours."""


def upgrade() -> None:
    op.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    op.create_table(
        "resource",
        sa.Column("uid", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("image_schema", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String()),
        sa.Column("due_at", sa.Integer()),
        sa.Column("body", sa.String(), nullable=False),
        sa.UniqueConstraint("kind", "namespace", "name", name="resource_key"),
    )
    op.create_index("resource_due", "resource", ["kind", "phase", "due_at"])
    op.create_table(
        "change",
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("change_type", sa.String(), nullable=False),
        sa.Column("image_schema", sa.Integer(), nullable=False),
        sa.Column("time", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Integer()),
        sa.Column("body", sa.String(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("change_uid", "change", ["uid", "revision"])
    op.create_table(
        "snapshot",
        sa.Column("uid", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("image_schema", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
    )
    _create_journal()
    _create_desk_tables()
    _create_entries()


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("time", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journal_body",
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("body", sa.String(), nullable=False),
    )
    op.create_table(
        "journal_minute",
        sa.Column("minute", sa.Integer(), primary_key=True),
        sa.Column("severity", sa.Integer(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_sequence", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    # A colon is a letter of this index: filter tokens (`sev:error`) hold one, words of people never do.
    op.execute(
        "CREATE VIRTUAL TABLE journal_text USING fts5(document, content='', prefix='2 3', "
        "tokenize=\"unicode61 remove_diacritics 2 tokenchars ':'\")"
    )


def _create_desk_tables() -> None:
    op.create_table(
        "work",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("namespace", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("due_at", sa.Integer()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cursor",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("lineage", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_table(
        "kept_log",
        sa.Column("uid", sa.String(), sa.ForeignKey("resource.uid", ondelete="CASCADE"), primary_key=True),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("saved_at", sa.Integer(), nullable=False),
    )


EVENT_COLUMNS = ("time", "severity", "type", "subject", "event_body", "document")
CHANGE_COLUMNS = (
    "uid", "kind", "namespace", "name", "change_type", "image_schema", "previous", "phase", "due_at", "body"
)  # fmt: skip
_TELL = """
INSERT INTO journal (sequence, time, severity, type, subject, revision)
  VALUES (NEW.sequence, NEW.time, NEW.severity, NEW.type, NEW.subject, {revision});
INSERT INTO journal_body (sequence, body) VALUES (NEW.sequence, NEW.event_body);
INSERT INTO journal_text (rowid, document) VALUES (NEW.sequence, NEW.document);
INSERT INTO journal_minute (minute, severity, count, first_sequence, last_sequence)
  VALUES (NEW.time / 60000000, NEW.severity, 1, NEW.sequence, NEW.sequence)
  ON CONFLICT (minute, severity) DO UPDATE SET count = count + 1, last_sequence = excluded.last_sequence;
"""
_LOG = """
INSERT INTO change (revision, uid, kind, namespace, name, change_type, image_schema, time, previous, body)
  VALUES (NEW.revision, NEW.uid, NEW.kind, NEW.namespace, NEW.name, NEW.change_type, NEW.image_schema, NEW.time,
    NEW.previous, NEW.body);
"""
_CREATE = """
INSERT INTO resource (uid, kind, namespace, name, revision, image_schema, phase, due_at, body)
  VALUES (NEW.uid, NEW.kind, NEW.namespace, NEW.name, NEW.revision, NEW.image_schema, NEW.phase, NEW.due_at, NEW.body);
"""
_CHANGE = """
UPDATE resource SET revision = NEW.revision, image_schema = NEW.image_schema, phase = NEW.phase, due_at = NEW.due_at,
  body = NEW.body WHERE uid = NEW.uid AND revision = NEW.previous;
SELECT RAISE(ABORT, 'not as it was read') WHERE changes() = 0;
"""
_DELETE = """
DELETE FROM resource WHERE uid = NEW.uid AND revision = NEW.previous;
SELECT RAISE(ABORT, 'not as it was read') WHERE changes() = 0;
DELETE FROM work WHERE kind = NEW.kind AND namespace = NEW.namespace AND name = NEW.name;
"""


def _create_entries() -> None:
    """Views that take a whole event or change in one INSERT, which is undone as one if the resource has changed."""
    _create_entry_view("event_entry", ("sequence", *EVENT_COLUMNS))
    _create_entry_view("change_entry", ("revision", "sequence", *CHANGE_COLUMNS, *EVENT_COLUMNS))
    _create_entry_trigger("event_entry", "told", "1", _TELL.format(revision="NULL"))
    tell = _TELL.format(revision="NEW.revision")
    _create_entry_trigger("change_entry", "created", "NEW.change_type = 'created'", _CREATE + _LOG + tell)
    changed = "NEW.change_type IN ('updated', 'status_updated')"
    _create_entry_trigger("change_entry", "changed", changed, _CHANGE + _LOG + tell)
    _create_entry_trigger("change_entry", "deleted", "NEW.change_type = 'deleted'", _DELETE + _LOG + tell)


def _create_entry_view(name: str, columns: tuple[str, ...]) -> None:
    op.execute(f"CREATE VIEW {name} AS SELECT {', '.join(f'NULL AS {column}' for column in columns)}")


def _create_entry_trigger(view: str, name: str, condition: str, body: str) -> None:
    op.execute(f"CREATE TRIGGER {view}_{name} INSTEAD OF INSERT ON {view} WHEN {condition} BEGIN {body} END")
