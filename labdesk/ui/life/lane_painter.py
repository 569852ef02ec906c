"""How one lab's life is painted: bars of its phases, the plan beneath, what is still expected, and how it ended."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from labdesk.ui.delegates.text_cache import TextCache
from labdesk.ui.life.scale import TimeScale
from labdesk.ui.life.spans import Life, Span
from labdesk.ui.life.wording import ahead_texts
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.paint import draw_pixmap_centered, fill_round
from labdesk.ui.words import phase_word

FULL_HEIGHT = 22.0
"""Rows at least so high have rounded bars with words; lower ones only colours."""
_ROLE = "caption_bold"
_RADIUS = 3.5
_ICON = 14
_PAD = 6
_FAR = 30.0
_LEAST_BAR = 2.0


def _tr(text: str) -> str:
    return QCoreApplication.translate("Timeline", text)


class LanePainter:
    """Paints within x from 0 to `width`; the painter's origin is the chart's, its clip too."""

    def __init__(self, theme: Theme, times: Times, texts: TextCache) -> None:
        self._theme = theme
        self._times = times
        self._texts = texts

    def paint(
        self, painter: QPainter, row: LabRow, life: Life, scale: TimeScale, top: float, height: float, width: float
    ) -> None:
        """Paint a life into the row at `top`."""
        self.width = width
        if height < FULL_HEIGHT:
            self._paint_low(painter, life, scale, top, height)
            return
        bar = QRectF(0, round(top) + 4, 0, round(height) - 11)
        self._paint_lead(painter, life, scale, bar, width)
        self._paint_plan(painter, life, scale, bar)
        if life.ahead is not None:
            self._paint_ahead(painter, row, life.ahead, scale, bar)
        for span in life.spans:
            self._paint_span(painter, row, span, scale, bar)
        if life.final:
            self._paint_end(painter, life, scale, bar)

    def paint_beyond(
        self, painter: QPainter, text: str, life: Life, scale: TimeScale, top: float, height: float, width: float
    ) -> None:
        """Say at the edge what there is beyond it, so that a row of which nothing can be seen is not empty."""
        self.width = width
        is_past = scale.x(life.end) < 0
        ink = self._theme.phase(life.final).ink if life.final else self._theme.colors.text_muted
        role = _ROLE if life.final else "caption"
        bar = QRectF(0, round(top) + 4, 0, round(height) - 11)
        taken = round(self._texts.width(text, role)) + 1
        left = round(_PAD + _ICON if is_past else width - _PAD - _ICON - taken)
        arrow, x = ("mdi6.chevron-left", left) if is_past else ("mdi6.chevron-right", left + taken + _ICON)
        draw_pixmap_centered(painter, self._pixmap(painter, arrow, ink), QPointF(x - _ICON / 2, bar.center().y()))
        painter.setPen(ink)
        self._texts.draw(painter, text, role, left, round(bar.top()), taken, round(bar.height()))
        if not is_past:
            self._paint_lead(painter, life, scale, bar, left - _PAD)

    # --- full rows --------------------------------------------------------------------------------------------

    def _reach(self, begin: float, end: float, scale: TimeScale) -> tuple[float, float] | None:
        """Return the pixels of a stretch as far as they can be seen (and a little beyond), or None."""
        left, right = scale.x(begin), scale.x(end)
        if right < -_FAR or left > self.width + _FAR:
            return None
        return max(left, -_FAR), min(right, self.width + _FAR)

    def _paint_span(self, painter: QPainter, row: LabRow, span: Span, scale: TimeScale, bar: QRectF) -> None:
        reach = self._reach(span.begin, span.end, scale)
        if reach is None:
            return
        style = self._theme.phase(span.phase)
        left, right = reach
        if right - left < _LEAST_BAR:
            painter.fillRect(QRectF(left, bar.top(), _LEAST_BAR, bar.height()), style.ink)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.ink, 1))
        painter.setBrush(style.ground)
        rect = QRectF(left + 0.5, bar.top() + 0.5, max(right - left - 1, 1), bar.height() - 1)
        radius = min(_RADIUS, rect.width() / 2)
        painter.drawRoundedRect(rect, radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._label(painter, _span_word(row, span), rect, style.ink, style.icon)

    def _label(self, painter: QPainter, text: str, rect: QRectF, ink: QColor, icon: str) -> None:
        """Write into a bar as much as there is room for: icon and word, the word, the icon, or nothing."""
        left, right = max(rect.left(), 0.0) + _PAD, min(rect.right(), self.width) - _PAD + 2
        wanted = self._texts.width(text, _ROLE) + 1
        with_word = right - left >= wanted
        with_icon = right - left >= wanted + _ICON + 5 if with_word else right - left >= _ICON - 4
        if with_icon:
            draw_pixmap_centered(
                painter, self._pixmap(painter, icon, ink), QPointF(left + _ICON / 2 - 2, rect.center().y())
            )
            left += _ICON + 3
        if with_word:
            painter.setPen(ink)
            y, height = round(rect.top()), round(rect.height())
            self._texts.draw(painter, text, _ROLE, round(left), y, round(wanted), height)

    def _paint_ahead(
        self, painter: QPainter, row: LabRow, ahead: tuple[float, float], scale: TimeScale, bar: QRectF
    ) -> None:
        reach = self._reach(*ahead, scale)
        if reach is None:
            return
        left, right = reach
        muted = self._theme.colors.text_muted
        edge = QColor(muted)
        edge.setAlphaF(0.55)
        pen = QPen(edge, 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rect = QRectF(left + 0.5, bar.top() + 0.5, max(right - left - 1, 1), bar.height() - 1)
        painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._choose_label(painter, ahead_texts(row, ahead, self._times), rect, muted)

    def _choose_label(self, painter: QPainter, texts: tuple[str, ...], rect: QRectF, ink: QColor) -> None:
        """Write the first of `texts` that has room."""
        left, right = max(rect.left(), 0.0) + _PAD, min(rect.right(), self.width) - _PAD + 2
        for text in texts:
            wanted = self._texts.width(text, "caption") + 1
            if right - left >= wanted:
                painter.setPen(ink)
                y, height = round(rect.top()), round(rect.height())
                self._texts.draw(painter, text, "caption", round(left), y, round(wanted), height)
                return

    def _paint_lead(self, painter: QPainter, life: Life, scale: TimeScale, bar: QRectF, until: float) -> None:
        """Known but not due yet: a thin line to the moment it is due."""
        reach = self._reach(*life.lead, scale) if life.lead is not None else None
        if reach is not None:
            color = QColor(self._theme.colors.text_muted)
            color.setAlphaF(0.4)
            right = min(reach[1], until)
            painter.fillRect(QRectF(reach[0], round(bar.center().y()), right - reach[0], 1), color)

    def _paint_plan(self, painter: QPainter, life: Life, scale: TimeScale, bar: QRectF) -> None:
        """The planned window, a line beneath what became of it."""
        reach = self._reach(life.plan[0], min(life.plan[1], life.until), scale)
        if reach is not None:
            color = QColor(self._theme.colors.accent)
            color.setAlphaF(0.4)
            painter.fillRect(QRectF(reach[0], bar.bottom() + 2, max(reach[1] - reach[0], 2), 2), color)

    def _paint_end(self, painter: QPainter, life: Life, scale: TimeScale, bar: QRectF) -> None:
        """A final phase is an end mark: icon and word behind the last bar, if there is room before the next run."""
        x = scale.x(life.ended)
        if not -_FAR * 5 <= x <= self.width:
            return
        style, middle = self._theme.phase(life.final), bar.center().y()
        word = phase_word(life.final)
        width = round(self._texts.width(word, _ROLE)) + 1
        painter.fillRect(QRectF(x, bar.top(), 2, bar.height()), style.ink)
        room = scale.x(life.until) - x - 6
        with_word = room >= width + 29
        if not with_word and room < _ICON + 8:
            return
        # On its own ground, since the line of now may run beneath it.
        fill_round(
            painter,
            QRectF(x + 4, bar.top(), width + 29 if with_word else _ICON + 8, bar.height()),
            style.ground,
            bar.height() / 2,
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        draw_pixmap_centered(painter, self._pixmap(painter, style.icon, style.ink), QPointF(x + 15, middle))
        if with_word:
            painter.setPen(style.ink)
            self._texts.draw(painter, word, _ROLE, round(x) + 25, round(bar.top()), width, round(bar.height()))

    def _pixmap(self, painter: QPainter, icon: str, ink: QColor) -> QPixmap:
        return self._theme.icons.pixmap(icon, ink, _ICON, painter.device().devicePixelRatioF())

    # --- low rows ---------------------------------------------------------------------------------------------

    def _paint_low(self, painter: QPainter, life: Life, scale: TimeScale, top: float, height: float) -> None:
        """Only colours: too low for words."""
        gap = 1.0 if height >= 4 else 0.0
        y, bar = top + gap, max(height - 2 * gap, 1.0)
        if life.ahead is not None and (reach := self._reach(*life.ahead, scale)):
            painter.fillRect(QRectF(reach[0], y, max(reach[1] - reach[0], 1), bar), self._theme.colors.border)
        for span in life.spans:
            if reach := self._reach(span.begin, span.end, scale):
                color = strip_color(self._theme, span.phase)
                painter.fillRect(QRectF(reach[0], y, max(reach[1] - reach[0], 1), bar), color)
        if life.final and (reach := self._reach(life.ended, life.ended, scale)):
            painter.fillRect(QRectF(reach[0], y, 3, bar), self._theme.phase(life.final).ink)
        if life.lead is not None and (reach := self._reach(*life.lead, scale)):
            line = QLineF(reach[0], top + height / 2, reach[1], top + height / 2)
            painter.setPen(self._theme.colors.border)
            painter.drawLine(line)


def strip_color(theme: Theme, phase: str) -> QColor:
    """The colour of a phase where only colour is shown: between its ground and its ink."""
    style = theme.phase(phase)
    share = 0.5
    parts = zip(style.ink.getRgbF()[:3], style.ground.getRgbF()[:3], strict=True)  # type: ignore[index]
    return QColor.fromRgbF(*(ink * share + ground * (1 - share) for ink, ground in parts))


def _span_word(row: LabRow, span: Span) -> str:
    if span.phase == "PENDING":
        return _tr("Waiting")
    if span.phase == "RUNNING" and row.extension > 0:
        return _tr("Running, extended")
    return phase_word(span.phase)
