"""The latest events beneath the table, live; it can be folded away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.labs.narrate import is_routine, student_of
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.events import JournalEvent
from labdesk.resource.resource import ResourceKey
from labdesk.store.journal_reads import EventQuery
from labdesk.ui.page import PageContext
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Surface
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.severity import SeverityMark
from labdesk.ui.words import event_sentence

_SHOWN = 4
_READ = 60
_NAME_LETTERS = 18
_MEMORY_KEY = "labs.events_open"
_PAGES = {"labinstancerequest": "labs", "labtemplate": "templates"}
"""Where the subjects of events are shown, by the kind that their type begins with."""
_TYPES_FROM = 1_000
"""Pixels of the strip."""


class EventsStrip(Surface):
    """`chosen` carries a page's key and the subject (`namespace/name`) of an event that it shows.

    `all_wanted` asks for the Events page.
    """

    chosen = Signal(str, str)
    all_wanted = Signal()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "surface", lines="top", parent=parent)
        self._context = context
        self._latest: list[JournalEvent] = []
        self._today = 0
        self._counted_to = 0
        self._came: list[int] | None = []
        """Sequences of live events, until the journal has said how many there were and up to which one."""
        self._day = context.times.local(context.clock.now()).date()
        theme = context.theme
        self._fold = Button(theme, icon="mdi6.chevron-down", kind=ButtonKind.QUIET, small=True, tip=self.tr("Fold"))
        self._fold.clicked.connect(self._toggle)
        self._count = Label(theme, tone="text_muted")
        everything = Button(theme, self.tr("All events"), kind=ButtonKind.LINK)
        everything.clicked.connect(self.all_wanted)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._fold)
        head.addWidget(Label(theme, self.tr("Events"), role="body_medium", tone="text"))
        head.addWidget(self._count)
        head.addStretch()
        head.addWidget(everything)
        self._rows = [_Line(theme) for _ in range(_SHOWN)]
        self._list = QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(4, 0, 0, 6)
        column.setSpacing(0)
        self._list.setFixedHeight(_SHOWN * self._rows[0].height() + 6)
        self._nothing = Label(theme, self.tr("Whatever happens to a lab shows here at once."), tone="text_muted")
        column.addWidget(self._nothing)
        for line in self._rows:
            column.addWidget(line)
            line.chosen.connect(self.chosen)
        column.addStretch()
        outer = QVBoxLayout(self)
        margin = theme.space.page_margin
        outer.setContentsMargins(margin - 4, 3, margin, 2)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self._list)
        self._set_open(bool(context.memory.get(_MEMORY_KEY, True)))
        context.bridge.events_published.connect(self._take)
        theme.changed.connect(self._show)
        self.setAccessibleName(self.tr("Latest events"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, sentences get that of the types, which the Events page has too."""
        super().resizeEvent(event)
        for line in self._rows:
            line.show_type(self.width() >= _TYPES_FROM)

    async def load_async(self) -> None:
        """Read what happened before the window was there."""
        now = self._context.clock.now()
        midnight = self._context.times.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
        journal = self._context.store.journal
        latest = [event for event in await journal.latest_async(_READ) if not is_routine(event)]
        today = await journal.count_severities_async(EventQuery(since=midnight))
        known = {event.sequence for event in self._latest}
        self._latest = (self._latest + [event for event in latest if event.sequence not in known])[:_SHOWN]
        came, self._came, self._counted_to = self._came or [], None, today.head
        self._today = sum(today.counts.values()) + sum(sequence > today.head for sequence in came)
        self._show()

    def tick(self, now: datetime) -> None:
        """With a new day, count anew and say which day's the events are."""
        day = self._context.times.local(now).date()
        if day != self._day:
            self._day, self._today = day, 0
            self._show()

    def _take(self, events: list[JournalEvent]) -> None:
        self.tick(self._context.clock.now())
        self._today += sum(event.sequence > self._counted_to for event in events)
        if self._came is not None:
            self._came += [event.sequence for event in events]
        known = {event.sequence for event in self._latest}
        news = [event for event in events[-_READ:] if not is_routine(event) and event.sequence not in known]
        self._latest = [*reversed(news), *self._latest][:_SHOWN]
        self._show()

    def _show(self) -> None:
        now = self._context.clock.now()
        self._count.setText(self.tr("live · {n} today").format(n=self._today))
        self._nothing.setVisible(not self._latest)
        when = [self._when(event, now) for event in self._latest]
        for line, event, time in zip(self._rows, self._latest, when, strict=False):
            line.show_event(event, time, event_sentence(event, self._context.times, now), self._context)
            line.make_room(when)

    def _when(self, event: JournalEvent, now: datetime) -> str:
        times = self._context.times
        is_today = times.local(event.time).date() == times.local(now).date()
        return times.clock_seconds(event.time) if is_today else times.moment(event.time, now)

    def _toggle(self) -> None:
        self._set_open(self._list.isHidden())
        self._context.memory.put(_MEMORY_KEY, not self._list.isHidden())

    def _set_open(self, open_: bool) -> None:
        self._list.setVisible(open_)
        self._fold.set_icon("mdi6.chevron-down" if open_ else "mdi6.chevron-up")
        self._fold.setToolTip(self.tr("Fold") if open_ else self.tr("Unfold"))


class _Line(QWidget):
    """One event: time, severity, the student, the sentence, and its type for those who look for it."""

    chosen = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page, self._subject = "", ""
        self._time = Label(theme, tone="text_muted")
        self._severity = SeverityMark(theme)
        self._student = Button(theme, kind=ButtonKind.LINK, tip=" ")
        self._student.clicked.connect(lambda: self.chosen.emit(self._page, self._subject))
        self._sentence = ElidedLabel(theme)
        self._type = Label(theme, role="caption", tone="text_muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        holder = QWidget()
        metrics = QFontMetrics(theme.fonts.body)
        self._name_room = metrics.averageCharWidth() * _NAME_LETTERS
        holder.setFixedWidth(self._name_room + 6)
        held = QHBoxLayout(holder)
        held.setContentsMargins(0, 0, 0, 0)
        held.addWidget(self._student)
        held.addStretch()
        row.addWidget(self._time)
        row.addWidget(self._severity)
        row.addWidget(holder)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._type)
        self.setFixedHeight(theme.line_height("body") + 5)
        self._student.hide()
        self.hide()

    def make_room(self, times: Sequence[str]) -> None:
        """Be as wide as the widest of the times that stand above each other."""
        metrics = self._time.fontMetrics()
        self._time.setFixedWidth(max(metrics.horizontalAdvance(text) for text in ("00:00:00", *times)) + 12)

    def show_event(self, event: JournalEvent, time: str, sentence: str, context: PageContext) -> None:
        self.show()
        kind = event.type.partition(".")[0]
        self._page, self._subject = _PAGES.get(kind, ""), event.subject
        self._time.setText(time)
        self._time.setToolTip(context.times.exact(event.time))
        self._severity.set_severity(event.severity)
        text = _student_of(event, context)
        metrics = QFontMetrics(self._theme.fonts.body)
        self._student.set_text(metrics.elidedText(text, Qt.TextElideMode.ElideRight, self._name_room))
        self._student.setToolTip(event.subject)
        self._student.setEnabled(bool(self._page))
        self._student.setVisible(bool(text))
        self._sentence.set_text(sentence)
        self._type.setText(event.type)

    def show_type(self, shown: bool) -> None:
        self._type.setVisible(shown)


def _student_of(event: JournalEvent, context: PageContext) -> str:
    """The student's name: the event's, else that of its lab, else the lab's own name."""
    if student := student_of(event):
        return student
    namespace, _, name = event.subject.partition("/")
    if not event.type.startswith("labinstancerequest."):
        return name
    lab = context.lab_at(ResourceKey(LabInstanceRequest.KIND, namespace, name))
    return lab.student if lab is not None else name
