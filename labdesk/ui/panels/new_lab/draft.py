"""What the New lab panel holds, and what is wrong with it. Pure: words are chosen where they are shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.request import MAX_MINUTES
from labdesk.labs.student_list import LineFault, read_student_lines
from labdesk.labs.students import Student
from labdesk.resource.errors import InvalidResourceError
from labdesk.ui.panels.new_lab.local_time import LocalInstant, WallClock


class DraftField(StrEnum):
    """The fields of the form, top to bottom."""

    TEMPLATE = "template"
    STUDENTS = "students"
    COURSE = "course"
    START = "start"
    DURATION = "duration"


class ProblemKind(StrEnum):
    """`REFUSED` carries a sentence of the commands or the control plane themselves."""

    NO_TEMPLATE = "no template chosen"
    TEMPLATE_GONE = "template gone"
    NO_STUDENT = "no student"
    NO_ADDRESS = "no address"
    SEVERAL_ADDRESSES = "several addresses among other words"
    BAD_NAME = "bad name"
    UNREAD_START = "start that is no time"
    PAST = "past"
    SKIPPED_HOUR = "skipped hour"
    NO_DURATION = "no duration"
    BAD_DURATION = "bad duration"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """`text` is what it is about (a line, a sentence), `lines` all bad lines of the student list, from 1."""

    kind: ProblemKind
    text: str = ""
    lines: tuple[int, ...] = ()


_LINE_PROBLEMS = {
    LineFault.NO_ADDRESS: ProblemKind.NO_ADDRESS,
    LineFault.SEVERAL: ProblemKind.SEVERAL_ADDRESSES,
    LineFault.BAD_NAME: ProblemKind.BAD_NAME,
}


@dataclass(frozen=True, slots=True)
class LabDraft:
    """As typed: `start` None means now, `minutes` None that the duration is no number.

    `unread_start` is what was typed for the start if it is no time at all.
    """

    template: str = ""
    students: str = ""
    start: LocalInstant | None = None
    minutes: int | None = 60
    unread_start: str | None = None
    course: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """The labels that the labs get."""
        return {COURSE_LABEL: self.course} if self.course else {}


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """`students` are the readable ones, each once; `repeated` counts addresses given again."""

    students: tuple[Student, ...]
    repeated: int
    problems: dict[DraftField, Problem]

    @property
    def is_ready(self) -> bool:
        return bool(self.students) and not self.problems

    @property
    def refusal(self) -> str:
        """Why no lab of the template can start as things are, whatever else is filled in."""
        problem = self.problems.get(DraftField.TEMPLATE)
        return problem.text if problem is not None and problem.kind is ProblemKind.REFUSED else ""

    @property
    def first_bad_field(self) -> DraftField | None:
        return next((field for field in DraftField if field in self.problems), None)


def check_draft(
    draft: LabDraft, templates: Collection[str], now: datetime, line_being_typed: int = 0, refusal: str = ""
) -> DraftCheck:
    """Return what the draft would make and every problem by field.

    `line_being_typed` (1-based) names a line of students that is not complained about yet; 0 means none. `refusal` says
    why no lab of the template can start as things are, or nothing.
    """
    problems: dict[DraftField, Problem] = {}
    if not draft.template:
        problems[DraftField.TEMPLATE] = Problem(ProblemKind.NO_TEMPLATE)
    elif draft.template not in templates:
        problems[DraftField.TEMPLATE] = Problem(ProblemKind.TEMPLATE_GONE, draft.template)
    elif refusal:
        problems[DraftField.TEMPLATE] = Problem(ProblemKind.REFUSED, refusal)
    students, repeated, bad = read_students(draft.students, line_being_typed)
    if bad is not None:
        problems[DraftField.STUDENTS] = bad
    elif not students and not line_being_typed:
        problems[DraftField.STUDENTS] = Problem(ProblemKind.NO_STUDENT)
    if draft.minutes is None:
        problems[DraftField.DURATION] = Problem(ProblemKind.NO_DURATION)
    elif not 1 <= draft.minutes <= MAX_MINUTES:
        problems[DraftField.DURATION] = Problem(ProblemKind.BAD_DURATION, str(draft.minutes))
    if (start := _start_problem(draft, now)) is not None:
        problems[DraftField.START] = start
    return DraftCheck(tuple(students), repeated, problems)


def _start_problem(draft: LabDraft, now: datetime) -> Problem | None:
    if draft.unread_start is not None:
        return Problem(ProblemKind.UNREAD_START, draft.unread_start)
    if draft.start is None:
        return None
    if draft.start.clock is WallClock.NEVER:
        return Problem(ProblemKind.SKIPPED_HOUR)
    is_over = draft.start.utc + timedelta(minutes=draft.minutes or 0) <= now
    return Problem(ProblemKind.PAST) if is_over else None


def read_students(text: str, line_being_typed: int = 0) -> tuple[list[Student], int, Problem | None]:
    """Return the students of every good line, how many were repeats, and what is wrong with the bad ones."""
    lines = [line for line in read_student_lines(text) if not (line.fault and line.number == line_being_typed)]
    named = [student for line in lines for student in line.students]
    found: dict[str, Student] = {}
    for student in named:
        found.setdefault(student.email.lower(), student)
    bad = [line for line in lines if line.fault]
    problem = None
    if bad:
        numbers = tuple(line.number for line in bad)
        problem = Problem(_LINE_PROBLEMS[bad[0].fault or LineFault.NO_ADDRESS], bad[0].text, numbers)
    return list(found.values()), len(named) - len(found), problem


def field_of_error(error: InvalidResourceError) -> DraftField | None:
    """Return the form field that an error of the commands is about, or None."""
    return {
        "spec.labTemplate": DraftField.TEMPLATE,
        "students": DraftField.STUDENTS,
        "spec.studentEmail": DraftField.STUDENTS,
        "spec.studentName": DraftField.STUDENTS,
        "metadata.name": DraftField.STUDENTS,
        "metadata.labels": DraftField.COURSE,
        "spec.scheduledStart": DraftField.START,
        "spec.durationMinutes": DraftField.DURATION,
    }.get(error.field)


def without_students(text: str, created: Collection[Student]) -> str:
    """Return the students that still have no lab, and the lines that could not be read."""
    done = {student.email.lower() for student in created}
    kept: list[str] = []
    for line in read_student_lines(text):
        if line.fault:
            kept.append(line.text)
        elif rest := [str(student) for student in line.students if student.email.lower() not in done]:
            kept.append(", ".join(rest))
    return "\n".join(kept)
