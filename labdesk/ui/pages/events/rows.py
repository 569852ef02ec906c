"""Which events are shown, newest first, in little memory. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from labdesk.resource.events import JournalEvent

CAPACITY = 1_000_000
KEPT = 4_000


class EventRows:
    """Row number → event of a filtered journal, row 0 the newest.

    A row costs 8 bytes (its journal sequence); whole events are kept only for the `kept` rows last used, the others
    are asked for again when they come into view. Beyond `capacity` rows the oldest are forgotten.
    """

    def __init__(self, capacity: int = CAPACITY, kept: int = KEPT) -> None:
        self._capacity = capacity
        self._kept = kept
        self._ascending = array("q")
        self._events: OrderedDict[int, JournalEvent] = OrderedDict()

    def __len__(self) -> int:
        return len(self._ascending)

    @property
    def newest(self) -> int:
        """Sequence of row 0, or 0 without rows."""
        return self._ascending[-1] if self._ascending else 0

    @property
    def oldest(self) -> int:
        """Sequence of the last row, or 0 without rows."""
        return self._ascending[0] if self._ascending else 0

    def sequence_at(self, row: int) -> int:
        return self._ascending[-1 - row]

    def row_of(self, sequence: int) -> int | None:
        """Return the row of a journal sequence, or None if it is not shown."""
        index = bisect_left(self._ascending, sequence)
        if index == len(self._ascending) or self._ascending[index] != sequence:
            return None
        return len(self._ascending) - 1 - index

    def event_at(self, row: int) -> JournalEvent | None:
        """Return the event of a row, or None if it has to be read again."""
        sequence = self.sequence_at(row)
        event = self._events.get(sequence)
        if event is not None:
            self._events.move_to_end(sequence)
        return event

    def missing_between(self, first: int, last: int) -> tuple[int, int] | None:
        """Return the first and last row within [first, last] whose event has to be read again, or None."""
        rows = range(max(first, 0), min(last, len(self) - 1) + 1)
        missing = [row for row in rows if self.sequence_at(row) not in self._events]
        return (missing[0], missing[-1]) if missing else None

    def newer_than_all(self, events: Iterable[JournalEvent]) -> list[JournalEvent]:
        """Return those that belong above row 0, oldest first and each once."""
        fresh = {event.sequence: event for event in events if event.sequence > self.newest}
        return [fresh[sequence] for sequence in sorted(fresh)]

    def add_newest(self, events: Sequence[JournalEvent]) -> None:
        """Put events above row 0; they come oldest first and newer than every row (see `newer_than_all`)."""
        self._ascending.extend(event.sequence for event in events)
        self.keep(events)

    def older_than_all(self, sequences: Iterable[int]) -> list[int]:
        """Return those that belong below the last row, oldest first, as many as there is room for."""
        limit = self.oldest
        found = sorted(sequence for sequence in sequences if not limit or sequence < limit)
        room = self._capacity - len(self)
        return found[-room:] if room > 0 else []

    def add_older(self, sequences: Sequence[int]) -> None:
        """Put rows below the last one; they come oldest first and older than every row (see `older_than_all`)."""
        self._ascending[0:0] = array("q", sequences)

    def surplus(self) -> int:
        """How many of the oldest rows are to be forgotten; 0 until it is worth moving the rest."""
        over = len(self) - self._capacity
        return over if over > self._capacity // 64 else 0

    def forget_oldest(self, count: int) -> None:
        for sequence in self._ascending[:count]:
            self._events.pop(sequence, None)
        del self._ascending[:count]

    def keep(self, events: Iterable[JournalEvent]) -> None:
        """Hold whole events for a while; those not used for longest go first."""
        for event in events:
            self._events[event.sequence] = event
            self._events.move_to_end(event.sequence)
        while len(self._events) > self._kept:
            self._events.popitem(last=False)

    def clear(self) -> None:
        del self._ascending[:]
        self._events.clear()
