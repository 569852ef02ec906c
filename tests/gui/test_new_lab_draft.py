"""What the New lab panel would make of what was typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from labdesk.labs.students import Student
from labdesk.resource.errors import InvalidResourceError
from labdesk.ui.panels.new_lab.draft import (
    DraftField,
    LabDraft,
    ProblemKind,
    check_draft,
    field_of_error,
    without_students,
)
from labdesk.ui.panels.new_lab.local_time import LocalInstant, WallClock, resolve_wall_clock, zone_text

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def wall(text: str) -> datetime:
    """A wall-clock time: it has no zone."""
    return datetime.fromisoformat(text)


def problems(draft: LabDraft, line_being_typed: int = 0) -> dict[DraftField, ProblemKind]:
    check = check_draft(draft, ("shell",), NOW, line_being_typed)
    return {field: problem.kind for field, problem in check.problems.items()}


def test_a_whole_draft_is_ready() -> None:
    check = check_draft(LabDraft("shell", "Ada Lovelace <ada@example.edu>\ngrace@example.edu"), ("shell",), NOW)
    assert check.is_ready
    assert check.students == (Student("ada@example.edu", "Ada Lovelace"), Student("grace@example.edu"))


def test_an_empty_draft_names_what_is_missing_from_the_top() -> None:
    check = check_draft(LabDraft(), ("shell",), NOW)
    assert check.first_bad_field is DraftField.TEMPLATE
    assert problems(LabDraft()) == {
        DraftField.TEMPLATE: ProblemKind.NO_TEMPLATE,
        DraftField.STUDENTS: ProblemKind.NO_STUDENT,
    }


def test_a_template_deleted_meanwhile_is_named() -> None:
    assert problems(LabDraft("gone", "ada@example.edu")) == {DraftField.TEMPLATE: ProblemKind.TEMPLATE_GONE}


def test_a_bad_line_is_named_and_the_good_ones_count() -> None:
    check = check_draft(LabDraft("shell", "ada@example.edu\nnobody\n\nalso nobody"), ("shell",), NOW)
    problem = check.problems[DraftField.STUDENTS]
    assert (problem.kind, problem.lines, problem.text) == (ProblemKind.NO_ADDRESS, (2, 4), "nobody")
    assert [student.email for student in check.students] == ["ada@example.edu"]


def test_the_line_being_typed_is_not_complained_about() -> None:
    assert problems(LabDraft("shell", "ada@example.edu\ngra"), line_being_typed=2) == {}
    assert DraftField.STUDENTS in problems(LabDraft("shell", "ada@example.edu\ngra"))


def test_a_student_named_twice_gets_one_lab() -> None:
    check = check_draft(LabDraft("shell", "ada@example.edu\nADA@example.edu"), ("shell",), NOW)
    assert (len(check.students), check.repeated) == (1, 1)


def test_what_is_left_of_a_table_is_read_without_its_headings() -> None:
    table = "Last;First;E-mail\nLovelace;Ada;ada@example.edu\nHopper;Grace;grace@example.edu\nnobody"
    rest = without_students(table, [Student("ada@example.edu")])
    assert rest == "Grace Hopper <grace@example.edu>\nnobody"
    assert without_students(rest, [Student("grace@example.edu")]) == "nobody"


@pytest.mark.parametrize(
    ("minutes", "kind"),
    [(None, ProblemKind.NO_DURATION), (0, ProblemKind.BAD_DURATION), (481, ProblemKind.BAD_DURATION)],
)
def test_durations_are_1_to_480_minutes(minutes: int | None, kind: ProblemKind) -> None:
    assert problems(LabDraft("shell", "ada@example.edu", minutes=minutes)) == {DraftField.DURATION: kind}


def test_a_lab_may_have_begun_but_not_be_over() -> None:
    begun = LocalInstant(NOW - timedelta(minutes=20), WallClock.ONCE)
    assert problems(LabDraft("shell", "ada@example.edu", begun, 60)) == {}
    assert problems(LabDraft("shell", "ada@example.edu", begun, 20)) == {DraftField.START: ProblemKind.PAST}


def test_an_hour_that_the_clocks_skip_is_refused_and_one_there_twice_means_the_first() -> None:
    skipped = resolve_wall_clock(wall("2027-03-28 02:30"), BERLIN)
    assert problems(LabDraft("shell", "ada@example.edu", skipped)) == {DraftField.START: ProblemKind.SKIPPED_HOUR}
    twice = resolve_wall_clock(wall("2026-10-25 02:30"), BERLIN)
    assert (twice.utc, twice.clock) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), WallClock.TWICE)


def test_a_start_that_is_no_time_keeps_labs_from_being_made_at_once() -> None:
    assert problems(LabDraft("shell", "ada@example.edu", unread_start="25:00")) == {
        DraftField.START: ProblemKind.UNREAD_START
    }


def test_a_course_is_a_label_of_every_lab_and_may_be_left_empty() -> None:
    assert LabDraft("shell", "ada@example.edu", course="cs-101").labels == {"labdesk/course": "cs-101"}
    assert LabDraft("shell", "ada@example.edu").labels == {}


def test_a_zone_is_shown_with_its_offset() -> None:
    assert zone_text(BERLIN, NOW) == "Europe/Berlin, UTC+1"
    assert zone_text(ZoneInfo("America/St_Johns"), NOW) == "America/St Johns, UTC-3:30"
    assert zone_text(ZoneInfo("UTC"), NOW) == "UTC"


def test_an_error_of_the_commands_goes_to_its_field() -> None:
    assert field_of_error(InvalidResourceError("spec.labTemplate", "x")) is DraftField.TEMPLATE
    assert field_of_error(InvalidResourceError("spec.scheduledStart", "x")) is DraftField.START
    assert field_of_error(InvalidResourceError("metadata.labels", "x")) is DraftField.COURSE
    assert field_of_error(InvalidResourceError("metadata.owner", "x")) is None
