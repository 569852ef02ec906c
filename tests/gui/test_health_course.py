"""What is drawn of the samples: pure."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from labdesk.ui.pages.health.course import Course, Recorder, Sample, level_course, rate_course, scale_top
from labdesk.ui.pages.health.wording import MetricLabel, Unit, course_text

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENGLISH = QLocale(QLocale.Language.English)


def samples(name: str, *values: float) -> list[Sample]:
    """A sample every five seconds."""
    return [Sample(START + timedelta(seconds=5 * place), {name: value}) for place, value in enumerate(values)]


def test_a_counter_is_drawn_as_how_fast_it_grows() -> None:
    course = rate_course(samples("passes", 100, 101, 101, 104), "passes")
    assert course == Course((-10.0, -5.0, 0.0), (12.0, 0.0, 36.0))


def test_a_level_is_drawn_as_it_is() -> None:
    assert level_course(samples("ready", 3, 0), "ready") == Course((-5.0, 0.0), (3, 0))


def test_where_another_process_counts_anew_is_a_gap() -> None:
    course = rate_course(samples("passes", 100, 101, 2, 3), "passes")
    assert [course.values[0], course.values[2]] == [12.0, 12.0]
    assert math.isnan(course.values[1])
    assert course.known == (12.0, 12.0)


def test_what_has_no_samples_has_no_course() -> None:
    assert rate_course(samples("passes", 1, 2), "ready") == level_course([], "ready") == Course()


def test_ten_minutes_are_kept_and_nothing_is_taken_twice() -> None:
    recorder = Recorder()
    for sample in samples("passes", *range(200)):
        recorder.take(sample.at, sample.values)
        recorder.take(sample.at, {"passes": -1})
    kept = recorder.samples
    assert [sample.values["passes"] for sample in kept] == list(range(79, 200))
    assert kept[-1].at - kept[0].at == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (0.7, 1), (1, 1), (1.2, 2), (3, 5), (36, 50), (99, 100), (144, 200), (0.0021, 0.005)]
)
def test_a_scale_ends_at_a_round_number(highest: float, top: float) -> None:
    assert scale_top(highest) == pytest.approx(top)


def test_a_course_is_said_in_words() -> None:
    rate = MetricLabel("passes", "Passes", "")
    assert course_text(Course((-5, 0), (36, 12)), rate, ENGLISH) == "Now 12 a minute · lowest 12 · highest 36"
    time = MetricLabel("average", "Average", "", Unit.SECONDS)
    assert course_text(Course((-5, 0), (0.25, 0.012)), time, ENGLISH) == "Now 12 ms · lowest 12 ms · highest 250 ms"
    assert course_text(Course(), rate, ENGLISH) == "Its course appears here within half a minute."
