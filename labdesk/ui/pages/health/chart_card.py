"""The card with the large chart of the course that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLayout, QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.pages.health.cards import HealthCard
from labdesk.ui.pages.health.course import RULES, SPAN, Course, scale_top
from labdesk.ui.pages.health.wording import MetricLabel, course_of, course_text, unit_text
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.paint import focus_ring

if TYPE_CHECKING:
    from labdesk.ui.pages.health.plot import CoursePlot
    from labdesk.ui.pages.health.snapshot import HealthSnapshot

_LEAST = 56
"""Pixels of the chart's height; it takes what the page has left over."""
_TIMES = 5


class ChartCard(HealthCard):
    """Up and Down choose the next metric; `step_wanted` asks for it. Without its library the words are there alone."""

    step_wanted = Signal(int)

    def __init__(self, theme: Theme, times: Times, title: str, locale: QLocale) -> None:
        super().__init__(theme, title)
        self._times = times
        self._locale = locale
        self._label: MetricLabel | None = None
        self._course = Course()
        self._plot: CoursePlot | None = None
        self._said = Label(theme, tone="text_muted", role="caption")
        self.add(self._said)
        self._room = QWidget()
        self._room.setMinimumHeight(_LEAST)
        self._inside = QVBoxLayout(self._room)
        self._inside.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the plot itself would ask for more
        self._inside.setContentsMargins(0, 0, 0, 0)
        self.add(self._room, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def said(self) -> str:
        """The course in words."""
        return self._said.text()

    @property
    def plot(self) -> CoursePlot | None:
        return self._plot

    def take_plot(self, plot: CoursePlot) -> None:
        """Draw with this from now on."""
        self._plot = plot
        self._inside.addWidget(plot)
        self._draw()

    def choose(self, label: MetricLabel, group: str) -> None:
        """Show this one from now on."""
        self._label = label
        title = self.tr("{group}: {metric}").format(group=group, metric=label.text)
        self.heading.setText(title)
        self.setToolTip(label.tip)
        self.setAccessibleName(title)

    def show_snapshot(self, snapshot: HealthSnapshot) -> None:
        if self._label is not None:
            self._course = course_of(snapshot.samples, self._label)
            self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self.step_wanted.emit(step)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():  # by the keyboard: a click does not bring it here
            focus_ring(QPainter(self), self.rect(), self.theme.colors.accent, self.theme.space.radius)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def _ago(self, age: float) -> str:
        return self.tr("{span} ago").format(span=self._times.span(-age)) if age else self.tr("now")

    def _draw(self) -> None:
        label = self._label
        if label is None:
            return
        said = course_text(self._course, label, self._locale)
        self._said.setText(said)
        self.setAccessibleDescription(said)
        if self._plot is None:
            return
        self._plot.setVisible(len(self._course.known) > 1)  # axes around nothing say nothing
        top = scale_top(self._course.top)
        values = [top * part / RULES for part in range(RULES + 1)]
        ticks = [(value, unit_text(value, label.unit, self._locale)) for value in values]
        span = SPAN.total_seconds()
        ages = [-span * part / _TIMES for part in range(_TIMES + 1)]
        times = [(age, self._ago(age)) for age in ages]
        self._plot.show_course(self._course, top, ticks, times)
