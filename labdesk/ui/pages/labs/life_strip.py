"""One lab's own timeline in the inspector: painted as the Timeline page paints it, with an axis beneath."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.delegates.text_cache import TextCache
from labdesk.ui.life.history import LabHistory
from labdesk.ui.life.lane_painter import LanePainter
from labdesk.ui.life.scale import TimeScale
from labdesk.ui.life.spans import Life, lives_of
from labdesk.ui.life.ticks import TickKind, ticks
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.page import PageContext

_LANE = 36
_TICK_PX = 64.0
_END_MARK = 96
"""Pixels for the word of how it ended, behind its last bar."""


class LifeStrip(QWidget):
    """A click opens the Timeline page at this lab; what it shows is told in words by the life above it."""

    def __init__(
        self,
        context: PageContext,
        row_of: Callable[[str], LabRow | None],
        history: LabHistory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._row_of = row_of
        self._uid = ""
        self._texts = TextCache(context.theme)
        self._lanes = LanePainter(context.theme, context.times, self._texts)
        self._history = history
        history.loaded.connect(self.update)
        self.setAccessibleName(self.tr("Timeline of this lab"))
        self.setToolTip(self.tr("Show in the timeline"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        context.theme.changed.connect(self.updateGeometry)

    def show_lab(self, uid: str) -> None:
        self._uid = uid
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _LANE + self._context.theme.line_height("caption") + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._context.navigate("timeline", self._uid)

    def paintEvent(self, event: QPaintEvent) -> None:
        row = self._row_of(self._uid)
        if row is None:
            return
        painter = QPainter(self)
        now = self._context.clock.now().timestamp()
        runs = [*self._history.runs_before(row), row]
        lives = lives_of(runs, now)
        scale = self._scale(lives, now)
        self._paint_axis(painter, scale, now)
        for run, life in zip(runs, lives, strict=True):
            self._lanes.paint(painter, run, life, scale, 0, _LANE, self.width())

    def _scale(self, lives: list[Life], now: float) -> TimeScale:
        last = lives[-1]
        begin, end = min(life.begin for life in lives), max(life.end for life in lives)
        if last.final:
            return TimeScale.fitting(begin, end, max(self.width() - _END_MARK, 80))
        return TimeScale.fitting(min(begin, now), max(end, now), self.width())

    def _paint_axis(self, painter: QPainter, scale: TimeScale, now: float) -> None:
        colors, times = self._context.theme.colors, self._context.times
        painter.fillRect(0, _LANE, self.width(), 1, colors.border)
        height = self.height() - _LANE
        for tick in ticks(scale, self.width(), times.zone, _TICK_PX):
            x = round(scale.x(tick.moment.timestamp()))
            moment = tick.moment.astimezone(UTC)
            text = times.clock_seconds(moment) if tick.kind is TickKind.SECONDS else self._named(moment, tick.kind)
            width = round(self._texts.width(text, "caption")) + 1
            painter.fillRect(x, 0, 1, _LANE, colors.well)
            left = min(max(x - width // 2, 0), self.width() - width)
            painter.setPen(colors.text_muted)
            self._texts.draw(painter, text, "caption", left, _LANE + 2, width, height - 2)
        painter.fillRect(QRectF(round(scale.x(now)), 0, 1, _LANE), colors.failed)

    def _named(self, moment: datetime, kind: TickKind) -> str:
        times = self._context.times
        return times.moment(moment, self._context.clock.now()) if kind is TickKind.DAY else times.clock(moment)
