"""The timeline itself: one painted widget, however many labs there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.life.scale import TimeScale
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.timeline.chart_painter import ChartPainter, ChartView
from labdesk.ui.pages.timeline.entries import TimelineEntries
from labdesk.ui.pages.timeline.overview import Overview
from labdesk.ui.pages.timeline.rows import Heading
from labdesk.ui.pages.timeline.viewport import Viewport
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import led_by_keyboard
from labdesk.ui.widgets.paint import focus_ring

OVERVIEW_BELOW = 4.0
"""Rows lower than this are shown as one picture."""
_DRAG_PX = 5
_WHEEL_STEP = 120.0
_WHEEL_ROWS = 3
_ZOOM = 1.25
_PAN_SHARE = 0.12
_PICTURE_STEP = 256
_WIDEST_PICTURE = 8_192


@dataclass(slots=True)
class _Drag:
    origin: QPointF
    scale: TimeScale
    offset: float
    moved: bool = False


class TimelineChart(QWidget):
    """The wheel zooms at the cursor, dragging pans; a click on a lab (or Enter) asks for it, on a course folds it."""

    lab_chosen = Signal(str)
    hovered = Signal(str, QPoint)
    """The uid of the lab under the pointer (empty: none) and where, in this widget."""
    view_changed = Signal()
    """It was panned, zoomed, scrolled or sized, or the keyboard is on another lab."""

    def __init__(
        self,
        theme: Theme,
        entries: TimelineEntries,
        painter: ChartPainter,
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries = entries
        self._painter = painter
        self._labs_extent: tuple[float, float] | None = None
        self._view = Viewport(now().timestamp(), self._row_height(), self._extent)
        self._drag: _Drag | None = None
        self._current = ""
        self._by_keyboard = False
        self._hovered = -1
        self.overview = Overview(theme, entries.all, self)
        self.overview.changed.connect(self.update)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Timeline of labs"))
        entries.rearranged.connect(self._rearranged)
        entries.rows_changed.connect(self._rows_changed)
        theme.changed.connect(self._restyle)

    # --- what is shown ----------------------------------------------------------------------------------------

    @property
    def view(self) -> Viewport:
        """What part of time and rows is seen; to be read, changes go through this widget."""
        return self._view

    @property
    def current_uid(self) -> str:
        """The lab that the keyboard is on, or nothing."""
        return self._current

    @property
    def body(self) -> QRect:
        """Where the lanes are: right of the names, beneath the axis."""
        left, top = self._painter.names_width, self._painter.axis_height
        return QRect(left, top, max(self.width() - left, 1), max(self.height() - top, 1))

    @property
    def uses_overview(self) -> bool:
        """True while rows are too low to be painted one by one."""
        return self._view.rows.height < OVERVIEW_BELOW

    def sizeHint(self) -> QSize:
        """As high as its rows, so that the frame ends with the last one."""
        rows = min(len(self._entries) * self._row_height(), 1_000_000.0)
        return QSize(800, self._painter.axis_height + round(rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self._painter.axis_height + 2 * round(self._row_height()))

    def _row_height(self) -> float:
        least = self._theme.line_height("caption_bold") + 13
        return float(max(26 if self._theme.is_compact else 30, least))

    def _extent(self) -> tuple[float, float]:
        """Return the first and last moment there is anything to see, now included."""
        if self._labs_extent is None:
            self._labs_extent = self._entries.extent() or (self._view.now, self._view.now)
        first, last = self._labs_extent
        return min(first, self._view.now), max(last, self._view.now)

    # --- zoom and pan -----------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """The clock moved on."""
        self._view.tick(now.timestamp())
        self.update()

    def set_span(self, seconds: float) -> None:
        """Show so much time around now, and follow it."""
        self._view.set_span(seconds)
        self._went_elsewhere()

    def show_now(self) -> None:
        """Go to now and follow it."""
        self._view.show_now()
        self._went_elsewhere()

    def fit(self) -> None:
        """Show all labs and all of their time."""
        self._view.fit()
        self._went_elsewhere()

    def zoom(self, factor: float) -> None:
        """Zoom by `factor` at now, or in the middle where now cannot be seen."""
        self._view.zoom(factor)
        self._went_elsewhere()

    def pan(self, pixels: float) -> None:
        """Move to later moments by so many pixels."""
        self._view.pan(pixels)
        self._went_elsewhere()

    def scroll_to(self, offset: float) -> None:
        """Put the rows `offset` pixels up."""
        self._view.scroll(offset)
        self._moved()

    def show_lab(self, uid: str) -> bool:
        """Bring a lab's row into view and the keyboard onto it; False if it is not shown."""
        place = self._entries.place_of(uid)
        if place < 0:
            return False
        self._current = uid
        self._view.show_row(place)
        self._moved()
        return True

    def _went_elsewhere(self) -> None:
        """Another part is shown: what the pointer was on is no longer there."""
        self._hover(None)
        self._moved()

    def _moved(self) -> None:
        self.update()
        self.view_changed.emit()

    # --- what comes in ----------------------------------------------------------------------------------------

    def _rearranged(self) -> None:
        self.overview.forget()
        self._labs_extent = None
        self._hovered = -1
        self._view.set_count(len(self._entries))
        if self._entries.place_of(self._current) < 0:
            self._current = ""
        self.updateGeometry()
        self._moved()

    def _rows_changed(self, places: set[int]) -> None:
        changed = self._entries.extent(places)
        if changed is not None and self._labs_extent is not None:
            first, last = self._labs_extent
            self._labs_extent = min(first, changed[0]), max(last, changed[1])
        if self.uses_overview:
            self.overview.touch(places)
            return
        shown = self._view.rows.visible(self._view.height)
        if any(place in shown for place in places):
            self.update()

    def _restyle(self) -> None:
        self._view.set_row_height(self._row_height())
        self._view.resize(self.body.width(), self.body.height())
        self.updateGeometry()
        self._moved()

    # --- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        view, picture = self._view, None
        if self.uses_overview and len(self._entries):
            first, last = self._extent()
            scale = TimeScale(first, view.scale.per_pixel)
            # In steps, so that a picture lasts while now goes on.
            width = min((int(scale.x(last)) // _PICTURE_STEP + 1) * _PICTURE_STEP, _WIDEST_PICTURE)
            self.overview.show(scale, view.rows.height, width, view.now, self.devicePixelRatioF())
            picture = self.overview.picture()
        keyboard = self._by_keyboard and self.hasFocus()
        current = self._entries.place_of(self._current)
        shown = ChartView(
            self.width(), self.height(), self.body, view.scale, view.rows, view.now,
            self._hovered, current, keyboard, picture,
        )  # fmt: skip
        painter = QPainter(self)
        self._painter.paint(painter, shown, self._entries)
        if keyboard and not self._current:
            focus_ring(painter, self.rect(), self._theme.colors.accent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._view.resize(self.body.width(), self.body.height())
        self._moved()

    # --- mouse ------------------------------------------------------------------------------------------------

    def place_at(self, point: QPointF) -> int:
        """Return the row at a point of this widget, or -1."""
        y = point.y() - self.body.top()
        return self._view.rows.at(y) if y >= 0 else -1

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Over the lanes the wheel zooms, over the names it scrolls; with Shift, or sideways, it pans."""
        delta, body = event.angleDelta(), self.body
        x, steps = event.position().x() - body.left(), delta.y() / _WHEEL_STEP
        if delta.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(-(delta.x() or delta.y()) / _WHEEL_STEP * body.width() * _PAN_SHARE)
        elif x < 0:
            self.scroll_to(self._view.rows.offset - steps * _WHEEL_ROWS * self._view.rows.height)
        else:
            self._view.zoom(_ZOOM**steps, x, event.position().y() - body.top())
            self._moved()
        self._hover(None)  # what is zoomed is looked at; the next move of the hand tells of a lab again
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = _Drag(event.position(), self._view.scale, self._view.rows.offset)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = self._drag
        if drag is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(event.position())
            return
        moved = event.position() - drag.origin
        if not drag.moved and moved.manhattanLength() >= _DRAG_PX:
            self._hover(None)
            drag.moved = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if drag.moved:
            self._view.drag(drag.scale.panned(-moved.x()), drag.offset - moved.y())
            self._moved()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if event.button() != Qt.MouseButton.LeftButton or drag is None:
            return
        self._hover(event.position())
        if not drag.moved:
            self._open(self.place_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, point: QPointF | None) -> None:
        place = self.place_at(point) if point is not None else -1
        entry = self._entries[place] if place >= 0 else None
        self.setCursor(Qt.CursorShape.PointingHandCursor if entry is not None else Qt.CursorShape.ArrowCursor)
        if place != self._hovered:
            self._hovered = place
            self.update()
        where = point.toPoint() if point is not None else QPoint()
        self.hovered.emit(entry.uid if isinstance(entry, LabRow) else "", where)

    def _open(self, place: int) -> None:
        if place < 0:
            return
        entry = self._entries[place]
        if isinstance(entry, Heading):
            self._entries.fold(entry.course)
        else:
            self._current = entry.uid
            self.lab_chosen.emit(entry.uid)

    # --- keyboard ---------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(int(self._view.height // self._view.rows.height) - 1, 1)
        rows = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        sideways = {Qt.Key.Key_Left: -_PAN_SHARE, Qt.Key.Key_Right: _PAN_SHARE}
        self._by_keyboard = True
        key = Qt.Key(event.key())
        if key in rows:
            self._step(rows[key])
        elif key in sideways:
            self.pan(self._view.width * sideways[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current:
            self.lab_chosen.emit(self._current)
        elif key == Qt.Key.Key_Escape and self._current:
            self._current = ""
            self._moved()
        else:
            super().keyPressEvent(event)

    def choose_first(self) -> None:
        """Put the keyboard on the first lab of all."""
        self.scroll_to(0.0)
        self._current = ""
        self._step(1)

    def _step(self, by: int) -> None:
        """Move the keyboard to another lab; headings are passed over."""
        place, count = self._entries.place_of(self._current), len(self._entries)
        if place < 0:
            shown = self._view.rows.visible(self._view.height)
            place, by = (shown.start - 1, 1) if by > 0 else (shown.stop, -1)
        target = min(max(place + by, 0), count - 1)
        direction = 1 if by > 0 else -1
        beyond = range(target, count if by > 0 else -1, direction)
        back = range(target, place, -direction)
        for candidate in (*beyond, *back):
            entry = self._entries[candidate]
            if isinstance(entry, LabRow):
                self.show_lab(entry.uid)
                return

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = led_by_keyboard(event.reason(), self._by_keyboard)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
