"""The line chart of one course. Importing this imports pyqtgraph: a third of a second and 50 MiB (measured)."""

from __future__ import annotations

import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labdesk.ui.pages.health.course import RULES, SPAN, Course
from labdesk.ui.theme import Theme

_LINE_WIDTH = 1.6
_FILL_ALPHA = 36
_AXIS_HEIGHT = 24
_LABEL_GAP = 6
_ALL_TICKS_FROM = 72
"""Pixels below which the scale says its ends only: what is between them would touch."""
_AROUND = 0.002  # words exactly at an axis' end are left out
_MARGINS = (0, 8, 16, 0)
"""Words at the axes' ends reach beyond them: the room for it around the chart, in pixels.

With pyqtgraph's own grid they may not, so the lines across are items of their own.
"""

Ticks = list[tuple[float, str]]


class CoursePlot(QWidget):
    """Draws a line over a scale from 0; what it says is told by the labels around it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = pyqtgraph.PlotWidget(self, enableMenu=False)
        for part in (self._view, self._view.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the card around it takes the keyboard
        self._view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # the page scrolls by the wheel
        self._view.setAntialiasing(True)
        item = self._view.getPlotItem()
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.disableAutoRange()
        self._rules = [pyqtgraph.InfiniteLine(angle=0) for _ in range(RULES)]
        for rule in self._rules:
            item.addItem(rule)
        item.layout.setContentsMargins(*_MARGINS)
        self._axes = (item.getAxis("left"), item.getAxis("bottom"))
        self._axes[1].setHeight(_AXIS_HEIGHT)
        self._line = self._view.plot([], [], connect="finite")
        self._ticks: Ticks = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def ground(self) -> QColor:
        return QColor(self._view.backgroundBrush().color())

    @property
    def points(self) -> tuple[list[float], list[float]]:
        """What is drawn."""
        ages, values = self._line.getData()
        return ([], []) if ages is None else (list(ages), list(values))

    @property
    def scale_words(self) -> list[str]:
        """What stands along the scale, from below."""
        if self.height() >= _ALL_TICKS_FROM:
            return [word for _, word in self._ticks]
        return [word if place in (0, RULES) else "" for place, (_, word) in enumerate(self._ticks)]

    def show_course(self, course: Course, top: float, ticks: Ticks, times: Ticks) -> None:
        """Draw `course` on a scale from 0 to `top`, with these words along both axes."""
        self._ticks = ticks
        item = self._view.getPlotItem()
        item.setXRange(-SPAN.total_seconds(), 0, padding=_AROUND)
        item.setYRange(0, top, padding=_AROUND)
        self._axes[1].setTicks([times])
        self._write_scale()
        for rule, (value, _) in zip(self._rules, ticks[1:], strict=True):
            rule.setPos(value)
        self._line.setData(list(course.ages), list(course.values))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write_scale()

    def _write_scale(self) -> None:
        self._axes[0].setTicks(
            [[(value, word) for (value, _), word in zip(self._ticks, self.scale_words, strict=True)]]
        )

    def _restyle(self) -> None:
        colors = self._theme.colors
        self._view.setBackground(colors.surface)
        fill = QColor(colors.accent)
        fill.setAlpha(_FILL_ALPHA)
        self._line.setPen(pyqtgraph.mkPen(colors.accent, width=_LINE_WIDTH))
        self._line.setFillLevel(0)
        self._line.setFillBrush(fill)
        for rule in self._rules:
            rule.setPen(colors.border)
        for axis in self._axes:
            axis.setPen(colors.border)
            axis.setTextPen(colors.text_muted)
            axis.setStyle(
                tickFont=self._theme.fonts.caption, tickTextOffset=_LABEL_GAP, tickLength=0, hideOverlappingLabels=False
            )
