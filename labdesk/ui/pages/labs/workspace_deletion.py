"""Deletes the workspaces of labs that have ended: for good, so it asks once and names whose work is lost."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from labdesk.resource.errors import LabDeskError
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.page import PageContext
from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.question_sheet import QuestionSheet

_NAMED = 6
"""So many students are named; of more their number is told."""


class WorkspaceSheet(QuestionSheet):
    """The question. Enter alone deletes nothing: the keyboard is on Cancel."""

    confirmed = Signal()

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, window)
        self.delete_button = Button(theme, self.tr("Delete for good"), kind=ButtonKind.DANGER)
        self.cancel_button = Button(theme, self.tr("Cancel"), kind=ButtonKind.QUIET, hint=self.tr("Esc"))
        self.arrange((self.delete_button, self.cancel_button))
        self.delete_button.clicked.connect(self._confirm)
        self.cancel_button.clicked.connect(self.dismiss)

    def ask(self, lost: Sequence[tuple[str, str]]) -> None:
        """Name what will be lost, each by student and template."""
        if len(lost) == 1:
            student, template = lost[0]
            heading = self.tr("Delete {student}'s workspace?").format(student=student)
            text = self.tr(
                "All that {student} kept in it with the template {template} is lost. The next lab begins with an empty "
                "one. This cannot be undone."
            ).format(student=student, template=template)
        else:
            heading = self.tr("Delete {n} workspaces?").format(n=len(lost))
            text = self.tr(
                "All that was kept in them is lost: {students}. The next labs begin with empty ones. This cannot be "
                "undone."
            ).format(students=self._named(lost))
        self.put(heading, text)
        self.cancel_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _named(self, lost: Sequence[tuple[str, str]]) -> str:
        named = ", ".join(f"{student} ({template})" for student, template in lost[:_NAMED])
        if len(lost) <= _NAMED:
            return named
        return self.tr("{students} and {n} more").format(students=named, n=len(lost) - _NAMED)

    def _confirm(self) -> None:
        self.dismiss()
        self.confirmed.emit()


class WorkspaceDeletion(QObject):
    """`targets` gives the chosen labs; the question lies over the window of `page`."""

    def __init__(self, context: PageContext, targets: Callable[[], list[LabRow]], page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._targets = targets
        self._page = page
        self._students: dict[str, str] = {}
        self.sheet: WorkspaceSheet | None = None

    def begin(self) -> None:
        """Look which workspaces the chosen labs that have ended left on the engine, and ask."""
        rows = [row for row in self._targets() if row.is_final]
        self._spawn(self._ask_async(rows), "look for workspaces")

    async def _ask_async(self, rows: Sequence[LabRow]) -> None:
        workspaces, toasts = self._context.workspaces, self._context.toasts
        labs = [lab for row in rows if (lab := self._context.lab_of(row.uid)) is not None]
        students = {workspaces.name_of(lab): lab.student for lab in labs}
        there = {one.name: one for one in await workspaces.list_async()}
        found = [there[name] for name in students if name in there]
        used = next((one for one in found if one.labs), None)
        if not found:
            toasts.show(self.tr("The chosen labs have left no workspace"))
        elif used is not None:
            text = self.tr("{student}'s workspace is in use by {lab}; end that lab first")
            toasts.show(text.format(student=students[used.name], lab=used.labs[0]), tone="failed")
        else:
            self._students = {one.name: students[one.name] for one in found}
            self._sheet().ask([(students[one.name], one.template) for one in found])

    def _sheet(self) -> WorkspaceSheet:
        if self.sheet is None:
            self.sheet = WorkspaceSheet(self._context.theme, self._page.window())
            self.sheet.confirmed.connect(lambda: self._spawn(self._delete_async(self._students), "delete workspaces"))
        return self.sheet

    async def _delete_async(self, students: Mapping[str, str]) -> None:
        """Delete these, by name; meanwhile others may be asked about."""
        removed = await self._context.workspaces.remove_async(list(students))
        one, many = self.tr("Deleted {student}'s workspace"), self.tr("Deleted {n} workspaces")
        student = students[removed[0].name]
        self._context.toasts.show((one if len(removed) == 1 else many).format(student=student, n=len(removed)))

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        async def told() -> None:
            try:
                await work
            except LabDeskError as error:
                self._context.toasts.show(as_sentence(error.message), tone="failed")

        self._context.tasks.spawn(told(), name)
