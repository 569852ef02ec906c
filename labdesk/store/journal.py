"""The event journal: every CloudEvent in the order of its sequence, searchable as one types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from labdesk.resource.events import JournalEvent
from labdesk.store import journal_reads, journal_values
from labdesk.store.access import StoreAccess
from labdesk.store.commit import CommitRequest
from labdesk.store.forgetting import forget_step
from labdesk.store.journal_reads import EventQuery, Histogram, SeverityCounts
from labdesk.store.journal_values import FilterValue
from labdesk.store.pattern_scan import PatternScan
from labdesk.store.times import to_micros
from labdesk.store.writes import NewEvent, prepare_event


class EventJournal:
    """Sequences are given in commit order and never used twice; times may go back, the order never does."""

    def __init__(self, access: StoreAccess, desk_id: str) -> None:
        self._access = access
        self._desk_id = desk_id

    async def append_async(self, events: Sequence[NewEvent]) -> None:
        """Add events that belong to no commit of a resource. Anyone may."""
        prepared = [prepare_event(event, self._desk_id) for event in events]
        await self._access.commit(CommitRequest((), prepared, {}, to_micros(self._access.now()), None))

    async def forget_async(self, keep_after: datetime) -> int:
        """Drop events told before `keep_after` (aware UTC), but for the newest; return how many.

        Acting process only.
        """
        dropped = 0
        while step := await self._access.write_fenced(forget_step, to_micros(keep_after)):
            dropped += step
        return dropped

    async def get_async(self, sequence: int) -> JournalEvent | None:
        """Return one event, or None."""
        found = await self._access.read(journal_reads.after, sequence - 1, 1)
        return found[0] if found and found[0].sequence == sequence else None

    async def after_async(self, sequence: int, limit: int = 1000, lineage: str | None = None) -> list[JournalEvent]:
        """Return up to `limit` events after `sequence`, oldest first.

        Raises RevisionExpired if the store is no longer of the `lineage` that the sequence was read in.
        """
        return await self._access.read(journal_reads.after, sequence, limit, lineage)

    async def latest_async(self, limit: int = 200) -> list[JournalEvent]:
        """Return the last events, newest first."""
        return await self.search_async(EventQuery(), None, limit)

    async def search_async(self, query: EventQuery, before: int | None = None, limit: int = 200) -> list[JournalEvent]:
        """Return up to `limit` events that match, newest first, of those before sequence `before`."""
        return await self._access.read(journal_reads.search, query, before, limit)

    async def sequences_async(self, query: EventQuery, before: int | None, limit: int) -> list[int]:
        """Return the sequences of what `search_async` would return, without the events: a fraction of its time."""
        return await self._access.read(journal_reads.search_sequences, query, before, limit)

    async def oldest_async(
        self, query: EventQuery, after: int, before: int | None, limit: int, lineage: str | None = None
    ) -> list[JournalEvent]:
        """Return up to `limit` events that match, oldest first, with sequences in (`after`, `before`).

        Raises RevisionExpired as `after_async` does.
        """
        return await self._access.read(journal_reads.search_oldest, query, after, before, limit, lineage)

    async def events_async(self, sequences: Sequence[int]) -> list[JournalEvent]:
        """Return the events of these sequences, newest first; those that are not there are left out."""
        return await self._access.read(journal_reads.of_sequences, sequences)

    async def count_async(self, query: EventQuery) -> int:
        """Return how many events match."""
        return await self._access.read(journal_reads.count, query)

    async def count_severities_async(self, query: EventQuery) -> SeverityCounts:
        """Return how many events match of each severity, whatever the query says of severities."""
        return await self._access.read(journal_reads.count_severities, query)

    async def values_async(self, name: str) -> list[FilterValue]:
        """Return the values that the events' filter words of that name have (`type`, `course`, `lab`), sorted."""
        return await self._access.read(journal_values.values, name)

    async def histogram_async(self, since: datetime, until: datetime, query: EventQuery | None = None) -> Histogram:
        """Return events a minute by severity from the minute of `since` to that of `until`, empty minutes left out.

        Without a `query`, or with one of severities only, this reads counters; else it counts what matches.
        """
        return await self._access.read(journal_reads.histogram, since, until, query or EventQuery())

    def open_scan(self, pattern: str) -> PatternScan:
        """Begin a search by a regular expression; raise InvalidPatternError. Whoever opens it closes it."""
        return PatternScan(self._access, pattern)

    async def head_async(self) -> int:
        """Return the last sequence."""
        return await self._access.read(journal_reads.head)
