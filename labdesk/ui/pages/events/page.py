"""The Events page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from labdesk.resource.errors import LabDeskError
from labdesk.resource.events import JournalEvent
from labdesk.store.pattern_scan import InvalidPatternError
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.events.actions import PAGE, EventActions
from labdesk.ui.pages.events.detail import EventDetail
from labdesk.ui.pages.events.export import CSV, JSON_LINES, slices_of_query, slices_of_sequences
from labdesk.ui.pages.events.feed import EventFeed, Work, is_plain
from labdesk.ui.pages.events.filters import EventFilters
from labdesk.ui.pages.events.histogram import EventHistogram
from labdesk.ui.pages.events.minutes import SEVERITIES, SPANS
from labdesk.ui.pages.events.model import EventColumn, EventTableModel
from labdesk.ui.pages.events.nothing import NothingToShow
from labdesk.ui.pages.events.pattern_feed import PatternFeed
from labdesk.ui.pages.events.reader import EventReader
from labdesk.ui.pages.events.tally import EventTally, Question
from labdesk.ui.pages.events.texts import EventTexts
from labdesk.ui.pages.events.toolbar import EventToolbar
from labdesk.ui.pages.events.view import EventTableView
from labdesk.ui.panels.export.exports import Export, FileExports
from labdesk.ui.panels.export.work_strip import WorkStrip
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.card import TableCard, at_top
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.side_panel import PANEL_WIDTH
from labdesk.ui.words import counted

_RECOUNT_MS = 1_000
_FOUND_MORE_MS = 150
_FILL_MARGIN = 100
_FILTERS, _SPAN, _TYPE_COLUMN, _ORDER = "events/filters", "events/span", "events/type_column", "events/order"


class EventsPage(Page):
    """The live log. It opens its first page when it is first shown; live events are counted from the start."""

    KEY: ClassVar[str] = PAGE
    ICON: ClassVar[str] = "mdi6.text-box-search-outline"

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._texts = EventTexts(context.times, context.clock.now)
        self._tally = EventTally()
        self._paused_by_hand = False
        self._is_open = False
        self._is_shown = False
        self.filters = EventFilters.from_memory(context.memory.get(_FILTERS, {}))
        self.model = EventTableModel(self._texts, parent=self)
        journal = context.store.journal
        self._words = EventFeed(journal, self.model, self._spawn, self._feed_changed)
        self._pattern = PatternFeed(journal, self.model, self._spawn, self._feed_changed)
        self.feed: EventFeed = self._words
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(_RECOUNT_MS)
        self._recount.timeout.connect(self._count)
        self._found_more = QTimer(self)
        self._found_more.setSingleShot(True)
        self._found_more.setInterval(_FOUND_MORE_MS)
        self._found_more.timeout.connect(self._show_found)
        self._build()
        self._connect()
        self._actions = EventActions(
            context, self.reader.step, self._toggle_follow, self.toolbar.type_action.trigger, self._export
        )

    # --- the page protocol ------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.tr("Events")

    def activate(self) -> None:
        self._is_shown = True
        self._actions.set_stepping(True)
        if not self._is_open:
            self._is_open = True
            self._reload()
        elif self.feed is self._pattern or is_plain(self.feed.query):
            self._show_counts()
            self.histogram.refresh()
        else:
            self._count()  # that was put off while the page was hidden

    def deactivate(self) -> None:
        self._is_shown = False
        self._actions.set_stepping(False)
        self._recount.stop()

    def show_target(self, target: str) -> None:
        """`target` is an event's sequence, or `lab:` and the name of a lab whose events are to be shown."""
        self.activate()
        if target.startswith("lab:"):
            self._show(EventFilters(labs=(target.removeprefix("lab:"),)), remember=False)
        elif target.isdecimal():
            self._spawn(lambda: self.reader.open_event_async(int(target)), "open event")

    def search_field(self) -> SearchField:
        return self.toolbar.search

    def close_page(self) -> None:
        self._recount.stop()
        self._found_more.stop()
        self.feed.leave()
        self.context.memory.put(_TYPE_COLUMN, self.toolbar.type_action.isChecked())
        self.context.memory.put(_ORDER, self.view.column_order())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The room beside an open event: opening one then moves nothing beneath the toolbar.
        self.toolbar.fit(self.width() - PANEL_WIDTH - 2 * self.context.theme.space.page_margin)

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        context, theme = self.context, self.context.theme
        self.toolbar = EventToolbar(theme)
        self.toolbar.show_filters(self.filters)
        span = str(context.memory.get(_SPAN, "6h"))
        self.histogram = EventHistogram(
            theme, context.times, context.clock.now, self._tally.bars, span if span in SPANS else "6h"
        )
        self.view = EventTableView(theme, self.model, self.tr("Events, newest first"))
        self._rows = at_top(TableCard(theme, self.view))
        self.empty = NothingToShow(theme, context.actions)
        self.problem = Banner(theme, "failed")
        self.retry_button = self.problem.add_action(self.tr("Try again"))
        self.problem.hide()
        self.detail = EventDetail(theme, self._texts, context.desktop.copy)
        self.detail.hide()
        self.reader = EventReader(context, self.view, self.model, self.detail, lambda: self.feed, self._spawn, self)
        stack_host = QWidget()
        self._stack = QStackedLayout(stack_host)
        self._stack.addWidget(self._rows)
        self._stack.addWidget(self.empty)
        self.searching = WorkStrip(theme, self.tr("Search"), self.tr("Search no further"), stack_host, level=1)
        self.exporting = WorkStrip(theme, self.tr("Export"), self.tr("End the export; no file stays"), stack_host)
        self.exports = FileExports(context, self.exporting, self._counted, self._fail, self)
        column = QVBoxLayout()
        margin = theme.space.page_margin
        column.setContentsMargins(margin, 12, margin, margin)
        column.setSpacing(theme.space.gap)
        for widget in (self.toolbar, self.problem, self.histogram):
            column.addWidget(widget)
        column.addWidget(stack_host, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(column, 1)
        row.addWidget(self.detail)
        shows_type = context.memory.get(_TYPE_COLUMN, False)
        self.toolbar.type_action.setChecked(shows_type)
        self.view.show_column(EventColumn.TYPE, shows_type)
        self.view.arrange(context.memory.get(_ORDER, []))
        header = self.view.header
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: self.toolbar.menu.popup(header.mapToGlobal(at)))

    def _connect(self) -> None:
        toolbar, search = self.toolbar, self.toolbar.search
        toolbar.changed.connect(self._chips_changed)
        toolbar.values_wanted.connect(self._read_values)
        toolbar.follow_clicked.connect(self._toggle_follow)
        toolbar.export_wanted.connect(self._export)
        toolbar.type_column_toggled.connect(lambda shown: self.view.show_column(EventColumn.TYPE, shown))
        search.changed.connect(self._search_changed)
        search.step_wanted.connect(self.reader.step)
        search.lead_to(self.reader.enter, self.view)
        self.searching.cancelled.connect(self._pattern.cancel)
        self.histogram.range_chosen.connect(self._choose_range)
        self.histogram.span_chosen.connect(self._choose_span)
        self.view.at_newest_changed.connect(self._at_newest_changed)
        self.view.older_wanted.connect(self._load_older)
        self.model.body_wanted.connect(self._fill)
        self.reader.moved.connect(self._show_search)
        self.detail.only_lab_wanted.connect(self.show_only_lab)
        self.empty.all_button.clicked.connect(lambda _checked=False: self._show(EventFilters()))
        self.retry_button.clicked.connect(lambda _checked=False: self._reload())
        self.context.bridge.events_published.connect(self._take_events)

    # --- filters ----------------------------------------------------------------------------------------------

    def show_only_lab(self, name: str) -> None:
        """Show, of what is shown, the events of one lab; an empty name shows those of all."""
        self._show(replace(self.filters, labs=(name,) if name else ()))

    def _show(self, filters: EventFilters, *, remember: bool = True) -> None:
        """Show what these filters leave, and say so in the chips, the search and the bars."""
        self.toolbar.show_filters(filters)
        self.toolbar.search.show_text(filters.text, is_pattern=filters.is_pattern)
        if filters.since is None:
            self.histogram.clear_range()
        self._use(filters, remember=remember)

    def _use(self, filters: EventFilters, *, remember: bool = True) -> None:
        self.filters = filters
        if remember:  # what another page asked to see is not what a person chose here
            self.context.memory.put(_FILTERS, filters.to_memory())
        self._reload()

    def _chips_changed(self) -> None:
        chosen, now = self.toolbar.filters, self.filters
        self._use(replace(chosen, text=now.text, is_pattern=now.is_pattern, since=now.since, until=now.until))

    def _search_changed(self) -> None:
        search = self.toolbar.search
        wanted = replace(self.filters, text=search.text, is_pattern=search.is_pattern)
        if wanted.text or self.filters.text:
            self._use(wanted)
        else:
            self.filters = wanted  # what an empty text would mean changes nothing

    def _choose_range(self, since: datetime | None, until: datetime | None) -> None:
        self._use(replace(self.filters, since=since, until=until))

    def _choose_span(self, key: str) -> None:
        self.context.memory.put(_SPAN, key)
        if self.feed is self._words:
            self._count()

    def _read_values(self, name: str) -> None:
        async def read_async() -> None:
            self.toolbar.filter_chips[name].show_values(await self.context.store.journal.values_async(name))

        self._spawn(read_async, f"read values of {name}")

    # --- reading ----------------------------------------------------------------------------------------------

    def _reload(self) -> None:
        self.problem.hide()
        search, query, pattern = self.toolbar.search, self.filters.query, self.filters.pattern
        scan = None
        if pattern:
            try:
                scan = self.context.store.journal.open_scan(pattern)
            except InvalidPatternError as error:
                search.show_problem(error.message)
                return
        search.show_problem("")
        feed = self._words if scan is None else self._pattern
        if feed is not self.feed:
            feed.is_following = self.feed.is_following
            self.feed.leave()
            self.feed = feed
        self.reader.await_rows()
        self.histogram.set_severities(self.toolbar.severities)
        self.histogram.set_note("")
        if scan is None:
            self.histogram.show_bars(self._tally.bars)
            self._spawn(lambda: self._words.open_async(query), "open events")
            self._count()
        else:
            self._spawn(lambda: self._pattern.open_pattern_async(query, scan), "search events")

    def _count(self) -> None:
        self._recount.stop()
        question = self._tally.ask(self.filters.query)
        self._spawn(lambda: self._count_async(question), "count events")

    async def _count_async(self, question: Question) -> None:
        query, journal = question.query, self.context.store.journal
        if self._tally.answer(question, await journal.count_severities_async(query)):
            self._show_counts()
        since, until = self.histogram.begin, self.context.clock.now()
        minutes = await journal.histogram_async(since, until, replace(query, since=None, until=None))
        if self._tally.answer_minutes(question, minutes):
            self.histogram.refresh()

    def _load_older(self) -> None:
        if self.feed.has_older:
            self._spawn(self.feed.load_older_async, "load older events")

    def _fill(self, first: int, last: int) -> None:
        sequences = self.model.sequences_between(first - _FILL_MARGIN, last + _FILL_MARGIN)
        self._spawn(lambda: self.feed.fill_async(sequences), "read events")

    def _spawn(self, work: Work, name: str) -> object:
        return self.context.tasks.spawn(self._reported(work), name)

    async def _reported(self, work: Work) -> None:
        """Say where the log stands what went wrong with reading it."""
        try:
            await work()
        except LabDeskError as error:
            self._fail(error.message)

    def _fail(self, message: str) -> None:
        self.problem.set_text(message)
        self.problem.show()

    # --- live -------------------------------------------------------------------------------------------------

    def _take_events(self, events: Sequence[JournalEvent]) -> None:
        if not self._is_open:
            return
        self.feed.accept(events)
        if self.feed is self._pattern:
            return  # what it finds among them is counted then
        if is_plain(self.feed.query):
            self._tally.take(events)
            if self._is_shown:
                self._show_counts()
                self.histogram.refresh()
        elif self._is_shown and not self._recount.isActive():
            self._recount.start()

    def _feed_changed(self) -> None:
        self.toolbar.follow.show_state(following=self.feed.is_following, pending=self.feed.pending)
        self._show_search()
        self._show_emptiness()
        self.reader.step_if_due()
        if not self._pattern.progress.is_running:
            self._show_found()
        elif not self._found_more.isActive():
            self._found_more.start()

    def _toggle_follow(self) -> None:
        if self.feed.is_following:
            self._paused_by_hand = True
            self.feed.pause()
        else:
            self._paused_by_hand = False
            self.feed.follow()
            self.view.scrollToTop()

    def _export(self, form: str) -> None:
        """Ask where to write what is shown; `form` is `jsonl` or `csv`."""
        words = self.tr("CSV (*.csv)") if form == "csv" else self.tr("JSON lines (*.jsonl)")
        self.exports.ask(self.tr("Export events"), f"events.{form}", words, lambda: self._taken(form))

    def _at_newest_changed(self, at_newest: bool) -> None:
        if self._paused_by_hand:
            return
        if at_newest and not self.feed.is_following:
            self.feed.follow()
            self.view.scrollToTop()
        elif not at_newest and self.feed.is_following:
            self.feed.pause()

    # --- showing ----------------------------------------------------------------------------------------------

    def _found(self) -> int | None:
        """How many events are shown, the older ones that are not yet read included; None before that is known."""
        if self.feed is self._pattern:
            return self._pattern.progress.found
        counts = self._tally.counts
        return None if counts is None else sum(counts.get(severity, 0) for severity in self.toolbar.severities)

    def _show_counts(self) -> None:
        if (counts := self._tally.counts) is not None and self.feed is self._words:
            self.toolbar.show_counts({severity: counts.get(severity, 0) for severity in SEVERITIES})
            self._show_search()

    def _show_found(self) -> None:
        """Say what a search by expression has found so far: the severities and times it looks for, and no others."""
        if self.feed is not self._pattern:
            return
        counts, progress = self._pattern.counts, self._pattern.progress
        told = {severity: counts.get(severity, 0) for severity in self.toolbar.severities}
        self.toolbar.show_counts(told if counts or progress.is_whole else None)
        self.histogram.set_note("" if progress.is_whole else self.tr("The bars count what was found so far."))
        self.histogram.show_bars(self._pattern.bars)

    def _show_search(self) -> None:
        """Say how many match and which of them is chosen; and how far a search by expression is."""
        progress = self._pattern.progress
        is_whole = self.feed is not self._pattern or progress.is_whole
        self.toolbar.search.show_matches(self._found(), self.reader.place, is_whole=is_whole)
        if self.feed is self._pattern and progress.is_running and progress.total:
            text = self.tr("Searching: {done} of {total} events").format(
                done=f"{progress.done:,}", total=f"{progress.total:,}"
            )
            self.searching.show_progress(text, progress.done, progress.total)
        else:
            self.searching.hide()

    def _show_emptiness(self) -> None:
        is_empty = not self.model.rowCount() and not self.feed.is_loading
        if is_empty:
            self.empty.explain(is_narrowed=self.filters.narrows)
        self._stack.setCurrentWidget(self.empty if is_empty else self._rows)

    def _taken(self, form: str) -> Export[JournalEvent]:
        """Return what is shown, for an export: all that matches, whether it is read already or not."""
        journal, file_form = self.context.store.journal, CSV if form == "csv" else JSON_LINES
        if self.feed is self._pattern:
            sequences = self.model.sequences_between(0, self.model.rowCount() - 1)[::-1]
            return Export(slices_of_sequences(journal, sequences), len(sequences), file_form)
        return Export(slices_of_query(journal, self.feed.query), self._found() or 0, file_form)

    def _counted(self, number: int) -> str:
        return counted(number, self.tr("{n} event"), self.tr("{n} events"))
