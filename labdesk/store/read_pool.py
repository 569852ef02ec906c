"""A few threads that read, each on a connection of its own. A failed read raises; it is never an empty answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from labdesk.store.driver import connect_reader, dbapi
from labdesk.store.errors import explain

READERS = 2
"""One long search must not hold up the watcher."""

T = TypeVar("T")


class ReadPool(ThreadPoolExecutor):
    """`submit(fn, *args)` calls `fn(connection, *args)` in a reading thread, with errors made typed."""

    def __init__(self, path: Path) -> None:
        super().__init__(READERS, thread_name_prefix="store-reader")
        self._path = path
        self._own = threading.local()
        self._connections: list[dbapi.Connection] = []
        self._guard = threading.Lock()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        return super().submit(self._read, fn, *args, **kwargs)

    def close(self) -> None:
        """Interrupt what is being read, end the threads, close their connections. Blocks; call it from a thread."""
        self.shutdown(wait=False, cancel_futures=True)
        with self._guard:
            for connection in self._connections:
                connection.interrupt()
        self.shutdown(wait=True)
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def _read(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        try:
            return fn(self._connection(), *args, **kwargs)
        except (dbapi.Error, OSError) as error:
            raise explain(error, self._path) from error

    def _connection(self) -> dbapi.Connection:
        connection: dbapi.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = connect_reader(self._path)
            with self._guard:
                self._connections.append(connection)
        return connection
