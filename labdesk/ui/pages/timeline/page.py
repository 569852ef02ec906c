"""The Timeline page."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.life.history import LabHistory
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.timeline.chart import TimelineChart
from labdesk.ui.pages.timeline.chart_painter import ChartPainter
from labdesk.ui.pages.timeline.entries import TimelineEntries
from labdesk.ui.pages.timeline.hover_card import HoverCard
from labdesk.ui.pages.timeline.rows import RowFilter
from labdesk.ui.pages.timeline.table import TimelineTable
from labdesk.ui.pages.timeline.table_model import TimelineTableModel
from labdesk.ui.pages.timeline.toolbar import TimelineToolbar
from labdesk.ui.pages.timeline.viewport import DEFAULT_SPAN_S
from labdesk.ui.panels.no_labs import NoLabs
from labdesk.ui.widgets.card import TableCard, at_top
from labdesk.ui.widgets.search_field import SearchField

ZOOM_STEP = 1.5
_MEMORY = "timeline.view"
_ACTIONS = ("timeline.zoom_in", "timeline.zoom_out", "timeline.fit", "timeline.now")


class TimelinePage(Page):
    """Fed by the model of labs; while it is hidden it only notes that something changed."""

    KEY: ClassVar[str] = "timeline"
    ICON: ClassVar[str] = "mdi6.chart-timeline"

    def __init__(self, context: PageContext, labs: LabTableModel, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._labs = labs
        self._is_stale = True
        self._is_table = False
        self._described = ""
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.timeout.connect(self._tick)
        self._build()
        self._connect()
        self._offer(False)
        self._restore()

    # --- building ---------------------------------------------------------------------------------------------

    def _declare(self) -> None:
        add, group, harmless = self.context.actions.add, self.tr("Timeline"), Undoing.HARMLESS
        add(
            ActionSpec("timeline.zoom_out", self.tr("Zoom out"), group, harmless, "-", "mdi6.magnify-minus-outline"),
            lambda: self.chart.zoom(1 / ZOOM_STEP),
        )
        add(
            ActionSpec("timeline.zoom_in", self.tr("Zoom in"), group, harmless, "+", "mdi6.magnify-plus-outline"),
            lambda: self.chart.zoom(ZOOM_STEP),
        )
        add(
            ActionSpec("timeline.fit", self.tr("Fit"), group, harmless, "F", tip=self.tr("Show all labs and times")),
            self.chart.fit,
        )
        add(
            ActionSpec(
                "timeline.now", self.tr("Now"), group, harmless, "Home", tip=self.tr("Go to now, and follow it")
            ),
            self.chart.show_now,
        )
        table_tip = self.tr("The same labs and times as a table")
        spec = ActionSpec("timeline.table", self.tr("Table"), group, harmless, "", "mdi6.table", table_tip)
        add(spec, lambda: self.show_table(not self.shows_table))

    def _build(self) -> None:
        context, theme = self.context, self.context.theme
        self.entries = TimelineEntries(self._labs, self)
        # Before the chart, which has it say what its rows are: it hears first that they are others.
        self.table_model = TimelineTableModel(self.entries, context.times, self)
        self.history = LabHistory(context.store, context.tasks, self)
        painter = ChartPainter(theme, context.times, self.history.runs_before)
        self.chart = TimelineChart(theme, self.entries, painter, context.clock.now)
        self.table = TimelineTable(theme, self.table_model)
        self._declare()
        self.toolbar = TimelineToolbar(theme, context.actions)
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        theme.dress(self.bar)
        self.card = HoverCard(context, self)
        first = self.tr("Create a lab: it gets a row here, with its plan and what becomes of it.")
        self.empty = NoLabs(theme, context.actions, self.ICON, first)
        framed = QWidget()
        row = QHBoxLayout(framed)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.chart, 1)
        row.addWidget(self.bar)
        self._stack = QStackedWidget()
        framed.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        for widget in (at_top(TableCard(theme, framed)), at_top(TableCard(theme, self.table)), self.empty):
            self._stack.addWidget(widget)
        margin = theme.space.page_margin
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, 12, margin, margin)
        column.setSpacing(theme.space.gap)
        column.addWidget(self.toolbar)
        column.addWidget(self._stack, 1)
        self._order_tabs()

    def _connect(self) -> None:
        self._labs.labs_changed.connect(self._labs_changed)
        self._labs.counts_changed.connect(self._counts_changed)
        self.toolbar.filter_changed.connect(self._filter)
        self.entries.rearranged.connect(self._rearranged)
        self.history.loaded.connect(self.chart.update)
        self.chart.lab_chosen.connect(self._open)
        self.chart.hovered.connect(self._hovered)
        self.chart.view_changed.connect(self._view_changed)
        self.table.lab_chosen.connect(self._open)
        self.empty.all_wanted.connect(self.toolbar.clear_narrowing)
        self.toolbar.search.lead_to(self._go_to_first, self.chart, self.table)
        self.bar.valueChanged.connect(lambda value: self.chart.scroll_to(float(value)))

    def _order_tabs(self) -> None:
        for before, after in pairwise((*self.toolbar.tab_stops(), self.chart, self.table)):
            QWidget.setTabOrder(before, after)

    # --- the page protocol ------------------------------------------------------------------------------------

    def title(self) -> str:
        return QCoreApplication.translate("TimelinePage", "Timeline")

    def activate(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self.entries.rearrange()
        self._offer(True)
        self._tick()

    def take_focus(self) -> None:
        shown = self.table if self.shows_table else self.chart
        (shown if self._stack.currentIndex() < 2 else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to_first(self) -> None:
        if self.entries.shown_labs:
            self.take_focus()
            (self.table if self.shows_table else self.chart).choose_first()

    def deactivate(self) -> None:
        self._offer(False)
        self._second.stop()
        self.card.hide()
        self._remember()

    def show_target(self, target: str) -> None:
        """Bring the lab with that uid into view, whatever is filtered."""
        if not self.chart.show_lab(target) and self._labs.row(target) is not None:
            self.toolbar.clear_narrowing()
            self.entries.set_filter(replace(self.entries.filter, folded=frozenset()))
            self.chart.show_lab(target)

    def search_field(self) -> SearchField:
        return self.toolbar.search

    def close_page(self) -> None:
        self._second.stop()
        self._remember()

    def _offer(self, shown: bool) -> None:
        """The keys of the chart are only the chart's while it can be seen."""
        offer, elsewhere = self.context.actions.set_possible, self.tr("On the Timeline page")
        as_chart = self.tr("Not in the table")
        for identity in _ACTIONS:
            offer(identity, shown and not self.shows_table, as_chart if shown else elsewhere)
        offer("timeline.table", shown, elsewhere)

    # --- chart and table --------------------------------------------------------------------------------------

    @property
    def shows_table(self) -> bool:
        """True while the table is what is shown of labs."""
        return self._is_table

    def show_table(self, on: bool) -> None:
        """Show the table in the chart's place, or the chart again."""
        focused = self.chart.hasFocus() or self.table.hasFocus()
        self._is_table = on
        self.toolbar.table_button.setChecked(on)
        self.card.hide()
        self._show_stack()
        self._offer(self.isVisible())
        if on:
            self.table_model.tick(self.context.clock.now())
            self.table.size_columns()
            self.table.show_lab(self.chart.current_uid)
        else:
            self.chart.show_lab(self.table.current_uid)
        if focused:
            self.take_focus()

    def _show_stack(self) -> None:
        self.toolbar.setVisible(self.entries.total > 0)
        if len(self.entries):
            self._stack.setCurrentIndex(1 if self.shows_table else 0)
            return
        self._stack.setCurrentIndex(2)
        self.empty.explain(has_labs=self.entries.total > 0, is_narrowed=True)

    # --- what comes in ----------------------------------------------------------------------------------------

    def _labs_changed(self, uids: set[str]) -> None:
        if not self.isVisible():
            self._is_stale = True
            return
        self.entries.take(uids)
        if self._described in uids:
            self._describe()
        if self.card.uid in uids:
            self._refresh_card()

    def _counts_changed(self) -> None:
        """A list was taken over as a whole, or labs came or went."""
        if not self.isVisible():
            self._is_stale = True
        elif self.entries.shown_labs == 0 or not self._labs.total:
            self.entries.rearrange()

    def _rearranged(self) -> None:
        self.toolbar.set_courses(self.entries.courses)
        self._order_tabs()
        self._show_stack()
        self.card.hide()

    def _filter(self, wanted: RowFilter) -> None:
        self.entries.set_filter(replace(wanted, folded=self.entries.filter.folded))

    def _tick(self) -> None:
        """Once a second, on the second."""
        now = self.context.clock.now()
        if self.shows_table:
            self.table_model.tick(now)
        else:
            self.chart.tick(now)
            self._refresh_card()
        self._second.start(1_000 - now.microsecond // 1_000 + 5)

    # --- what the instructor does -----------------------------------------------------------------------------

    def _open(self, uid: str) -> None:
        self.context.navigate("labs", uid)

    def _hovered(self, uid: str, at: QPoint) -> None:
        row = self._labs.row(uid) if uid else None
        if row is None:
            self.card.hide()
            return
        within = self.chart.geometry().translated(self.chart.mapTo(self, QPoint(0, 0)) - self.chart.pos())
        self.card.show_lab(row, self._earlier(row), self.context.clock.now(), self.chart.mapTo(self, at), within)

    def _refresh_card(self) -> None:
        row = self._labs.row(self.card.uid) if self.card.uid else None
        if row is not None:
            self.card.refresh(row, self._earlier(row), self.context.clock.now())

    def _earlier(self, row: LabRow) -> int:
        return row.incarnation - 1

    def _view_changed(self) -> None:
        rows, room = self.chart.view.rows, self.chart.body.height()
        most = max(round(rows.total - room), 0)
        self.bar.blockSignals(True)
        self.bar.setRange(0, most)
        self.bar.setPageStep(room)
        self.bar.setSingleStep(max(round(rows.height), 1))
        self.bar.setValue(round(rows.offset))
        self.bar.blockSignals(False)
        self.bar.setVisible(most > 0)
        if self.chart.current_uid != self._described:
            self._describe()

    def _describe(self) -> None:
        """Say to screen readers what the keyboard is on."""
        self._described = self.chart.current_uid
        row = self._labs.row(self._described) if self._described else None
        self.chart.setAccessibleDescription(self._spoken(row) if row is not None else "")

    def _spoken(self, row: LabRow) -> str:
        self.table_model.set_now(self.context.clock.now())
        place = self.table_model.place_of(row.uid)
        columns = range(self.table_model.columnCount())
        told = [
            f"{self.table_model.headerData(column, Qt.Orientation.Horizontal)}: {text}"
            for column in columns
            if (text := str(self.table_model.index(place, column).data())) != "—"
        ]
        return "; ".join(told)

    # --- what is remembered -----------------------------------------------------------------------------------

    def _remember(self) -> None:
        view, wanted = self.chart.view, self.entries.filter
        state = {
            "span": DEFAULT_SPAN_S if view.fitted else view.span,
            "grouped": wanted.grouped,
            "course": wanted.course or "",
            "folded": sorted(wanted.folded),
            "table": self.shows_table,
        }
        self.context.memory.put(_MEMORY, state)

    def _restore(self) -> None:
        state = self.context.memory.get(_MEMORY, {})
        span = state.get("span", DEFAULT_SPAN_S)
        if isinstance(span, int | float) and span > 0:
            self.chart.set_span(float(span))
        folded = state.get("folded", [])
        self.entries.set_filter(RowFilter(folded=frozenset(map(str, folded))))
        self.toolbar.restore(grouped=bool(state.get("grouped", True)), course=str(state.get("course", "")) or None)
        if state.get("table"):
            self.show_table(True)
