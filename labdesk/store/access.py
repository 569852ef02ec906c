"""How the store's parts reach the database: reads in the read pool, writes in the writer, fenced ones by epoch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from labdesk.store.commit import CommitRequest, check_epoch
from labdesk.store.commit_queue import CommitQueue
from labdesk.store.connection import WriterConnection
from labdesk.store.driver import dbapi
from labdesk.store.errors import NotActingError, StoreClosedError, explain
from labdesk.store.group_commit import GroupCommitExecutor
from labdesk.store.read_pool import ReadPool
from labdesk.store.recent import CommittedWrites, RecentChanges
from labdesk.store.times import from_micros

T = TypeVar("T")
P = ParamSpec("P")


class StoreAccess:
    """One process's hold on a store file. `heads` are the last revision and journal sequence it committed itself."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        reads: ReadPool,
        heads: tuple[int, int],
        recent: RecentChanges,
        last_time: int | None,
    ) -> None:
        self.path = path
        self.now = now
        self.reads = reads
        self.heads = heads
        self.epoch: int | None = None
        """The epoch this process acts in, None while it only observes."""
        self._loop = asyncio.get_running_loop()
        self._listeners: list[Callable[[], None]] = []
        self._fenced_off_listeners: list[Callable[[], None]] = []
        self._last_time = last_time or 0
        self._time_listeners: list[Callable[[datetime], None]] = []
        self._coming: tuple[int, int] | None = None
        self._coming_writes: CommittedWrites | None = None
        self.recent = recent
        self._writer = GroupCommitExecutor(
            partial(WriterConnection, path, lambda: self.epoch is not None, self._announce),
            self._committed,
            partial(explain, path=path),
        )
        self._commits = CommitQueue(self._writer, path)

    async def commit(self, request: CommitRequest) -> list[int]:
        """Return the revisions once they are on the disk."""
        revisions = await self._commits.commit(request)
        self.note_time(request.saved_at)
        return revisions

    async def read(self, fn: Callable[Concatenate[dbapi.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(connection, *args)` in a reading thread; raise a StoreError if it cannot be read."""
        return await self._run(self.reads, partial(fn, **kwargs), *args)

    async def write(self, fn: Callable[Concatenate[WriterConnection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(connection, *args)` inside a commit of the writer thread; return when it is on the disk."""
        return await self._run(self._writer, partial(fn, **kwargs), *args)

    async def write_fenced(
        self, fn: Callable[Concatenate[WriterConnection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `write`, but only for the acting process; raise NotActingError otherwise."""
        with self.fencing() as epoch:
            return await self.write(_fenced, epoch, self.path, partial(fn, **kwargs), *args)

    @contextmanager
    def fencing(self) -> Iterator[int | None]:
        """Give the epoch to check inside the commit; a process that was fenced off knows so, and tells, afterwards."""
        epoch = self.epoch
        try:
            yield epoch
        except NotActingError:
            if epoch is not None and self.epoch == epoch:
                self.epoch = None
                for listener in tuple(self._fenced_off_listeners):
                    listener()
            raise

    def add_fenced_off_listener(self, listener: Callable[[], None]) -> None:
        self._fenced_off_listeners.append(listener)

    async def _run(self, executor: Any, fn: Callable[..., T], *args: Any) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(executor, fn, *args)
        except RuntimeError:
            raise StoreClosedError(f"The store {self.path} is closed.") from None
        result: T = await future
        return result

    # --- wakes ------------------------------------------------------------------------------------------------

    def add_listener(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def remove_listener(self, listener: Callable[[], None]) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def add_time_listener(self, listener: Callable[[datetime], None]) -> None:
        self._time_listeners.append(listener)
        if self._last_time:
            listener(from_micros(self._last_time))

    def note_time(self, last_time: int | None) -> None:
        """Something was committed at that time, in microseconds."""
        if last_time is not None and last_time > self._last_time:
            self._last_time = last_time
            for listener in self._time_listeners:
                listener(from_micros(last_time))

    def wake(self, last_time: int | None = None) -> None:
        """Call the listeners on the loop; safe from any thread, nothing once the loop is closed."""
        self._wake_with(None, last_time)

    def _wake_with(self, committed: CommittedWrites | None, last_time: int | None = None) -> None:
        if not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(self._notify, committed, last_time)
            except RuntimeError:
                return  # it closed in between: nobody is left to be told

    def _notify(self, committed: CommittedWrites | None, last_time: int | None) -> None:
        self.note_time(last_time)
        if committed is not None:
            self.recent.add(committed)
        for listener in tuple(self._listeners):
            listener()

    def own_heads(self) -> tuple[int, int]:
        """Return the last revision and sequence that this process committed, or is about to."""
        return self._coming or self.heads

    def _announce(self, heads: tuple[int, int] | None, writes: CommittedWrites | None) -> None:
        self._coming = heads
        self._coming_writes = writes

    def _committed(self) -> None:
        if self._coming is not None:
            self.heads = self._coming
            writes, self._coming, self._coming_writes = self._coming_writes, None, None
            self._wake_with(writes)

    # --- the end ----------------------------------------------------------------------------------------------

    async def drained(self) -> None:
        """Wait until every commit that was asked for is answered."""
        await self._commits.drained()

    def close(self) -> None:
        """Finish queued writes, end all threads. Blocks; call it from a thread."""
        self.reads.close()
        # The last connection to close tidies the WAL away; it must be one that may write.
        self._writer.shutdown()


def _fenced(connection: WriterConnection, epoch: int | None, path: Path, fn: Callable[..., T], *args: Any) -> T:
    check_epoch(connection, epoch, path)
    return fn(connection, *args)
