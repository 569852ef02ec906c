"""Which moments the axis names: round ones of the instructor's clock, whatever the zoom. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from labdesk.ui.life.scale import TimeScale

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS = (
    10, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 30 * _MINUTE,
    _HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR,
    _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY, 91 * _DAY, 364 * _DAY,
)  # fmt: skip
_MOST = 400


class TickKind(StrEnum):
    """How a tick is named."""

    SECONDS = "seconds"  # 10:42:30
    CLOCK = "clock"  # 10:40
    DAY = "day"  # Tue 24 Nov


@dataclass(frozen=True, slots=True)
class Tick:
    moment: datetime
    kind: TickKind


def step_for(per_pixel: float, least_pixels: float) -> int:
    """Return the smallest round step (seconds) whose ticks stand at least so far apart."""
    return next((step for step in _STEPS if step / per_pixel >= least_pixels), _STEPS[-1])


def ticks(scale: TimeScale, width: float, zone: tzinfo, least_pixels: float = 88.0) -> list[Tick]:
    """Return the ticks of an axis of `width` pixels, in order.

    They are round on the wall clock of `zone`; where that jumps, the hour that is not there has no tick and the hour
    that is there twice has two.
    """
    step = step_for(scale.per_pixel, least_pixels)
    found: list[Tick] = []
    begin, end = scale.begin, scale.moment(width)
    local = datetime.fromtimestamp(begin, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if step >= _DAY:
        days = step // _DAY
        day = midnight - timedelta(days=midnight.toordinal() % days)
        while day.timestamp() <= end and len(found) < _MOST:
            if day.timestamp() >= begin:
                found.append(Tick(day, TickKind.DAY))
            day += timedelta(days=days)  # wall-clock arithmetic: midnight stays midnight over a change of the clock
        return found
    moment = begin - begin % 1
    moment -= _seconds_of_day(datetime.fromtimestamp(moment, zone)) % step
    while moment <= end and len(found) < _MOST:
        here = datetime.fromtimestamp(moment, zone)
        rest = _seconds_of_day(here) % step
        if rest:  # the clock was changed on the way
            moment += step - rest
            continue
        if moment >= begin:
            found.append(Tick(here, _kind_of(here, step)))
        moment += step
    return found


def _seconds_of_day(moment: datetime) -> int:
    return moment.hour * _HOUR + moment.minute * _MINUTE + moment.second


def _kind_of(moment: datetime, step: int) -> TickKind:
    if not _seconds_of_day(moment):
        return TickKind.DAY
    return TickKind.SECONDS if step < _MINUTE else TickKind.CLOCK
