"""The students: typed, pasted or picked, with the way to a line that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.labs.students import Student
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.panels.new_lab.draft import Problem, read_students
from labdesk.ui.panels.new_lab.student_picker import StudentPicker, known_students
from labdesk.ui.panels.new_lab.students_edit import StudentsEdit
from labdesk.ui.panels.new_lab.wording import problem_text
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.field import Field


class StudentsField(Field):
    """`rows` are the labs there were: whoever had one can be picked."""

    def __init__(self, theme: Theme, rows: Callable[[], Iterable[LabRow]], parent: QWidget | None = None) -> None:
        self.edit = StudentsEdit(theme, _tr("Ada Lovelace <ada@example.edu>\ngrace@example.edu"))
        self.pick_button = Button(
            theme, _tr("Pick …"), icon="mdi6.account-multiple-plus-outline", kind=ButtonKind.QUIET, small=True,
            tip=_tr("Pick students who had labs before"),
        )  # fmt: skip
        self.line_button = Button(theme, kind=ButtonKind.DANGER, small=True, tip=_tr("Go to the line that is wrong"))
        self.line_button.hide()
        helpers = QWidget()
        row = QHBoxLayout(helpers)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.space.gap)
        row.addWidget(self.line_button)
        row.addWidget(self.pick_button)
        super().__init__(theme, _tr("Students"), self.edit, helper=helpers, parent=parent)
        self.setTabOrder(self.edit, self.pick_button)
        self._rows = rows
        self._bad_lines: tuple[int, ...] = ()
        self.picker = StudentPicker(theme, self)
        self.pick_button.clicked.connect(self._open_picker)
        self.line_button.clicked.connect(self.take_focus)
        self.picker.picked.connect(self._add)

    def show_problem(self, problem: Problem | None) -> None:
        """Say what is wrong, mark its lines and offer the way to the first of them."""
        self.set_problem(problem_text(problem) if problem else "")
        self._bad_lines = problem.lines if problem else ()
        self.edit.mark_lines(self._bad_lines)
        self.line_button.setVisible(bool(self._bad_lines))
        if self._bad_lines:
            self.line_button.set_text(_tr("Go to line {line}").format(line=self._bad_lines[0]))

    def take_focus(self) -> None:
        """Give the keyboard to the list, at the first line that is wrong."""
        if self._bad_lines:
            self.edit.choose_line(self._bad_lines[0])
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_picker(self) -> None:
        typed = {student.email.lower() for student in read_students(self.edit.toPlainText())[0]}
        known = [one for one in known_students(self._rows()) if one[0].email.lower() not in typed]
        self.picker.open_over(self.edit, known)

    def _add(self, students: Sequence[Student]) -> None:
        typed = self.edit.toPlainText().rstrip()
        self.edit.setPlainText("\n".join(filter(None, (typed, *map(str, students)))))
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)


def _tr(text: str) -> str:
    return QCoreApplication.translate("NewLab", text)
