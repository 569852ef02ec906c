"""Putting a backup in a store's place. What comes of it is a new lineage: cursors expire, containers are not ours."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from labdesk.store.backup import backup, copy_into
from labdesk.store.driver import connect_reader, dbapi
from labdesk.store.errors import (
    StoreCorruptError,
    StoreLockedError,
    StoreMissingError,
    StoreUnwritableError,
    explain,
)
from labdesk.store.identity import SCHEMA, StoreIdentity, newer_store, read_identity
from labdesk.store.in_use import require_closed
from labdesk.store.journal_reads import HEAD
from labdesk.store.lineage import INODE_KEY, LINEAGE_FROM, new_lineage, read_mark
from labdesk.store.lock import ProcessLock
from labdesk.store.times import to_micros


def restore(source: Path, path: Path, now: datetime) -> Path | None:
    """Replace the store at `path` by the backup `source`, whole or not at all; return where the former one is kept.

    Returns None if there was none. Blocks. Raises StoreLockedError while a process acts or has the store open,
    StoreMissingError, StoreNewerError or StoreCorruptError for a backup that is not one; nothing is changed then.
    """
    lock = ProcessLock(path)
    if not lock.try_acquire("restore"):
        raise StoreLockedError(
            f"The store {path} is in use by {lock.describe_holder()}; close that one first.", path=str(path)
        )
    try:
        require_closed(path)
        return put_in_place(source, path, now)
    finally:
        lock.release()


def put_in_place(source: Path, path: Path, now: datetime) -> Path | None:
    """The same whoever has the store open; nobody may act on it. Who observes hears of it as of a commit.

    A former store that is too damaged to be copied or written into is set aside as it is.
    """
    draft = path.with_name(f"{path.name}.restoring")
    try:
        identity = require_backup(source)
        backup(source, draft)
        mark = read_mark(path)
        _begin_lineage(draft, max(identity.epoch, mark.epoch if mark else 0, _epoch_of(path)) + 1, now)
        try:
            return _replace(draft, path, now)
        except StoreCorruptError:
            aside = _set_aside(path, now)
            copy_into(draft, path)
            return aside
    except (dbapi.Error, OSError) as error:
        raise explain(error, path) from error
    finally:
        draft.unlink(missing_ok=True)


def _replace(draft: Path, path: Path, now: datetime) -> Path | None:
    if not path.exists():
        copy_into(draft, path)
        return None
    former = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}.backup")
    backup(path, former)
    try:
        copy_into(draft, path)
    except BaseException:
        former.unlink()
        raise
    return former


def require_backup(source: Path) -> StoreIdentity:
    """Return what a backup says of itself. Reads all of it; raises StoreError for one that could not be restored."""
    if not source.exists():
        raise StoreMissingError(f"There is no backup at {source}; check the path.", path=str(source))
    try:
        connection = connect_reader(source)
        try:
            identity = read_identity(connection, source)
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except (dbapi.Error, StoreCorruptError) as error:
        if isinstance(explain(error, source), StoreUnwritableError):
            raise StoreMissingError(
                f"The backup {source} cannot be read; check its permissions.", path=str(source)
            ) from error
        raise _no_backup(source) from error
    if identity is None or verdict != "ok":
        raise _no_backup(source)
    if identity.schema > SCHEMA:
        raise newer_store(source, identity.schema)
    return identity


def _no_backup(source: Path) -> StoreCorruptError:
    return StoreCorruptError(f"{source} is damaged or is no backup of LabDesk; choose another one.", path=str(source))


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


def _begin_lineage(draft: Path, epoch: int, now: datetime) -> None:
    lineage = new_lineage()
    connection = dbapi.connect(str(draft), isolation_level=None)
    try:
        connection.execute("BEGIN")
        (last,) = connection.execute(HEAD).fetchone()
        begun = (LINEAGE_FROM.format(last + 1), lineage, to_micros(now))
        connection.execute("INSERT OR REPLACE INTO meta (key, value, saved_at) VALUES (?, ?, ?)", begun)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'lineage'", (lineage,))
        connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (str(epoch),))
        connection.execute("DELETE FROM meta WHERE key = ?", (INODE_KEY,))
        connection.execute("COMMIT")
    finally:
        connection.close()


def _set_aside(path: Path, now: datetime) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    for suffix in ("", "-wal", "-shm"):
        damaged = path.with_name(path.name + suffix)
        if damaged.exists():
            damaged.replace(aside.with_name(aside.name + suffix))
    return aside
