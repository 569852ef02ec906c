"""Students who had labs before, to be picked instead of typed again."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from labdesk.labs.students import Student
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.popup import POPUP_PADDING, Popup
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.tick_row import paint_tick_row, tick_row_height
from labdesk.ui.words import counted

_LIST_HEIGHT = 240
_WORDS = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


def known_students(rows: Iterable[LabRow]) -> list[tuple[Student, str]]:
    """Return every student once, by name, with the courses of their labs; the newest lab says how one is called."""
    students: dict[str, Student] = {}
    courses: dict[str, set[str]] = {}
    for row in rows:
        address = row.email.lower()
        students[address] = Student(row.email, "" if row.student == row.email else row.student)
        courses.setdefault(address, set()).update({row.course} - {""})
    found = [(student, ", ".join(sorted(courses[address]))) for address, student in students.items()]
    return sorted(found, key=lambda known: (known[0].name or known[0].email).casefold())


class _Painter(QStyledItemDelegate):
    """Name at the left, address and courses at the right; a click anywhere in the row ticks it, and so does Space."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, tick_row_height(self._theme))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        text, remark = index.data(_WORDS)
        paint_tick_row(painter, self._theme, option, text, remark, ticked=_is_ticked(index))

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:  # fmt: skip
        released = event.type() == QEvent.Type.MouseButtonRelease
        if released or (isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space):
            state = Qt.CheckState.Unchecked if _is_ticked(index) else Qt.CheckState.Checked
            return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)
        return False


def _is_ticked(index: Index) -> bool:
    return Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked


class StudentPicker(Popup):
    """A popup: search, tick, add. `picked` carries the ticked students; Enter adds, Escape closes."""

    picked = Signal(list)  # list[Student]

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, QCoreApplication.translate("StudentPicker", "Pick students"), parent)
        self._students: list[Student] = []
        self.search = SearchField(theme, self.tr("Name, e-mail or course"), clear_tip=self.tr("Show all"))
        self.list = QListWidget()
        self.list.setItemDelegate(_Painter(theme, self))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFixedHeight(_LIST_HEIGHT)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Students"))
        theme.dress(self.list.verticalScrollBar())
        self.none = Label(theme, self.tr("Nobody has had a lab yet, or nobody is called so."), tone="text_muted")
        self.all_button = Button(theme, self.tr("Tick all shown"), small=True, kind=ButtonKind.QUIET)
        self.add_button = Button(theme, self.tr("Add students"), small=True, kind=ButtonKind.PRIMARY)
        buttons = QHBoxLayout()
        buttons.addWidget(self.all_button)
        buttons.addStretch()
        buttons.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(POPUP_PADDING, POPUP_PADDING, POPUP_PADDING, POPUP_PADDING)
        column.setSpacing(theme.space.gap)
        for widget in (self.search, self.none, self.list):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.search.searched.connect(self._filter)
        self.list.itemChanged.connect(self._count)
        self.all_button.clicked.connect(self._tick_shown)
        self.add_button.clicked.connect(self._add)

    def open_over(self, field: QWidget, known: Iterable[tuple[Student, str]]) -> None:
        """Show these over a field, as wide as that; none of them is ticked."""
        self.list.clear()
        self._students = []
        for student, courses in known:
            words = " · ".join(filter(None, (student.name, student.email, courses)))
            item = QListWidgetItem(words, self.list)
            text, _, remark = words.partition(" · ")
            item.setData(_WORDS, (text, remark))
            item.setToolTip(words)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self._students.append(student)
        self.search.set_text("")
        self._filter("")
        self._count()
        self.resize(field.width(), self.sizeHint().height())
        self.move(field.mapToGlobal(QPoint(0, 0)))
        self.show()
        self.search.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def ticked(self) -> list[Student]:
        ticked = Qt.CheckState.Checked
        return [self._students[place] for place in range(self.list.count()) if self._item(place).checkState() == ticked]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.add_button.isEnabled():
            self._add()
            return
        super().keyPressEvent(event)

    def _item(self, place: int) -> QListWidgetItem:
        return self.list.item(place)

    def _filter(self, text: str) -> None:
        words, shown = text.casefold().split(), 0
        for place in range(self.list.count()):
            item = self._item(place)
            item.setHidden(not all(word in item.text().casefold() for word in words))
            shown += not item.isHidden()
        self.none.setVisible(not shown)
        self.all_button.setEnabled(bool(shown))

    def _tick_shown(self) -> None:
        for place in range(self.list.count()):
            if not self._item(place).isHidden():
                self._item(place).setCheckState(Qt.CheckState.Checked)

    def _count(self) -> None:
        count = len(self.ticked)
        self.add_button.setEnabled(bool(count))
        self.add_button.set_text(
            counted(count, self.tr("Add {n} student"), self.tr("Add {n} students"))
            if count
            else self.tr("Add students")
        )

    def _add(self) -> None:
        picked = self.ticked
        self.close()
        self.picked.emit(picked)
