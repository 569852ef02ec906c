"""Where the bars of the Events page stand, and which filters are remembered. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labdesk.ui.pages.events.bar_scale import BarScale
from labdesk.ui.pages.events.filters import EventFilters
from labdesk.ui.pages.events.minutes import SPANS, minute_of, start_of_minute

NOW = minute_of(datetime(2026, 11, 23, 9, 42, tzinfo=UTC))
BERLIN = 60


def scale(span: str, width: int = 900) -> BarScale:
    return BarScale(SPANS[span], NOW, BERLIN, 8, width)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("width", [240, 833, 2_500])
def test_bars_fill_the_width_and_each_is_found_where_it_stands(span: str, width: int) -> None:
    bars = scale(span, width)
    assert bars.first <= NOW < bars.end
    assert bars.end - bars.first == SPANS[span].minutes
    for minute in range(bars.first, bars.end, SPANS[span].bar):
        left, right = bars.bar_edges(minute)
        assert left < right
        assert bars.bar_at((bars.x(minute) + bars.x(minute + SPANS[span].bar)) / 2) == minute
    assert bars.bar_at(-50) == bars.first
    assert bars.bar_at(width + 500) == bars.end - SPANS[span].bar


def test_ticks_stand_at_round_local_times() -> None:
    hours = [start_of_minute(minute) for minute in scale("6h").ticks()]
    assert [f"{tick:%H:%M}" for tick in hours] == ["04:00", "05:00", "06:00", "07:00", "08:00", "09:00"]
    days = [start_of_minute(minute) for minute in scale("7d").ticks()]
    assert {f"{tick:%H:%M}" for tick in days} == {"23:00"}  # midnight in Berlin
    assert len(days) == 7


def test_chips_are_remembered_but_not_the_words_and_times_of_the_moment() -> None:
    now = start_of_minute(NOW)
    chosen = EventFilters(("error",), ("a.b",), (), ("lab-1", "lab-2"), "words", True, now, now)
    assert EventFilters.from_memory(chosen.to_memory()) == EventFilters(("error",), ("a.b",), (), ("lab-1", "lab-2"))
    assert EventFilters().to_memory() == {}


@pytest.mark.parametrize(
    "kept",
    [{}, {"severities": ["fatal"]}, {"labs": "x"}, {"types": [1, None]}, {"severities": ["info", "warning", "error"]}],
)
def test_what_cannot_be_remembered_filters_nothing(kept: dict[str, object]) -> None:
    assert EventFilters.from_memory(kept) == EventFilters()
