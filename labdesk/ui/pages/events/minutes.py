"""How many events each minute had, by severity, kept up to date as events come. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import MinuteCounts

SEVERITIES = ("info", "warning", "error")


def minute_of(moment: datetime) -> int:
    """Return whole minutes since 1970 of an aware time."""
    return int(moment.timestamp() // 60)


def start_of_minute(minute: int) -> datetime:
    """Return the aware UTC start of a minute as `minute_of` counts them."""
    return datetime.fromtimestamp(minute * 60, UTC)


class MinuteBars:
    """Counts for the last `span` minutes; what is older is forgotten as time goes on."""

    def __init__(self, span: int = 360) -> None:
        self.span = span
        self._counts: dict[int, dict[str, int]] = {}
        self._head = 0

    def load(self, counts: Iterable[MinuteCounts], head: int) -> None:
        """Replace all by what the journal counted up to sequence `head`; later events are added by `add`."""
        self._counts = {
            minute_of(count.minute): {"info": count.info, "warning": count.warning, "error": count.error}
            for count in counts
        }
        self._head = head

    def add(self, events: Iterable[JournalEvent]) -> None:
        """Count live events; those the journal had counted already are left out."""
        newest = 0
        for event in events:
            if event.sequence <= self._head:
                continue
            self._head = event.sequence
            newest = minute_of(event.time)
            bucket = self._counts.setdefault(newest, {})
            bucket[event.severity] = bucket.get(event.severity, 0) + 1
        if len(self._counts) > 2 * self.span:
            self._counts = {minute: count for minute, count in self._counts.items() if minute > newest - self.span}

    def bars(self, last: int, count: int, severities: Iterable[str] = SEVERITIES) -> list[tuple[int, ...]]:
        """Return `count` minutes ending with `last`, oldest first, each as counts in the order of SEVERITIES."""
        wanted = frozenset(severities)
        empty: dict[str, int] = {}
        return [
            tuple(bucket.get(severity, 0) if severity in wanted else 0 for severity in SEVERITIES)
            for bucket in (self._counts.get(minute, empty) for minute in range(last - count + 1, last + 1))
        ]
