"""How a template's row is painted: the name, a pill for its image, and plain texts."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from labdesk.ui.models.lab_columns import NOTHING
from labdesk.ui.pages.templates.rows import (
    TemplateColumn,
    TemplateRow,
    cell_text,
    presence_look,
    presence_word,
    state_words,
)
from labdesk.ui.pages.templates.table_model import TemplateTableModel
from labdesk.ui.panels.image_book import Presence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, fill_round
from labdesk.ui.widgets.pill import PILL_RIGHT, paint_toned_pill, pill_size
from labdesk.ui.widgets.table import CELL_PADDING

_FADED = 0.55
_BAR = 3
_MARK, _MARK_ROOM = 14, 22
"""Pixels of the mark of an edited template, and of the room that every name keeps for it: columns stay as they are."""
_TONES = {
    TemplateColumn.NAME: "text",
    TemplateColumn.IMAGE: "text_muted",
    TemplateColumn.LABS: "text",
    TemplateColumn.MEMORY: "text_muted",
}


class TemplateDelegate(QStyledItemDelegate):
    """`current` is the row shown in the editor, `hovered` the one under the pointer."""

    def __init__(self, theme: Theme, model: TemplateTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current = -1
        self.hovered = -1
        self._theme = theme
        self._model = model

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row, column = self._model.row_at(index.row()), index.column()
        rect: QRect = option.rect
        colors = self._theme.colors
        if index.row() == self.current:
            painter.fillRect(rect, colors.selected_row)
        elif index.row() == self.hovered:
            painter.fillRect(rect, colors.hover)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, colors.well)
        painter.save()
        painter.setClipRect(rect)
        if row.remark:
            painter.setOpacity(_FADED)
        if column == TemplateColumn.ON_ENGINE:
            self._paint_pill(painter, row, rect)
        else:
            self._paint_text(painter, row, column, rect)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self.width_of(self._model.row_at(index.row()), index.column()), self._theme.row_height)

    def width_of(self, row: TemplateRow, column: int) -> int:
        """Return the pixels a cell needs to show everything."""
        if column == TemplateColumn.ON_ENGINE:
            return pill_size(self._theme, presence_word(row.image)).width() + 2 * CELL_PADDING
        width = QFontMetrics(self._font(column)).horizontalAdvance(cell_text(row, column)) + 2 * CELL_PADDING + 2
        return width + (_MARK_ROOM if column == TemplateColumn.NAME else 0)

    def _paint_pill(self, painter: QPainter, row: TemplateRow, rect: QRect) -> None:
        word, (icon, tone) = presence_word(row.image), presence_look(row.image)
        size = pill_size(self._theme, word)
        painter.translate(rect.x() + CELL_PADDING, rect.y() + (rect.height() - 1 - size.height()) // 2)
        paint_toned_pill(painter, self._theme, word, icon, tone, size, painter.device().devicePixelRatioF())
        percent = row.image.percent
        if row.image.presence is Presence.PULLING and percent is not None:
            room = size.width() - 2 * PILL_RIGHT
            bar = QRect(PILL_RIGHT, size.height() - _BAR, round(room * percent / 100), _BAR - 1)
            fill_round(painter, bar, self._theme.colors.named(tone), 1)

    def _paint_text(self, painter: QPainter, row: TemplateRow, column: int, rect: QRect) -> None:
        text = cell_text(row, column)
        colors, font = self._theme.colors, self._font(column)
        metrics = QFontMetrics(font)
        room = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, -1)
        kept = _MARK_ROOM if column == TemplateColumn.NAME else 0
        mode = Qt.TextElideMode.ElideMiddle if column == TemplateColumn.IMAGE else Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(text, mode, room.width() - kept)
        ink = colors.text_muted if text == NOTHING else colors.named(_TONES[TemplateColumn(column)])
        draw_text(painter, room, shown, font, ink)
        if kept and state_words(row):
            icon = "mdi6.trash-can-outline" if row.remark else "mdi6.pencil"
            pixmap = self._theme.icons.pixmap(icon, colors.accent, _MARK, painter.device().devicePixelRatioF())
            x = room.left() + metrics.horizontalAdvance(shown) + _MARK_ROOM - _MARK / 2
            draw_pixmap_centered(painter, pixmap, QPointF(x, room.center().y() + 0.5))

    def _font(self, column: int) -> QFont:
        return self._theme.fonts.body_medium if column == TemplateColumn.NAME else self._theme.fonts.body
