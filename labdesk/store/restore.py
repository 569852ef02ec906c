"""Putting a backup in a store's place. What comes of it is a new lineage: cursors expire, containers are not ours."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from labdesk.store.backup import backup, copy_into
from labdesk.store.driver import connect_reader, dbapi
from labdesk.store.errors import StoreCorruptError, StoreLockedError, StoreMissingError, corrupt, explain
from labdesk.store.identity import SCHEMA, StoreIdentity, newer_store, read_identity
from labdesk.store.lineage import INODE_KEY, new_lineage, read_mark
from labdesk.store.lock import ProcessLock


def restore(source: Path, path: Path, now: datetime) -> None:
    """Replace the store at `path` by the backup `source`, whole or not at all. Blocks.

    Observers that have the store open see the change as one commit and list again. Files that are too damaged to be
    written into are set aside (`.damaged-<time>`). Raises StoreLockedError while a process acts, StoreMissingError,
    StoreNewerError or StoreCorruptError for a backup that is not one; nothing is changed then.
    """
    lock = ProcessLock(path)
    if not lock.try_acquire("restore"):
        raise StoreLockedError(
            f"The store {path} is in use by {lock.describe_holder()}; close that one first.", path=str(path)
        )
    draft = path.with_name(f"{path.name}.restoring")
    try:
        identity = _require_backup(source)
        backup(source, draft)
        mark = read_mark(path)
        _begin_lineage(draft, max(identity.epoch, mark.epoch if mark else 0, _epoch_of(path)) + 1)
        try:
            copy_into(draft, path)
        except StoreCorruptError:
            _set_aside(path, now)
            copy_into(draft, path)
    except (dbapi.Error, OSError) as error:
        raise explain(error, path) from error
    finally:
        draft.unlink(missing_ok=True)
        lock.release()


def _require_backup(source: Path) -> StoreIdentity:
    if not source.exists():
        raise StoreMissingError(f"There is no backup at {source}; check the path.", path=str(source))
    try:
        connection = connect_reader(source)
        try:
            identity = read_identity(connection, source)
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except dbapi.Error as error:
        raise explain(error, source) from error
    if identity is None or verdict != "ok":
        raise corrupt(source)
    if identity.schema > SCHEMA:
        raise newer_store(source, identity.schema)
    return identity


def _epoch_of(path: Path) -> int:
    """Return the epoch of the store to be replaced, 0 if there is none or it cannot be read any more."""
    if not path.exists():
        return 0
    try:
        connection = connect_reader(path)
        try:
            identity = read_identity(connection, path)
        finally:
            connection.close()
    except (dbapi.Error, StoreCorruptError):
        return 0
    return 0 if identity is None else identity.epoch


def _begin_lineage(draft: Path, epoch: int) -> None:
    connection = dbapi.connect(str(draft), isolation_level=None)
    try:
        connection.execute("BEGIN")
        connection.execute("UPDATE meta SET value = ? WHERE key = 'lineage'", (new_lineage(),))
        connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (str(epoch),))
        connection.execute("DELETE FROM meta WHERE key = ?", (INODE_KEY,))
        connection.execute("COMMIT")
    finally:
        connection.close()


def _set_aside(path: Path, now: datetime) -> None:
    for suffix in ("", "-wal", "-shm"):
        damaged = path.with_name(path.name + suffix)
        if damaged.exists():
            damaged.replace(path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}{suffix}"))
