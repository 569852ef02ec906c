"""The book of Today, kept change by change, beside the same labs sorted anew."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.models.lab_groups import Change
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.today.book import TodayBook
from labdesk.ui.pages.today.sections import Limits
from tests.gui.lab_images import NOW, image_of, in_phase, make_lab

NOW_S = NOW.timestamp()
ALL = Limits(failed=9, waiting=9, ending=9, starting=9, running=18, upcoming=9)
REASONS = {
    "EngineFull": {"need": "2 GiB", "free": "0 B"},
    "EngineUnavailable": {},
    "PasswordRequired": {"template": "x"},
}


@st.composite
def labs(draw: st.DrawFn) -> LabInstanceRequest:
    """Any state that Today tells apart, at times that often coincide."""
    lab = make_lab(
        f"u{draw(st.integers(0, 7))}",
        start=draw(st.sampled_from([-12, -1, 0, 5, 10])),
        minutes=draw(st.sampled_from([1, 10, 15, 20])),
        template=draw(st.sampled_from(["python-intro", "databases"])),
    )
    lab = in_phase(lab, draw(st.sampled_from(["PENDING", "PENDING", "PROVISIONING", "RUNNING", "FAILED", "COMPLETED"])))
    if str(lab.status.phase) in ("FAILED", "COMPLETED"):
        minutes_ago = draw(st.sampled_from([0, 1, 24 * 60 - 20, 24 * 60 - 5, 24 * 60]))
        lab = lab.with_status(completed_at=NOW - timedelta(minutes=minutes_ago))
    if reason := draw(st.sampled_from(["", "", *REASONS])):
        lab = lab.with_lab_condition("Schedulable", False, reason, REASONS[reason], NOW)
    match draw(st.sampled_from(["", "", "", "stop", "delete", "again"])):
        case "stop":
            lab = lab.with_spec(desired="Stop")
        case "delete":
            lab = lab.with_metadata(deletion_timestamp=NOW)
        case "again":
            lab = lab.with_metadata(annotations={"labdesk/run-again": "2"})
    return lab


SECONDS = st.sampled_from([0.5, 60.0, 300.0, 600.0])
GOING = st.integers(0, 7).map(lambda number: f"u{number}")
BATCH = st.lists(st.one_of(labs(), labs(), labs(), GOING), min_size=1, max_size=5)
"""The next states of labs, and the uids of those that go."""


class Desk:
    """Labs as the window's model keeps them: a lab that changes keeps its number, one that comes gets the next."""

    def __init__(self) -> None:
        self.rows: dict[str, LabRow] = {}
        self._made = 0

    def change(self, given: LabInstanceRequest | str) -> list[Change]:
        uid = given if isinstance(given, str) else given.metadata.uid
        old = self.rows.get(uid)
        if isinstance(given, str):
            return [(self.rows.pop(uid), None)] if old is not None else []
        self._made += 1
        self.rows[uid] = LabRow(image_of(given, self._made), old.number if old is not None else self._made)
        return [(old, self.rows[uid])]


@given(st.lists(st.one_of(BATCH, BATCH, SECONDS), min_size=6, max_size=16))
def test_a_book_that_is_kept_says_what_sorting_anew_would(steps: list[float | list[LabInstanceRequest | str]]) -> None:
    desk, now = Desk(), NOW_S
    kept = TodayBook((), now)
    for step in steps:
        if isinstance(step, float):
            now += step
            kept.advance(now)
        else:
            kept.take([change for one in step for change in desk.change(one)])
        assert kept.today(ALL) == TodayBook(desk.rows.values(), now).today(ALL)


def test_many_hours_later_every_lab_stands_where_it_belongs() -> None:
    desk = Desk()
    lives = [make_lab("next", start=5), in_phase(make_lab("runs", minutes=60), "RUNNING")]
    for lab in lives:
        desk.change(lab)
    book = TodayBook(desk.rows.values(), NOW_S)
    book.advance(NOW_S + 3 * 3_600)
    found = book.today(Limits())
    assert [row.uid for row in found.waiting.rows] == ["next"]
    assert [row.uid for row in found.ending.rows] == ["runs"]
    assert found.upcoming.total == 0


def test_those_who_start_together_count_whether_they_were_warned_or_not() -> None:
    warned = make_lab("a", start=20).with_lab_condition("Protected", False, "PasswordRequired", {"template": "x"}, NOW)
    desk = Desk()
    for lab in (warned, make_lab("b", start=20), make_lab("c", start=21)):
        desk.change(lab)
    found = TodayBook(desk.rows.values(), NOW_S).today(Limits())
    assert (found.next_count, found.next_template) == (2, "python-intro")


def test_a_failure_leaves_after_a_day_and_a_later_one_stays() -> None:
    desk = Desk()
    for uid, minutes_ago in (("later", 24 * 60 - 20), ("earlier", 24 * 60 - 5), ("earliest", 24 * 60 - 3)):
        desk.change(in_phase(make_lab(uid), "FAILED").with_status(completed_at=NOW - timedelta(minutes=minutes_ago)))
    book = TodayBook(desk.rows.values(), NOW_S)
    book.advance(NOW_S + 300)
    found = book.today(Limits())
    assert [row.uid for row in found.failed.rows] == ["later"]
    assert found.changes_at == NOW_S + 1_200
