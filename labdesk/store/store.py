"""The store: resources and their log, committed together with their events, one revision a change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from labdesk.resource.events import ResourceImage
from labdesk.resource.resource import Resource, ResourceKey
from labdesk.resource.scheme import Scheme
from labdesk.store import reads
from labdesk.store.access import StoreAccess
from labdesk.store.commit import CommitRequest
from labdesk.store.compaction import compact_step
from labdesk.store.epoch import take_epoch
from labdesk.store.foreign import ForeignCommitWatch, last_time
from labdesk.store.identity import StoreIdentity
from labdesk.store.journal import EventJournal
from labdesk.store.lineage import files_of, require_in_place, write_mark
from labdesk.store.logs import KeptLogs
from labdesk.store.meta import MetaTable, encode_values
from labdesk.store.opening import open_store
from labdesk.store.read_pool import ReadPool
from labdesk.store.recent import RecentChanges
from labdesk.store.statistics import statistics
from labdesk.store.times import optional_micros, optional_moment, to_micros
from labdesk.store.views import Listing, ResourceChange, StoreStatistics
from labdesk.store.work import WorkLedger
from labdesk.store.writes import (
    Create,
    NewEvent,
    PreparedWrite,
    Remove,
    Update,
    Write,
    prepare_event,
    prepare_write,
)

R = TypeVar("R", bound=Resource)

PREPARED_ON_LOOP = 32
"""Writes of one commit, at some 100 µs each; more are prepared in a reading thread, for the window not to stall."""


class ResourceStore:
    """One process's view of a store file; any number of processes may have it open.

    Every method may raise a StoreError. A failed read raises; it is never an empty answer. Times are aware UTC.
    """

    def __init__(self, access: StoreAccess, identity: StoreIdentity, scheme: Scheme, watch: ForeignCommitWatch) -> None:
        self._access = access
        self._watch = watch
        self.scheme = scheme
        self.desk_id = identity.desk_id
        self.lineage = identity.lineage
        self.epoch = identity.epoch
        self._files: Mapping[Path, str] = {}
        self.journal = EventJournal(access, identity.desk_id)
        self.work = WorkLedger(access)
        self.logs = KeptLogs(access)
        self.meta = MetaTable(access)

    @classmethod
    async def open_async(cls, path: Path, scheme: Scheme, now: Callable[[], datetime], *, create: bool = True) -> Self:
        """Open the store at `path`, made or migrated as needed; as an observer, until an epoch is taken."""
        path = Path(path)
        opener = ThreadPoolExecutor(1, thread_name_prefix="store-open")
        try:
            opened = await asyncio.get_running_loop().run_in_executor(
                opener, partial(open_store, path, now, create=create)
            )
        finally:
            opener.shutdown(wait=False)
        access = StoreAccess(path, now, ReadPool(path), opened.heads, RecentChanges(scheme), opened.last_time)
        watch = ForeignCommitWatch(path, opened.heads, access.own_heads, access.wake, opened.identity.lineage)
        watch.start()
        return cls(access, opened.identity, scheme, watch)

    async def close_async(self) -> None:
        """Finish what was queued, end the threads, close the connections."""
        await self._access.drained()
        closer = ThreadPoolExecutor(1, thread_name_prefix="store-close")
        try:
            await asyncio.get_running_loop().run_in_executor(closer, self._close)
        finally:
            closer.shutdown(wait=False)

    def _close(self) -> None:
        self._watch.stop()
        self._access.close()

    @property
    def path(self) -> Path:
        return self._access.path

    # --- who acts ---------------------------------------------------------------------------------------------

    @property
    def is_acting(self) -> bool:
        """True from `take_epoch_async` until `stop_acting`, or until another process was seen to have taken over."""
        return self._access.epoch is not None

    async def take_epoch_async(self) -> int:
        """Raise the epoch and act from now on; whoever acted before is fenced off. Hold the process lock first.

        A store that was copied or restored since gets a new lineage here.
        """
        taken = await self._access.write(take_epoch, self.path, to_micros(self._access.now()))
        await self._access.read(lambda _: write_mark(self.path, taken))
        self._files = await self._access.read(lambda _: files_of(self.path))
        self.epoch = self._access.epoch = taken.epoch
        self.lineage = taken.lineage
        self._access.note_time(await self._access.read(last_time))
        return taken.epoch

    async def require_in_place_async(self) -> None:
        """Raise StoreReplacedError if the file or its log is no longer at its path; for the acting process."""
        await self._access.read(lambda _: require_in_place(self._files))

    def stop_acting(self) -> None:
        self._access.epoch = None

    def add_fenced_off_listener(self, listener: Callable[[], None]) -> None:
        """`listener` is called on the loop when a refused write shows that another process has taken the epoch."""
        self._access.add_fenced_off_listener(listener)

    # --- writing ----------------------------------------------------------------------------------------------

    def prepare(self, write: Write, when: datetime) -> PreparedWrite:
        """Work out a write before it is due at `when`; `commit_async` takes it if its resource is still as read."""
        return prepare_write(write, self.scheme, when, self.desk_id)

    async def commit_async(
        self,
        writes: Sequence[Write | PreparedWrite],
        events: Sequence[NewEvent] = (),
        values: Mapping[str, Any] | None = None,
    ) -> list[Resource]:
        """Commit all or nothing; return the resources with their new resource_version, in the order given.

        `values` are written to `meta` in the same transaction (None deletes). Changes of status or finalizers and
        removals need the current epoch. Raises ResourceConflictError if a resource is not as it was read,
        ResourceExistsError, ResourceNotFoundError, InvalidResourceError, NotActingError.
        """
        now = self._access.now()
        prepared = await self._prepare(writes, now)
        told = [prepare_event(event, self.desk_id) for event in events]
        with self._access.fencing() as epoch:
            request = CommitRequest(prepared, told, encode_values(values or {}), to_micros(now), epoch)
            revisions = await self._access.commit(request)
        return [write.committed(revision) for write, revision in zip(prepared, revisions, strict=True)]

    async def _prepare(self, writes: Sequence[Write | PreparedWrite], now: datetime) -> list[PreparedWrite]:
        def prepare(_: object = None) -> list[PreparedWrite]:
            return [write.at(now) if isinstance(write, PreparedWrite) else self.prepare(write, now) for write in writes]

        return prepare() if len(writes) <= PREPARED_ON_LOOP else await self._access.read(prepare)

    async def create_async(self, resource: R) -> R:
        """Commit one new resource."""
        return (await self.commit_async([Create(resource)]))[0]  # type: ignore[return-value]

    async def update_async(self, old: R, new: R) -> R:
        """Commit `new` in place of `old`, as it was read."""
        return (await self.commit_async([Update(old, new)]))[0]  # type: ignore[return-value]

    async def remove_async(self, resource: Resource) -> None:
        """Drop a resource, as it was read."""
        await self.commit_async([Remove(resource)])

    # --- reading ----------------------------------------------------------------------------------------------

    async def get_async(self, kind: str, namespace: str, name: str) -> Resource:
        """Return one resource; raise ResourceNotFoundError."""
        key = ResourceKey(kind, namespace, name)
        return (await self._access.read(reads.read_image, self.scheme, key)).decode()

    async def find_uid_async(self, uid: str) -> Resource | None:
        """Return the resource of a uid, or None."""
        image = await self._access.read(reads.find_uid, self.scheme, uid)
        return None if image is None else image.decode()

    async def list_async(self, kind: str | None = None, namespace: str | None = None) -> Listing:
        """Return all images and the head they belong to, of one moment."""
        return await self._access.read(reads.read_listing, self.scheme, kind, namespace)

    async def query_async(
        self,
        kind: str,
        phases: Collection[str],
        due_before: datetime | None = None,
        limit: int = 1000,
        due_after: datetime | None = None,
    ) -> list[ResourceImage]:
        """Return images in one of `phases`, the earliest due first.

        With `due_before` only those due by then, and of these with `due_after` only those due later than that.
        """
        due = (optional_micros(due_after), optional_micros(due_before))
        return await self._access.read(reads.query, self.scheme, kind, phases, due, limit)

    async def query_keys_async(
        self,
        kind: str,
        phases: Collection[str],
        due_before: datetime | None = None,
        limit: int = 1000,
        due_after: datetime | None = None,
    ) -> list[ResourceKey]:
        """Return the keys of what `query_async` returns."""
        due = (optional_micros(due_after), optional_micros(due_before))
        return await self._access.read(reads.query_keys, kind, phases, due, limit)

    async def next_due_async(
        self, kind: str, phases: Collection[str], after: datetime | None = None
    ) -> datetime | None:
        """Return the earliest due time later than `after` of a resource in one of `phases`, or None."""
        due = await self._access.read(reads.next_due, kind, phases, optional_micros(after))
        return optional_moment(due)

    async def changes_after_async(
        self, revision: int, limit: int = 1000, lineage: str | None = None
    ) -> list[ResourceChange]:
        """Return up to `limit` changes after `revision`, in order; give the `lineage` of the listing it came from.

        Raises RevisionExpired for a cursor of another lineage, beyond the head, or older than the log: list again.
        """
        lineage = lineage or self.lineage
        recent = self._access.recent.after(revision, limit, lineage)
        if recent is not None:
            return recent
        return await self._access.read(reads.changes_after, self.scheme, revision, limit, lineage)

    async def changes_of_async(self, uid: str, limit: int = 1000) -> list[ResourceChange]:
        """Return the newest `limit` changes of one resource, oldest first."""
        return await self._access.read(reads.changes_of, self.scheme, uid, limit)

    async def head_async(self) -> int:
        """Return the last revision."""
        return (await self._access.read(reads.head))[0]

    async def lineage_async(self) -> str:
        """Return the lineage of this moment; `lineage` is that of the opening, or of the epoch that was taken."""
        return (await self._access.read(reads.head))[1]

    # --- upkeep -----------------------------------------------------------------------------------------------

    async def compact_async(self, keep_after: datetime) -> int:
        """Drop changes made before `keep_after`, keeping the state they led to; return how many. Acting process only.

        A cursor older than what is left gets RevisionExpired. The journal has a retention of its own.
        """
        dropped = 0
        while step := await self._access.write_fenced(
            compact_step, to_micros(keep_after), to_micros(self._access.now())
        ):
            dropped += step
            self._access.recent.clear()
        return dropped

    async def last_committed_async(self) -> datetime:
        """Return when the last event was committed (aware UTC); now, for a new store."""
        latest = await self.journal.latest_async(1)
        return latest[0].time if latest else self._access.now()

    async def statistics_async(self, *, check_integrity: bool = False) -> StoreStatistics:
        """Return sizes and counts; `check_integrity` reads the whole file, seconds for a large one."""
        return await self._access.read(statistics, self.path, check_integrity)

    # --- being told -------------------------------------------------------------------------------------------

    def add_commit_listener(self, listener: Callable[[], None]) -> None:
        """Call `listener` on the loop after each commit: at once for ours, within some 40 ms for another process's."""
        self._access.add_listener(listener)

    def add_time_listener(self, listener: Callable[[datetime], None]) -> None:
        """Tell `listener` when the last commit was (aware UTC), of whatever process: now, and after each later one."""
        self._access.add_time_listener(listener)

    def remove_commit_listener(self, listener: Callable[[], None]) -> None:
        self._access.remove_listener(listener)
