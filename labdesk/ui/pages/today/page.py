"""The Today page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from labdesk.ui.models.lab_groups import Change
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.today.book import TodayBook
from labdesk.ui.pages.today.cards import AttentionCard, NextCard, RunningCard
from labdesk.ui.pages.today.room import room_of
from labdesk.ui.pages.today.room_card import RoomCard
from labdesk.ui.pages.today.sections import Limits, Today
from labdesk.ui.pages.today.texts import TodayTexts
from labdesk.ui.widgets.buttons import ButtonKind
from labdesk.ui.widgets.empty_state import EmptyState
from labdesk.ui.widgets.scroll_column import ScrollColumn

GATHER_MS = 150
"""Changes are gathered this long before they are shown."""
_WIDE, _HIGH = 1_900, 500
"""Pixels of the page from which there are three columns; and of a column for lists of the usual length."""


class TodayPage(Page):
    """Fed by the model of labs; while it is hidden it only keeps its book.

    `acting` says whether this process runs the labs, and so keeps the books of the engine's room.
    """

    KEY: ClassVar[str] = "today"
    ICON: ClassVar[str] = "mdi6.view-dashboard-outline"

    def __init__(
        self, context: PageContext, labs: LabTableModel, acting: Callable[[], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(context, parent)
        self._labs = labs
        self._acting = acting
        self._locale = QLocale()
        self._texts = TodayTexts(context.times)
        self._book: TodayBook | None = None
        self._today: Today | None = None
        self._limits = Limits()
        self._is_stale = True
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self.refresh)
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.timeout.connect(self._tick)
        self._build()
        labs.rows_changed.connect(self._rows_changed)
        labs.labs_loaded.connect(self._labs_loaded)

    # --- the page protocol ------------------------------------------------------------------------------------

    def title(self) -> str:
        return QCoreApplication.translate("TodayPage", "Today")

    def activate(self) -> None:
        if self._is_stale:
            self.refresh()
        self._tick()

    def take_focus(self) -> None:
        """To the first list that has a row; what needs attention comes first."""
        lists = (card.list for card in self._cards if card.model.rowCount())
        target = next(lists, self)
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        self._second.stop()
        if self._gather.isActive():
            self._gather.stop()
            self._is_stale = True

    def primary_actions(self) -> Sequence[str]:
        return ("lab.new",) if "lab.new" in self.context.actions else ()

    def close_page(self) -> None:
        self.deactivate()

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        context, theme = self.context, self.context.theme
        self.attention = AttentionCard(theme, self._texts)
        self.running = RunningCard(theme, self._texts)
        self.next = NextCard(theme, self._texts, context.times)
        self.room = RoomCard(theme)
        self._cards = (self.attention, self.running, self.next)
        for card in self._cards:
            card.lab_chosen.connect(lambda uid: context.navigate("labs", uid))
            card.tab_wanted.connect(lambda tab: context.navigate("labs", f"tab:{tab}"))
        self.room.clicked.connect(lambda: context.navigate("health", ""))
        self.empty = EmptyState(theme, "mdi6.weather-sunny")
        self.empty.set_text(
            self.tr("Nothing is planned yet"),
            self.tr("Create labs for now or for later; they start and end by themselves."),
        )
        if "lab.new" in context.actions:
            self.empty.add_registered(context.actions, "lab.new", kind=ButtonKind.PRIMARY)
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self.context.theme
        margin, gap = theme.space.page_margin, theme.space.gap + 4
        self._left, self._middle, right = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        body = QWidget()
        self._row = QHBoxLayout(body)
        self._row.setContentsMargins(margin, 12, margin, margin)
        self._row.setSpacing(gap)
        for column, cards, share in (
            (self._left, (self.attention, self.running), 21), (self._middle, (), 0), (right, (self.next, self.room), 10)
        ):  # fmt: skip
            column.setSpacing(gap)
            for card in cards:
                column.addWidget(card)
            column.addStretch()
            self._row.addLayout(column, share)
        scroll = ScrollColumn(theme, body)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(scroll)
        self._stack.addWidget(self.empty)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A wide page has what runs in a column of its own, a high one has more rows in every list."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        column = self._middle if is_wide else self._left
        if column.indexOf(self.running) < 0:
            (self._left if is_wide else self._middle).removeWidget(self.running)
            column.insertWidget(0 if is_wide else 1, self.running)
            for place, share in enumerate((17, 15, 11) if is_wide else (21, 0, 10)):
                self._row.setStretch(place, share)
        limits = Limits.times(max(self.height() // (_HIGH if is_wide else 2 * _HIGH), 1))
        if limits != self._limits:
            self._limits = limits
            if self.isVisible():
                self.refresh()

    # --- what comes in ----------------------------------------------------------------------------------------

    @property
    def today(self) -> Today | None:
        """What is shown, None before the page was."""
        return self._today

    def _rows_changed(self, changes: Sequence[Change]) -> None:
        if self._book is not None:
            self._book.take(changes)
        self._show_soon()

    def _labs_loaded(self) -> None:
        self._book = None
        self._show_soon()

    def _show_soon(self) -> None:
        if not self.isVisible():
            self._is_stale = True
        elif not self._gather.isActive():
            self._gather.start()

    def refresh(self) -> None:
        """Show the labs as they are now."""
        now = self.context.clock.now()
        self._is_stale = False
        self._texts.set_now(now)
        self._today = today = self._book_at(now.timestamp()).today(self._limits)
        self.attention.show_today(today)
        self.running.show_today(today)
        self.next.show_today(today)
        self._show_room()
        self._stack.setCurrentIndex(0 if today.total else 1)

    def _book_at(self, now: float) -> TodayBook:
        """Return the book as of a moment; labs are sorted anew only at first, and when a clock was put back."""
        if self._book is None or now < self._book.now:
            self._book = TodayBook(self._labs.rows(), now)
        else:
            self._book.advance(now)
        return self._book

    def _show_room(self) -> None:
        context = self.context
        self.room.show_room(room_of(context.engine_monitor, context.capacity, self._locale, acting=self._acting()))

    def _tick(self) -> None:
        """Once a second, on the second: everything counts down at once, and time moves labs between sections."""
        now = self.context.clock.now()
        if self._today is None or now.timestamp() >= self._today.changes_at:
            self.refresh()
        else:
            self._texts.set_now(now)
            for card in self._cards:
                card.tick()
            self._show_room()
        self._second.start(1_000 - now.microsecond // 1_000 + 5)
