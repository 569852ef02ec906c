"""Making and migrating a store with alembic, in one transaction, a backup of the former schema first."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from labdesk.store.backup import backup
from labdesk.store.driver import connect_writer, dbapi
from labdesk.store.errors import explain
from labdesk.store.identity import SCHEMA, StoreIdentity, newer_store, read_identity
from labdesk.store.lineage import new_lineage
from labdesk.store.times import to_micros

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(path: Path, now: datetime, *, target: int = SCHEMA, migrations: Path = MIGRATIONS) -> None:
    """Bring the store at `path` to schema `target`, from nothing or from an older one; do nothing if it is there.

    Of several processes one does it; the others wait for its lock and find it done.
    """
    driver_connection = connect_writer(path, create=True)
    engine = create_engine(
        "sqlite://",
        module=dbapi,
        creator=lambda: driver_connection,
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        paramstyle="named",
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                _migrate(connection, driver_connection, path, now, target, migrations)
            except BaseException:
                if driver_connection.in_transaction:
                    connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
    except DBAPIError as error:
        raise explain(error, path) from error
    finally:
        engine.dispose()
        driver_connection.close()


def _migrate(
    connection: Connection,
    driver_connection: dbapi.Connection,
    path: Path,
    now: datetime,
    target: int,
    migrations: Path,
) -> None:
    identity = read_identity(driver_connection, path)
    if identity is not None and identity.schema >= target:
        if identity.schema > target:
            raise newer_store(path, identity.schema)
        return
    if identity is not None:
        backup(path, backup_path(path, identity, now))
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, f"{target:04}")
    _write_identity(connection, identity, now, target)


def backup_path(path: Path, identity: StoreIdentity, now: datetime) -> Path:
    """Return where the backup before a migration goes: beside the store, named by schema and time."""
    return path.with_name(f"{path.name}.schema{identity.schema}-{now:%Y%m%dT%H%M%SZ}.backup")


def _write_identity(connection: Connection, old: StoreIdentity | None, now: datetime, target: int) -> None:
    values = {"schema": str(target)}
    if old is None:
        values |= {"desk_id": uuid4().hex[:12], "lineage": new_lineage(), "epoch": "0", "horizon": "0"}
    for key, value in values.items():
        connection.exec_driver_sql(
            "INSERT INTO meta (key, value, saved_at) VALUES (:key, :value, :saved_at) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value, saved_at = excluded.saved_at",
            {"key": key, "value": value, "saved_at": to_micros(now)},
        )
