"""What can be typed for a start, and what it means on Monday 23 November 2026 at 10:42."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale

from labdesk.ui.panels.new_lab.when_words import QuickTimes, read_when
from labdesk.ui.panels.new_lab.wording import quick_start_texts, when_words
from labdesk.ui.times import Times

BERLIN = ZoneInfo("Europe/Berlin")
ENGLISH = Times(BERLIN, QLocale(QLocale.Language.English))
GERMAN = Times(BERLIN, QLocale(QLocale.Language.German))


def wall(text: str) -> datetime:
    """A wall-clock time: it has no zone."""
    return datetime.fromisoformat(text)


NOW = wall("2026-11-23 10:42:07")


def meant(text: str, times: Times = ENGLISH) -> datetime | None:
    return read_when(text, NOW, when_words(times))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 15 min", "2026-11-23 10:57"),
        ("15 minutes", "2026-11-23 10:57"),
        ("+1h 30m", "2026-11-23 12:12"),
        ("in 2 days", "2026-11-25 10:42"),
        ("11:00", "2026-11-23 11:00"),
        ("10:42", "2026-11-23 10:42"),
        ("9:00", "2026-11-24 09:00"),
        ("9.30", "2026-11-24 09:30"),
        ("2 pm", "2026-11-23 14:00"),
        ("12:15 am", "2026-11-24 00:15"),
        ("tomorrow", "2026-11-24 09:00"),
        ("Tomorrow 8:15", "2026-11-24 08:15"),
        ("tomorrow at 9", "2026-11-24 09:00"),
        ("today 9:00", "2026-11-23 09:00"),
        ("mon 14:00", "2026-11-23 14:00"),
        ("mon 9:00", "2026-11-30 09:00"),
        ("thurs, 8:15", "2026-11-26 08:15"),
        ("on Friday at 10:00", "2026-11-27 10:00"),
        ("24 Nov 13:00", "2026-11-24 13:00"),
        ("Nov 24th 13:00", "2026-11-24 13:00"),
        ("1 jan 8:00", "2027-01-01 08:00"),
        ("24.11. 9:00", "2026-11-24 09:00"),
        ("24.11.2027 14:30", "2027-11-24 14:30"),
        ("2026-12-01 8:00", "2026-12-01 08:00"),
        ("Tue 24 Nov 2026, 09:00", "2026-11-24 09:00"),
        ("Mon 24 Nov 2026, 09:00", "2026-11-24 09:00"),
    ],
)
def test_times_are_understood_as_people_write_them(text: str, expected: str) -> None:
    assert meant(text) == wall(expected)


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "9:5", "24:00", "13 pm", "9", "tomorow 9", "t 9:00", "31 feb 9:00", "ju 3", "in 15"]
)
def test_what_is_no_time_or_could_be_several_is_not_guessed(text: str) -> None:
    assert meant(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("di 9:00", "2026-11-24 09:00"), ("Mittwoch 14:00", "2026-11-25 14:00"), ("wed 14:00", "2026-11-25 14:00")],
)
def test_days_are_known_by_the_instructor_s_names_and_by_the_english_ones(text: str, expected: str) -> None:
    assert meant(text, GERMAN) == wall(expected)


@pytest.mark.parametrize("times", [ENGLISH, GERMAN])
def test_what_is_written_out_is_read_again_as_the_same(times: Times) -> None:
    for clock in (wall("2026-11-24 09:00"), wall("2027-03-01 00:05"), wall("2025-05-04 23:59")):
        assert meant(times.wall_clock(clock), times) == clock


def test_quick_choices_say_when_they_are() -> None:
    assert quick_start_texts(QuickTimes.after(NOW), ENGLISH) == [
        "Now",
        "In 15 minutes (10:57)",
        "At the full hour (11:00)",
        "Tomorrow at 9:00 (Tue 24)",
        "On Monday at 9:00 (Mon 30)",
    ]


def test_a_full_hour_that_is_almost_there_is_passed_over() -> None:
    assert QuickTimes.after(wall("2026-11-23 10:56")).full_hour == wall("2026-11-23 12:00")
    assert QuickTimes.after(wall("2026-11-23 10:55")).full_hour == wall("2026-11-23 11:00")
