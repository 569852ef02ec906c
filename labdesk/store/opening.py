"""Opening a store file: made if it is not there, migrated if it is older, refused untouched if it is newer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from labdesk.store.driver import connect_reader, dbapi
from labdesk.store.errors import StoreMissingError, StoreReplacedError, explain
from labdesk.store.filesystem import check_local_filesystem
from labdesk.store.foreign import HEADS, last_time
from labdesk.store.identity import SCHEMA, StoreIdentity, newer_store, read_identity
from labdesk.store.lock import ProcessLock


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """`heads` are the last revision and journal sequence at that moment, `last_time` when the last was committed."""

    identity: StoreIdentity
    heads: tuple[int, int]
    last_time: int | None


def open_store(path: Path, now: Callable[[], datetime], *, create: bool) -> OpenedStore:
    """Return a store of this program's schema. Blocks.

    Raises StoreMissingError without `create`, StoreNewerError with the file untouched, StoreOnNetworkError,
    StoreUnwritableError, StoreCorruptError, StoreLockedError, StoreReplacedError if a process acts on a store that
    was here. Alembic is loaded only to make or migrate a store.
    """
    check_local_filesystem(path)
    try:
        opened = _look(path) if path.exists() else None
        if opened is not None and opened.identity.schema > SCHEMA:
            raise newer_store(path, opened.identity.schema)
        if opened is None and not create:
            raise StoreMissingError(
                f"There is no store at {path}; start LabDesk once, or check --store.", path=str(path)
            )
        if opened is None or opened.identity.schema < SCHEMA:
            from labdesk.store.migrate import migrate

            if opened is None:
                _require_nobody_acts(path)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            migrate(path, now())
            opened = _look(path)
    except (dbapi.Error, OSError) as error:
        raise explain(error, path) from error
    if opened is None:
        raise StoreMissingError(f"The store {path} went away while it was opened; try again.", path=str(path))
    return opened


def _require_nobody_acts(path: Path) -> None:
    """Raise StoreReplacedError if a process acts on the store that is missing here.

    A new one in its place would take the log away under that process, and what it committed last with it.
    """
    lock = ProcessLock(path)
    if lock.path.exists():
        if not lock.try_acquire("command"):
            raise StoreReplacedError(
                f"The store {path} was moved or deleted while {lock.describe_holder()} uses it; put it back, or end "
                "that first.",
                path=str(path),
            )
        lock.release()


def _look(path: Path) -> OpenedStore | None:
    connection = connect_reader(path)
    try:
        identity = read_identity(connection, path)
        if identity is None:
            return None
        return OpenedStore(identity, connection.execute(HEADS).fetchone(), last_time(connection))
    finally:
        connection.close()
