"""What keeps the rows of the event log true: pages out of the journal, live events, filters, counts. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol

from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery

FIRST_PAGE = 200
OLDER_PAGE, LARGEST_PAGE = 500, 32_000
"""Rows added at the first step down, and at most: each is four times the one before."""
MOST_PENDING = 2_000

Work = Callable[[], Coroutine[Any, Any, None]]
"""Begins a coroutine: one that is made but never begun would be an error of its own."""


class Journal(Protocol):
    """The journal, as far as the log reads it; every method may raise StoreError."""

    async def search_async(
        self, query: EventQuery, before: int | None = None, limit: int = 200
    ) -> list[JournalEvent]: ...

    async def sequences_async(self, query: EventQuery, before: int | None, limit: int) -> list[int]: ...

    async def events_async(self, sequences: Sequence[int]) -> list[JournalEvent]: ...

    async def head_async(self) -> int: ...


class EventSink(Protocol):
    """Who shows the rows. Events come oldest first; of older rows only the sequences, in any order."""

    @property
    def newest(self) -> int: ...

    @property
    def oldest(self) -> int: ...

    def reset(self, events: Sequence[JournalEvent]) -> None: ...

    def add_newest(self, events: Sequence[JournalEvent]) -> None: ...

    def add_older(self, sequences: Sequence[int]) -> None: ...

    def fill(self, events: Sequence[JournalEvent]) -> None: ...


class EventFeed:
    """One filter at a time. `on_change` is called when `pending`, `has_older` or `is_loading` may have changed.

    While not following, matching live events wait (`pending` counts them) so that nothing moves under the reader.
    """

    def __init__(
        self,
        journal: Journal,
        sink: EventSink,
        spawn: Callable[[Work, str], object],
        on_change: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._sink = sink
        self._spawn = spawn
        self._on_change = on_change
        self._generation = 0
        self._waiting: list[JournalEvent] = []
        self._overflow = 0
        self._told = 0
        self._offered = 0
        self._page = OLDER_PAGE
        self._is_opening = False
        self._is_paging = False
        self._is_catching_up = False
        self._more_came = False
        self.query = EventQuery()
        self.has_older = False
        self.is_following = True

    @property
    def is_loading(self) -> bool:
        return self._is_opening

    @property
    def pending(self) -> int:
        """Matching events that came while not following."""
        return len(self._waiting) + self._overflow

    async def open_async(self, query: EventQuery) -> None:
        """Show the newest events of another filter. A later call makes an earlier one's answer void."""
        self._generation += 1
        generation = self._generation
        self.query = query
        self._is_opening = True
        self._on_change()
        try:
            events = await self._journal.search_async(query, None, FIRST_PAGE)
        finally:
            if generation == self._generation:
                self._is_opening = False
        if generation != self._generation:
            return
        self._begin_with(events)
        if self._told > self._offered:
            self._catch_up()

    def accept(self, events: Sequence[JournalEvent]) -> None:
        """Take live events, in journal order, each at least once."""
        fresh = [event for event in events if event.sequence > self._told]
        if not fresh:
            return
        self._told = fresh[-1].sequence
        if self._is_opening:
            return  # the page being read may hold them; what it lacks is caught up afterwards
        if is_plain(self.query):
            self._offer([event for event in fresh if matches_plain(self.query, event)])
        else:
            self._catch_up()

    def follow(self) -> None:
        """Show what waited, and every event as it comes."""
        self.is_following = True
        if self._overflow:
            self._spawn(lambda: self.open_async(self.query), "reload events")
            return
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._sink.add_newest(waiting)
        self._on_change()

    def pause(self) -> None:
        """Let new events wait."""
        self.is_following = False
        self._on_change()

    async def load_older_async(self) -> None:
        """Put more rows below the last one, if there are any: few at first, many for who goes far down."""
        if self._is_paging or self._is_opening or not self.has_older:
            return
        generation, limit = self._generation, self._page
        self._is_paging = True
        try:
            older = await self._journal.sequences_async(self.query, self._sink.oldest or None, limit)
        finally:
            self._is_paging = False
        if generation == self._generation:
            self._page = min(4 * limit, LARGEST_PAGE)
            self.has_older = len(older) == limit
            self._sink.add_older(older)
            self._on_change()

    async def fill_async(self, sequences: Sequence[int]) -> None:
        """Read these rows' events."""
        generation = self._generation
        events = await self._journal.events_async(sequences)
        if generation == self._generation:
            self._sink.fill(events)

    def leave(self) -> None:
        """Another feed takes over: what is still being read is dropped."""
        self._generation += 1
        self._waiting, self._overflow, self._is_opening = [], 0, False

    # --- live events ------------------------------------------------------------------------------------------

    def _begin_with(self, events: list[JournalEvent]) -> None:
        self._waiting, self._overflow, self._page = [], 0, OLDER_PAGE
        self.has_older = len(events) == FIRST_PAGE
        self._offered = events[0].sequence if events else 0
        self._sink.reset(events[::-1])
        self._on_change()

    def _offer(self, events: Iterable[JournalEvent]) -> None:
        fresh = [event for event in events if event.sequence > self._offered]
        if not fresh:
            return
        self._offered = fresh[-1].sequence
        if self.is_following and not self._overflow:
            self._sink.add_newest(fresh)
        else:
            room = MOST_PENDING - len(self._waiting) if not self._overflow else 0
            self._waiting.extend(fresh[:room])
            self._overflow += len(fresh[room:])
        self._on_change()

    def _catch_up(self) -> None:
        """Ask the journal which of the new events match: full text has one meaning, the journal's."""
        self._more_came = True
        if not self._is_catching_up:
            self._is_catching_up = True
            self._spawn(self._catch_up_async, "match new events")

    async def _catch_up_async(self) -> None:
        try:
            while self._more_came:
                self._more_came = False
                generation = self._generation
                events = await self._journal.search_async(self.query, None, FIRST_PAGE)
                if generation != self._generation:
                    return
                if len(events) == FIRST_PAGE and events[-1].sequence > self._offered and self.is_following:
                    self._begin_with(events)  # more than a page at once: begin anew rather than leave a hole
                else:
                    self._offer(events[::-1])
        finally:
            self._is_catching_up = False


def is_plain(query: EventQuery) -> bool:
    """True for a filter of severities and times only, which needs no index to be answered."""
    return not (query.text.strip() or query.types or query.courses or query.labs)


def matches_plain(query: EventQuery, event: JournalEvent) -> bool:
    """Answer a plain filter for one event."""
    if query.severities and event.severity not in query.severities:
        return False
    if query.since is not None and event.time < query.since:
        return False
    return query.until is None or event.time < query.until
