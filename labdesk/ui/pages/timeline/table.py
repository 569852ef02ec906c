"""The timeline as a table: the same labs and times in words, for whoever reads rather than sees."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from labdesk.ui.delegates.text_cache import PillCache, TextCache
from labdesk.ui.life.spans import life_of
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.timeline.entries import TimelineEntries
from labdesk.ui.pages.timeline.rows import labs_of
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.pill import pill_size
from labdesk.ui.widgets.table import CELL_PADDING, furnish_table
from labdesk.ui.words import phase_word

Index = QModelIndex | QPersistentModelIndex
_NOTHING = "—"
_SAMPLE = 200


class TimelineColumn(IntEnum):
    PHASE = 0
    STUDENT = 1
    COURSE = 2
    PLANNED = 3
    WAITED = 4
    PROVISIONING = 5
    RUNNING = 6
    ENDED = 7


class TimelineTableModel(QAbstractTableModel):
    """The labs of the chart, in its order, without its headings."""

    def __init__(self, entries: TimelineEntries, times: Times, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries = entries
        self._times = times
        self._now = datetime.fromtimestamp(0, UTC)
        self._labs: list[LabRow] = []
        entries.rearranged.connect(self._replace)
        entries.rows_changed.connect(self._refresh)
        self._replace()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        return 0 if parent.isValid() else len(self._labs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(TimelineColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            TimelineColumn.PHASE: self.tr("Phase"),
            TimelineColumn.STUDENT: self.tr("Student"),
            TimelineColumn.COURSE: self.tr("Course"),
            TimelineColumn.PLANNED: self.tr("Planned"),
            TimelineColumn.WAITED: self.tr("Waited"),
            TimelineColumn.PROVISIONING: self.tr("Provisioning"),
            TimelineColumn.RUNNING: self.tr("Running"),
            TimelineColumn.ENDED: self.tr("Ended"),
        }[TimelineColumn(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row(), TimelineColumn(index.column()))
        return None

    def lab_at(self, place: int) -> LabRow:
        return self._labs[place]

    def place_of(self, uid: str) -> int:
        """Return where a lab stands, or -1."""
        return next((place for place, row in enumerate(self._labs) if row.uid == uid), -1)

    def set_now(self, now: datetime) -> None:
        """Every text is as of this moment."""
        self._now = now

    def text(self, place: int, column: TimelineColumn) -> str:
        """Return what a cell says; a dash where nothing happened."""
        row, times, now = self._labs[place], self._times, self._now
        life = life_of(row, now.timestamp())
        if column is TimelineColumn.PHASE:
            return phase_word(row.phase)
        if column is TimelineColumn.STUDENT:
            return row.student
        if column is TimelineColumn.COURSE:
            return row.course or _NOTHING
        if column is TimelineColumn.PLANNED:
            return times.between(_at(life.plan[0]), _at(life.plan[1]), now)
        if column is TimelineColumn.ENDED:
            return times.moment(_at(life.ended), now) if life.final else _NOTHING
        phase = {
            TimelineColumn.WAITED: "PENDING",
            TimelineColumn.PROVISIONING: "PROVISIONING",
            TimelineColumn.RUNNING: "RUNNING",
        }[column]
        span = next((span for span in life.spans if span.phase == phase), None)
        if span is None:
            return _NOTHING
        if column is TimelineColumn.RUNNING:
            return times.between(_at(span.begin), _at(max(row.ends, span.end)), now)
        return times.span(span.end - span.begin)

    def tick(self, now: datetime) -> None:
        """The clock moved on."""
        self._now = now
        self._refresh()

    def _replace(self) -> None:
        self.beginResetModel()
        self._labs = labs_of(self._entries.all())
        self.endResetModel()

    def _refresh(self) -> None:
        """The same labs in the same order, in other states."""
        self._labs = labs_of(self._entries.all())
        if self._labs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._labs) - 1, len(TimelineColumn) - 1))


class TimelineTable(QTableView):
    """A click on a row (or Enter) asks for its lab."""

    lab_chosen = Signal(str)

    def __init__(self, theme: Theme, model: TimelineTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._labs = model
        self._current = ""
        self.setModel(model)
        self.setItemDelegate(_Delegate(theme, model, self))
        header = furnish_table(self, theme)
        header.setSectionsMovable(False)
        header.setStretchLastSection(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setAccessibleName(self.tr("Timeline as a table"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        model.modelReset.connect(self._restore)

    def sizeHint(self) -> QSize:
        """As high as its rows, so that the frame ends with the last one."""
        rows = self._labs.rowCount() * self.verticalHeader().defaultSectionSize()
        return QSize(600, self.horizontalHeader().sizeHint().height() + min(rows, 1_000_000))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.horizontalHeader().sizeHint().height() + self._theme.row_height)

    def size_columns(self) -> None:
        """Give every column the room its texts need; once, when they are first seen."""
        delegate = self.itemDelegate()
        metrics = self.fontMetrics()
        for column in TimelineColumn:
            title = str(self._labs.headerData(column, Qt.Orientation.Horizontal))
            widths = [metrics.horizontalAdvance(title) + 24]
            for place in range(min(self._labs.rowCount(), _SAMPLE)):
                hint = delegate.sizeHint(QStyleOptionViewItem(), self._labs.index(place, column))
                widths.append(hint.width())
            self.setColumnWidth(column, min(max(widths), 320))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.lab_chosen.emit(self._labs.lab_at(index.row()).uid)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place >= 0:
            self.lab_chosen.emit(self._labs.lab_at(place).uid)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Typing letters is for shortcuts here."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The keyboard's mark stands at the row, not in a cell."""
        super().paintEvent(event)
        current = self.currentIndex()
        if current.isValid() and self.hasFocus():
            top, height = self.rowViewportPosition(current.row()), self.rowHeight(current.row())
            QPainter(self.viewport()).fillRect(0, top, 2, height - 1, self._theme.colors.accent)

    def _current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._current = self._labs.lab_at(current.row()).uid
        self.viewport().update()

    def _restore(self) -> None:
        """The current lab stays current, wherever it stands now."""
        self.updateGeometry()
        place = self._labs.place_of(self._current) if self._current else -1
        if place >= 0:
            self.setCurrentIndex(self._labs.index(place, 0))


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, model: TimelineTableModel, view: TimelineTable) -> None:
        super().__init__(view)
        self._theme = theme
        self._model = model
        self._view = view
        self._texts = TextCache(theme)
        self._pills = PillCache(theme)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colors, rect = self._theme.colors, QRect(option.rect)
        if index.row() == self._view.currentIndex().row() and self._view.hasFocus():
            painter.fillRect(rect, colors.selected_row)
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colors.well)
        column = TimelineColumn(index.column())
        if column is TimelineColumn.PHASE:
            row = self._model.lab_at(index.row())
            scale = painter.device().devicePixelRatioF()
            pixmap = self._pills.pixmap(row.phase, phase_word(row.phase), scale)
            top = rect.y() + (rect.height() - 1 - round(pixmap.height() / scale)) // 2
            painter.drawPixmap(rect.x() + CELL_PADDING, top, pixmap)
            return
        text = self._model.text(index.row(), column)
        muted = text == _NOTHING or column is TimelineColumn.COURSE
        painter.setPen(colors.text_muted if muted else colors.text)
        room = rect.width() - 2 * CELL_PADDING
        self._texts.draw(painter, text, self._role(column), rect.x() + CELL_PADDING, rect.y(), room, rect.height() - 1)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        column = TimelineColumn(index.column())
        text = self._model.text(index.row(), column)
        if column is TimelineColumn.PHASE:
            return QSize(pill_size(self._theme, text).width() + 2 * CELL_PADDING, self._theme.row_height)
        width = round(self._texts.width(text, self._role(column))) + 2 * CELL_PADDING + 1
        return QSize(width, self._theme.row_height)

    def _role(self, column: TimelineColumn) -> str:
        return "body_medium" if column is TimelineColumn.STUDENT else "body"


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
