"""Whether some process has a store open, and which."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from labdesk.store.driver import dbapi
from labdesk.store.errors import StoreLockedError
from labdesk.store.lineage import mark_path

_BUSY = 5
_PROCESSES = Path("/proc")
_COMMAND_LENGTH = 60
_PARTS = ("", "-wal", "-shm")


def require_no_store(path: Path) -> None:
    """Raise StoreLockedError if a store lies at `path`: for whatever people choose to read or to write. Blocks.

    It must not even be opened to find out: closing it again drops the locks that SQLite holds for this process.
    """
    if any(mark_path(path.with_name(path.name.removesuffix(part))).exists() for part in _PARTS):
        raise StoreLockedError(f"{path} is a store of LabDesk; choose another file.", path=str(path))


def require_closed(path: Path) -> None:
    """Raise StoreLockedError, naming who on Linux, while any connection to the store is open. Blocks.

    In WAL mode every connection keeps a shared lock on the file for its whole life, and an exclusive one is refused. A
    file that is not there, or no store, is nobody's.
    """
    try:
        connection = dbapi.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("SELECT count(*) FROM sqlite_schema")
        finally:
            connection.close()
    except dbapi.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == _BUSY:
            raise _in_use(path) from error


def _in_use(path: Path) -> StoreLockedError:
    who = " and ".join(_holders(path)) or "another process"
    return StoreLockedError(f"The store {path} is open in {who}; close that first.", path=str(path))


def _holders(path: Path) -> Iterator[str]:
    """Yield `process 4711 (labdesk events --follow)` of each, as far as this user may see them."""
    real = os.path.realpath(path)
    for process in sorted(_PROCESSES.glob("[1-9]*"), key=lambda found: (len(found.name), found.name)):
        with suppress(OSError):
            if any(os.readlink(file) == real for file in (process / "fd").iterdir()):
                program, *rest = (process / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
                command = " ".join([Path(program).name, *rest])
                yield f"process {process.name} ({command[:_COMMAND_LENGTH]})"
