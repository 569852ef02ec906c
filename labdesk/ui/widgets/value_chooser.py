"""A list of values to tick, with a search above it, opened beneath the chip or button it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.menus import place_below
from labdesk.ui.widgets.popup import POPUP_PADDING, Popup
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.tick_row import paint_tick_row, tick_row_height
from labdesk.ui.words import counted

_WIDTH, _ROWS_BEFORE, _ROWS = 304, 3, 9
_SEARCHABLE = 8
"""So many values are found by looking; more have a search above them."""

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class _Values(QAbstractListModel):
    """Values with counts: those that were chosen when the list was opened come first, the others as given."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chosen: set[str] = set()
        self._all: list[tuple[str, int]] = []
        self.shown: list[tuple[str, int]] = []

    def load(self, values: Sequence[tuple[str, int]], text: str) -> None:
        known = {value for value, _ in values}
        gone = [(value, 0) for value in sorted(self.chosen - known)]  # chosen, though no event has it (any more)
        self._all = gone + [one for one in values if one[0] in self.chosen]
        self._all += [one for one in values if one[0] not in self.chosen]
        self.search(text)

    def search(self, text: str) -> None:
        wanted = text.casefold().strip()
        self.beginResetModel()
        self.shown = [one for one in self._all if wanted in one[0].casefold()]
        self.endResetModel()

    @property
    def total(self) -> int:
        return len(self._all)

    def toggle(self, row: int) -> None:
        self.chosen ^= {self.shown[row][0]}
        self.repaint()

    def repaint(self) -> None:
        if self.shown:
            self.dataChanged.emit(self.index(0), self.index(len(self.shown) - 1))

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        value, _ = self.shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return value
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if value in self.chosen else Qt.CheckState.Unchecked
        return None


class _Painter(QStyledItemDelegate):
    """A tick, the value, and how many there are of it."""

    def __init__(self, theme: Theme, model: _Values, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(_WIDTH - 2 * POPUP_PADDING, tick_row_height(self._theme))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        value, count = self._model.shown[index.row()]
        paint_tick_row(painter, self._theme, option, value, str(count), ticked=value in self._model.chosen)


class _List(QListView):
    """Space, Enter and a click tick; any other letter goes on with the search."""

    ticked = Signal(int)
    typed = Signal(QKeyEvent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.ticked.emit(self.currentIndex().row())
        elif event.text().isprintable() and event.text():
            self.typed.emit(event)
        else:
            super().keyPressEvent(event)


class ValueChooser(Popup):
    """`changed` carries the chosen values, sorted, after every tick. It is a popup, and blocks nothing."""

    changed = Signal(tuple)

    def __init__(self, theme: Theme, name: str, search_words: str, parent: QWidget) -> None:
        super().__init__(theme, name, parent)
        self.model = _Values(self)
        self.search = SearchField(theme, search_words, clear_tip=self.tr("Show all values"))
        self.list = _List()
        self.list.setAccessibleName(name)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Painter(theme, self.model, self))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        theme.dress(self.list.verticalScrollBar())
        self.note = Label(theme, role="caption", tone="text_muted")
        self.clear_button = Button(theme, self.tr("Clear"), kind=ButtonKind.LINK, tip=self.tr("Choose none of them"))
        self._lay_out()
        self.search.searched.connect(self._search)
        self.search.edit.key_pressed.connect(self._key_in_search)
        self.list.ticked.connect(self._tick)
        self.list.typed.connect(self._type)
        self.list.clicked.connect(lambda index: self._tick(index.row()))
        self.clear_button.clicked.connect(self._clear)
        theme.changed.connect(self._restyle)
        self._restyle()

    # --- what its owner calls ---------------------------------------------------------------------------------

    def open_beneath(self, button: QWidget, chosen: Collection[str]) -> None:
        """Open without values; `show_values` brings them."""
        self.model.chosen = set(chosen)
        self.search.set_text("")
        self.model.load([], "")
        self._fit()
        self.note.setText(self.tr("Reading …"))
        self.move(place_below(button, self.size()))
        self.show()
        (self.search.edit if self.search.isVisible() else self.list).setFocus(Qt.FocusReason.PopupFocusReason)

    def show_values(self, values: Sequence[tuple[str, int]]) -> None:
        """Show values with their counts, in this order."""
        self.model.load(values, self.search.text)
        self._fit()
        self._describe()

    # --- inside -----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(POPUP_PADDING, POPUP_PADDING, POPUP_PADDING, POPUP_PADDING)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(4, 0, 4, 0)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.clear_button)
        column.addLayout(foot)

    def _fit(self) -> None:
        had = self.search.isVisibleTo(self)
        self.search.setVisible(self.model.total > _SEARCHABLE)
        rows = min(self.model.total or _ROWS_BEFORE, _ROWS)
        self.list.setFixedHeight(rows * tick_row_height(self._theme))
        self.setFixedSize(_WIDTH, self.sizeHint().height())
        if not had and self.search.isVisible():
            self.search.edit.setFocus(Qt.FocusReason.PopupFocusReason)
        if self.model.shown and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))

    def _search(self, text: str) -> None:
        self.model.search(text)
        if self.model.shown:
            self.list.setCurrentIndex(self.model.index(0))
        self._describe()

    def _key_in_search(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._search(self.search.text)
            if self.model.shown:
                self._tick(0)
        elif event.key() == Qt.Key.Key_Escape and not self.search.text:
            self.close()
        else:
            return
        event.accept()

    def _type(self, event: QKeyEvent) -> None:
        if self.search.isVisible():
            self.search.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.search.edit.insert(event.text())

    def _tick(self, row: int) -> None:
        self.model.toggle(row)
        self._tell()

    def _clear(self) -> None:
        self.model.chosen.clear()
        self.model.repaint()
        self._tell()

    def _tell(self) -> None:
        self._describe()
        self.changed.emit(tuple(sorted(self.model.chosen)))

    def _describe(self) -> None:
        chosen = len(self.model.chosen)
        if chosen:
            text = counted(chosen, self.tr("{n} chosen"), self.tr("{n} chosen"))
        elif not self.model.total:
            text = self.tr("There are none yet")
        elif not self.model.shown:
            text = self.tr("None is called so")
        else:
            text = counted(self.model.total, self.tr("{n} value"), self.tr("{n} values"))
        self.note.setText(text)
        self.clear_button.setEnabled(bool(chosen))

    def _restyle(self) -> None:
        palette = self.list.palette()
        palette.setColor(palette.ColorRole.Base, self._theme.colors.surface)
        self.list.setPalette(palette)
        self.update()
