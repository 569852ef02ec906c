"""What every table of the window shares: its header, row height and scroll bars. No style sheet on the view itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text

CELL_PADDING = 10
_ARROW = 14


class TableHeader(QHeaderView):
    """Column headings with a sort arrow; columns can be moved and sized. Painted from the theme."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(48)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        hint.setHeight(QFontMetrics(self._theme.fonts.caption_medium).height() + 18)
        return hint

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803  (Qt's name)
        colors, font = self._theme.colors, self._theme.fonts.caption_medium
        painter.save()
        painter.fillRect(rect, colors.surface)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, colors.border)
        text = str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        sorted_by = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        room = rect.width() - CELL_PADDING - (_ARROW + 6 if sorted_by else 2)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        draw_text(painter, rect.adjusted(CELL_PADDING, 0, 0, -1), shown, font, colors.text_muted)
        if sorted_by:
            ascending = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            pixmap = self._theme.icon(
                "mdi6.arrow-down" if ascending else "mdi6.arrow-up", colors.text_muted, _ARROW, self
            )
            x = rect.left() + CELL_PADDING + metrics.horizontalAdvance(shown) + 4 + _ARROW / 2
            draw_pixmap_centered(painter, pixmap, QPointF(x, rect.center().y() + 0.5))
        painter.restore()


def furnish_table(view: QTableView, theme: Theme) -> TableHeader:
    """Give a table the window's header, row height, scroll bars and manners; return the header."""
    header = TableHeader(theme, view)
    view.setHorizontalHeader(header)
    view.setShowGrid(False)
    view.setFrameShape(QTableView.Shape.NoFrame)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    # Else a press on a heading, to sort or to move it, makes the first row the current one.
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    vertical = view.verticalHeader()
    vertical.hide()
    vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    vertical.setMinimumSectionSize(8)
    theme.dress(view.verticalScrollBar())
    theme.dress(view.horizontalScrollBar())

    _RowHeights(view, theme)
    return header


class _RowHeights(QObject):
    """Keeps a table's row height that of the theme; a child of the table, so it ends with it."""

    def __init__(self, view: QTableView, theme: Theme) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        theme.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._view.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        self._view.updateGeometry()
        self._view.viewport().update()
