"""Wall-clock times of the instructor's zone and the instants they mean. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum


class WallClock(StrEnum):
    """What a wall-clock time is on its day: ordinary, skipped when clocks go forward, or there twice."""

    ONCE = "once"
    NEVER = "never"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class LocalInstant:
    """`utc` is the instant meant: the first of two, and for a skipped time the one the clock jumps to."""

    utc: datetime
    clock: WallClock


def resolve_wall_clock(naive: datetime, zone: tzinfo) -> LocalInstant:
    """Return the instant that `naive` (no tzinfo) means in `zone`, RFC 5545's way for gaps and repeats."""
    first = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return LocalInstant(first, WallClock.ONCE)
    exists = first.astimezone(zone).replace(tzinfo=None, fold=0) == naive
    return LocalInstant(first, WallClock.TWICE if exists else WallClock.NEVER)


def zone_text(zone: tzinfo, at: datetime) -> str:
    """Return `Europe/Berlin, UTC+1`: the zone with its offset at that instant."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    hours, rest = divmod(minutes, 60)
    shown = "UTC" if not minutes else f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"
    key = getattr(zone, "key", "UTC") or "UTC"
    return shown if key == "UTC" else f"{key.replace('_', ' ')}, {shown}"
