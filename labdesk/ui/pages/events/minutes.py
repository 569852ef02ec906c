"""How many events each minute had, by severity, kept up to date as events come. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Span:
    """How far back the bars reach; all in minutes. `bar` minutes make one bar, a labelled tick stands every `tick`."""

    minutes: int
    bar: int
    tick: int

    @property
    def bars(self) -> int:
        return self.minutes // self.bar


SPANS = {
    "1h": Span(60, 1, 10),
    "6h": Span(6 * 60, 5, 60),
    "24h": Span(24 * 60, 15, 4 * 60),
    "7d": Span(7 * 24 * 60, 2 * 60, 24 * 60),
}


class MinuteBars:
    """Counts of minutes; those older than `span` minutes are forgotten as time goes on."""

    def __init__(self, span: int = SPANS["7d"].minutes) -> None:
        self._span = span
        self._counts: dict[int, dict[str, int]] = {}
        self._head = 0
        self.is_known = False
        """Whether the journal has counted yet."""

    def load(self, counts: Iterable[MinuteCounts], head: int) -> None:
        """Replace all by what the journal counted up to sequence `head`; later events are added by `add`."""
        self._counts = {
            minute_of(count.minute): {"info": count.info, "warning": count.warning, "error": count.error}
            for count in counts
        }
        self._head = head
        self.is_known = True

    def clear(self) -> None:
        """Nothing is counted yet; what is found is counted by `count`."""
        self._counts.clear()
        self.is_known = False

    def count(self, minutes: Iterable[MinuteCounts]) -> None:
        """Add what was found in some minutes."""
        for found in minutes:
            bucket = self._counts.setdefault(minute_of(found.minute), dict.fromkeys(SEVERITIES, 0))
            for severity, number in zip(SEVERITIES, (found.info, found.warning, found.error), strict=True):
                bucket[severity] = bucket.get(severity, 0) + number
        self._forget_before(max(self._counts, default=0) - self._span)

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
        self._forget_before(newest - self._span)

    def _forget_before(self, first: int) -> None:
        if len(self._counts) > 2 * self._span:
            self._counts = {minute: count for minute, count in self._counts.items() if minute > first}

    def bars(
        self, first: int, count: int, bar: int = 1, severities: Iterable[str] = SEVERITIES
    ) -> list[tuple[int, ...]]:
        """Return `count` bars of `bar` minutes from minute `first` on, each as counts in the order of SEVERITIES."""
        wanted = [severity for severity in SEVERITIES if severity in frozenset(severities)]
        found = [dict.fromkeys(SEVERITIES, 0) for _ in range(count)]
        for minute, bucket in self._counts.items():
            place = (minute - first) // bar
            if 0 <= place < count:
                for severity in wanted:
                    found[place][severity] += bucket.get(severity, 0)
        return [tuple(one.values()) for one in found]
