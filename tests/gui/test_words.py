"""The window's words: complete, translatable, in the instructor's zone."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale

import labdesk.ui
from labdesk.labs.phases import LabPhase
from labdesk.labs.reasons import SENTENCES
from labdesk.ui.times import Times
from labdesk.ui.words import (
    REASONS,
    phase_tip,
    phase_word,
    phases_summary,
    reason_html,
    reason_sentence,
    short_count,
    short_reason,
)

NOW = datetime(2026, 11, 23, 9, 42, 20, tzinfo=UTC)
TIMES = Times(ZoneInfo("Europe/Berlin"), QLocale(QLocale.Language.English))
SOURCES = sorted(Path(labdesk.ui.__file__).parent.rglob("*.py"))


def test_the_window_says_every_reason_as_the_store_does() -> None:
    assert dict(REASONS) == dict(SENTENCES)


def test_an_end_that_is_a_day_and_more_away_is_told_with_its_day() -> None:
    begin = NOW.replace(hour=9, minute=0)
    assert TIMES.between(begin, begin + timedelta(hours=15), NOW) == "10:00 \N{EN DASH} 01:00"
    assert TIMES.between(begin, begin + timedelta(days=1), NOW) == "10:00 \N{EN DASH} Tue 10:00"


def test_every_phase_has_a_word() -> None:
    assert {phase_word(phase.value) for phase in LabPhase} == {
        "Pending", "Provisioning", "Running", "Completed", "Failed", "Timeout",
    }  # fmt: skip


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_only_plain_strings_are_translated(source: Path) -> None:
    """`tr(f"…")` is found by the tools that collect texts, and never again when it runs."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name == "tr":
            assert isinstance(node.args[0], ast.Constant), f"{source.name}:{node.lineno}"


def test_moments_in_reasons_are_local() -> None:
    parameters = {"need": "2 GiB", "free": "0.5 GiB", "until": "2026-11-23T09:48+00:00"}
    said = reason_sentence("EngineFullUntil", parameters, TIMES, NOW)
    assert "until 10:48" in said


def test_an_unknown_reason_says_what_was_stored() -> None:
    assert reason_sentence("FromTheFuture", {}, TIMES, NOW, "As it was stored.") == "As it was stored."
    assert reason_sentence("Extended", {}, TIMES, NOW, "Extended.") == "Extended."


def test_particulars_are_bold_and_escaped() -> None:
    said = reason_html("ImagePull", {"image": "<b>evil", "detail": "x"}, TIMES, NOW)
    assert "<b>&lt;b&gt;evil</b>" in said


def test_why_a_lab_missed_its_time_is_said_in_the_windows_words_too() -> None:
    parameters = {"end": "2026-11-23 09:30 UTC", "why": "EngineFull", "need": "2 GiB", "free": "0 B"}
    said = reason_sentence("MissedWindow", parameters, TIMES, NOW)
    assert said == "Could not start before its time was over at 10:30. Engine full: needs 2 GiB, 0 B free."
    assert "needs <b>2 GiB</b>" in reason_html("MissedWindow", parameters, TIMES, NOW)
    before = reason_sentence("MissedWindow", {"end": parameters["end"]}, TIMES, NOW, "As it was stored.")
    assert before == "As it was stored."


def test_what_was_asked_in_vain_is_said_in_the_windows_words_too() -> None:
    parameters = {"seconds": "120", "log": "", "asked": "AskedPort", "port": "8080"}
    said = reason_html("DeadlineExceeded", parameters, TIMES, NOW)
    assert "120</b> s: nothing accepted a connection on port <b>8080</b> of its container. If it only needs" in said


def test_a_moved_start_is_told_in_the_instructors_zone_with_what_else_was_changed() -> None:
    parameters = {"before": "2026-11-23T10:00+00:00", "start": "2026-11-24T10:30+00:00", "besides": ""}
    assert reason_sentence("StartMoved", parameters, TIMES, NOW) == (
        "The instructor moved its start from 11:00 to Tue 11:30."
    )
    more = parameters | {"besides": "EditedBesides", "fields": "studentName"}
    assert reason_sentence("StartMoved", more, TIMES, NOW).endswith("to Tue 11:30. Also changed: studentName.")


def test_an_edit_stored_before_its_plan_was_told_is_still_read() -> None:
    said = reason_sentence("Edited", {"fields": "scheduledStart"}, TIMES, NOW, "As it was stored.")
    assert said == "Changed by the instructor: scheduledStart."


def test_a_lab_whose_time_was_over_is_not_told_as_a_fault() -> None:
    assert "no fault" in phase_tip("TIMEOUT")
    assert phase_tip("RUNNING") == "Running"
    assert phases_summary({"RUNNING": 2, "TIMEOUT": 1}) == "3: 2 running, 1 time over"


def test_tables_say_it_short_and_without_a_full_stop() -> None:
    for reason in REASONS:
        parameters = dict.fromkeys(re.findall(r"(?<!{){(\w+)}", SENTENCES[reason]), "x")
        said = short_reason(reason, parameters, TIMES, NOW)
        assert said
        assert not said.endswith(".")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW, "10:42"),
        (NOW + timedelta(days=1), "Tue 10:42"),
        (NOW - timedelta(days=1), "Sun 10:42"),
        (NOW + timedelta(days=8), "1 Dec 10:42"),
        (NOW + timedelta(days=400), "28 Dec 2027 10:42"),
    ],
)
def test_moments_are_as_short_as_they_stay_clear(moment: datetime, said: str) -> None:
    assert TIMES.moment(moment, NOW) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(5, "5 s"), (65, "1 min 05 s"), (1060, "17 min 40 s"), (3900, "1 h 05 min"), (-3, "0 s")]
)
def test_countdowns_show_seconds_below_an_hour(seconds: int, said: str) -> None:
    assert TIMES.countdown(seconds) == said


def test_what_is_left_is_rounded_up() -> None:
    assert TIMES.until(NOW + timedelta(seconds=61), NOW) == "in 2 min"
    assert TIMES.until(NOW + timedelta(seconds=59), NOW) == "in 59 s"


def test_exact_times_show_the_zone_and_utc() -> None:
    assert TIMES.exact(NOW) == "2026-11-23 10:42:20 CET\n2026-11-23 09:42:20 UTC"


def test_large_counts_are_short_where_there_is_little_room() -> None:
    assert [short_count(n) for n in (0, 9_999, 38_899, 951_416, 1_000_000, 1_290_000)] == [
        "0", "9999", "38k", "951k", "1.0M", "1.2M",
    ]  # fmt: skip
