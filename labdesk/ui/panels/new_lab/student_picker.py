"""Students who had labs before, to be picked instead of typed again."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from labdesk.labs.students import Student
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.words import counted

_LIST_HEIGHT = 240


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


class StudentPicker(QFrame):
    """A popup: search, tick, add. `picked` carries the ticked students; Enter adds, Escape closes."""

    picked = Signal(list)  # list[Student]

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._students: list[Student] = []
        self.setAccessibleName(self.tr("Pick students"))
        self.setObjectName("picker")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.search = SearchField(theme, self.tr("Name, e-mail or course"), clear_tip=self.tr("Show all"))
        self.list = QListWidget()
        self.list.setProperty("popup", True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFixedHeight(_LIST_HEIGHT)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setAccessibleName(self.tr("Students"))
        theme.dress(self.list)
        theme.dress(self.list.verticalScrollBar())
        self.none = Label(theme, self.tr("Nobody has had a lab yet, or nobody is called so."), tone="text_muted")
        self.all_button = Button(theme, self.tr("Tick all shown"), small=True, kind=ButtonKind.QUIET)
        self.add_button = Button(theme, self.tr("Add students"), small=True, kind=ButtonKind.PRIMARY)
        buttons = QHBoxLayout()
        buttons.addWidget(self.all_button)
        buttons.addStretch()
        buttons.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(theme.space.gap)
        for widget in (self.search, self.none, self.list):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.search.searched.connect(self._filter)
        self.list.itemChanged.connect(self._count)
        self.all_button.clicked.connect(self._tick_shown)
        self.add_button.clicked.connect(self._add)

    def open_below(self, anchor: QWidget, width: int, known: Iterable[tuple[Student, str]]) -> None:
        """Show these beneath a widget, none of them ticked, right edges in line."""
        self.list.clear()
        self._students = []
        for student, courses in known:
            words = " · ".join(filter(None, (student.name, student.email, courses)))
            item = QListWidgetItem(words, self.list)
            item.setToolTip(words)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self._students.append(student)
        self.search.set_text("")
        self._filter("")
        self._count()
        self.resize(width, self.sizeHint().height())
        self.move(anchor.mapToGlobal(QPoint(anchor.width() - self.width(), anchor.height() + 4)))
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
