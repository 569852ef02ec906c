"""The table of labs as a view: selection by id, groups, hover, links and the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from labdesk.ui.delegates.group_painter import CHEVRON_ROOM, GroupPainter
from labdesk.ui.delegates.lab_delegate import LabDelegate
from labdesk.ui.delegates.text_cache import TextCache
from labdesk.ui.memory import WindowMemory
from labdesk.ui.models.lab_columns import LINK_COLUMNS
from labdesk.ui.models.lab_groups import LabGroup
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.pages.labs.column_layout import LabColumnLayout
from labdesk.ui.pages.labs.scroll_keeper import ScrollKeeper
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import led_by_keyboard
from labdesk.ui.widgets.table import furnish_table

_STEPS = (Qt.Key.Key_Down, Qt.Key.Key_Up)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LabTableView(QTableView):
    """The current row (selection model) is what the inspector shows; the selected labs (model) are what actions take.

    A current lab that leaves the chosen tab by itself stays current: the inspector does not close under the
    instructor's eyes. What another filter hides is dropped. The summary row of a group stands for its labs: choosing it
    selects them, and its fold mark, Left, Right and Enter fold.
    """

    current_changed = Signal(str)
    """The uid of the current lab or group, or nothing."""
    link_clicked = Signal(str)
    opened = Signal(str)
    """Enter or a double click on a lab."""

    def __init__(self, theme: Theme, model: LabTableModel, memory: WindowMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._labs = model
        self._anchor = ""
        self._current = ""
        self._quiet = False
        self._by_keyboard = False
        texts = TextCache(theme)
        self._delegate = LabDelegate(theme, model, texts, self)
        self._summaries = GroupPainter(theme, texts)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._header = furnish_table(self, theme)
        self._header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Labs"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.columns = LabColumnLayout(theme, self, self._header, model, self._delegate.width_of, memory)
        ScrollKeeper(self, model)
        self.selectionModel().currentRowChanged.connect(self._current_row_changed)
        model.layoutChanged.connect(self._rows_replaced)
        model.rowsInserted.connect(self.updateGeometry)
        model.rowsRemoved.connect(self.updateGeometry)

    @property
    def header(self) -> QHeaderView:
        return self._header

    @property
    def current_uid(self) -> str:
        return self._current

    def sizeHint(self) -> QSize:
        """As high as its rows, so that the frame ends with the last one."""
        rows = self._labs.rowCount() * self.verticalHeader().defaultSectionSize()
        return QSize(600, self._header.sizeHint().height() + min(rows, 1_000_000))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._header.sizeHint().height() + self._theme.row_height)

    def visible_range(self) -> tuple[int, int]:
        """Return the first and last row on screen; (0, -1) for none."""
        first = self.rowAt(0)
        if first < 0:
            return 0, -1
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._labs.rowCount() - 1

    def show_lab(self, uid: str) -> bool:
        """Make a lab current and alone selected, and scroll to it; False if the filter hides it or it is gone."""
        row, groups = self._labs.row(uid), self._labs.groups
        if row is not None and groups.is_folded(row):
            self._labs.fold(groups.folded - {groups.name_of(row)})
        place = self._labs.position(uid)
        if place < 0:
            return False
        self._choose(place)
        self.scrollTo(self._labs.index(place, 0))
        return True

    def choose_first(self) -> None:
        """Choose the first lab; where all are folded away, go to their first group."""
        rows = range(self._labs.rowCount())
        place = next((place for place in rows if not isinstance(self._labs.entry_at(place), LabGroup)), -1)
        if place >= 0:
            self._choose(place)
            self.scrollTo(self._labs.index(place, 0))

    def clear_current(self) -> None:
        """Have no current lab and none selected."""
        self._labs.select(())
        self._drop_current()

    def drop_hidden(self) -> None:
        """Choose nothing any more that another filter hides: no key must reach a lab that cannot be seen."""
        self._labs.select([row.uid for row in self._labs.selected_rows()])
        row = self._labs.row(self._current)
        if row is not None and not self._labs.passes(row):
            self._drop_current()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit()

    # --- current and selected ---------------------------------------------------------------------------------

    def _choose(self, place: int) -> None:
        """Make a row current and alone selected; a summary selects its group's labs."""
        self._anchor = self._labs.entry_at(place).uid
        self._labs.select(self._uids_at(place))
        self._go_to(place)

    def _uids_at(self, place: int) -> list[str]:
        entry = self._labs.entry_at(place)
        return self._labs.uids_of(entry) if isinstance(entry, LabGroup) else [entry.uid]

    def _drop_current(self) -> None:
        self.setCurrentIndex(QModelIndex())
        if self._current:  # its row was hidden: Qt had no index of it
            self._current_row_changed(QModelIndex())

    def _go_to(self, place: int) -> None:
        column = max(self.currentIndex().column(), 0)
        index = self._labs.index(place, column)
        if index == self.currentIndex():
            self._current_row_changed(index)
        else:
            self.selectionModel().setCurrentIndex(index, self.selectionModel().SelectionFlag.NoUpdate)

    def _extend_to(self, place: int) -> None:
        anchor = self._labs.position(self._anchor)
        self._labs.select(self._labs.uids_between(anchor if anchor >= 0 else place, place))

    def _toggle(self, place: int) -> None:
        """Select a row besides what is selected, or no longer."""
        self._anchor = self._labs.entry_at(place).uid
        uids = frozenset(self._uids_at(place))
        selected = self._labs.selected
        self._labs.select(selected - uids if uids <= selected else selected | uids)

    def _fold(self, group: LabGroup, *, folded: bool) -> None:
        names = self._labs.groups.folded
        self._labs.fold(names | {group.name} if folded else names - {group.name})

    def _current_row_changed(self, current: QModelIndex) -> None:
        uid = self._labs.entry_at(current.row()).uid if current.isValid() else ""
        is_another = uid != self._current and not self._quiet
        if is_another:
            self._current = uid
        self._mark()
        if is_another:
            self.current_changed.emit(uid)

    def _rows_replaced(self) -> None:
        """Rows moved beneath the current index, or its lab came, went or is hidden now."""
        current = self.currentIndex()
        if not self._current:
            self._mark()
        elif current.isValid():
            self._current_row_changed(current)
        elif (place := self._labs.position(self._current)) >= 0:
            self._go_to(place)
        elif self._labs.row(self._current) is None:
            self._current_row_changed(current)
        self.updateGeometry()

    def _mark(self) -> None:
        shown = self.hasFocus() and (self._current or self._by_keyboard)
        self._delegate.marked = self.currentIndex().row() if shown else -1
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines between rows and the summaries of groups are drawn once a row here, not once a cell."""
        super().paintEvent(event)
        first, last = self.visible_range()
        painter = QPainter(self.viewport())
        colors, width = self._theme.colors, self.viewport().width()
        height = self.verticalHeader().defaultSectionSize()
        top = self.rowViewportPosition(first) if last >= first else 0
        for place in range(first, last + 1):
            entry, line = self._labs.entry_at(place), colors.well
            if isinstance(entry, LabGroup):
                rect, line = QRect(0, top, width, height), colors.border
                self._summaries.paint(painter, entry, rect, hovered=place == self._delegate.hovered)
            if place < self._labs.rowCount() - 1:  # the last one ends at the frame
                painter.fillRect(0, top + height - 1, width, 1, line)
            if place == self._delegate.marked:
                painter.fillRect(0, top, 2, height - 1, colors.accent)
            top += height

    # --- what the instructor does -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            if event.button() == Qt.MouseButton.LeftButton:
                self.clear_current()
            return
        entry = self._labs.entry_at(index.row())
        if event.button() == Qt.MouseButton.RightButton:
            if not (entry.is_selected if isinstance(entry, LabGroup) else self._labs.is_selected(entry.uid)):
                self._choose(index.row())
            return
        if isinstance(entry, LabGroup) and event.position().x() < CHEVRON_ROOM:
            self._fold(entry, folded=not entry.folded)
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._toggle(index.row())
            self._go_to(index.row())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._extend_to(index.row())
            self._go_to(index.row())
        elif not self._is_on_link(index, event.position().toPoint()):
            self._choose(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        on_link = self._is_on_link(index, point) or self._is_on_fold_mark(index, point)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_link else Qt.CursorShape.ArrowCursor)
        if (index.row(), on_link) != (self._delegate.hovered, self._delegate.link_hovered):
            self._hover(index.row(), on_link)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and self._is_on_link(index, point):
            self.link_clicked.emit(self._labs.row_at(index.row()).uid)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        if index.isValid() and not self._is_on_fold_mark(index, point):
            self._open(index.row())
        else:
            self.mousePressEvent(event)  # the second of two quick clicks

    def _open(self, place: int) -> None:
        """Show more of a lab; of a group, its labs, or no longer."""
        entry = self._labs.entry_at(place)
        if isinstance(entry, LabGroup):
            self._fold(entry, folded=not entry.folded)
        else:
            self.opened.emit(entry.uid)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1, False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self._labs.select_all()
        elif event.key() == Qt.Key.Key_Escape:
            self.clear_current()
        elif before < 0 or not self._acted_on(before, event):
            super().keyPressEvent(event)
            if event.text().isalnum():
                event.ignore()  # a letter means nothing to the table; Qt took it for its search
            after = self.currentIndex().row()
            if after not in (before, -1):
                self._moved_by_key(after, event.modifiers())

    def _acted_on(self, place: int, event: QKeyEvent) -> bool:
        """Do what a key does to the current row; False if it means something else."""
        key = event.key()
        if key == Qt.Key.Key_Space:
            self._toggle(place)
        elif key in _ENTER:
            if not isinstance(self._labs.entry_at(place), LabGroup):
                self._choose(place)
            self._open(place)
        elif not self._current and key in _STEPS:
            self._choose(place)  # the keyboard came here, but nothing was chosen yet: the first step chooses
        elif self._labs.groups.is_on and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._fold_by_key(place, folded=key == Qt.Key.Key_Left)
        else:
            return False
        return True

    def _fold_by_key(self, place: int, *, folded: bool) -> None:
        """As in a tree: Left folds, or goes from a lab to its group; Right unfolds."""
        entry = self._labs.entry_at(place)
        if isinstance(entry, LabGroup):
            self._fold(entry, folded=folded)
        elif folded and (group := self._labs.groups.of(entry)) is not None:
            self._choose(self._labs.position(group.uid))

    def _moved_by_key(self, place: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._extend_to(place)
        elif not modifiers & Qt.KeyboardModifier.ControlModifier:
            self._choose(place)

    def keyboardSearch(self, search: str) -> None:
        """Typing letters is for shortcuts here; the search field finds (and Qt would ask every row's text)."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard comes, but nothing is chosen by that: Qt makes the first row current, no inspector opens."""
        self._by_keyboard = led_by_keyboard(event.reason(), self._by_keyboard)
        self._quiet = True
        super().focusInEvent(event)
        self._quiet = False
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    def _hover(self, place: int, on_link: bool) -> None:
        self._delegate.hovered, self._delegate.link_hovered = place, on_link
        self.viewport().update()

    def _is_on_link(self, index: QModelIndex | QPersistentModelIndex, point: QPoint) -> bool:
        row = self._labs.entry_at(index.row()) if index.isValid() else None
        if row is None or isinstance(row, LabGroup) or index.column() not in LINK_COLUMNS:
            return False
        return bool(row.access) and point.x() < self.visualRect(index).left() + self._delegate.width_of(
            row, index.column()
        )  # fmt: skip

    def _is_on_fold_mark(self, index: QModelIndex | QPersistentModelIndex, point: QPoint) -> bool:
        return index.isValid() and point.x() < CHEVRON_ROOM and isinstance(self._labs.entry_at(index.row()), LabGroup)
