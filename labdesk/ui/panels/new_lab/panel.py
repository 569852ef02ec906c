"""The New lab panel: template, students, start, duration, and one button that says what it will do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.resolve import AccessDefaults, needs_password
from labdesk.labs.students import Student
from labdesk.resource.errors import InvalidResourceError, LabDeskError
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import PageContext
from labdesk.ui.panels.image_book import ImageBook
from labdesk.ui.panels.new_lab.course_field import CourseField
from labdesk.ui.panels.new_lab.creation import BATCH, create_in_batches
from labdesk.ui.panels.new_lab.draft import (
    DraftCheck,
    DraftField,
    LabDraft,
    Problem,
    ProblemKind,
    check_draft,
    field_of_error,
    without_students,
)
from labdesk.ui.panels.new_lab.duration_field import DurationField
from labdesk.ui.panels.new_lab.footer import NewLabFooter
from labdesk.ui.panels.new_lab.forecast import forecast
from labdesk.ui.panels.new_lab.latest import latest_template
from labdesk.ui.panels.new_lab.preview import reach_of, reach_text
from labdesk.ui.panels.new_lab.start_field import StartField
from labdesk.ui.panels.new_lab.students_field import StudentsField
from labdesk.ui.panels.new_lab.wording import (
    button_text,
    doubled_text,
    image_text,
    names_text,
    outlook_text,
    problem_text,
    start_hint,
    students_hint,
    summary_text,
)
from labdesk.ui.panels.template_gallery import TemplateGallery
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.sentences import as_sentence
from labdesk.ui.widgets.field import Field
from labdesk.ui.widgets.side_panel import SidePanel
from labdesk.ui.words import counted, reason_sentence

PANEL_WIDTH = 400
_TICK_MS = 10_000
_FORECAST_MS = 150
"""After the last key: at 100,000 labs it takes longer than a frame."""
_LEAST_LINES, _MOST_LINES = 2, 20
"""Lines of students that are shown at least, and where there is room for more."""


class NewLabPanel(SidePanel):
    """`created` carries the labs as committed. What was typed stays until its labs exist.

    Ctrl+Enter creates, Escape closes. A problem shows beside its field once that was edited, or Create was pressed.
    """

    created = Signal(list)  # list[LabInstanceRequest]

    def __init__(
        self,
        context: PageContext,
        shelf: TemplateShelf,
        labs: LabTableModel,
        access: Callable[[], AccessDefaults],
        images: ImageBook,
        parent: QWidget | None = None,
    ) -> None:
        """`labs` are those there are: they take room and names, and had students. `access` is for labs to come.

        `images` knows which images the engine has.
        """
        super().__init__(
            context.theme,
            QCoreApplication.translate("NewLabPanel", "New lab"),
            close_tip=QCoreApplication.translate("NewLabPanel", "Close (Esc); what you typed stays"),
            width=PANEL_WIDTH,
            parent=parent,
        )
        self._context = context
        self._shelf = shelf
        self._labs = labs
        self._access = access
        self._images = images
        self._touched: set[DraftField] = set()
        self._refused: dict[DraftField, Problem] = {}
        self._creating: asyncio.Task[None] | None = None
        self._stop_wanted = False
        self.setAccessibleName(self.tr("New lab"))
        self._build_form()
        self._foot = NewLabFooter(context.theme)
        self.preview, self.create_button = self._foot.preview, self._foot.create_button
        self.cancel_button = self._foot.cancel_button
        self.footer.addWidget(self._foot)
        self.use_footer()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._refresh)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_FORECAST_MS)
        self._soon.timeout.connect(self._show_forecast)
        self._connect()
        self._take_templates()

    # --- what others use --------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """True while labs are being created."""
        return self._creating is not None

    @property
    def error_text(self) -> str:
        """What went wrong with the last try and belongs to no field."""
        return self._foot.error_text

    def problem_of(self, field: DraftField) -> str:
        """What stands as wrong beside a field."""
        return self._fields[field].problem

    def hint_of(self, field: DraftField) -> str:
        """What is told beside a field while nothing is wrong with it."""
        return self._fields[field].hint

    def open_for(self, subject: str = "") -> None:
        """Give the keyboard to the first field to fill; `subject` (`namespace/name`) chooses a template.

        Without one the template made or used last is chosen, unless the form is half filled.
        """
        if subject or not self.gallery.current or not self.students.toPlainText().strip():
            self.gallery.choose(subject or latest_template(self._shelf.templates, self._labs.rows()))
        if self.gallery.current:
            self.students.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.gallery.focus_choice()

    def submit(self) -> None:
        """Create what the form says, or show everything that is wrong with it and go to the first such field."""
        if self.is_busy:
            return
        self._touched = set(DraftField)
        self.start.write_out()
        self._refused.clear()
        self._foot.show_error("")
        draft, check = self._draft(), self._check(self._draft(), complete=True)
        self._show(draft, check)
        if check.first_bad_field is not None:
            self._focus(check.first_bad_field)
            return
        self._stop_wanted = False
        self._creating = self._context.tasks.spawn(self._create_async(draft, check.students), "create labs")
        self._set_busy(True, can_stop=len(check.students) > BATCH)

    # --- building ---------------------------------------------------------------------------------------------

    def _build_form(self) -> None:
        context = self._context
        theme = context.theme
        self.gallery = TemplateGallery(theme)
        self.students_field = StudentsField(theme, self._labs.rows)
        self.students = self.students_field.edit
        self.course = CourseField(theme, lambda: self._labs.courses)
        self.start = StartField(theme, context.times, context.clock.now)
        self.duration = DurationField(theme)
        self._fields = {
            DraftField.TEMPLATE: Field(theme, self.tr("Template"), self.gallery),
            DraftField.STUDENTS: self.students_field,
            DraftField.COURSE: Field(theme, self.tr("Course"), self.course, keeps_room=False),
            DraftField.START: Field(theme, self.tr("Start"), self.start),
            DraftField.DURATION: Field(theme, self.tr("Duration"), self.duration, keeps_room=False),
        }
        padding = theme.space.panel_padding
        self.column.setContentsMargins(padding + 1, 8, padding, 4)
        self.column.setSpacing(theme.space.gap)
        for field in self._fields.values():
            self.column.addWidget(field)
        self.column.addStretch(1)

    def _connect(self) -> None:
        self._shelf.changed.connect(self._take_templates)
        self._images.changed.connect(lambda _image: self._forecast_soon())
        self.gallery.chosen.connect(lambda _subject: self._template_chosen())
        self.students.textChanged.connect(lambda: self._edited(DraftField.STUDENTS))
        self.students.line_left.connect(self._refresh)
        self.course.edited.connect(lambda: self._edited(DraftField.COURSE))
        self.start.changed.connect(lambda: self._edited(DraftField.START))
        self.start.left.connect(self._refresh)
        self.duration.changed.connect(lambda: self._edited(DraftField.DURATION))
        self.create_button.clicked.connect(self.submit)
        self.cancel_button.clicked.connect(self._cancel)
        self.room_changed.connect(self._share_room)
        self._context.theme.changed.connect(self._share_room)
        hint = self.tr("Ctrl ⏎")
        self._context.actions.note_key(self.tr("Create or save what a form says"), self.tr("Forms"), hint)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.submit)

    # --- showing ----------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()
        self._refresh()
        self._look_for_image()

    def _share_room(self) -> None:
        """Give the room there is to the templates and then to the students; in a low window the form scrolls.

        A longer note takes its lines from the students, so that nothing beneath them moves. For theirs one line is set
        aside, so that nothing above moves either.
        """
        width, lines, margins = self.students.width(), self.students.height_of, self.column.contentsMargins()
        left = self.room - margins.top() - margins.bottom() - self.column.spacing() * (len(self._fields) - 1)
        left -= sum(line.sizeHint().height() for line in (self.course, self.start, self.duration))
        around = sum(field.least_height_around for field in self._fields.values())
        spare = self._context.theme.line_height("caption")
        left -= self.gallery.fit(left - around - spare - lines(_LEAST_LINES))
        left -= sum(field.height_around(width) for field in self._fields.values())
        note = self._fields[DraftField.STUDENTS].note_height(width)
        self.students.setFixedHeight(max(min(left, lines(_MOST_LINES) - note), lines(_LEAST_LINES)))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def _take_templates(self) -> None:
        facts = self._shelf.facts
        self.gallery.set_templates(facts)
        if len(facts) == 1:
            self.gallery.choose(facts[0].subject)
        self._refresh()

    def _template_chosen(self) -> None:
        self._edited(DraftField.TEMPLATE)
        self._look_for_image()

    def _look_for_image(self) -> None:
        """Ask whether the engine has it: it may come and go without LabDesk."""
        if self.isVisible() and (facts := self.gallery.current_facts) is not None:
            self._images.look([facts.image])

    def _edited(self, field: DraftField) -> None:
        self._touched.add(field)
        self._refused.pop(field, None)
        if field is DraftField.DURATION:
            self._refused.pop(DraftField.START, None)
        self._foot.show_error("")
        self._refresh()

    def _refresh(self) -> None:
        draft = self._draft()
        self._show(draft, self._check(draft))

    def _show(self, draft: LabDraft, check: DraftCheck) -> None:
        now, times = self._context.clock.now(), self._context.times
        template = self._shelf.template(self.gallery.current)
        reach = reach_text(reach_of(template, self._access())) if template is not None else ""
        self._fields[DraftField.TEMPLATE].set_hint(reach)
        self._fields[DraftField.STUDENTS].set_hint(students_hint(check))
        self._fields[DraftField.START].set_hint(start_hint(draft, self.start.is_written_out, times, now))
        for name, field in self._fields.items():
            problem = self._refused.get(name) or (check.problems.get(name) if self._is_told(name, check) else None)
            if name is DraftField.STUDENTS:
                self.students_field.show_problem(problem)
            else:
                field.set_problem(problem_text(problem) if problem else "")
        self._share_room()
        self.start.setToolTip(times.exact(draft.start.utc) if draft.start else "")
        facts = self.gallery.current_facts
        if not self.is_busy:
            self.preview.set_summary(summary_text(draft, check, facts.title if facts else "", times, now))
            self._forecast_soon()
            self.create_button.set_text(button_text(draft, check, times, now))
            self._foot.show_refusal(check.refusal)

    def _is_told(self, name: DraftField, check: DraftCheck) -> bool:
        """A field nobody has come to is not complained about, nor a time that is half typed."""
        if name is DraftField.TEMPLATE and check.refusal:
            return True
        half_typed = name is DraftField.START and self.start.is_being_typed and self.start.unread is not None
        return name in self._touched and not half_typed

    def _forecast_soon(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _show_forecast(self) -> None:
        """Say how the labs will be called, and what keeps them from starting at once."""
        draft, facts, now = self._draft(), self.gallery.current_facts, self._context.clock.now()
        check = self._check(draft)
        template = self._shelf.template(self.gallery.current)
        if facts is None or template is None or check.refusal or self.is_busy:
            self.preview.show_nothing()
            return
        rows = self._labs.rows()
        self._images.take_labs(rows, now.timestamp())
        told = [image_text(self._images.state(facts.image), template.spec.image_pull_policy)]
        names = ""
        if check.is_ready and draft.minutes is not None:
            start = now if draft.start is None else max(draft.start.utc, now)
            found = forecast(
                check.students, facts, start, timedelta(minutes=draft.minutes), rows, self._shelf.facts,
                self._context.engine_monitor, self._context.capacity, now,
            )  # fmt: skip
            names = names_text(found)
            told += [doubled_text(found), outlook_text(found, self._context.times, now)]
        self.preview.show_outlook(names, told)

    def _draft(self) -> LabDraft:
        start, minutes, students = self.start, self.duration.minutes, self.students.toPlainText()
        return LabDraft(self.gallery.current, students, start.value, minutes, start.unread, self.course.text)

    def _check(self, draft: LabDraft, *, complete: bool = False) -> DraftCheck:
        line = 0 if complete else self.students.line_being_typed
        known, now = [facts.subject for facts in self._shelf.facts], self._context.clock.now()
        return check_draft(draft, known, now, line, self._refusal(now))

    def _refusal(self, now: datetime) -> str:
        """Why the control plane would start no lab of the chosen template, or nothing."""
        template = self._shelf.template(self.gallery.current)
        if template is None or not needs_password(template, self._access()):
            return ""
        return reason_sentence("PasswordRequired", {"template": template.metadata.name}, self._context.times, now)

    def _focus(self, name: DraftField) -> None:
        if name is DraftField.TEMPLATE:
            self.gallery.focus_choice()
        elif name is DraftField.STUDENTS:
            self.students_field.take_focus()
        else:
            self._fields[name].control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- creating ---------------------------------------------------------------------------------------------

    async def _create_async(self, draft: LabDraft, students: Sequence[Student]) -> None:
        done: list[LabInstanceRequest] = []

        def on_created(labs: list[LabInstanceRequest], batch: Sequence[Student]) -> None:
            done.extend(labs)
            self.students.setPlainText(without_students(self.students.toPlainText(), batch))
            self._foot.show_progress(len(done), len(students))

        try:
            self._foot.show_progress(0, len(students))
            await create_in_batches(
                self._context.commands,
                draft.template,
                students,
                draft.start.utc if draft.start else None,
                draft.minutes or 0,
                draft.labels,
                on_created,
                lambda: not self._stop_wanted,
            )
        except LabDeskError as error:
            self._show_error(error, len(done), len(students))
        finally:
            self._creating = None
            self._set_busy(False)
            if done:
                self.created.emit(done)
        if len(done) == len(students):
            self._touched.clear()
            self._refresh()
            self.closed.emit()

    def _show_error(self, error: LabDeskError, done: int, total: int) -> None:
        field = field_of_error(error) if isinstance(error, InvalidResourceError) else None
        if field is not None and isinstance(error, InvalidResourceError):
            self._refused[field] = Problem(ProblemKind.REFUSED, as_sentence(error.problem))
            self._focus(field)
        text = as_sentence(error.message)
        if done:
            made = counted(done, self.tr("{n} lab was created."), self.tr("{n} labs were created."))
            text = f"{made} {text}"
        if done or field is None:
            self._foot.show_error(text)

    def _set_busy(self, busy: bool, can_stop: bool = True) -> None:
        for field in self._fields.values():
            field.setEnabled(not busy)
        self._foot.set_busy(busy, can_stop)
        if not busy:
            self._refresh()

    def _cancel(self) -> None:
        if self.is_busy:
            self._stop_wanted = True
        else:
            self.closed.emit()
