"""Facts with their recent course: a small line beside each value, one of which can be chosen to be seen larger."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from labdesk.ui.pages.health.course import SPAN, Course
from labdesk.ui.pages.health.fact_rows import Fact, FactRows
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import led_by_keyboard
from labdesk.ui.widgets.paint import draw_text, fill_round, focus_ring

_LINE_ROOM, _LEAST_LINE = 72, 24
_VALUE_ROOM = 60
_GAP = 12
INSET = 8
"""Pixels by which the ground of the chosen row reaches beyond its text."""


@dataclass(frozen=True, slots=True)
class CourseFact:
    """`key` names what can be chosen; `said` is the course in words, for those who do not see the line."""

    key: str
    fact: Fact
    course: Course
    said: str


class CourseRows(FactRows):
    """Up and Down choose a row, as a click does; `chosen` carries its key."""

    LEAST_WIDTH = _LINE_ROOM + _VALUE_ROOM + 100
    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._rows: tuple[CourseFact, ...] = ()
        self._current = ""
        self._hovered = -1
        self._keyboard_focus = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def courses(self) -> Mapping[str, Course]:
        return {row.key: row.course for row in self._rows}

    def set_rows(self, rows: Sequence[CourseFact]) -> None:
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.set_facts([row.fact for row in rows])
            self.setAccessibleDescription("; ".join(f"{row.fact.name}: {row.fact.value}. {row.said}" for row in rows))
            self.update()

    def show_current(self, key: str) -> None:
        """Mark the row that is seen larger, if it is one of these."""
        self._current = key
        self.update()

    # --- input ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        place = self._place()
        self._choose(min(max(place + step, 0), len(self._rows) - 1) if place >= 0 else 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self._row_at(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._keyboard_focus = led_by_keyboard(event.reason(), self._keyboard_focus)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self._rows):
            self.chosen.emit(self._rows[place].key)

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.update()

    def _place(self) -> int:
        return next((place for place, row in enumerate(self._rows) if row.key == self._current), -1)

    # --- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, font = self._theme.colors, self._theme.fonts.body
        current, line, drawn = self._place(), self._line(), self.line_room
        for place, row in enumerate(self._rows):
            rect = QRect(0, place * line, self.width(), line)
            is_current = place == current
            if is_current or place == self._hovered:
                fill_round(painter, rect, colors.accent_soft if is_current else colors.hover, 4)
            if self.hasFocus() and self._keyboard_focus and place == max(current, 0):
                focus_ring(painter, rect, colors.accent, 4)
            room = rect.adjusted(INSET, 0, -INSET, 0)
            value = row.fact.value
            value_width = max(QFontMetrics(font).horizontalAdvance(value), _VALUE_ROOM)
            draw_text(painter, room, value, font, colors.named(row.fact.tone), Qt.AlignmentFlag.AlignRight)
            drawing = QRectF(room.right() - value_width - _GAP - drawn, rect.top() + 6, drawn, line - 12)
            self._paint_line(painter, drawing, row.course)
            name_width = int(drawing.left()) - _GAP - room.left()
            name = QFontMetrics(font).elidedText(row.fact.name, Qt.TextElideMode.ElideRight, name_width)
            draw_text(painter, room, name, font, colors.text if is_current else colors.text_muted)

    @property
    def line_room(self) -> int:
        """Pixels of every line: where there is little room the names have it, the lines get shorter."""
        metrics = QFontMetrics(self._theme.fonts.body)
        names = max((metrics.horizontalAdvance(row.fact.name) for row in self._rows), default=0)
        spare = self.width() - 2 * INSET - names - _VALUE_ROOM - 2 * _GAP - 2
        return min(max(spare, _LEAST_LINE), _LINE_ROOM)

    def _paint_line(self, painter: QPainter, rect: QRectF, course: Course) -> None:
        """Draw a course on a scale of its own, from 0 to its highest; the time scale is that of the chart."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colors.border, 1))
        painter.drawLine(QPointF(rect.left(), rect.bottom()), QPointF(rect.right(), rect.bottom()))
        painter.setPen(QPen(self._theme.colors.accent, 1.25))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        span, top = SPAN.total_seconds(), course.top or 1.0
        points: list[QPointF] = []
        for age, value in zip(course.ages, course.values, strict=True):
            if math.isnan(value):
                painter.drawPolyline(QPolygonF(points))
                points = []
            else:
                x = rect.right() + age / span * rect.width()
                points.append(QPointF(x, rect.bottom() - value / top * (rect.height() - 1)))
        painter.drawPolyline(QPolygonF(points))

    def _tip(self, fact: Fact) -> str:
        said = next((row.said for row in self._rows if row.fact is fact), "")
        return "\n".join(part for part in (said, super()._tip(fact)) if part)
