from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from labdesk.cli.moments import describe_remaining, local_sentence, local_time, relative_time

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (NOW + timedelta(hours=1), "11:00"),
        (NOW + timedelta(days=1), "Tue 10:00"),
        (NOW - timedelta(days=6), "Tue 10:00"),
        (NOW + timedelta(days=7), "30 Nov 10:00"),
        (NOW + timedelta(days=70), "1 Feb 2027 10:00"),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "Tue 00:30"),
    ],
)
def test_times_are_the_instructors(moment: datetime, shown: str) -> None:
    assert local_time(moment, NOW, BERLIN) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "now"), (0.4, "now"), (30, "in 30 s"), (61, "in 2 min"), (-61, "1 min ago"), (7200, "in 2 h")],
)
def test_what_is_to_come_is_rounded_up(seconds: float, shown: str) -> None:
    assert relative_time(NOW + timedelta(seconds=seconds), NOW) == shown


def test_time_left_is_never_shown_as_less_than_it_is() -> None:
    assert describe_remaining(timedelta(minutes=44, seconds=1)) == "45 min"
    assert describe_remaining(timedelta(seconds=0.2)) == "1 s"
    assert describe_remaining(timedelta()) == "0 s"


@pytest.mark.parametrize("until", ["2026-11-23T10:05+00:00", "2026-11-23 10:05 UTC", "2026-11-23 10:05:30 UTC"])
def test_a_sentence_tells_its_moments_in_the_instructors_zone(until: str) -> None:
    told = local_sentence("EndMoved", {"until": until}, "as stored", NOW, BERLIN)
    assert told == "Ends at 11:05."


@pytest.mark.parametrize(
    ("reason", "parameters"),
    [("FromTheFuture", {"until": "2026-11-23T10:05+00:00"}), ("EngineFullUntil", {"until": "x"}), ("Ready", {})],
)
def test_what_cannot_be_told_again_is_told_as_it_is_stored(reason: str, parameters: dict[str, str]) -> None:
    assert local_sentence(reason, parameters, "As stored.", NOW, BERLIN) == "As stored."
