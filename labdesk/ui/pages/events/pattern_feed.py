"""The log while a regular expression filters it: what is found appears as it is found, newest first. Knows no Qt."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from labdesk.resource.errors import LabDeskError
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery, MinuteCounts
from labdesk.store.pattern_scan import SLICE, ScanStep
from labdesk.ui.pages.events.feed import EventFeed, EventSink, Journal, Work
from labdesk.ui.pages.events.minutes import SEVERITIES, MinuteBars

_SHOWN_AT_ONCE = 100


class Scan(Protocol):
    """One expression over the journal, as far as the log uses it."""

    pattern: str

    def find_async(self, query: EventQuery, after: int = 0) -> AsyncGenerator[ScanStep, None]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` events have been looked at, `found` match; `is_running` until all were or a person cancels."""

    done: int = 0
    total: int = 0
    found: int = 0
    is_running: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all events were looked at."""
        return not self.is_running and self.done >= self.total


class PatternFeed(EventFeed):
    """Rows come by themselves until all were looked at, then there is nothing older; `progress` tells how far it is."""

    def __init__(
        self,
        journal: Journal,
        sink: EventSink,
        spawn: Callable[[Work, str], object],
        on_change: Callable[[], None],
    ) -> None:
        super().__init__(journal, sink, spawn, on_change)
        self.progress = Progress()
        self.bars = MinuteBars()
        """What was found when, so far. A search within a time leaves those of the same search at all times."""
        self.counts: dict[str, int] = {}
        """How many were found of each severity, so far."""
        self._counted: tuple[str, EventQuery] | None = None
        self._counts_minutes = True
        self._scan: Scan | None = None
        self._searched_to = 0
        self._may_go_on = False

    async def open_pattern_async(self, query: EventQuery, scan: Scan) -> None:
        """Show what matches `scan` and the query's filters; the scan is closed when it is no longer needed."""
        self.leave()
        self._scan = scan
        self._choose_what_is_counted(query, scan.pattern)
        generation = self._generation
        head = await self._journal.head_async()
        if generation == self._generation:
            self._offered = self._told = self._searched_to = head
            await self.open_async(query)

    async def open_async(self, query: EventQuery) -> None:
        """Search once more, from the newest event on."""
        self._generation += 1
        generation, scan = self._generation, self._scan
        if scan is None:
            return
        self.query = query
        self._may_go_on = False
        self.counts = {}
        if self._counts_minutes:
            self.bars.clear()
        self._begin_with([])
        self._set_progress(Progress(is_running=True))
        try:
            async with aclosing(scan.find_async(query)) as steps:
                async for step in steps:
                    if generation != self._generation:
                        return
                    self._searched_to = self._offered = max(self._searched_to, step.head)
                    self._take_step(step)
            self._may_go_on = generation == self._generation
        except LabDeskError:
            if generation == self._generation:
                raise
        finally:
            if generation == self._generation:
                self._set_progress(Progress(self.progress.done, self.progress.total, self.progress.found))
        if self._told > self._searched_to:
            self._catch_up()

    def accept(self, events: Sequence[JournalEvent]) -> None:
        """Take live events: which of them match is asked of the scan, once it is done with the older ones."""
        if events and events[-1].sequence > self._told:
            self._told = events[-1].sequence
            self._catch_up()

    @property
    def is_loading(self) -> bool:
        return self.progress.is_running

    def cancel(self) -> None:
        """Search no further; what was found stays, and nothing new is looked for."""
        self._generation += 1
        self._may_go_on = False
        self._close_scan()
        self._set_progress(Progress(self.progress.done, self.progress.total, self.progress.found))

    def leave(self) -> None:
        super().leave()
        self._may_go_on = False
        self._close_scan()
        self.progress = Progress()

    def _choose_what_is_counted(self, query: EventQuery, pattern: str) -> None:
        """Whether the bars are to be counted anew: choosing a time among them must not take the others away."""
        about = (pattern, replace(query, since=None, until=None))
        self._counts_minutes = about == (pattern, query) or about != self._counted
        self._counted = about

    def _count(self, minutes: Sequence[MinuteCounts]) -> None:
        for severity in SEVERITIES:
            found = sum(getattr(minute, severity) for minute in minutes)
            self.counts[severity] = self.counts.get(severity, 0) + found
        if self._counts_minutes:
            self.bars.count(minutes)

    def _take_step(self, step: ScanStep) -> None:
        is_first = not self.progress.found
        self._count(step.minutes)
        if step.found:
            self._sink.add_older(step.found)
        done, total = (min(slices * SLICE, step.head) for slices in (step.done, step.total))
        self._set_progress(Progress(done, total, self.progress.found + len(step.found), is_running=True))
        if is_first and step.found:
            self._spawn(lambda: self.fill_async(step.found[:_SHOWN_AT_ONCE]), "read what was found")

    async def _catch_up_async(self) -> None:
        generation = self._generation
        try:
            while self._more_came and self._may_go_on and self._scan is not None:
                self._more_came = False
                found: list[int] = []
                minutes: list[MinuteCounts] = []
                async with aclosing(self._scan.find_async(self.query, self._searched_to)) as steps:
                    async for step in steps:
                        found += step.found
                        minutes += step.minutes
                        self._searched_to = max(self._searched_to, step.head)
                events = await self._journal.events_async(found) if found else []
                if generation != self._generation:
                    return
                self._count(minutes)
                self._take_new(events[::-1])
        except LabDeskError:
            if generation == self._generation:
                self._may_go_on = False
                raise
        finally:
            self._is_catching_up = False

    def _take_new(self, events: list[JournalEvent]) -> None:
        """Events, oldest first, that came after the search."""
        if events:
            progress = self.progress
            self._offer(events)
            self._set_progress(Progress(progress.done, progress.total, progress.found + len(events)))

    def _catch_up(self) -> None:
        if self._may_go_on:
            super()._catch_up()

    def _set_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.bars.is_known = self.bars.is_known or not progress.is_running
        self._on_change()

    def _close_scan(self) -> None:
        if self._scan is not None:
            self._scan.close()
            self._scan = None
