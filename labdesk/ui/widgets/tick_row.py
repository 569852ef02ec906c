"""A row of a list to tick: a box, what it is, and a remark at the right."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import ICON_SIZE, draw_pixmap_centered, draw_text, fill_round

_LEFT, _PADDING = 32, 8
_LEAST_REMARK = 0.25
"""The share of a row that a remark has beside a long text."""


def tick_row_height(theme: Theme) -> int:
    return theme.line_height("body") + 10


def paint_tick_row(
    painter: QPainter, theme: Theme, option: QStyleOptionViewItem, text: str, remark: str, *, ticked: bool
) -> None:
    """Paint one row; the current one and the one beneath the pointer stand out."""
    colors, fonts, rect = theme.colors, theme.fonts, QRect(option.rect)
    if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
        fill_round(painter, rect, colors.accent_soft, 4)
    icon = "mdi6.checkbox-marked" if ticked else "mdi6.checkbox-blank-outline"
    ink = colors.accent if ticked else colors.text_muted
    pixmap = theme.icons.pixmap(icon, ink, ICON_SIZE, painter.device().devicePixelRatioF())
    draw_pixmap_centered(painter, pixmap, QPointF(rect.left() + 16, rect.y() + rect.height() / 2))
    room, metrics, remarks = (
        rect.adjusted(_LEFT, 0, -_PADDING, 0),
        QFontMetrics(fonts.body),
        QFontMetrics(fonts.caption),
    )
    most = max(room.width() - metrics.horizontalAdvance(text) - _PADDING, round(room.width() * _LEAST_REMARK))
    remark = remarks.elidedText(remark, Qt.TextElideMode.ElideRight, most)
    draw_text(painter, room, remark, fonts.caption, colors.text_muted, Qt.AlignmentFlag.AlignRight)
    room.setRight(room.right() - remarks.horizontalAdvance(remark) - _PADDING)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
    draw_text(painter, room, text, fonts.body, colors.text)
