"""The cards of the Health page; each takes a snapshot and shows its part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.config import EngineKind
from labdesk.resource.quantity import format_bytes
from labdesk.ui.pages.health.course_rows import INSET, CourseFact, CourseRows
from labdesk.ui.pages.health.error_rows import ErrorRows, ErrorText
from labdesk.ui.pages.health.fact_rows import Fact, FactRows
from labdesk.ui.pages.health.snapshot import HealthSnapshot, Heartbeat
from labdesk.ui.pages.health.wording import (
    MetricLabel,
    age_text,
    course_of,
    course_text,
    loop_text,
    metric_text,
    queue_labels,
)
from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.marked_rows import MarkedRow, MarkedRows
from labdesk.ui.widgets.meter import Meter
from labdesk.ui.widgets.pill import StatusPill

_PADDING = 16
_ERRORS_SHOWN = 5


class HealthCard(Card):
    """A titled card; `pill` stands beside the title while it has a word.

    Rows of which one can be chosen go straight into `column`, everything else in by `add`: the ground of a chosen row
    reaches beyond its text, and all texts stand in line.
    """

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, padding=_PADDING, parent=parent)
        self.column.setContentsMargins(_PADDING - INSET, _PADDING, _PADDING - INSET, _PADDING)
        self.setAccessibleName(title)
        self.pill = StatusPill(theme)
        self.heading = Label(theme, title, role="body_bold")
        self.heading.setMinimumHeight(theme.line_height("caption_bold") + 8)  # as high with a pill as without
        head = QHBoxLayout()
        head.setContentsMargins(INSET, 0, INSET, 0)
        head.setSpacing(theme.space.gap)
        head.addWidget(self.heading)
        head.addStretch()
        head.addWidget(self.pill)
        self.column.addLayout(head)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add what stands in line with the title."""
        line = QHBoxLayout()
        line.setContentsMargins(INSET, 0, INSET, 0)
        line.addWidget(widget)
        self.column.addLayout(line, stretch)


class EngineCard(HealthCard):
    """Which engine, since when, and how much of its memory is booked."""

    def __init__(self, theme: Theme, times: Times, title: str) -> None:
        super().__init__(theme, title)
        self._times = times
        self.facts = FactRows(theme, title)
        self._meter = Meter(theme, self.tr("Memory booked"))
        self.add(self.facts)
        self.add(self._meter)
        self.column.addStretch()

    def show_snapshot(self, snapshot: HealthSnapshot) -> None:
        engine = snapshot.engine
        if engine.reachable:
            self.pill.show_status(self.tr("Reachable"), "mdi6.check-circle", "running")
        elif engine.since is None:
            self.pill.show_status(self.tr("Connecting"), "mdi6.clock-outline", "pending")
        else:
            self.pill.show_status(self.tr("Not reachable"), "mdi6.alert-circle", "failed")
        nothing = "—"
        nowhere = self.tr("none: it is simulated") if engine.kind == EngineKind.SIMULATED else nothing
        since = self._times.moment(engine.since, snapshot.taken_at) if engine.since else nothing
        booked = self.tr("the acting process knows")
        if engine.memory_booked is not None:
            booked = self.tr("{booked} of {offered}").format(
                booked=format_bytes(engine.memory_booked), offered=format_bytes(engine.memory_offered)
            )
        total = self.tr("The engine has {total}; the rest is kept in reserve.").format(
            total=format_bytes(engine.memory_total)
        )
        name = " ".join(part for part in (engine.name or engine.kind, engine.version) if part)
        facts = [
            Fact(self.tr("Name"), name, engine.engine_id),
            Fact(self.tr("Address"), engine.address or nowhere),
            Fact(
                self.tr("Reachable since") if engine.reachable else self.tr("Not reachable since"),
                since,
                self._times.exact(engine.since) if engine.since else "",
            ),
            Fact(self.tr("Processors"), str(engine.cpus) if engine.cpus else nothing),
            Fact(self.tr("Memory booked"), booked if engine.memory_total else nothing, total),
        ]
        self.facts.set_facts(facts)
        self._meter.setVisible(engine.memory_booked is not None)
        self._meter.set_share((engine.memory_booked or 0) / engine.memory_offered if engine.memory_offered else 0.0)


class StoreCard(HealthCard):
    """Where everything is kept, how much of it there is, and who acts on it."""

    def __init__(self, theme: Theme, title: str, locale: QLocale) -> None:
        super().__init__(theme, title)
        self._locale = locale
        self.facts = FactRows(theme, title)
        self.add(self.facts)
        self.column.addStretch()

    def show_snapshot(self, snapshot: HealthSnapshot) -> None:
        store, number = snapshot.store, self._locale.toString
        if store.trouble:
            self.pill.show_status(self.tr("Keeps nothing"), "mdi6.alert-circle", "failed")
        elif store.acting:
            self.pill.show_status(self.tr("This window acts"), "mdi6.check-circle", "running")
        else:
            self.pill.show_status(self.tr("Observing"), "mdi6.eye-outline", "completed")
        size = self.tr("{file}, log {wal}").format(
            file=format_bytes(store.file_bytes), wal=format_bytes(store.wal_bytes)
        )
        rows = ", ".join(f"{table} {number(count)}" for table, count in store.rows.items())
        facts = [
            Fact(self.tr("File"), store.path, self.tr("Everything LabDesk knows is in this file.")),
            Fact(self.tr("Size"), size, rows),
            Fact(self.tr("Revision"), number(store.revision), self.tr("How many changes were ever committed.")),
            Fact(self.tr("Events kept"), number(store.rows.get("journal", 0))),
            Fact(
                self.tr("Lineage and epoch"),
                f"{store.lineage[:8]} · {store.epoch}",
                self.tr("The lineage changes when a store is restored; the epoch counts who acted on it."),
            ),
        ]
        if store.holder:
            facts.insert(0, Fact(self.tr("Acting"), store.holder, store.holder))
        if store.integrity and store.integrity != "ok":
            facts.append(Fact(self.tr("Integrity"), store.integrity, store.integrity, "failed"))
        self.facts.set_facts(facts)


class LoopsCard(HealthCard):
    """When each loop last went round, and what waits for the controller."""

    def __init__(self, theme: Theme, times: Times, title: str, locale: QLocale) -> None:
        super().__init__(theme, title)
        self._times = times
        self._locale = locale
        self.beats = MarkedRows(theme, title)
        self.queue = CourseRows(theme, self.tr("The controller's queue"))
        self._queue_labels = queue_labels()
        self._queue_heading = Label(theme, self.tr("Queue"), role="caption_bold", tone="text_muted")
        self.add(self.beats)
        self.column.addSpacing(4)
        self.add(self._queue_heading)
        self.column.addWidget(self.queue)
        self.column.addStretch()

    def show_snapshot(self, snapshot: HealthSnapshot) -> None:
        late = [beat for beat in snapshot.heartbeats if beat.is_late(snapshot.taken_at)]
        if late:
            self.pill.show_status(self.tr("Late"), "mdi6.alert-circle", "provisioning")
        else:
            self.pill.show_status(self.tr("On time"), "mdi6.check-circle", "running")
        self.beats.set_rows([self._row(beat, snapshot) for beat in snapshot.heartbeats])
        shown = self._queue_labels if snapshot.queue else ()
        self.queue.set_rows([course_fact(label, snapshot.queue, snapshot, self._locale) for label in shown])
        self._queue_heading.setVisible(bool(snapshot.queue))

    def _row(self, beat: Heartbeat, snapshot: HealthSnapshot) -> MarkedRow:
        if beat.last_pass is None:
            return MarkedRow(loop_text(beat.name), self.tr("not yet"), muted=True)
        age = (snapshot.taken_at - beat.last_pass).total_seconds()
        tone = "provisioning" if beat.is_late(snapshot.taken_at) else "running"
        tip = self._times.exact(beat.last_pass)
        if beat.interval:
            longest = self.tr("It goes round at least every {span}.").format(span=self._times.span(beat.interval))
            tip = f"{longest}\n{tip}"
        return MarkedRow(loop_text(beat.name), age_text(age, self._times), tone, tip=tip)


class MetricsCard(HealthCard):
    """One group of metrics."""

    def __init__(self, theme: Theme, title: str, labels: Sequence[MetricLabel], locale: QLocale) -> None:
        super().__init__(theme, title)
        self._labels = labels
        self._locale = locale
        self.facts = CourseRows(theme, title)
        self.column.addWidget(self.facts)
        self.column.addStretch()

    def show_snapshot(self, snapshot: HealthSnapshot) -> None:
        self.facts.set_rows([course_fact(label, snapshot.metrics, snapshot, self._locale) for label in self._labels])


class ErrorsCard(HealthCard):
    """The last errors of loops and steps, newest first."""

    def __init__(self, theme: Theme, times: Times, title: str) -> None:
        super().__init__(theme, title)
        self._times = times
        self.rows = ErrorRows(theme, title, _ERRORS_SHOWN)
        self._none = Label(theme, self.tr("No errors since LabDesk was started."), tone="text_muted")
        self.add(self.rows)
        self.add(self._none)
        self.column.addStretch()

    def show_snapshot(self, snapshot: HealthSnapshot) -> None:
        shown = snapshot.errors[:_ERRORS_SHOWN]
        self.rows.show_errors(
            [
                ErrorText(
                    as_sentence(error.message),
                    f"{error.where} · {self._times.moment(error.time, snapshot.taken_at)}",
                    self._times.exact(error.time),
                )
                for error in shown
            ]
        )
        self.rows.setVisible(bool(shown))
        self._none.setVisible(not shown)


def course_fact(
    label: MetricLabel, values: Mapping[str, float], snapshot: HealthSnapshot, locale: QLocale
) -> CourseFact:
    """Return a metric's row: its value of now and its recent course."""
    course = course_of(snapshot.samples, label)
    fact = Fact(label.text, metric_text(values, label, locale), f"{label.tip}\n{label.name}")
    return CourseFact(label.name, fact, course, course_text(course, label, locale))
