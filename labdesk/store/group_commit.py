"""One thread that does all writes of a process, many requests to a commit."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from labdesk.resource.errors import LabDeskError

GROUP_LIMIT = 128
"""Requests to a commit at most: what comes after waits for the next one, a few milliseconds."""

_LOG = logging.getLogger(__name__)

T = TypeVar("T")
C = TypeVar("C", bound="GroupConnection")


class GroupConnection(Protocol):
    """A connection that can hold one transaction with a savepoint in it."""

    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def savepoint(self) -> None: ...
    def release_savepoint(self) -> None: ...
    def undo_savepoint(self) -> None: ...
    def checkpoint_if_due(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Request:
    run: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: Future[Any]


class GroupCommitExecutor(Executor, Generic[C]):
    """`submit(fn, *args)` calls `fn(connection, *args)` in the writer thread, inside a transaction.

    The thread takes whatever is queued, opens one transaction, runs each request in a savepoint of its own, commits,
    and only then answers. A request that raises a LabDeskError (a conflict, a constraint) is undone alone; any other
    error undoes and fails the whole group, because SQLite may already have rolled the transaction back and the next
    statement would commit by itself (measured with SQLITE_FULL).

    `open_connection` is called in the thread at the first request. `committed` is called in the thread after COMMIT,
    before anybody is answered: whoever waits for the clock to stand still must know of the wake first.
    `explain` turns a database error into the typed one that is answered.
    """

    def __init__(
        self,
        open_connection: Callable[[], C],
        committed: Callable[[], None],
        explain: Callable[[BaseException], BaseException],
    ) -> None:
        self._open_connection = open_connection
        self._committed = committed
        self._explain = explain
        self._queue: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._connection: C | None = None
        self._guard = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Queue `fn(connection, *args, **kwargs)`; raise RuntimeError after shutdown."""
        future: Future[T] = Future()
        with self._guard:
            if self._closed:
                raise RuntimeError("cannot write to a closed store")
            self._queue.put(_Request(fn, args, kwargs, future))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
                self._thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Do what is queued (or cancel it), close the connection, end the thread."""
        with self._guard:
            first, self._closed = not self._closed, True
        if first and self._thread is not None:
            while cancel_futures and (waiting := self._take_waiting()):
                for request in waiting:
                    if request is not None:
                        request.future.cancel()
            self._queue.put(None)
        if wait and self._thread is not None:
            self._thread.join()

    # --- the writer thread ------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            while (first := self._queue.get()) is not None:
                taken = [first, *self._take_waiting()]
                group = [request for request in taken if request is not None]
                self._commit_group([request for request in group if request.future.set_running_or_notify_cancel()])
                if len(group) < len(taken):
                    return
        finally:
            self._close_connection()

    def _take_waiting(self) -> list[_Request | None]:
        waiting: list[_Request | None] = []
        try:
            while len(waiting) < GROUP_LIMIT:
                waiting.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return waiting

    def _commit_group(self, group: list[_Request]) -> None:
        if not group:
            return
        try:
            connection = self._ready_connection()
            connection.begin()
            outcomes = [self._run_one(connection, request) for request in group]
            connection.commit()
        except BaseException as error:  # noqa: BLE001  (the edge of the thread: every caller gets it)
            self._abandon()
            failure = self._explain(error)
            for request in group:
                request.future.set_exception(failure)
            return
        try:
            self._committed()
        finally:
            for request, outcome in zip(group, outcomes, strict=True):
                _answer(request.future, outcome)
        self._checkpoint(connection)

    def _run_one(self, connection: C, request: _Request) -> object:
        connection.savepoint()
        try:
            result: object = request.run(connection, *request.args, **request.kwargs)
        except LabDeskError as refusal:
            connection.undo_savepoint()
            return refusal
        connection.release_savepoint()
        return result

    def _ready_connection(self) -> C:
        if self._connection is None:
            self._connection = self._open_connection()
        return self._connection

    def _abandon(self) -> None:
        """After an error nothing may run before a new BEGIN; a connection that cannot even roll back is dropped."""
        if self._connection is None:
            return
        try:
            self._connection.rollback()
        except Exception:  # noqa: BLE001  (the first error is the one that is reported)
            self._close_connection()

    def _checkpoint(self, connection: C) -> None:
        try:
            connection.checkpoint_if_due()
        except Exception:  # noqa: BLE001  (every commit is safe in the WAL; the next group meets the trouble and reports it)
            self._close_connection()

    def _close_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except Exception as error:  # noqa: BLE001  (nobody waits for this; the log has it)
            _LOG.warning("closing the store's writer failed: %s", error)


def _answer(future: Future[Any], outcome: object) -> None:
    if isinstance(outcome, LabDeskError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
