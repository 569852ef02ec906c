"""What the New lab panel holds, and what is wrong with it. Pure: words are chosen where they are shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from labdesk.labs.request import MAX_MINUTES
from labdesk.labs.students import Student, parse_students
from labdesk.resource.errors import InvalidResourceError
from labdesk.ui.panels.new_lab.local_time import LocalInstant, WallClock


class DraftField(StrEnum):
    """The fields of the form, top to bottom."""

    TEMPLATE = "template"
    STUDENTS = "students"
    START = "start"
    DURATION = "duration"


class ProblemKind(StrEnum):
    """`REFUSED` carries a sentence of the commands themselves."""

    NO_TEMPLATE = "no template chosen"
    TEMPLATE_GONE = "template gone"
    NO_STUDENT = "no student"
    BAD_STUDENT = "bad student"
    PAST = "past"
    SKIPPED_HOUR = "skipped hour"
    NO_DURATION = "no duration"
    BAD_DURATION = "bad duration"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """`text` is what it is about (an entry, a sentence), `line` the 1-based line of the student list."""

    kind: ProblemKind
    text: str = ""
    line: int = 0
    more: int = 0


@dataclass(frozen=True, slots=True)
class LabDraft:
    """As typed: `start` None means now, `minutes` None that the duration is no number."""

    template: str = ""
    students: str = ""
    start: LocalInstant | None = None
    minutes: int | None = 60


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
    def first_bad_field(self) -> DraftField | None:
        return next((field for field in DraftField if field in self.problems), None)


def check_draft(draft: LabDraft, templates: Collection[str], now: datetime, line_being_typed: int = 0) -> DraftCheck:
    """Return what the draft would make and every problem by field.

    `line_being_typed` (1-based) names a line of students that is not complained about yet; 0 means none.
    """
    problems: dict[DraftField, Problem] = {}
    if not draft.template:
        problems[DraftField.TEMPLATE] = Problem(ProblemKind.NO_TEMPLATE)
    elif draft.template not in templates:
        problems[DraftField.TEMPLATE] = Problem(ProblemKind.TEMPLATE_GONE, draft.template)
    students, repeated, bad = read_students(draft.students, line_being_typed)
    if bad is not None:
        problems[DraftField.STUDENTS] = bad
    elif not students and not line_being_typed:
        problems[DraftField.STUDENTS] = Problem(ProblemKind.NO_STUDENT)
    if draft.minutes is None:
        problems[DraftField.DURATION] = Problem(ProblemKind.NO_DURATION)
    elif not 1 <= draft.minutes <= MAX_MINUTES:
        problems[DraftField.DURATION] = Problem(ProblemKind.BAD_DURATION, str(draft.minutes))
    if draft.start is not None:
        length = timedelta(minutes=draft.minutes or 0)
        if draft.start.clock is WallClock.NEVER:
            problems[DraftField.START] = Problem(ProblemKind.SKIPPED_HOUR)
        elif draft.start.utc + length <= now:
            problems[DraftField.START] = Problem(ProblemKind.PAST)
    return DraftCheck(tuple(students), repeated, problems)


def read_students(text: str, line_being_typed: int = 0) -> tuple[list[Student], int, Problem | None]:
    """Return the students of every good line, how many were repeats, and the first bad line (with how many more)."""
    found: dict[str, Student] = {}
    repeated = 0
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            students = parse_students(line)
        except InvalidResourceError:
            if number != line_being_typed:
                bad.append((number, line.strip()))
            continue
        for student in students:
            repeated += student.email.lower() in found
            found.setdefault(student.email.lower(), student)
    problem = Problem(ProblemKind.BAD_STUDENT, bad[0][1], bad[0][0], len(bad) - 1) if bad else None
    return list(found.values()), repeated, problem


def field_of_error(error: InvalidResourceError) -> DraftField | None:
    """Return the form field that an error of the commands is about, or None."""
    return {
        "spec.labTemplate": DraftField.TEMPLATE,
        "students": DraftField.STUDENTS,
        "spec.studentEmail": DraftField.STUDENTS,
        "spec.studentName": DraftField.STUDENTS,
        "metadata.name": DraftField.STUDENTS,
        "spec.scheduledStart": DraftField.START,
        "spec.durationMinutes": DraftField.DURATION,
    }.get(error.field)


def without_students(text: str, created: Collection[Student]) -> str:
    """Return the lines of students that still have no lab, as typed; a line is kept whole if any of it is left."""
    done = {student.email.lower() for student in created}
    kept: list[str] = []
    for line in text.splitlines():
        try:
            rest = [student for student in parse_students(line) if student.email.lower() not in done]
        except InvalidResourceError:
            kept.append(line)
            continue
        if rest:
            kept.append(", ".join(str(student) for student in rest))
    return "\n".join(kept)
