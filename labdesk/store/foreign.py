"""Noticing another process's commits: a thread that asks SQLite every few milliseconds whether anything changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from labdesk.store.driver import connect_reader, dbapi
from labdesk.store.lineage import LINEAGE

POLL_S = 0.035
"""Between two looks; one costs some 0.1 ms of CPU, nearly all of it for waking up: 0.5 % of a core in all."""

HEADS = """
SELECT coalesce(max(CASE name WHEN 'change' THEN seq END), 0), coalesce(max(CASE name WHEN 'journal' THEN seq END), 0)
FROM sqlite_sequence
"""
LAST_TIME = "SELECT time FROM journal ORDER BY sequence DESC LIMIT 1"
_LOG = logging.getLogger(__name__)


class ForeignCommitWatch:
    """Calls `noticed(time)` in its thread when the log or journal grew beyond what this process itself committed.

    `time` is when the last event was committed, None without one. `heads` are the last revision and sequence known
    when the store was opened. `PRAGMA data_version` moves with every commit of another connection, the own writer's
    too; `own_heads` (revision, sequence), set before they are visible, tells those apart.
    """

    def __init__(
        self,
        path: Path,
        heads: tuple[int, int],
        own_heads: Callable[[], tuple[int, int]],
        noticed: Callable[[int | None], None],
        lineage: str = "",
    ) -> None:
        self._path = path
        self._heads = heads
        self._own_heads = own_heads
        self._noticed = noticed
        self._lineage = lineage
        self._defect = ""
        # Waiting for a lock that is held until the end costs a third less than waiting for an Event.
        self._running = threading.Lock()
        self._running.acquire()
        self._thread = threading.Thread(target=self._watch, name="store-foreign-commits", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread. Blocks for at most one look; call it from a thread."""
        self._running.release()
        self._thread.join()

    def _watch(self) -> None:
        connection: dbapi.Connection | None = None
        version = -1
        while not self._running.acquire(timeout=POLL_S):
            try:
                connection = connection or connect_reader(self._path)
                (found,) = connection.execute("PRAGMA data_version").fetchone()
                if found != version:
                    (lineage,) = connection.execute(LINEAGE).fetchone()
                    self._look(connection.execute(HEADS).fetchone(), lineage, last_time(connection))
                    version = found
            except dbapi.Error as error:
                # A busy or vanished file; reads meet and report the same, this thread only has to go on.
                _LOG.debug("looking for other processes' commits failed: %s", error)
            except Exception as error:  # noqa: BLE001  (the thread's edge: without it no other process would be heard)
                self._tell_defect(error)
        if connection is not None:
            connection.close()

    def _tell_defect(self, error: Exception) -> None:
        """Once, not at every look."""
        if repr(error) != self._defect:
            self._defect = repr(error)
            _LOG.error("looking for other processes' commits failed: %r", error)

    def _look(self, heads: tuple[int, int], lineage: str = "", time: int | None = None) -> None:
        before, self._heads = self._heads, heads
        # A restore between two looks may leave the very heads that were seen last; only the lineage tells.
        restored, self._lineage = lineage != self._lineage, lineage
        own = self._own_heads()
        went_back = heads[0] < before[0] or heads[1] < before[1]
        if restored or (heads != before and (heads[0] > own[0] or heads[1] > own[1] or went_back)):
            self._noticed(time)


def last_time(connection: dbapi.Connection) -> int | None:
    """Return when the last event was committed, in microseconds; None without one."""
    row = connection.execute(LAST_TIME).fetchone()
    return None if row is None else row[0]
