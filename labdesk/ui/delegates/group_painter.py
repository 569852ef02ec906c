"""A group's summary row: across all columns, and in view however far the columns are scrolled."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QPainter

from labdesk.ui.delegates.text_cache import TextCache
from labdesk.ui.models.lab_groups import LabGroup
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered
from labdesk.ui.widgets.table import CELL_PADDING

CHEVRON_ROOM = CELL_PADDING + 22
"""So many pixels from the left edge fold and unfold."""
_ICON = 18
_GAP = 12
_MOST_TITLE = 0.5


class GroupPainter:
    """Paints into a rectangle of the viewport."""

    def __init__(self, theme: Theme, texts: TextCache) -> None:
        self._theme = theme
        self._texts = texts

    def paint(self, painter: QPainter, group: LabGroup, rect: QRect, *, hovered: bool) -> None:
        """Paint the fold mark, the group's name, and how many of its labs are in which phase."""
        colors = self._theme.colors
        ground = colors.selected_row if group.is_selected else colors.hover if hovered else colors.well
        painter.fillRect(rect, ground)
        icon = "mdi6.chevron-right" if group.folded else "mdi6.chevron-down"
        pixmap = self._theme.icons.pixmap(icon, colors.text_muted, _ICON, painter.device().devicePixelRatioF())
        draw_pixmap_centered(painter, pixmap, QPointF(CELL_PADDING + _ICON / 2, rect.top() + (rect.height() - 1) / 2))
        left, right, height = rect.left() + CHEVRON_ROOM, rect.right() - CELL_PADDING, rect.height() - 1
        wanted = round(self._texts.width(group.title, "body_medium")) + 1
        title = min(wanted, round((right - left) * _MOST_TITLE))
        painter.setPen(colors.text)
        self._texts.draw(painter, group.title, "body_medium", left, rect.top(), title, height)
        left += title + _GAP
        painter.setPen(colors.text_muted)
        self._texts.draw(painter, group.summary, "body", left, rect.top(), max(right - left, 0), height)
