"""Where moments and rows stand, which moments the axis names, and how the view moves."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labdesk.ui.life.scale import RowScale, TimeScale
from labdesk.ui.life.ticks import TickKind, ticks
from labdesk.ui.pages.timeline.viewport import DEFAULT_SPAN_S, NOW_SHARE, Viewport

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 42, 20, tzinfo=UTC).timestamp()
HOUR = 3_600.0


def clocks(begin: datetime, hours: float, width: float = 1_000) -> list[str]:
    scale = TimeScale.fitting(begin.timestamp(), begin.timestamp() + hours * HOUR, width)
    return [f"{tick.moment:%d %H:%M:%S}" for tick in ticks(scale, width, BERLIN)]


# --- scales -----------------------------------------------------------------------------------------------------------


@given(st.floats(0, 1_000), st.floats(0.05, 20))
def test_zooming_leaves_what_is_under_the_cursor_there(x: float, factor: float) -> None:
    scale = TimeScale(NOW, 10.0)
    assert scale.zoomed(x, factor).moment(x) == pytest.approx(scale.moment(x), abs=1e-3)


def test_zooming_ends_somewhere() -> None:
    scale = TimeScale(NOW, 10.0)
    assert scale.zoomed(500, 1e9).per_pixel == 0.25
    assert scale.zoomed(500, 1e-9).per_pixel == 86_400


def test_fitting_shows_all_of_it_with_a_little_room() -> None:
    scale = TimeScale.fitting(NOW, NOW + HOUR, 1_000)
    assert 0 < scale.x(NOW) < 30
    assert 970 < scale.x(NOW + HOUR) < 1_000


def test_nobody_gets_lost_in_empty_time() -> None:
    scale = TimeScale(NOW, 1.0)
    assert scale.panned(1e7).kept_near(NOW, NOW + HOUR, 1_000).x(NOW + HOUR) == pytest.approx(100)
    assert scale.panned(-1e7).kept_near(NOW, NOW + HOUR, 1_000).x(NOW) == pytest.approx(900)


def test_rows_that_can_be_seen_are_few_however_many_there_are() -> None:
    rows = RowScale(10_000, 30).scrolled(3_015, 600)
    assert rows.visible(600) == range(100, 121)
    assert rows.at(0) == 100
    assert rows.top(100) == -15
    assert RowScale(3, 30).at(95) == -1


def test_scrolling_ends_with_the_last_row() -> None:
    rows = RowScale(100, 30)
    assert rows.scrolled(1e9, 600).offset == 2_400
    assert rows.scrolled(-5, 600).offset == 0
    assert RowScale(3, 30).scrolled(50, 600).offset == 0


def test_showing_a_row_scrolls_as_little_as_it_takes() -> None:
    rows = RowScale(100, 30).scrolled(300, 600)
    assert rows.showing(15, 600).offset == 300
    assert rows.showing(5, 600).offset == 150
    assert rows.showing(40, 600).offset == 41 * 30 - 600


def test_rows_that_grow_keep_the_one_under_the_cursor() -> None:
    low = RowScale(10_000, 0.06)
    high = low.sized(30, 300, 600)
    assert high.at(300) == pytest.approx(low.at(300), abs=1)


# --- the axis ---------------------------------------------------------------------------------------------------------


def test_ticks_are_round_and_far_enough_apart() -> None:
    morning = datetime(2026, 11, 23, 9, 3, tzinfo=BERLIN)
    assert clocks(morning, 2.5)[:3] == ["23 09:00:00", "23 09:20:00", "23 09:40:00"]
    for hours in (0.02, 0.3, 2, 10, 100, 3_000):
        scale = TimeScale.fitting(morning.timestamp(), morning.timestamp() + hours * HOUR, 1_000)
        places = [scale.x(tick.moment.timestamp()) for tick in ticks(scale, 1_000, BERLIN)]
        assert 1 <= len(places) <= 12
        assert all(after - before >= 87 for before, after in pairwise(places))


def test_midnight_is_named_by_its_day() -> None:
    evening = datetime(2026, 11, 23, 22, 0, tzinfo=BERLIN)
    scale = TimeScale.fitting(evening.timestamp(), evening.timestamp() + 5 * HOUR, 1_000)
    kinds = {f"{tick.moment:%d %H:%M}": tick.kind for tick in ticks(scale, 1_000, BERLIN)}
    assert kinds["24 00:00"] is TickKind.DAY
    assert kinds["23 23:00"] is TickKind.CLOCK


def test_ticks_stay_round_when_the_clock_is_changed() -> None:
    autumn = clocks(datetime(2026, 10, 25, 0, 30, tzinfo=BERLIN), 6)
    assert autumn == [f"25 {hour:02}:00:00" for hour in (1, 2, 2, 3, 4, 5)]
    spring = clocks(datetime(2026, 3, 29, 0, 30, tzinfo=BERLIN), 6)
    assert spring == [f"29 {hour:02}:00:00" for hour in (1, 3, 4, 5, 6, 7)]


def test_days_begin_at_local_midnight_over_a_change_of_the_clock() -> None:
    found = clocks(datetime(2026, 10, 20, 12, tzinfo=BERLIN), 9 * 24)
    assert found == [f"{day} 00:00:00" for day in range(21, 30)]


# --- the view ---------------------------------------------------------------------------------------------------------


def view(count: int = 100) -> Viewport:
    made = Viewport(NOW, 30, lambda: (NOW - 5 * HOUR, NOW + 2 * HOUR))
    made.set_count(count)
    made.resize(1_000, 600)
    return made


def test_time_moves_past_a_line_of_now_that_stands_still() -> None:
    made = view()
    assert made.scale.x(NOW) == pytest.approx(NOW_SHARE * 1_000)
    assert made.span == pytest.approx(DEFAULT_SPAN_S)
    made.tick(NOW + 100)
    assert made.scale.x(NOW + 100) == pytest.approx(NOW_SHARE * 1_000)


def test_after_panning_time_stands_still_and_the_line_of_now_moves() -> None:
    made = view()
    made.pan(200)
    before = made.scale
    made.tick(NOW + 100)
    assert made.scale == before
    made.show_now()
    assert made.scale.x(made.now) == pytest.approx(NOW_SHARE * 1_000)


def test_fit_shows_every_lab_and_all_time_and_zooming_in_makes_rows_readable_again() -> None:
    made = view(10_000)
    made.fit()
    assert made.rows.total == pytest.approx(600)
    assert made.scale.x(NOW - 5 * HOUR) >= 0
    assert made.scale.x(NOW + 2 * HOUR) <= 1_000
    made.zoom(2, 500, 300)
    assert made.rows.height == 30
    assert made.rows.at(300) == pytest.approx(5_000, abs=1)


def test_few_labs_keep_their_height_when_fitted() -> None:
    made = view(10)
    made.fit()
    assert made.rows.height == 30


def test_what_is_fitted_stays_fitted_when_labs_come_or_the_window_grows() -> None:
    made = view(1_000)
    made.fit()
    made.set_count(2_000)
    made.resize(1_500, 900)
    assert made.rows.total == pytest.approx(900)
    assert made.span == pytest.approx(7 * HOUR * 1.04)
