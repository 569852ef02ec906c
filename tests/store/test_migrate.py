"""The schema is made and changed by migrations, in one transaction, with a backup first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from labdesk.store.driver import connect_reader, connect_writer, dbapi
from labdesk.store.errors import StoreNewerError
from labdesk.store.identity import APPLICATION_ID, SCHEMA, read_identity
from labdesk.store.migrate import MIGRATIONS, migrate
from labdesk.store.migrations.versions import v0001_first_schema
from labdesk.store.tables import StoreTable
from tests.store.kinds import T0, opened, widget

SECOND = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None
def upgrade():
    op.add_column("resource", sa.Column("room", sa.String()))
    {more}
"""


@pytest.fixture
def later_migrations(tmp_path):
    """Return a function that gives the migrations with a second one; it runs `more` at its end."""

    def make(more: str = "pass") -> Path:
        directory = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, directory, ignore=shutil.ignore_patterns("__pycache__"))
        (directory / "versions" / "v0002_second.py").write_text(SECOND.format(more=more))
        return directory

    return make


@pytest.fixture
def first(run, store_path) -> Path:
    """Return a store of schema 1 with one widget."""

    async def make():
        async with opened(store_path) as store:
            await store.create_async(widget())

    run(make())
    return store_path


def columns(path: Path, table: str) -> list[str]:
    connection = connect_reader(path)
    found = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    connection.close()
    return found


def test_the_migrated_tables_are_those_of_the_models(first):
    connection = connect_reader(first)
    engine = create_engine("sqlite://", module=dbapi, creator=lambda: connection, poolclass=StaticPool)
    with engine.connect() as core:
        context = MigrationContext.configure(core, opts={"include_name": is_ours, "compare_type": True})
        assert compare_metadata(context, StoreTable.metadata) == []
    engine.dispose()
    connection.close()


def is_ours(name: str | None, type_: str, parents: object) -> bool:
    return not (type_ == "table" and (name == "alembic_version" or str(name).startswith("journal_text")))


def test_the_header_says_whose_file_it_is_and_that_it_is_written_ahead(first):
    assert v0001_first_schema.APPLICATION_ID == APPLICATION_ID
    connection = connect_reader(first)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    identity = read_identity(connection, first)
    connection.close()
    assert identity.schema == SCHEMA
    assert len(identity.desk_id) == 12


def test_migrating_makes_a_backup_of_the_former_schema_first(run, first, later_migrations):
    migrate(first, T0, target=2, migrations=later_migrations())
    assert "room" in columns(first, "resource")
    (backup,) = first.parent.glob("*.backup")
    assert backup.name == "desk.db.schema1-20260901T080000Z.backup"
    assert "room" not in columns(backup, "resource")

    async def look():
        async with opened(backup) as store:
            assert [image.name for image in (await store.list_async()).images] == ["a"]
        with pytest.raises(StoreNewerError):
            async with opened(first):
                pass

    run(look())


def test_a_migration_that_fails_changes_nothing(run, first, later_migrations):
    with pytest.raises(ZeroDivisionError):
        migrate(first, T0, target=2, migrations=later_migrations("1 / 0"))
    assert "room" not in columns(first, "resource")

    async def look():
        async with opened(first) as store:
            await store.create_async(widget("b"))

    run(look())


def test_migrating_what_is_there_already_does_nothing(first):
    migrate(first, T0)
    assert list(first.parent.glob("*.backup")) == []


def test_a_process_that_was_open_before_a_migration_writes_no_more(run, first, later_migrations):
    async def story():
        async with opened(first, acting=True) as store:
            migrate(first, T0, target=2, migrations=later_migrations())
            with pytest.raises(StoreNewerError):
                await store.create_async(widget("b"))

    run(story())


def test_a_connection_is_left_usable_for_writing_after_migration(first):
    connection = connect_writer(first)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert connection.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
    connection.close()
