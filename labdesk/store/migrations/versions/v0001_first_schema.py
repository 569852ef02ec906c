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
