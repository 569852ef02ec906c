"""The Events page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.errors import LabDeskError, ResourceNotFoundError
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.events.detail import EventDetail
from labdesk.ui.pages.events.feed import EventFeed, Work, count_severities_async, is_plain
from labdesk.ui.pages.events.histogram import EventHistogram
from labdesk.ui.pages.events.minutes import SEVERITIES
from labdesk.ui.pages.events.model import EventColumn, EventTableModel
from labdesk.ui.pages.events.tally import EventTally, Question
from labdesk.ui.pages.events.texts import EventTexts
from labdesk.ui.pages.events.toolbar import EventToolbar
from labdesk.ui.pages.events.view import EventTableView
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.card import TableCard
from labdesk.ui.widgets.empty_state import EmptyState

_RECOUNT_MS = 1_000
_FILL_MARGIN = 100


class EventsPage(Page):
    """The live log. It opens its first page when it is first shown; live events are counted from the start."""

    KEY: ClassVar[str] = "events"
    ICON: ClassVar[str] = "mdi6.text-box-search-outline"

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._texts = EventTexts(context.times, context.clock.now)
        self._tally = EventTally()
        self._paused_by_hand = False
        self._is_open = False
        self._lab = ""
        self._range: tuple[datetime, datetime] | None = None
        self.model = EventTableModel(self._texts, parent=self)
        self.feed = EventFeed(context.store.journal, self.model, self._spawn, self._feed_changed)
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(_RECOUNT_MS)
        self._recount.timeout.connect(self._count)
        self._build()
        self._connect()

    # --- the page protocol ------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.tr("Events")

    def activate(self) -> None:
        if not self._is_open:
            self._is_open = True
            self._reload()
        elif not is_plain(self.feed.query):
            self._count()  # leaving put off the count that new events asked for

    def deactivate(self) -> None:
        self._recount.stop()

    def show_target(self, target: str) -> None:
        """`target` is an event's sequence, or `lab:` and the name of a lab whose events are to be shown."""
        self.activate()
        if target.startswith("lab:"):
            self.show_only_lab(target.removeprefix("lab:"))
        elif target.isdecimal():
            self._spawn(lambda: self._open_event_async(int(target)), "open event")

    def focus_search(self) -> None:
        self.toolbar.search.edit.setFocus()

    def close_page(self) -> None:
        self._recount.stop()
        self.context.memory.put("events/type_column", self.toolbar.type_action.isChecked())

    def show_only_lab(self, name: str) -> None:
        """Show the events of one lab; an empty name shows those of all."""
        self._lab = name
        self.toolbar.show_lab(name)
        self._reload()

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        context, theme = self.context, self.context.theme
        self.toolbar = EventToolbar(theme, context.times)
        self.histogram = EventHistogram(theme, context.times, context.clock.now, self._tally.bars)
        self.view = EventTableView(theme, self.model, self.tr("Events, newest first"))
        self._card = TableCard(theme, self.view)
        self.empty = EmptyState(theme, "mdi6.text-box-search-outline")
        self.clear_button = self.empty.add_action(self.tr("Show all events"))
        self.problem = Banner(theme, "failed")
        self.retry_button = self.problem.add_action(self.tr("Try again"))
        self.retry_button.clicked.connect(self._reload)
        self.problem.hide()
        self.detail = EventDetail(theme, self._texts, context.desktop.copy)
        self.detail.hide()
        stack_host = QWidget()
        self._stack = QStackedLayout(stack_host)
        self._stack.addWidget(self._card)
        self._stack.addWidget(self.empty)
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
        shows_type = context.memory.get("events/type_column", False)
        self.toolbar.type_action.setChecked(shows_type)
        self.view.show_column(EventColumn.TYPE, shows_type)

    def _connect(self) -> None:
        toolbar = self.toolbar
        toolbar.severities_changed.connect(self._reload)
        toolbar.searched.connect(lambda _text: self._reload())
        toolbar.lab_cleared.connect(lambda: self.show_only_lab(""))
        toolbar.range_cleared.connect(self._clear_range)
        toolbar.follow_clicked.connect(self._toggle_follow)
        toolbar.type_column_toggled.connect(lambda shown: self.view.show_column(EventColumn.TYPE, shown))
        self.histogram.range_chosen.connect(self._choose_range)
        self.view.at_newest_changed.connect(self._at_newest_changed)
        self.view.older_wanted.connect(self._load_older)
        self.view.opened.connect(self._open_row)
        self.model.body_wanted.connect(self._fill)
        self.detail.closed.connect(self._close_detail)
        self.detail.lab_wanted.connect(self._show_lab)
        self.detail.only_lab_wanted.connect(self.show_only_lab)
        self.clear_button.clicked.connect(self._clear_filters)
        spec = ActionSpec(
            "events.follow", self.tr("Follow or pause the events"), self.tr("Events"), Undoing.HARMLESS, icon=self.ICON
        )
        self.context.actions.add(spec, self._follow_from_anywhere)
        self.context.bridge.events_published.connect(self._take_events)

    # --- reading ----------------------------------------------------------------------------------------------

    def _query(self) -> EventQuery:
        chosen = self.toolbar.severities
        since, until = self._range or (None, None)
        return EventQuery(
            text=self.toolbar.search.text,
            severities=() if len(chosen) == len(SEVERITIES) else chosen,
            labs=(self._lab,) if self._lab else (),
            since=since,
            until=until,
        )

    def _reload(self) -> None:
        self.problem.hide()
        query = self._query()
        self.histogram.set_severities(self.toolbar.severities)
        self._spawn(lambda: self.feed.open_async(query), "open events")
        self._count()

    def _count(self) -> None:
        self._recount.stop()
        question = self._tally.ask(self._query())
        self._spawn(lambda: self._count_async(question), "count events")

    async def _count_async(self, question: Question) -> None:
        query, journal = question.query, self.context.store.journal
        counts, head = await count_severities_async(journal, query)
        until = self.context.clock.now()
        since = until - timedelta(minutes=self._tally.bars.span)
        minutes = await journal.histogram_async(since, until, replace(query, since=None, until=None))
        if self._tally.answer(question, counts, minutes, head):
            self._show_counts()

    def _load_older(self) -> None:
        if self.feed.has_older:
            self._spawn(self.feed.load_older_async, "load older events")

    def _fill(self, first: int, last: int) -> None:
        first = max(first - _FILL_MARGIN, 0)
        last = min(last + _FILL_MARGIN, self.model.rowCount() - 1)
        newest = self.model.sequence_at(first)
        self._spawn(lambda: self.feed.fill_async(newest, last - first + 1), "read events again")

    def _spawn(self, work: Work, name: str) -> object:
        return self.context.tasks.spawn(self._reported(work), name)

    async def _reported(self, work: Work) -> None:
        """Say where the log stands what went wrong with reading it."""
        try:
            await work()
        except LabDeskError as error:
            self.problem.set_text(error.message)
            self.problem.show()

    # --- live -------------------------------------------------------------------------------------------------

    def _take_events(self, events: Sequence[JournalEvent]) -> None:
        if not self._is_open:
            return
        self.feed.accept(events)
        if is_plain(self.feed.query):
            self._tally.take(events)
            self._show_counts()
        elif not self._recount.isActive():
            self._recount.start()

    def _feed_changed(self) -> None:
        self.toolbar.follow.show_state(following=self.feed.is_following, pending=self.feed.pending)
        self._show_emptiness()

    def _toggle_follow(self) -> None:
        if self.feed.is_following:
            self._paused_by_hand = True
            self.feed.pause()
        else:
            self._paused_by_hand = False
            self.feed.follow()
            self.view.scrollToTop()

    def _follow_from_anywhere(self) -> None:
        self.context.navigate(self.KEY, "")
        self._toggle_follow()

    def _at_newest_changed(self, at_newest: bool) -> None:
        if self._paused_by_hand:
            return
        if at_newest and not self.feed.is_following:
            self.feed.follow()
            self.view.scrollToTop()
        elif not at_newest and self.feed.is_following:
            self.feed.pause()

    # --- showing ----------------------------------------------------------------------------------------------

    def _show_counts(self) -> None:
        counts = self._tally.counts
        if counts is None:
            return
        self.toolbar.show_counts(counts)
        self.toolbar.show_match_count(sum(counts.get(severity, 0) for severity in self.toolbar.severities))
        self.histogram.refresh()

    def _show_emptiness(self) -> None:
        is_empty = not self.model.rowCount() and not self.feed.is_loading
        if is_empty:
            if self._query() == EventQuery():
                self.empty.set_text(
                    self.tr("Nothing has happened yet"),
                    self.tr("Every step of every lab appears here as it happens, and stays."),
                )
            else:
                self.empty.set_text(
                    self.tr("No event matches"), self.tr("Take a filter away, or search for the beginning of a word.")
                )
            self.clear_button.setVisible(self._query() != EventQuery())
        self._stack.setCurrentWidget(self.empty if is_empty else self._card)

    def _open_row(self, row: int) -> None:
        event = self.model.event_at(row)
        if event is not None:
            self._show_detail(event)

    async def _open_event_async(self, sequence: int) -> None:
        event = await self.context.store.journal.get_async(sequence)
        if event is None:
            self.context.toasts.show(self.tr("This event is no longer kept."))
            return
        row = self.model.row_of(sequence)
        if row is not None:
            self.view.choose(row)
        self._show_detail(event)

    def _show_detail(self, event: JournalEvent) -> None:
        self.detail.show_event(event)
        self.detail.show()

    def _close_detail(self) -> None:
        self.detail.hide()
        self.view.setFocus()

    def _show_lab(self, subject: str) -> None:
        self._spawn(lambda: self._show_lab_async(subject), "show lab")

    async def _show_lab_async(self, subject: str) -> None:
        namespace, _, name = subject.partition("/")
        try:
            lab = await self.context.store.get_async(LabInstanceRequest.KIND, namespace, name)
        except ResourceNotFoundError:
            self.context.toasts.show(self.tr("The lab {name} does not exist any more.").format(name=name))
            return
        self.context.navigate("labs", lab.metadata.uid)

    # --- filters ----------------------------------------------------------------------------------------------

    def _choose_range(self, since: datetime | None, until: datetime | None) -> None:
        self._range = None if since is None or until is None else (since, until)
        self.toolbar.show_range(since, until)
        self._reload()

    def _clear_range(self) -> None:
        self.histogram.clear_range()
        self._choose_range(None, None)

    def _clear_filters(self) -> None:
        self.toolbar.choose_severities(SEVERITIES)
        self.histogram.clear_range()
        self._range = None
        self.toolbar.show_range(None, None)
        self._lab = ""
        self.toolbar.show_lab("")
        self.toolbar.search.edit.clear()
        self._reload()
