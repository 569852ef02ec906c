"""How many events there were when, as bars over a time axis; a stretch of them can be chosen with mouse or keys."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QWidget

from labdesk.ui.pages.events.bar_scale import BarScale
from labdesk.ui.pages.events.minutes import SEVERITIES, SPANS, MinuteBars, Span, minute_of, start_of_minute
from labdesk.ui.pages.events.span_chooser import SpanChooser
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import ElidedLabel
from labdesk.ui.widgets.paint import draw_text, focus_ring, frame_round
from labdesk.ui.words import counted

_INSET = 8
_STRIP, _BARS = 26, 40
"""Pixels for the spans above and for the highest bar."""
_TONES = {"info": "accent", "warning": "provisioning", "error": "failed"}
_INFO_STRENGTH = 0.55
_DAY = 24 * 60
_ZOOM_KEYS = {Qt.Key.Key_Plus: -1, Qt.Key.Key_Equal: -1, Qt.Key.Key_Minus: 1}


class EventHistogram(QWidget):
    """The newest bar stands at the right edge. `range_chosen` carries since and until; both None for all times.

    `span_chosen` carries the key of another span: its counts have to be loaded.
    """

    range_chosen = Signal(object, object)
    span_chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        times: Times,
        now: Callable[[], datetime],
        bars: MinuteBars,
        span: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._times = times
        self._now = now
        self._minutes = bars
        self._severities: tuple[str, ...] = SEVERITIES
        self._bars: list[tuple[int, ...]] = []
        self._range: tuple[int, int] | None = None  # minutes: the first, and the first one after it
        self._anchor: int | None = None
        self._cursor: int | None = None
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Events over time"))
        self.setToolTip(self.tr("Drag over the bars to see only those times; Escape shows all. The wheel zooms."))
        self.spans = SpanChooser(theme, times, span, self)
        self.range_button = Button(theme, kind=ButtonKind.LINK, tip=self.tr("Show all times"), parent=self)
        self.range_button.hide()
        self.note = ElidedLabel(theme, role="caption", tone="text_muted")
        strip = QHBoxLayout(self)
        strip.setContentsMargins(_INSET, 4, 5, 0)
        strip.setSpacing(_INSET)
        strip.setAlignment(Qt.AlignmentFlag.AlignTop)
        strip.addWidget(self.range_button)
        strip.addWidget(self.note, 1)
        strip.addWidget(self.spans)
        self.spans.chosen.connect(self._choose_span)
        self.range_button.clicked.connect(self._show_all)
        self._minute_tick = QTimer(self)
        self._minute_tick.setSingleShot(True)
        self._minute_tick.timeout.connect(self._next_minute)
        theme.changed.connect(self.refresh)

    # --- what the page calls ----------------------------------------------------------------------------------

    @property
    def span(self) -> Span:
        return SPANS[self.spans.current]

    @property
    def begin(self) -> datetime:
        """The time with which the oldest bar begins."""
        return start_of_minute(self._scale().first)

    def refresh(self) -> None:
        """The counts changed, or the time has gone on."""
        scale = self._scale()
        self._bars = self._minutes.bars(scale.first, self.span.bars, self.span.bar, self._severities)
        self._describe()
        self.update()

    def show_bars(self, bars: MinuteBars) -> None:
        """Count what these count."""
        self._minutes = bars
        self.refresh()

    def set_severities(self, severities: Collection[str]) -> None:
        """Count only these."""
        self._severities = tuple(severity for severity in SEVERITIES if severity in severities)
        self.refresh()

    def set_note(self, note: str) -> None:
        """Say what the bars count, where that is not what is listed; an empty note says nothing."""
        self.note.set_text(note)
        self._describe()

    def clear_range(self) -> None:
        """Show all times again, without telling."""
        self._range = self._anchor = self._cursor = None
        self._show_range()
        self.update()

    def center_of(self, moment: datetime) -> QPoint:
        """Where a time's bar stands."""
        scale = self._scale()
        left, right = scale.bar_edges(scale.bar_at(scale.x(minute_of(moment))))
        return QPoint((left + right) // 2, _STRIP + _BARS // 2)

    def sizeHint(self) -> QSize:
        return QSize(400, _STRIP + _BARS + QFontMetrics(self._theme.fonts.caption).height() + 6)

    # --- painting ---------------------------------------------------------------------------------------------

    def _scale(self) -> BarScale:
        now = self._now()
        offset = self._times.local(now).utcoffset()
        minutes = 0 if offset is None else round(offset.total_seconds()) // 60
        return BarScale(self.span, minute_of(now), minutes, _INSET, max(self.width() - 2 * _INSET, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, scale = self._theme.colors, self._scale()
        frame_round(painter, self.rect(), colors.surface, colors.border, self._theme.space.radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._paint_range(painter, scale)
        self._paint_axis(painter, scale)
        peak = max((sum(bar) for bar in self._bars), default=0)
        for place, bar in enumerate(self._bars):
            if any(bar):
                self._paint_bar(painter, scale.bar_edges(scale.first + place * self.span.bar), bar, peak)
        if not peak and self._minutes.is_known:
            area = QRect(_INSET, _STRIP, self.width() - 2 * _INSET, _BARS)
            draw_text(
                painter, area, self._total_text(), self._theme.fonts.caption, colors.text_muted,
                Qt.AlignmentFlag.AlignHCenter,
            )  # fmt: skip
        if self.hasFocus():
            focus_ring(painter, self.rect(), colors.accent, self._theme.space.radius)

    def _paint_range(self, painter: QPainter, scale: BarScale) -> None:
        colors = self._theme.colors
        if self._range is not None:
            left = max(round(scale.x(self._range[0])) - 1, 1)
            right = min(round(scale.x(self._range[1])), self.width() - 1)
            if right > left:
                painter.fillRect(left, _STRIP, right - left, _BARS, colors.accent_soft)
        elif self._hovered is not None:
            left, right = scale.bar_edges(self._hovered)
            painter.fillRect(left - 1, _STRIP, right - left + 2, _BARS, colors.hover)

    def _paint_axis(self, painter: QPainter, scale: BarScale) -> None:
        colors, font = self._theme.colors, self._theme.fonts.caption
        metrics, base = QFontMetrics(font), _STRIP + _BARS
        painter.fillRect(_INSET, base, self.width() - 2 * _INSET, 1, colors.border)
        free = _INSET
        for minute in scale.ticks():
            text = self._tick_text(minute)
            width = metrics.horizontalAdvance(text)
            x = round(scale.x(minute))
            left = max(x - width // 2, _INSET)
            painter.fillRect(x, base, 1, 4, colors.border)
            if left >= free and left + width <= self.width() - _INSET:
                draw_text(painter, QRect(left, base + 3, width + 2, metrics.height()), text, font, colors.text_muted)
                free = left + width + 10

    def _tick_text(self, minute: int) -> str:
        moment = start_of_minute(minute)
        return self._times.day(moment) if self.span.tick >= _DAY else self._times.clock(moment)

    def _paint_bar(self, painter: QPainter, edges: tuple[int, int], counts: tuple[int, ...], peak: int) -> None:
        total, (left, right) = sum(counts), edges
        height = max(round((_BARS - 4) * total / peak), 3)
        bottom = float(_STRIP + _BARS)
        for severity, count in zip(SEVERITIES, counts, strict=True):
            if not count:
                continue
            part = max(height * count / total, 3.0 if severity != "info" else 0.0)
            color = QColor(self._theme.colors.named(_TONES[severity]))
            if severity == "info":
                color.setAlphaF(_INFO_STRENGTH)
            painter.fillRect(QRectF(left, bottom - part, right - left, part), color)
            bottom -= part

    # --- mouse and keys ---------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._anchor = self._scale().bar_at(event.position().x())
            self._select(self._anchor, self._anchor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        bar = self._scale().bar_at(event.position().x())
        if self._anchor is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._select(self._anchor, bar)
        elif bar != self._hovered:
            self._hovered = bar
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._anchor is not None:
            self._anchor = None
            self._tell()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.spans.step(-1 if event.angleDelta().y() > 0 else 1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        if step is not None:
            self._move_cursor(step, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in _ZOOM_KEYS:
            self.spans.step(_ZOOM_KEYS[key])
        elif key == Qt.Key.Key_Escape and self._range is not None:
            self._show_all()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            scale = self._scale()
            bar = scale.bar_at(event.pos().x())
            left, right = scale.bar_edges(bar)
            QToolTip.showText(event.globalPos(), self.bar_text(bar), self, QRect(left, 0, right - left, self.height()))
            return True
        return super().event(event)

    def bar_text(self, minute: int) -> str:
        """Return what the bar that begins at a minute had: `10:20 to 10:25 · 12 events, 1 warning, 2 errors`."""
        info, warnings, errors = self._minutes.bars(minute, 1, self.span.bar, self._severities)[0]
        total = info + warnings + errors
        parts = [counted(total, self.tr("{n} event"), self.tr("{n} events"))]
        if warnings:
            parts.append(counted(warnings, self.tr("{n} warning"), self.tr("{n} warnings")))
        if errors:
            parts.append(counted(errors, self.tr("{n} error"), self.tr("{n} errors")))
        return f"{self._range_text(minute, minute + self.span.bar)} · {', '.join(parts)}"

    def _range_text(self, first: int, end: int) -> str:
        begin, now = start_of_minute(first), self._now()
        if end - first == 1:
            return self._times.moment(begin, now)
        same_day = self._times.local(begin).date() == self._times.local(start_of_minute(end - 1)).date()
        until = start_of_minute(end)
        if same_day:
            return self._times.between(begin, until, now)
        return self.tr("{begin} to {end}").format(
            begin=self._times.moment(begin, now), end=self._times.moment(until, now)
        )

    def _move_cursor(self, step: int, *, extend: bool) -> None:
        scale, bar = self._scale(), self.span.bar
        newest = scale.end - bar
        if self._range is None or self._cursor is None:
            self._cursor = self._anchor = newest
        else:
            self._cursor = min(max(self._cursor + step * bar, scale.first), newest)
            if not extend or self._anchor is None:
                self._anchor = self._cursor
        self._select(self._anchor, self._cursor)
        self._tell()

    def _select(self, one: int, other: int) -> None:
        self._range = (min(one, other), max(one, other) + self.span.bar)
        self._cursor = other
        self._show_range()
        self._describe()
        self.update()

    def _show_all(self) -> None:
        self.clear_range()
        self._tell()

    def _choose_span(self, key: str) -> None:
        self._anchor = self._cursor = None  # a chosen stretch of time stays, whatever the bars are
        self.refresh()
        self.span_chosen.emit(key)

    def _show_range(self) -> None:
        self.range_button.setVisible(self._range is not None)
        if self._range is not None:
            text = self._range_text(*self._range)
            self.range_button.set_text(self.tr("{name}  ✕").format(name=text))
            self.range_button.setAccessibleName(self.tr("Only {times}; press to show all").format(times=text))

    def _tell(self) -> None:
        if self._range is None:
            self.range_chosen.emit(None, None)
        else:
            self.range_chosen.emit(*(start_of_minute(minute) for minute in self._range))

    def _describe(self) -> None:
        if self._range is not None and self._range[1] - self._range[0] == self.span.bar:
            self.setAccessibleDescription(self.bar_text(self._range[0]))
            return
        self.setAccessibleDescription(". ".join(text for text in (self._total_text(), self.note.text) if text))

    def _total_text(self) -> str:
        total, span = sum(sum(bar) for bar in self._bars), self._times.span(self.span.minutes * 60.0)
        if not total:
            return self.tr("Nothing in the last {span}").format(span=span)
        one, many = self.tr("{n} event in the last {span}"), self.tr("{n} events in the last {span}")
        return (one if total == 1 else many).format(n=total, span=span)

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
