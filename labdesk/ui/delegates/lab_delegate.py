"""The one delegate of the table of labs: every cell from kept texts and pixmaps."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from labdesk.ui.delegates.text_cache import PillCache, TextCache
from labdesk.ui.models.lab_columns import NOTHING, LabColumn
from labdesk.ui.models.lab_groups import LabGroup
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.pill import pill_size
from labdesk.ui.widgets.table import CELL_PADDING
from labdesk.ui.words import phase_word

_FADED = 0.55
_ROLES = ["body_medium" if column == LabColumn.STUDENT else "body" for column in LabColumn]
_TONES = [
    "accent" if column == LabColumn.ACCESS
    else "text_muted" if column in (LabColumn.MESSAGE, LabColumn.EMAIL, LabColumn.NAME)
    else "text"
    for column in LabColumn
]  # fmt: skip


class LabDelegate(QStyledItemDelegate):
    """`hovered` is the row under the pointer (`link_hovered`: on its link), `marked` the one the keyboard is in."""

    def __init__(self, theme: Theme, model: LabTableModel, texts: TextCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self.link_hovered = False
        self.marked = -1
        self._theme = theme
        self._model = model
        self._texts = texts
        self._pills = PillCache(theme)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        place, column = index.row(), index.column()
        row = self._model.entry_at(place)
        if isinstance(row, LabGroup):
            return  # the view paints it, across all columns
        rect: QRect = option.rect
        if self._model.is_selected(row.uid):
            painter.fillRect(rect, self._theme.colors.selected_row)
        elif place == self.hovered:
            painter.fillRect(rect, self._theme.colors.hover)
        faded = row.deleting or row.uid in self._model.texts.held
        if faded:
            painter.setOpacity(_FADED)
        if column == LabColumn.PHASE:
            self._paint_pill(painter, row, rect)
        else:
            self._paint_text(painter, row, column, rect, place)
        if faded:
            painter.setOpacity(1.0)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        row = self._model.entry_at(index.row())
        width = 0 if isinstance(row, LabGroup) else self.width_of(row, index.column())
        return QSize(width, self._theme.row_height)

    def width_of(self, row: LabRow, column: int) -> int:
        """Return the pixels a cell needs to show everything."""
        if column == LabColumn.PHASE:
            return pill_size(self._theme, phase_word(row.phase)).width() + 2 * CELL_PADDING
        role = _ROLES[column]
        return round(self._texts.width(self._model.texts.text(row, column), role)) + 2 * CELL_PADDING + 1

    def _paint_pill(self, painter: QPainter, row: LabRow, rect: QRect) -> None:
        scale = painter.device().devicePixelRatioF()
        pixmap = self._pills.pixmap(row.phase, phase_word(row.phase), scale)
        top = rect.y() + (rect.height() - 1 - round(pixmap.height() / scale)) // 2
        if rect.width() < pixmap.width() / scale + CELL_PADDING:
            painter.setClipRect(rect)
            painter.drawPixmap(rect.x() + CELL_PADDING, top, pixmap)
            painter.setClipping(False)
        else:
            painter.drawPixmap(rect.x() + CELL_PADDING, top, pixmap)

    def _paint_text(self, painter: QPainter, row: LabRow, column: int, rect: QRect, place: int) -> None:
        text = self._model.texts.text(row, column)
        if not text:
            return
        colors = self._theme.colors
        painter.setPen(colors.text_muted if text == NOTHING else getattr(colors, _TONES[column]))
        role = _ROLES[column]
        room = rect.width() - 2 * CELL_PADDING
        x = rect.x() + CELL_PADDING
        self._texts.draw(painter, text, role, x, rect.y(), room, rect.height() - 1)
        if column == LabColumn.ACCESS and place == self.hovered and self.link_hovered:
            width = min(room, round(self._texts.width(text, role)))
            base = rect.y() + (rect.height() + self._theme.line_height(role)) // 2 - 2
            painter.fillRect(x, base, width, 1, colors.accent)
