"""The Health page."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from labdesk.resource.errors import LabDeskError
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.health.cards import EngineCard, ErrorsCard, LoopsCard, MetricsCard, StoreCard
from labdesk.ui.pages.health.chart_card import ChartCard
from labdesk.ui.pages.health.course_rows import CourseRows
from labdesk.ui.pages.health.diagnostics import diagnostics_text
from labdesk.ui.pages.health.snapshot import HealthSnapshot, HealthSource, troubles
from labdesk.ui.pages.health.wording import (
    MetricLabel,
    controller_labels,
    queue_labels,
    scheduler_labels,
    verdict_text,
    watcher_labels,
)
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.scroll_column import ScrollColumn

REFRESH_MS = 1_000
_PLOT = "labdesk.ui.pages.health.plot"
_CHOSEN = "health.metric"


class HealthPage(Page):
    """Read once a second, and only while it is shown: what it shows are counters, which tell nobody that they moved."""

    KEY: ClassVar[str] = "health"
    ICON: ClassVar[str] = "mdi6.heart-pulse"

    def __init__(self, context: PageContext, source: HealthSource, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._source = source
        self._snapshot: HealthSnapshot | None = None
        self._is_reading = False
        self._is_loading = False
        self._chosen = ""
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._read)
        self._build()

    def title(self) -> str:
        return self.tr("Health")

    def activate(self) -> None:
        self._read()
        self._timer.start()
        if self.chart.plot is None and not self._is_loading:
            self._is_loading = True
            self.context.tasks.spawn(self._load_plot_async(), "load the charts")

    def deactivate(self) -> None:
        self._timer.stop()

    def close_page(self) -> None:
        self._timer.stop()

    @property
    def snapshot(self) -> HealthSnapshot | None:
        """What is shown."""
        return self._snapshot

    @property
    def verdict(self) -> str:
        """The line that says whether all is well."""
        return self._state.text()

    def _build(self) -> None:
        theme, times = self.context.theme, self.context.times
        locale = QLocale()
        self.engine = EngineCard(theme, times, self.tr("Engine"))
        self.store = StoreCard(theme, self.tr("Store"), locale)
        self.loops = LoopsCard(theme, times, self.tr("Loops"), locale)
        self.metrics = (
            MetricsCard(theme, self.tr("Watcher"), watcher_labels(), locale),
            MetricsCard(theme, self.tr("Controller"), controller_labels(), locale),
            MetricsCard(theme, self.tr("Scheduler"), scheduler_labels(), locale),
        )
        self.chart = ChartCard(theme, times, self.tr("Course"), locale)
        self.errors = ErrorsCard(theme, times, self.tr("Last errors"))
        self._cards = (self.engine, self.store, self.loops, *self.metrics, self.chart, self.errors)
        self._rows: tuple[CourseRows, ...] = (*(card.facts for card in self.metrics), self.loops.queue)
        self._labels: dict[str, tuple[MetricLabel, str]] = {
            label.name: (label, group)
            for labels, group in (
                (watcher_labels(), self.tr("Watcher")),
                (controller_labels(), self.tr("Controller")),
                (scheduler_labels(), self.tr("Scheduler")),
                (queue_labels(), self.tr("Queue")),
            )
            for label in labels
        }
        for rows in self._rows:
            rows.chosen.connect(self.choose)
        self.chart.step_wanted.connect(self._step)
        self.problem = Banner(theme, "failed")
        self.problem.hide()
        self._state = Label(theme, role="body_medium", tone="text_muted")
        spec = ActionSpec(
            "health.copy_diagnostics",
            self.tr("Copy diagnostics"),
            self.tr("Health"),
            Undoing.HARMLESS,
            icon="mdi6.content-copy",
            tip=self.tr("Copy all of this as text, without passwords, tokens and e-mail addresses"),
        )
        self.context.actions.add(spec, self._copy)
        self.copy_button = ActionButton(theme, self.context.actions, spec.id, small=False)
        self._lay_out()
        remembered = self.context.memory.get(_CHOSEN, "")
        self.choose(remembered if remembered in self._labels else "reconciliations_total")

    def _lay_out(self) -> None:
        theme = self.context.theme
        head = QHBoxLayout()
        head.setSpacing(theme.space.gap)
        head.addWidget(self._state, 1)
        head.addWidget(self.copy_button)
        grid = QGridLayout()
        grid.setSpacing(theme.space.gap)
        for place, card in enumerate((self.engine, self.store, self.loops, *self.metrics)):
            grid.addWidget(card, place // 3, place % 3)
        grid.addWidget(self.chart, 2, 0, 1, 2)
        grid.addWidget(self.errors, 2, 2)
        grid.setRowStretch(2, 1)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        margin = theme.space.page_margin
        self.body = QWidget()
        inner = QVBoxLayout(self.body)
        inner.setSpacing(theme.space.gap)
        inner.setContentsMargins(margin, 12, margin, margin)
        inner.addLayout(head)
        inner.addWidget(self.problem)
        inner.addLayout(grid, 1)
        scroll = ScrollColumn(theme, self.body)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # there is little else here to scroll it with the keyboard
        scroll.setAccessibleName(self.tr("Health"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    # --- charts -----------------------------------------------------------------------------------------------

    def choose(self, key: str) -> None:
        """Show the course of this metric large, now and at the next start."""
        if key == self._chosen:
            return
        self._chosen = key
        self.context.memory.put(_CHOSEN, key)
        self.chart.choose(*self._labels[key])
        for rows in self._rows:
            rows.show_current(key)
        if self._snapshot is not None:
            self.chart.show_snapshot(self._snapshot)

    def _step(self, step: int) -> None:
        keys = list(self._labels)
        self.choose(keys[(keys.index(self._chosen) + step) % len(keys)])

    async def _load_plot_async(self) -> None:
        """Import the chart's library on a thread: the window stays alive, and starts without it."""
        try:
            await asyncio.to_thread(import_module, _PLOT)
            from labdesk.ui.pages.health.plot import CoursePlot

            self.chart.take_plot(CoursePlot(self.context.theme))
        finally:
            self._is_loading = False

    # --- reading ----------------------------------------------------------------------------------------------

    def _read(self) -> None:
        if not self._is_reading:  # a store that answers slowly is not asked again meanwhile
            self._is_reading = True
            self.context.tasks.spawn(self._read_async(), "read health")

    async def _read_async(self) -> None:
        try:
            snapshot = await self._source.read_async()
        except LabDeskError as error:
            self.problem.set_text(error.message)
            self.problem.show()
            return
        finally:
            self._is_reading = False
        self.problem.hide()
        self.show_snapshot(snapshot)

    def show_snapshot(self, snapshot: HealthSnapshot) -> None:
        """Show this state on every card."""
        self._snapshot = snapshot
        for card in self._cards:
            card.show_snapshot(snapshot)
        self._state.setText(verdict_text(snapshot, self.context.times))
        self._state.set_tone("failed" if troubles(snapshot) else "text_muted")

    def _copy(self) -> None:
        self.context.tasks.spawn(self._copy_async(), "copy diagnostics")

    async def _copy_async(self) -> None:
        """Read once more, so that this works from every page and tells of now."""
        try:
            snapshot = await self._source.read_async()
        except LabDeskError as error:
            self.context.toasts.show(error.message, "failed")
            return
        self.context.desktop.copy(diagnostics_text(snapshot, str(Path.home())))
        self.context.toasts.show(self.tr("Diagnostics copied. They hold no passwords."))
