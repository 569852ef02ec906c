"""Events a minute as bars; a stretch of them can be chosen with mouse or keys."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from labdesk.ui.pages.events.minutes import SEVERITIES, MinuteBars, minute_of, start_of_minute
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.paint import focus_ring, frame_round
from labdesk.ui.words import counted

_HEIGHT = 64
_BAR, _GAP = 7, 2
_PITCH = _BAR + _GAP
_INSET = 6
_TONES = {"info": "accent", "warning": "provisioning", "error": "failed"}
_INFO_STRENGTH = 0.55


class EventHistogram(QWidget):
    """The newest minute stands at the right edge. `range_chosen` carries since and until; both None for all times."""

    range_chosen = Signal(object, object)

    def __init__(
        self, theme: Theme, times: Times, now: Callable[[], datetime], bars: MinuteBars, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._times = times
        self._now = now
        self._bars = bars
        self._severities: tuple[str, ...] = SEVERITIES
        self._range: tuple[int, int] | None = None  # minutes, both included
        self._anchor: int | None = None
        self._cursor: int | None = None
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Events a minute"))
        self.setToolTip(self.tr("Drag over the bars to see only those minutes; Escape shows all."))
        self._minute_tick = QTimer(self)
        self._minute_tick.setSingleShot(True)
        self._minute_tick.timeout.connect(self._next_minute)
        theme.changed.connect(self.update)

    # --- what the page calls ----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The counts changed."""
        self._describe()
        self.update()

    def set_severities(self, severities: Collection[str]) -> None:
        """Count only these."""
        self._severities = tuple(severity for severity in SEVERITIES if severity in severities)
        self.refresh()

    def clear_range(self) -> None:
        """Show all times again, without telling."""
        self._range = self._anchor = None
        self.update()

    @property
    def shown_minutes(self) -> int:
        """How many minutes the bars cover."""
        return max((self.width() - 2 * _INSET + _GAP) // _PITCH, 1)

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    # --- geometry ---------------------------------------------------------------------------------------------

    def _last_minute(self) -> int:
        return minute_of(self._now())

    def _minute_at(self, x: float) -> int:
        right = self.width() - _INSET
        steps = int((right - x) // _PITCH)
        return self._last_minute() - min(max(steps, 0), self.shown_minutes - 1)

    def _left_of(self, minute: int) -> int:
        return self.width() - _INSET - (self._last_minute() - minute) * _PITCH - _BAR

    # --- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = self._theme.colors
        frame_round(painter, self.rect(), colors.surface, colors.border, self._theme.space.radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._paint_range(painter)
        count, last = self.shown_minutes, self._last_minute()
        bars = self._bars.bars(last, count, self._severities)
        peak = max((sum(bar) for bar in bars), default=0)
        for index, bar in enumerate(bars):
            self._paint_bar(painter, last - count + 1 + index, bar, peak)
        if self.hasFocus():
            focus_ring(painter, self.rect(), colors.accent, self._theme.space.radius)

    def _paint_range(self, painter: QPainter) -> None:
        colors = self._theme.colors
        if self._range is not None:
            left = max(self._left_of(self._range[0]) - 1, 1)
            right = min(self._left_of(self._range[1]) + _BAR + 1, self.width() - 1)
            painter.fillRect(left, 1, right - left, self.height() - 2, colors.accent_soft)
        elif self._hovered is not None:
            painter.fillRect(self._left_of(self._hovered) - 1, 1, _PITCH, self.height() - 2, colors.hover)

    def _paint_bar(self, painter: QPainter, minute: int, counts: tuple[int, ...], peak: int) -> None:
        total = sum(counts)
        left, base, room = self._left_of(minute), self.height() - _INSET, self.height() - 2 * _INSET - 8
        if not total:
            return
        height = max(round(room * total / peak), 3)
        bottom = float(base)
        for severity, count in zip(SEVERITIES, counts, strict=True):
            if not count:
                continue
            part = max(height * count / total, 3.0 if severity != "info" else 0.0)
            color = QColor(self._theme.colors.named(_TONES[severity]))
            if severity == "info":
                color.setAlphaF(_INFO_STRENGTH)
            painter.fillRect(QRectF(left, bottom - part, _BAR, part), color)
            bottom -= part

    # --- mouse and keys ---------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._anchor = self._minute_at(event.position().x())
            self._select(self._anchor, self._anchor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        minute = self._minute_at(event.position().x())
        if self._anchor is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._select(self._anchor, minute)
        elif minute != self._hovered:
            self._hovered = minute
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._anchor is not None:
            self._anchor = None
            self._tell()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self._move_cursor(step, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() == Qt.Key.Key_Escape and self._range is not None:
            self.clear_range()
            self._tell()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            minute = self._minute_at(event.pos().x())
            area = QRect(self._left_of(minute) - 1, 0, _PITCH, self.height())
            QToolTip.showText(event.globalPos(), self.minute_text(minute), self, area)
            return True
        return super().event(event)

    def minute_text(self, minute: int) -> str:
        """Return what one minute had: `10:21 · 12 events, 1 warning, 2 errors`."""
        info, warnings, errors = self._bars.bars(minute, 1, self._severities)[0]
        total = info + warnings + errors
        parts = [counted(total, self.tr("{n} event"), self.tr("{n} events"))]
        if warnings:
            parts.append(counted(warnings, self.tr("{n} warning"), self.tr("{n} warnings")))
        if errors:
            parts.append(counted(errors, self.tr("{n} error"), self.tr("{n} errors")))
        return f"{self._times.clock(start_of_minute(minute))} · {', '.join(parts)}"

    def _move_cursor(self, step: int, *, extend: bool) -> None:
        last = self._last_minute()
        if self._range is None or self._cursor is None:
            self._cursor = self._anchor = last
        else:
            self._cursor = min(max(self._cursor + step, last - self.shown_minutes + 1), last)
            if not extend or self._anchor is None:
                self._anchor = self._cursor
        self._select(self._anchor, self._cursor)
        self._tell()

    def _select(self, one: int, other: int) -> None:
        self._range = (min(one, other), max(one, other))
        self._cursor = other
        self._describe()
        self.update()

    def _tell(self) -> None:
        if self._range is None:
            self.range_chosen.emit(None, None)
        else:
            first, last = self._range
            self.range_chosen.emit(start_of_minute(first), start_of_minute(last) + timedelta(minutes=1))

    def _describe(self) -> None:
        if self._range is not None and self._range[0] == self._range[1]:
            self.setAccessibleDescription(self.minute_text(self._range[0]))
            return
        total = sum(sum(bar) for bar in self._bars.bars(self._last_minute(), self.shown_minutes, self._severities))
        self.setAccessibleDescription(
            self.tr("{n} events in the last {span}").format(n=total, span=self._times.span(self.shown_minutes * 60.0))
        )

    # --- time goes on -----------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._next_minute()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._minute_tick.stop()

    def _next_minute(self) -> None:
        self.refresh()
        now = self._now()
        self._minute_tick.start(60_000 - now.second * 1_000 - now.microsecond // 1_000 + 1)
