"""What can be wrong with a store, each in one sentence with a remedy. No database error leaves this room."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from labdesk.resource.errors import LabDeskError
from labdesk.store.driver import dbapi

_LOCKED = frozenset({5, 6})  # SQLITE_BUSY, SQLITE_LOCKED
_UNWRITABLE = frozenset({3, 8, 14})  # SQLITE_PERM, SQLITE_READONLY, SQLITE_CANTOPEN
_DAMAGED = frozenset({11, 26})  # SQLITE_CORRUPT, SQLITE_NOTADB
_FULL = 13
_IOERR = 10
_FULL_EXTENDED = frozenset({_IOERR | 3 << 8, _IOERR | 4 << 8})  # SQLITE_IOERR_WRITE, _FSYNC: a full quota answers so
_LEAST_FREE_BYTES = 64 * 1024
"""A store cannot be opened with less: SQLite's shared memory file alone takes 32 KiB."""


class StoreError(LabDeskError):
    """The store could not do what it was asked; nothing was half done."""

    reason = "StoreFailed"


class StoreMissingError(StoreError):
    """There is no store at that path."""

    reason = "StoreMissing"


class StoreLockedError(StoreError):
    """Another program holds the store's write lock for longer than the busy timeout."""

    reason = "StoreLocked"


class StoreUnwritableError(StoreError):
    """The file or its directory cannot be written."""

    reason = "StoreUnwritable"


class StoreNewerError(StoreError):
    """The store was written by a newer LabDesk; it is left as it is."""

    reason = "StoreNewer"


class StoreOnNetworkError(StoreError):
    """The path lies on a network file system, where locks cannot be trusted."""

    reason = "StoreOnNetwork"


class StoreFullError(StoreError):
    """The disk (or the store's size limit) is full."""

    reason = "StoreFull"


class StoreCorruptError(StoreError):
    """The file is damaged or is no LabDesk store."""

    reason = "StoreCorrupt"


class StoreClosedError(StoreError):
    """The store was closed while somebody still used it."""

    reason = "StoreClosed"


class StoreReplacedError(StoreError):
    """The file at the store's path is not the one that is in use."""

    reason = "StoreReplaced"


class NotActingError(StoreError):
    """This process does not run the control plane (any more): status, finalizers, removals and work are not its own."""

    reason = "NotActing"


def taken_over(path: Path) -> NotActingError:
    """Return the error of a process whose epoch is over."""
    return NotActingError(
        f"Another process has taken over the control plane of the store {path}; this one stops acting.", path=str(path)
    )


def explain(error: BaseException, path: Path) -> BaseException:
    """Return the typed error of a sqlite3, SQLAlchemy or operating-system error met at the store `path`.

    Anything else (an error of ours, a defect) comes back as it is.
    """
    cause = getattr(error, "orig", None) or error
    where = str(path)
    if isinstance(cause, OSError):
        known: StoreError = _explain_os(cause, where)
    elif isinstance(cause, dbapi.Error):
        known = _explain_sqlite(cause, path)
    else:
        return error
    known.__cause__ = error
    return known


def _explain_sqlite(cause: dbapi.Error, path: Path) -> StoreError:
    where = str(path)
    extended = getattr(cause, "sqlite_errorcode", None) or 0
    code = extended & 0xFF
    if code in _LOCKED:
        return StoreLockedError(
            f"Another program is writing to the store {where} and does not let go; close it and try again.", path=where
        )
    if code in _UNWRITABLE:
        return _unwritable(where)
    if code == _FULL or extended in _FULL_EXTENDED or (code == _IOERR and _has_no_room(path)):
        return _full(where)
    if code in _DAMAGED:
        return corrupt(path)
    return StoreError(f"The store {where} failed: {cause}. Try again; if it stays, run labdesk doctor.", path=where)


def corrupt(path: Path) -> StoreCorruptError:
    """Return the error of a file that is damaged or no store at all."""
    return StoreCorruptError(
        f"The file {path} is damaged or is no LabDesk store; restore a backup of it, or choose another --store.",
        path=str(path),
    )


def _has_no_room(path: Path) -> bool:
    """True if the disk under a store is full: opening one there fails with an I/O error that does not say why."""
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_FREE_BYTES
    except OSError:
        return False


def _full(where: str) -> StoreFullError:
    return StoreFullError(f"The disk under {where} is full; free some space and try again.", path=where)


def _unwritable(where: str) -> StoreUnwritableError:
    return StoreUnwritableError(
        f"The store {where} cannot be opened or changed by this user; check the permissions of it and its directory, "
        "or choose another --store.",
        path=where,
    )


def _explain_os(error: OSError, where: str) -> StoreError:
    return _full(where) if error.errno in (errno.ENOSPC, errno.EDQUOT) else _unwritable(where)
