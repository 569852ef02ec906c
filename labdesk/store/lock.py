"""Which process acts: an flock beside the store's real path.

The lock file is never the database (opening that by hand drops SQLite's locks) and is never removed: two processes
could then hold locks on two files of one name. The kernel lets go when the holder ends, however it ends.
"""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labdesk.store.errors import explain
from labdesk.store.filesystem import check_local_filesystem

if TYPE_CHECKING:
    from filelock import FileLock


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who last took the lock, when (aware UTC) and as what (window, serve, command). It may have ended meanwhile."""

    pid: int
    host: str
    role: str
    since: datetime


class ProcessLock:
    """Held by the one process that runs the control plane of a store.

    Raises StoreOnNetworkError where locks cannot be trusted; where the system has no flock it fails, and never falls
    back to a file whose mere presence would be the lock.
    """

    def __init__(self, store_path: Path) -> None:
        self._store_path = store_path
        real = Path(os.path.realpath(store_path))
        self.path = real.with_name(f"{real.name}.lock")
        self._holder_path = real.with_name(f"{real.name}.holder")
        self._lock: FileLock | None = None

    def try_acquire(self, role: str) -> bool:
        """Take the lock if nobody holds it; never waits. `role` (window, serve, command) tells others who it is."""
        from filelock import FileLock, Timeout  # here: a window is shown before it acts, a command never does

        if self._lock is not None:
            return True
        check_local_filesystem(self._store_path)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self.path, thread_local=False, fallback_to_soft=False, is_singleton=False)
            lock.acquire(blocking=False)
            self._lock = lock
            self._tell({"pid": os.getpid(), "host": socket.gethostname(), "role": role})
        except Timeout:
            return False
        except OSError as error:
            self.release()
            raise explain(error, self._store_path) from error
        return True

    def release(self) -> None:
        """Let go; nothing if it was not held. The lock file stays."""
        if self._lock is not None:
            self._holder_path.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def holder(self) -> LockHolder | None:
        """Return who said to hold it, or None if nobody does."""
        try:
            told = json.loads(self._holder_path.read_text(encoding="utf-8"))
            since = datetime.fromtimestamp(self._holder_path.stat().st_mtime, UTC)
            return LockHolder(int(told["pid"]), str(told["host"]), str(told["role"]), since)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def describe_holder(self) -> str:
        """Return who holds it in a few words for people."""
        holder = self.holder()
        if holder is None:
            return "another process"
        since = f"{holder.since:%Y-%m-%d %H:%M} UTC"
        return f"labdesk {holder.role} (process {holder.pid} on {holder.host}, since {since})"

    def _tell(self, holder: dict[str, object]) -> None:
        draft = self._holder_path.with_name(f"{self._holder_path.name}.{os.getpid()}")
        try:
            draft.write_text(json.dumps(holder), encoding="utf-8")
            draft.replace(self._holder_path)
        finally:
            draft.unlink(missing_ok=True)
