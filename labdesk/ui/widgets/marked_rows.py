"""A short list of facts, one a line: a mark, what it is, and when or how much at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text
from labdesk.ui.widgets.painted_rows import PaintedRows

_MARK_WIDTH = 19
_ICON = 14
_DOT = 4.5
_DOT_CENTER = 5


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """`icon` names an icon, or none for a dot; `tone` is its colour token, or none for a hollow dot."""

    text: str
    remark: str = ""
    tone: str = ""
    icon: str = ""
    strong: bool = False
    muted: bool = False
    tip: str = ""


class MarkedRows(PaintedRows):
    """A mark, what it is, and a remark at the right."""

    LEADING = 7

    def __init__(self, theme: Theme, name: str, *, joined: bool = False, parent: QWidget | None = None) -> None:
        """`joined` rows are steps: a line leads from each dot to the next."""
        super().__init__(theme, name, parent)
        self._joined = joined
        self._rows: tuple[MarkedRow, ...] = ()

    @property
    def rows(self) -> tuple[MarkedRow, ...]:
        return self._rows

    def set_rows(self, rows: Sequence[MarkedRow]) -> None:
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._replaced(len(rows), "; ".join(f"{row.text} {row.remark}".strip() for row in rows))

    def _tip_at(self, place: int) -> str:
        return self._rows[place].tip

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fonts, colors = self._theme.fonts, self._theme.colors
        line = self._line()
        for place, row in enumerate(self._rows):
            top = place * line
            if self._joined and place:
                length = round(line - 2 * _DOT - 4)
                painter.fillRect(_DOT_CENTER, top - line // 2 + round(_DOT) + 2, 1, length, colors.border)
            self._paint_mark(painter, row, QPoint(_DOT_CENTER, top + line // 2))
            remark_width = QFontMetrics(fonts.body).horizontalAdvance(row.remark)
            room = self.width() - _MARK_WIDTH - (remark_width + 8 if row.remark else 0)
            font = fonts.body_bold if row.strong else fonts.body
            text = QFontMetrics(font).elidedText(row.text, Qt.TextElideMode.ElideRight, room)
            ink = colors.text_muted if row.muted else colors.text
            draw_text(painter, QRect(_MARK_WIDTH, top, room, line), text, font, ink)
            rect = QRect(self.width() - remark_width - 1, top, remark_width + 1, line)
            draw_text(painter, rect, row.remark, fonts.body, colors.text_muted)

    def _paint_mark(self, painter: QPainter, row: MarkedRow, center: QPoint) -> None:
        colors = self._theme.colors
        if row.icon:
            pixmap = self._theme.icon(row.icon, colors.named(row.tone), _ICON, self)
            draw_pixmap_centered(painter, pixmap, QPointF(_ICON / 2, center.y()))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.tone:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.named(row.tone))
            painter.drawEllipse(QPointF(center), _DOT, _DOT)
        else:
            painter.setPen(QPen(colors.border, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(center), _DOT - 1, _DOT - 1)
