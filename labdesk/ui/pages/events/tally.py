"""How many events match, by severity and by minute: counted by the journal, kept true by live events. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery, Histogram, SeverityCounts
from labdesk.ui.pages.events.feed import matches_plain
from labdesk.ui.pages.events.minutes import MinuteBars


@dataclass(frozen=True, slots=True)
class Question:
    """What the journal is to count; `number` tells the latest question from earlier ones of the same filter."""

    number: int
    query: EventQuery


class EventTally:
    """Counts for one filter whose severities are left aside: they are what is counted by."""

    def __init__(self) -> None:
        self.bars = MinuteBars()
        self._counts: dict[str, int] = {}
        self._question = Question(0, EventQuery())
        self._counted_to = 0
        self._since_asked: list[JournalEvent] | None = []
        self._bars_since_asked: list[JournalEvent] | None = []

    @property
    def counts(self) -> Mapping[str, int] | None:
        """Matching events by severity; None before the journal answered the first question."""
        return self._counts or None

    def ask(self, query: EventQuery) -> Question:
        """The journal is about to count for a filter. Live events are kept until it has."""
        self._question = Question(self._question.number + 1, replace(query, severities=()))
        self._since_asked, self._bars_since_asked = [], []
        return self._question

    def answer(self, question: Question, found: SeverityCounts) -> bool:
        """Take what the journal counted; False if another question was asked since."""
        if question != self._question:
            return False
        kept, self._since_asked = self._since_asked or [], None
        self._counts = dict(found.counts)
        self._counted_to = found.head
        self._count(kept)
        return True

    def answer_minutes(self, question: Question, found: Histogram) -> bool:
        """Take the bars the journal counted; False if another question was asked since."""
        if question != self._question:
            return False
        kept, self._bars_since_asked = self._bars_since_asked or [], None
        self.bars.load(found.minutes, found.head)
        self.bars.add(kept)
        return True

    def take(self, events: Sequence[JournalEvent]) -> None:
        """Count live events; only for filters that `matches_plain` can answer."""
        self.bars.add(events)
        if self._bars_since_asked is not None:
            self._bars_since_asked.extend(events)
        if self._since_asked is not None:
            self._since_asked.extend(events)
        else:
            self._count(events)

    def _count(self, events: Sequence[JournalEvent]) -> None:
        for event in events:
            if event.sequence > self._counted_to:
                self._counted_to = event.sequence
                if matches_plain(self._question.query, event):
                    self._counts[event.severity] = self._counts.get(event.severity, 0) + 1
