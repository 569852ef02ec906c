"""What people type for a start: `now`, `in 15 min`, `9:00`, `tomorrow 9:00`, `mon 14:00`, `24 Nov 2026, 9:00`. Pure.

All times are wall clocks of the instructor's zone, without tzinfo.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MORNING = time(9)
"""What a day without a time means."""
_LEAST_LETTERS = 2
_SOON, _LEAST_AHEAD = timedelta(minutes=15), timedelta(minutes=5)
_WEEK = 7
_SPAN = re.compile(r"(?:in\s+|\+\s*)?(?:(\d{1,3})\s*d[a-z]*)?\s*(?:(\d{1,3})\s*h[a-z]*)?\s*(?:(\d{1,4})\s*m[a-z]*)?")
_CLOCK = re.compile(r"(?:(?P<hour>\d{1,2})[:.](?P<minute>\d\d)|(?P<whole>\d{1,2}))\s*(?P<half>am|pm)?")
_LAST_CLOCK = re.compile(rf"(?P<day>.*?)\s*\b(?P<clock>{_CLOCK.pattern})")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.\s*(?P<year>\d{4})?")
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})[a-z.]*\s+(?P<month>[^\W\d]+)(?:\s+(?P<year>\d{4}))?"),
    re.compile(r"(?P<month>[^\W\d]+)\s+(?P<day>\d{1,2})[a-z.]*(?:\s+(?P<year>\d{4}))?"),
)
_NOISE = re.compile(r"\b(?:at|on)\b|,|(?<=[^\W\d])\.")


@dataclass(frozen=True, slots=True)
class WhenWords:
    """Words in lower case, each with what it means: days from today, weekdays (Monday is 0), months (January is 1)."""

    now: frozenset[str]
    days: Mapping[str, int]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]

    def means_now(self, text: str) -> bool:
        return text.strip().casefold() in self.now


@dataclass(frozen=True, slots=True)
class QuickTimes:
    """Starts that are often wanted: wall clocks."""

    soon: datetime
    full_hour: datetime
    tomorrow: datetime
    next_week: datetime

    @classmethod
    def after(cls, now: datetime) -> QuickTimes:
        """In 15 minutes, the full hour at least five minutes away, and the mornings of tomorrow and of Monday."""
        now = now.replace(second=0, microsecond=0)
        ahead = now + _LEAST_AHEAD
        hour = ahead.replace(minute=0)
        tomorrow = datetime.combine(now.date() + timedelta(days=1), MORNING)
        monday = now.date() + timedelta(days=_WEEK - now.weekday())
        return cls(
            now + _SOON,
            hour if hour == ahead else hour + timedelta(hours=1),
            tomorrow,
            datetime.combine(monday, MORNING),
        )


def read_when(text: str, now: datetime, words: WhenWords) -> datetime | None:
    """Return the wall clock (naive, whole minutes) that `text` means at the wall clock `now`; None if it means none.

    A time alone is the next such time, a weekday the next such day; a day alone means 9:00.
    """
    now = now.replace(second=0, microsecond=0)
    plain = " ".join(_NOISE.sub(" ", text.casefold()).split())
    try:
        return _after_span(plain, now) or _moment(plain, now, words)
    except (ValueError, OverflowError):  # no such day of the calendar
        return None


def _after_span(text: str, now: datetime) -> datetime | None:
    found = _SPAN.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes = (int(number or 0) for number in found.groups())
    return now + timedelta(days=days, hours=hours, minutes=minutes)


def _moment(text: str, now: datetime, words: WhenWords) -> datetime | None:
    day = _day(text, now, MORNING, words)
    if day is not None:
        return datetime.combine(day, MORNING)
    found = _LAST_CLOCK.fullmatch(text)
    if found is None:
        return None
    clock = _clock(found["clock"])
    if found["day"]:
        day = _day(found["day"], now, clock, words)
        return datetime.combine(day, clock) if day is not None else None
    if found["hour"] is None and found["half"] is None:
        return None  # a bare number says neither hour nor minutes
    today = datetime.combine(now.date(), clock)
    return today if today >= now else today + timedelta(days=1)


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    assert found is not None  # noqa: S101  (it was part of a larger match)
    hour = int(found["hour"] or found["whole"])
    if found["half"] and not 1 <= hour <= 12:
        raise ValueError(text)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] == "pm" else 0)
    return time(hour, int(found["minute"] or 0))


def _day(text: str, now: datetime, clock: time, words: WhenWords) -> date | None:
    today = now.date()
    if (ahead := _meaning(text, words.days)) is not None:
        return today + timedelta(days=ahead)
    if (weekday := _meaning(text, words.weekdays)) is not None:
        ahead = (weekday - today.weekday()) % _WEEK
        if not ahead and datetime.combine(today, clock) < now:
            ahead = _WEEK
        return today + timedelta(days=ahead)
    first, _, rest = text.partition(" ")
    if rest and _meaning(first, words.weekdays) is not None:
        text = rest  # the date decides, whatever day of the week it is
    return _date(text, today, words)


def _date(text: str, today: date, words: WhenWords) -> date | None:
    for pattern in (_ISO, _DOTTED, *_NAMED):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        month = int(found["month"]) if found["month"].isdecimal() else _meaning(found["month"], words.months)
        if month is None:
            continue
        if found["year"]:
            return date(int(found["year"]), month, int(found["day"]))
        this_year = date(today.year, month, int(found["day"]))
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    return None


def _meaning(word: str, meanings: Mapping[str, int]) -> int | None:
    """Return what a word or its beginning means, unless it could be several things."""
    if word in meanings:
        return meanings[word]
    found = {meaning for known, meaning in meanings.items() if known.startswith(word)}
    return found.pop() if len(word) >= _LEAST_LETTERS and len(found) == 1 else None
