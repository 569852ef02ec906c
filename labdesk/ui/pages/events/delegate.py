"""The one delegate of the event log."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from labdesk.labs.narrate import is_routine, student_of
from labdesk.resource.events import JournalEvent
from labdesk.ui.delegates.text_cache import TextCache
from labdesk.ui.pages.events.model import EventColumn, EventTableModel
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered
from labdesk.ui.widgets.severity import severity_look
from labdesk.ui.widgets.table import CELL_PADDING

_ICON = 14
_NAMES_SHARE = 2  # of the sentence's column, at most one part
_NAME_GAP = 8


class EventDelegate(QStyledItemDelegate):
    """`hovered` is the row under the pointer."""

    def __init__(self, theme: Theme, model: EventTableModel, view: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self._theme = theme
        self._model = model
        self._view = view
        self._texts = TextCache(theme)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colors = self._theme.colors
        rect: QRect = option.rect
        row = index.row()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colors.selected_row)
            if rect.x() <= 0 and self._view.hasFocus():
                painter.fillRect(rect.x(), rect.y(), 2, rect.height() - 1, colors.accent)
        elif row == self.hovered:
            painter.fillRect(rect, colors.hover)
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colors.well)
        event = self._model.event_at(row)
        if event is not None:
            self._paint_cell(painter, event, EventColumn(index.column()), rect)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        text = str(index.data() or "")
        return QSize(round(self._texts.width(text, "body")) + 2 * CELL_PADDING + 1, self._theme.row_height)

    def _paint_cell(self, painter: QPainter, event: JournalEvent, column: EventColumn, rect: QRect) -> None:
        texts = self._model.texts
        match column:
            case EventColumn.TIME:
                self._paint_text(painter, texts.time(event), "text_muted", rect)
            case EventColumn.SEVERITY:
                icon, tone = severity_look(event.severity)
                pixmap = self._theme.icon(icon, self._theme.colors.named(tone), _ICON, self._view)
                draw_pixmap_centered(painter, pixmap, QPointF(rect.center().x(), rect.y() + (rect.height() - 1) / 2))
            case EventColumn.SENTENCE:
                self._paint_sentence(painter, event, rect)
            case EventColumn.LAB:
                self._paint_text(painter, texts.subject(event), "accent", rect)
            case EventColumn.TYPE:
                self._paint_text(painter, event.type, "text_muted", rect)

    def _paint_sentence(self, painter: QPainter, event: JournalEvent, rect: QRect) -> None:
        student, tone = student_of(event), "text_muted" if is_routine(event) else "text"
        if student:
            width = min(ceil(self._texts.width(student, "body_medium")), rect.width() // _NAMES_SHARE)
            self._paint_text(
                painter,
                student,
                tone,
                QRect(rect.x(), rect.y(), width + 2 * CELL_PADDING, rect.height()),
                "body_medium",
            )
            rect = rect.adjusted(width + _NAME_GAP, 0, 0, 0)
        self._paint_text(painter, self._model.texts.sentence(event), tone, rect)

    def _paint_text(self, painter: QPainter, text: str, tone: str, rect: QRect, role: str = "body") -> None:
        room = rect.width() - 2 * CELL_PADDING
        if not text or room < _ICON:
            return
        painter.setPen(self._theme.colors.named(tone))
        self._texts.draw(painter, text, role, rect.x() + CELL_PADDING, rect.y(), room, rect.height() - 1)
