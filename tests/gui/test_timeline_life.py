"""What is drawn of a lab's life, and what stands in the picture of all of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.delegates.text_cache import TextCache
from labdesk.ui.life.history import earlier_runs
from labdesk.ui.life.lane_painter import LanePainter
from labdesk.ui.life.scale import TimeScale
from labdesk.ui.life.spans import Life, Span, life_of, lives_of, merged
from labdesk.ui.life.wording import beyond_text
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.timeline.overview import bands_of, stretches_of
from labdesk.ui.theme import ThemeMode
from labdesk.ui.times import Times
from tests.gui.lab_images import NOW, image_of, in_phase, make_lab
from tests.gui.page_world import BERLIN
from tests.gui.test_theme import themed

NOW_S = NOW.timestamp()
MINUTE = 60.0
TIMES = Times(BERLIN, QLocale(QLocale.Language.English))


def row_of(lab: LabInstanceRequest) -> LabRow:
    return LabRow(image_of(lab, 1), 0)


def life(lab: LabInstanceRequest) -> Life:
    return life_of(row_of(lab), NOW_S)


def begun(lab: LabInstanceRequest, prepared: float, ready: float | None = None) -> LabInstanceRequest:
    """With a container from `prepared` and an answer from `ready` on, in minutes from now."""
    started = NOW + timedelta(minutes=ready) if ready is not None else None
    return lab.with_status(provisioning_at=NOW + timedelta(minutes=prepared), started_at=started)


def at(minutes: float) -> float:
    return NOW_S + minutes * MINUTE


def test_a_planned_lab_is_a_thin_line_until_it_is_due_and_then_what_is_planned() -> None:
    found = life(make_lab("a", start=20))
    assert found.spans == ()
    assert found.lead == ((NOW - timedelta(days=1)).timestamp(), at(20))
    assert found.plan == found.ahead == (at(20), at(80))
    assert (found.final, found.ended) == ("", 0)


def test_what_is_out_of_view_is_told_with_its_day_where_that_is_another() -> None:
    def beyond(lab: LabInstanceRequest) -> str:
        return beyond_text(row_of(lab), life(lab), TIMES, NOW_S)

    tomorrow = TIMES.day(NOW + timedelta(days=1)).split()[0]
    (start, end), day = (TIMES.clock(NOW), TIMES.clock(NOW + timedelta(hours=1))), 24 * 60
    assert beyond(make_lab("a", start=day)) == f"planned {tomorrow} {start} to {end}"
    assert beyond(make_lab("a", start=5)).startswith("planned ")
    assert tomorrow not in beyond(make_lab("a", start=5))
    running = begun(in_phase(make_lab("a", start=-30), "RUNNING"), -30, -30).with_spec(extension_minutes=day - 30)
    assert beyond(running) == f"until {tomorrow} {start}"


def test_only_waiting_past_its_time_is_a_stretch() -> None:
    found = life(make_lab("a", start=-3))
    assert found.spans == (Span("PENDING", at(-3), NOW_S),)
    assert found.ahead == (NOW_S, at(60))


def test_a_lab_that_waits_for_room_is_expected_when_there_should_be_some() -> None:
    full = {"need": "2 GiB", "free": "0 B", "until": (NOW + timedelta(minutes=18)).isoformat()}
    lab = make_lab("a", start=-3).with_lab_condition("Schedulable", False, "EngineFullUntil", full, NOW)
    assert life(lab).ahead == (at(18), at(78))


def test_what_runs_has_its_start_behind_and_its_end_ahead() -> None:
    lab = begun(in_phase(make_lab("a", start=-30), "RUNNING"), -29, -28)
    found = life(lab)
    assert found.spans == (
        Span("PENDING", at(-30), at(-29)),
        Span("PROVISIONING", at(-29), at(-28)),
        Span("RUNNING", at(-28), NOW_S),
    )
    assert found.plan == (at(-30), at(30))
    assert found.ahead == (NOW_S, at(32))  # a late start runs its full time


def test_an_extension_lies_beyond_the_plan() -> None:
    lab = begun(in_phase(make_lab("a", start=-30), "RUNNING"), -30, -30).with_spec(extension_minutes=15)
    assert life(lab).plan == (at(-30), at(30))
    assert life(lab).ahead == (NOW_S, at(45))


def test_a_final_phase_is_a_mark_and_no_stretch() -> None:
    lab = begun(in_phase(make_lab("a", start=-30), "FAILED", "OOMKilled", memory="1 GiB"), -30, -30)
    found = life(lab.with_status(completed_at=NOW - timedelta(minutes=5)))
    assert [span.phase for span in found.spans] == ["PROVISIONING", "RUNNING"]
    assert (found.final, found.ended) == ("FAILED", at(-5))
    assert found.spans[-1].end == at(-5)
    assert found.ahead is None


def test_a_lab_that_failed_while_it_was_prepared_never_ran() -> None:
    lab = begun(in_phase(make_lab("a", start=-30), "FAILED", "ImagePull", image="x", detail="y"), -30)
    found = life(lab.with_status(started_at=None, completed_at=NOW - timedelta(minutes=28)))
    assert found.spans == (Span("PROVISIONING", at(-30), at(-28)),)


def test_what_is_being_stopped_has_nothing_ahead() -> None:
    lab = begun(in_phase(make_lab("a", start=-30), "RUNNING"), -30, -30)
    assert life(lab.with_spec(desired="Stop")).ahead is None


def test_earlier_runs_are_the_last_states_of_former_incarnations() -> None:
    lab = begun(in_phase(make_lab("a", start=-90), "FAILED", "ExitCode", code="1", log=""), -90, -90)
    lab = lab.with_status(completed_at=NOW - timedelta(minutes=60))
    again = make_lab("a", start=-10).with_status(incarnation=2)
    states = [make_lab("a", start=-90), lab, again, begun(in_phase(again, "RUNNING"), -10, -9)]
    runs = earlier_runs(image_of(state, number) for number, state in enumerate(states, 1))
    assert [(run.incarnation, run.phase, run.ends) for run in runs] == [(1, "FAILED", at(-60))]
    assert earlier_runs([]) == ()


@pytest.mark.parametrize("gap", [10, 30, 200])
def test_how_an_earlier_run_ended_is_not_painted_over_the_next(qtbot: QtBot, gap: int) -> None:
    """Within so many pixels there is room for nothing, for the icon, and for the word."""
    first = begun(in_phase(make_lab("a", start=-90), "FAILED", "ExitCode", code="1", log=""), -90, -90)
    first = first.with_status(completed_at=NOW - timedelta(minutes=60))
    again = begun(in_phase(make_lab("a", start=gap - 60), "RUNNING"), gap - 60, gap - 60).with_status(incarnation=2)
    runs = [row_of(first), row_of(again)]
    lives, scale = lives_of(runs, at(gap + 30)), TimeScale(at(-90), 60)

    def picture(*painted: int) -> QImage:
        image = QImage(400, 36, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        theme = themed(ThemeMode.LIGHT)
        lanes = LanePainter(theme, TIMES, TextCache(theme))
        with QPainter(image) as painter:
            for place in painted:
                lanes.paint(painter, runs[place], lives[place], scale, 0, 36, 400)
        return image

    second = round(scale.x(lives[1].begin))
    area = QRect(second, 0, 400 - second, 36)
    assert picture(0, 1).copy(area) == picture(1).copy(area)
    assert lives[0].until == lives[1].begin


def test_a_lab_that_runs_again_was_not_known_before_this_run() -> None:
    assert life(make_lab("a", start=20).with_status(incarnation=2)).lead is None


def test_stretches_closer_than_the_gap_are_one() -> None:
    assert merged([(10, 11), (0, 4), (5.5, 6), (3, 5)], 2) == [(0, 6), (10, 11)]
    assert merged([], 2) == []


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 50)).map(lambda pair: (pair[0], pair[0] + pair[1]))))
def test_merging_loses_no_pixel_and_leaves_only_real_gaps(stretches: list[tuple[float, float]]) -> None:
    found = merged(list(stretches), 2)
    assert all(any(left <= begin and end <= right for left, right in found) for begin, end in stretches)
    assert all(after[0] - before[1] >= 2 for before, after in pairwise(found))


@given(st.integers(1, 3_000), st.floats(0.02, 4))
def test_the_bands_of_a_picture_show_every_row_once_and_leave_no_gap(count: int, height: float) -> None:
    bands = bands_of(count, height)
    assert [place for band in bands for place in band.places] == list(range(count))
    assert bands[0].top == 0
    assert all(before.top + before.height == after.top for before, after in pairwise(bands))


def test_a_band_of_many_labs_is_a_few_stretches() -> None:
    rows = [row_of(begun(in_phase(make_lab(f"u{n}", start=-30), "RUNNING"), -30, -29.9)) for n in range(50)]
    found = stretches_of(rows, range(50), TimeScale(at(-60), 60), NOW_S)
    assert {phase: len(stretches) for phase, stretches in found.items()} == {
        "PROVISIONING": 1, "RUNNING": 1, "ahead": 1,
    }  # fmt: skip
    assert found["RUNNING"][0] == pytest.approx((30.1, 60.0))
