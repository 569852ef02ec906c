"""The Health page."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from labdesk.resource.errors import LabDeskError
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.health.cards import EngineCard, ErrorsCard, LoopsCard, MetricsCard, StoreCard
from labdesk.ui.pages.health.diagnostics import diagnostics_text
from labdesk.ui.pages.health.snapshot import HealthSnapshot, HealthSource, troubles
from labdesk.ui.pages.health.wording import controller_labels, scheduler_labels, verdict_text, watcher_labels
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.labels import Label

REFRESH_MS = 1_000


class HealthPage(Page):
    """Read once a second, and only while it is shown: what it shows are counters, which tell nobody that they moved."""

    KEY: ClassVar[str] = "health"
    ICON: ClassVar[str] = "mdi6.heart-pulse"

    def __init__(self, context: PageContext, source: HealthSource, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._source = source
        self._snapshot: HealthSnapshot | None = None
        self._is_reading = False
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._read)
        self._build()

    def title(self) -> str:
        return self.tr("Health")

    def activate(self) -> None:
        self._read()
        self._timer.start()

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
        self.errors = ErrorsCard(theme, times, self.tr("Last errors"))
        self._cards = (self.engine, self.store, self.loops, *self.metrics, self.errors)
        self.problem = Banner(theme, "failed")
        self.problem.hide()
        self._state = Label(theme, role="body_medium", tone="text_muted")
        self.copy_button = Button(
            theme,
            self.tr("Copy diagnostics"),
            icon="mdi6.content-copy",
            tip=self.tr("Copy all of this as text, without passwords, tokens and e-mail addresses"),
        )
        self.copy_button.clicked.connect(self._copy)
        spec = ActionSpec(
            "health.copy_diagnostics",
            self.tr("Copy diagnostics"),
            self.tr("Health"),
            Undoing.HARMLESS,
            icon="mdi6.content-copy",
        )
        self.context.actions.add(spec, self._copy)
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self.context.theme
        head = QHBoxLayout()
        head.setSpacing(theme.space.gap)
        head.addWidget(self._state, 1)
        head.addWidget(self.copy_button)
        grid = QGridLayout()
        grid.setSpacing(theme.space.gap + 4)
        for place, card in enumerate((self.engine, self.store, self.loops, *self.metrics)):
            grid.addWidget(card, place // 3, place % 3)
        grid.addWidget(self.errors, 2, 0, 1, 3)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        margin = theme.space.page_margin
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(margin, 12, margin, margin)
        inner.setSpacing(theme.space.gap + 4)
        inner.addLayout(head)
        inner.addWidget(self.problem)
        inner.addLayout(grid)
        inner.addStretch()
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(self.tr("Health"))
        scroll.setWidget(body)
        theme.dress(scroll.verticalScrollBar())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

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
        self._show(snapshot)

    def _show(self, snapshot: HealthSnapshot) -> None:
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
