"""Painting of the timeline: names, axis, lanes, the line of now. Only what can be seen is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap

from labdesk.ui.delegates.text_cache import TextCache
from labdesk.ui.life.lane_painter import FULL_HEIGHT, LanePainter
from labdesk.ui.life.scale import RowScale, TimeScale
from labdesk.ui.life.spans import lives_of
from labdesk.ui.life.ticks import Tick, TickKind, ticks
from labdesk.ui.life.wording import beyond_text
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.timeline.entries import TimelineEntries
from labdesk.ui.pages.timeline.rows import Heading
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, fill_round
from labdesk.ui.words import counted, phases_summary

_PAD = 10
_ICON = 14


@dataclass(frozen=True, slots=True)
class ChartView:
    """What is painted: `body` is where the lanes are; `hovered` and `current` are rows, -1 for none.

    `picture` is the overview and the scale it stands on, in place of lanes that are too low to be painted singly.
    """

    width: int
    height: int
    body: QRect
    scale: TimeScale
    rows: RowScale
    now: float
    hovered: int = -1
    current: int = -1
    keyboard: bool = False
    picture: tuple[QPixmap, TimeScale] | None = None


def _tr(text: str) -> str:
    return QCoreApplication.translate("Timeline", text)


class ChartPainter:
    """`earlier` gives a lab's earlier runs, as they were when they ended."""

    def __init__(self, theme: Theme, times: Times, earlier: Callable[[LabRow], Sequence[LabRow]]) -> None:
        self._theme = theme
        self._times = times
        self._earlier = earlier
        self._texts = TextCache(theme)
        self._lanes = LanePainter(theme, times, self._texts)

    @property
    def names_width(self) -> int:
        """Pixels of the column of names."""
        return QFontMetrics(self._theme.fonts.body_medium).averageCharWidth() * 20 + _PAD

    @property
    def axis_height(self) -> int:
        return self._theme.line_height("caption") + 14

    def paint(self, painter: QPainter, view: ChartView, entries: TimelineEntries) -> None:
        """Paint everything into a widget of that size."""
        colors = self._theme.colors
        painter.fillRect(0, 0, view.width, view.height, colors.surface)
        axis = ticks(view.scale, view.body.width(), self._times.zone)
        painter.setClipRect(0, view.body.top(), view.width, view.body.height())
        now_x = view.body.left() + round(view.scale.x(view.now))
        now_line = QRect(now_x - 1, view.body.top(), 2, view.body.height())
        shown = view.rows.visible(view.body.height())
        if view.picture is None:
            self._paint_grounds(painter, view, entries, shown)
        if view.picture is not None:
            self._paint_picture(painter, view, view.picture)
        self._paint_grid(painter, view, axis)
        if view.picture is not None:
            self._paint_courses(painter, view, entries)
            painter.setClipRect(view.body)
            painter.fillRect(now_line, colors.failed)
        else:
            has_words = view.rows.height >= FULL_HEIGHT
            if view.rows.height >= self._theme.line_height("caption"):
                self._paint_names(painter, view, entries, shown)
            else:
                self._paint_courses(painter, view, entries)
            painter.setClipRect(view.body)
            if has_words:
                painter.fillRect(now_line, colors.failed)  # beneath the lanes: words stay readable on it
            painter.translate(view.body.topLeft())
            for place in shown:
                self._paint_lane(painter, view, entries, place)
            painter.resetTransform()
            if not has_words:
                painter.fillRect(now_line, colors.failed)
        painter.setClipping(False)
        self._paint_axis(painter, view, axis, entries)
        self._paint_now(painter, view)

    # --- rows -------------------------------------------------------------------------------------------------

    def _row_rect(self, view: ChartView, place: int) -> QRect:
        top = view.body.top() + round(view.rows.top(place))
        return QRect(0, top, view.width, view.body.top() + round(view.rows.top(place + 1)) - top)

    def _paint_grounds(self, painter: QPainter, view: ChartView, entries: TimelineEntries, shown: range) -> None:
        colors, is_low = self._theme.colors, view.rows.height < FULL_HEIGHT
        for place in shown:
            rect = self._row_rect(view, place)
            if isinstance(entries[place], Heading):
                painter.fillRect(rect, colors.window)
            elif place == view.current:
                painter.fillRect(rect, colors.selected_row)
            elif place == view.hovered:
                painter.fillRect(rect, colors.hover)
            if not is_low:
                painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, colors.well)
            if place == view.current and view.keyboard:
                painter.fillRect(rect.left(), rect.top(), 2, rect.height(), colors.accent)

    def _paint_names(self, painter: QPainter, view: ChartView, entries: TimelineEntries, shown: range) -> None:
        colors = self._theme.colors
        role = "body_medium" if view.rows.height >= FULL_HEIGHT else "caption"
        room = view.body.left() - 2 * _PAD
        for place in shown:
            entry, rect = entries[place], self._row_rect(view, place)
            if isinstance(entry, Heading):
                self._paint_heading(painter, view, entry, rect)
            else:
                painter.setPen(colors.text)
                self._texts.draw(painter, entry.student, role, _PAD, rect.top(), room, rect.height() - 1)

    def _paint_heading(self, painter: QPainter, view: ChartView, heading: Heading, rect: QRect) -> None:
        colors = self._theme.colors
        icon = "mdi6.chevron-right" if heading.folded else "mdi6.chevron-down"
        pixmap = self._theme.icons.pixmap(icon, colors.text_muted, _ICON, painter.device().devicePixelRatioF())
        middle = rect.top() + (rect.height() - 1) / 2
        draw_pixmap_centered(painter, pixmap, QPointF(_PAD + 4, middle))
        left = _PAD + _ICON + 2
        painter.setPen(colors.text)
        height = rect.height() - 1
        name = heading.course or _tr("No course")
        self._texts.draw(painter, name, "caption_bold", left, rect.top(), view.body.left() - left, height)
        painter.setPen(colors.text_muted)
        room = view.body.width() - 2 * _PAD
        self._texts.draw(
            painter, phases_summary(heading.phases), "caption", view.body.left() + _PAD, rect.top(), room, height
        )

    def _paint_lane(self, painter: QPainter, view: ChartView, entries: TimelineEntries, place: int) -> None:
        row = entries[place]
        if isinstance(row, Heading):
            return
        top, height, width = view.rows.top(place), view.rows.height, view.body.width()
        runs = [*self._earlier(row), row]
        *lives, life = lives_of(runs, view.now)
        for earlier, its in zip(runs, lives, strict=False):
            self._lanes.paint(painter, earlier, its, view.scale, top, height, width)
        is_beyond = view.scale.x(life.end) < 0 or view.scale.x(life.begin) > width
        if is_beyond and height >= FULL_HEIGHT:
            text = beyond_text(row, life, self._times, view.now)
            self._lanes.paint_beyond(painter, text, life, view.scale, top, height, width)
        else:
            self._lanes.paint(painter, row, life, view.scale, top, height, width)

    # --- the overview -----------------------------------------------------------------------------------------

    def _paint_picture(self, painter: QPainter, view: ChartView, picture: tuple[QPixmap, TimeScale]) -> None:
        pixmap, scale = picture
        painter.setClipRect(view.body)
        x = view.body.left() + round(view.scale.x(scale.begin))
        painter.drawPixmap(x, view.body.top() - round(view.rows.offset), pixmap)
        painter.setClipRect(0, view.body.top(), view.width, view.body.height())

    def _paint_courses(self, painter: QPainter, view: ChartView, entries: TimelineEntries) -> None:
        """Names of courses at their first rows, as far as they do not stand on each other."""
        colors, line = self._theme.colors, self._theme.line_height("caption") + 2
        free = view.body.top()
        for heading, place in entries.headings():
            top = view.body.top() + round(view.rows.top(place))
            if top < free or top + line > view.height:
                continue
            painter.fillRect(0, top, view.width, 1, colors.border)
            painter.setPen(colors.text)
            name = heading.course or _tr("No course")
            room = view.body.left() - 2 * _PAD
            count = str(heading.count)
            used = round(self._texts.width(count, "caption")) + 6
            self._texts.draw(painter, name, "caption_bold", _PAD, top, room - used, line)
            painter.setPen(colors.text_muted)
            self._texts.draw(painter, count, "caption", view.body.left() - _PAD - used + 6, top, used, line)
            free = top + line

    # --- time -------------------------------------------------------------------------------------------------

    def _paint_grid(self, painter: QPainter, view: ChartView, axis: Sequence[Tick]) -> None:
        colors = self._theme.colors
        for tick in axis:
            x = view.body.left() + round(view.scale.x(tick.moment.timestamp()))
            color = colors.border if tick.kind is TickKind.DAY else colors.well
            painter.fillRect(x, view.body.top(), 1, view.body.height(), color)

    def _paint_axis(self, painter: QPainter, view: ChartView, axis: Sequence[Tick], entries: TimelineEntries) -> None:
        colors, fonts = self._theme.colors, self._theme.fonts
        height = view.body.top()
        painter.fillRect(0, 0, view.width, height, colors.surface)
        painter.fillRect(0, height - 1, view.width, 1, colors.border)
        count = counted(entries.shown_labs, _tr("{n} lab"), _tr("{n} labs"))
        draw_text(painter, QRect(_PAD, 0, view.body.left() - _PAD, height - 1), count, fonts.body, colors.text_muted)
        now_left, now_right = self._now_reach(view)
        painter.setClipRect(view.body.left() - 4, 0, view.body.width() + 4, height)
        for tick in axis:
            text = self.tick_text(tick)
            x = view.body.left() + round(view.scale.x(tick.moment.timestamp()))
            right = x + round(self._texts.width(text, "caption"))
            if right > view.width or (right > now_left - 6 and x < now_right + 6):
                continue
            painter.setPen(colors.text if tick.kind is TickKind.DAY else colors.text_muted)
            self._texts.draw(painter, text, "caption", x, 0, right - x + 2, height - 1)
        painter.setClipping(False)

    def tick_text(self, tick: Tick) -> str:
        """Return what a tick is called."""
        match tick.kind:
            case TickKind.SECONDS:
                return self._times.clock_seconds(tick.moment)
            case TickKind.CLOCK:
                return self._times.clock(tick.moment)
            case TickKind.DAY:
                return self._times.date_and_clock(tick.moment).partition(",")[0]

    def _now_text(self, view: ChartView) -> str:
        return self._times.clock(datetime.fromtimestamp(view.now, UTC))

    def _now_reach(self, view: ChartView) -> tuple[float, float]:
        """Where the time at the line of now stands; nowhere while the line cannot be seen."""
        x = view.scale.x(view.now)
        if not 0 <= x <= view.body.width():
            return -1e9, -1e9
        half = self._texts.width(self._now_text(view), "caption_bold") / 2 + 7
        middle = min(max(view.body.left() + x, view.body.left() + half), view.width - half - 2)
        return middle - half, middle + half

    def _paint_now(self, painter: QPainter, view: ChartView) -> None:
        left, right = self._now_reach(view)
        if left < 0:
            return
        colors = self._theme.colors
        x = view.body.left() + round(view.scale.x(view.now))
        top = view.body.top()
        painter.fillRect(x - 1, top - 6, 2, 6, colors.failed)
        line = self._theme.line_height("caption_bold") + 4
        rect = QRectF(left, (top - 1 - line) / 2, right - left, line)
        fill_round(painter, rect, colors.failed, line / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        draw_text(
            painter, rect.toRect(), self._now_text(view), self._theme.fonts.caption_bold, colors.surface,
            Qt.AlignmentFlag.AlignHCenter,
        )  # fmt: skip
