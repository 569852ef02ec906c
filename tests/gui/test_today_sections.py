"""Which lab stands in which section of Today, and until when."""

from __future__ import annotations

from datetime import timedelta
from math import inf

from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.today.book import TodayBook
from labdesk.ui.pages.today.sections import Limits, Section, Today
from tests.gui.lab_images import NOW, image_of, in_phase, make_lab

NOW_S = NOW.timestamp()


def rows_of(*labs: LabInstanceRequest) -> list[LabRow]:
    return [LabRow(image_of(lab, number + 1), number) for number, lab in enumerate(labs)]


def today(*labs: LabInstanceRequest, limits: Limits | None = None) -> Today:
    return TodayBook(rows_of(*labs), NOW_S).today(limits or Limits())


def uids(section: Section) -> list[str]:
    return [row.uid for row in section.rows]


def running(uid: str, minutes_left: float) -> LabInstanceRequest:
    return in_phase(make_lab(uid, start=-60, minutes=60 + int(minutes_left)), "RUNNING")


def waiting(lab: LabInstanceRequest) -> LabInstanceRequest:
    return lab.with_lab_condition("Schedulable", False, "EngineFull", {"need": "2 GiB", "free": "0 B"}, NOW)


def failed(uid: str, minutes_ago: int) -> LabInstanceRequest:
    lab = in_phase(make_lab(uid, start=-minutes_ago - 1), "FAILED", "ExitCode", code="1", log="")
    return lab.with_status(completed_at=NOW - timedelta(minutes=minutes_ago))


def test_nothing_at_all() -> None:
    found = today()
    assert (found.total, found.attention, found.next_start, found.changes_at) == (0, 0, 0.0, inf)


def test_what_runs_is_listed_by_its_end() -> None:
    found = today(running("late", 90), running("soon", 30))
    assert uids(found.running) == ["soon", "late"]
    assert found.attention == 0


def test_a_lab_with_ten_minutes_left_ends_soon_and_still_runs() -> None:
    found = today(running("ten", 10), running("eleven", 11))
    assert uids(found.ending) == ["ten"]
    assert uids(found.running) == ["ten", "eleven"]
    assert found.changes_at == NOW_S + 60


def test_a_lab_that_is_being_stopped_needs_nobody() -> None:
    found = today(running("a", 5).with_spec(desired="Stop"))
    assert found.ending.total == 0
    assert found.running.total == 1


def test_a_due_lab_waits_once_there_is_a_reason_or_a_minute_has_gone() -> None:
    found = today(make_lab("now", start=0), waiting(make_lab("full", start=0)), make_lab("forgotten", start=-1))
    assert uids(found.starting) == ["now"]
    assert set(uids(found.waiting)) == {"full", "forgotten"}
    assert found.changes_at == NOW_S + 60


def test_a_planned_lab_that_would_fail_needs_attention_before_its_time_and_is_still_planned() -> None:
    lab = make_lab("open", start=60)
    found = today(lab.with_lab_condition("Protected", False, "PasswordRequired", {"template": "web"}, NOW))
    assert uids(found.waiting) == uids(found.upcoming) == ["open"]
    assert found.attention == 1
    mended = lab.with_lab_condition("Protected", True, "Protected", {}, NOW)
    assert today(mended).attention == 0


def test_provisioning_is_a_start_unless_it_is_stuck() -> None:
    lab = in_phase(make_lab("p", start=0), "PROVISIONING")
    away = lab.with_lab_condition("EngineReachable", False, "EngineUnavailable", {}, NOW)
    pulling = lab.with_lab_condition("ImagePulled", False, "Pulling", {"image": "x", "progress": "3 %"}, NOW)
    assert uids(today(lab).starting) == uids(today(pulling).starting) == ["p"]
    assert uids(today(away).waiting) == ["p"]


def test_failures_of_the_last_day_newest_first_unless_they_run_again() -> None:
    again = failed("again", 5)
    again = again.with_metadata(annotations={"labdesk/run-again": "2"})
    found = today(failed("old", 24 * 60), failed("morning", 100), failed("fresh", 1), again)
    assert uids(found.failed) == ["fresh", "morning"]
    assert found.changes_at == NOW_S - 100 * 60 + 86_400


def test_the_next_start_counts_those_who_start_together() -> None:
    found = today(make_lab("c", start=30), make_lab("a", start=20), make_lab("b", start=20, template="databases"))
    assert uids(found.upcoming) == ["a", "b", "c"]
    assert (found.next_start, found.next_count, found.next_template) == (NOW_S + 1200, 2, "")
    assert found.changes_at == NOW_S + 1200
    assert today(make_lab("a", start=20)).next_template == "python-intro"


def test_many_labs_show_the_first_and_count_the_rest() -> None:
    labs = [make_lab(f"s{number}", start=0) for number in range(9)]
    labs += [running(f"r{number}", 20 + number) for number in range(20)]
    found = today(*labs, limits=Limits(starting=2, running=5))
    assert uids(found.starting) == ["s0", "s1"]
    assert uids(found.running) == ["r0", "r1", "r2"]
    assert (found.starting.hidden, found.running.hidden) == (7, 17)
    assert found.total == 29


def test_ended_labs_and_those_being_deleted_stand_nowhere() -> None:
    gone = make_lab("gone", start=20).with_metadata(deletion_timestamp=NOW)
    found = today(in_phase(make_lab("done", start=-90), "COMPLETED"), gone)
    assert found.total == 2
    assert found.attention == found.upcoming.total == found.running.total == 0
