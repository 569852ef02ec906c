"""Moments as people read them: the local time of day, and how far away it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from labdesk.labs.reasons import MOMENTS, SENTENCES, sentence
from labdesk.resource.events import JournalEvent
from labdesk.resource.quantity import describe_span

_SOON = timedelta(seconds=1)


def local_time(moment: datetime, now: datetime, zone: tzinfo | None) -> str:
    """Return `10:42` today, `Tue 10:42` within six days, else `24 Nov 10:42`, with the year if it is another."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if abs(days) <= 6:
        return f"{local:%a %H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def local_sentence(
    reason: str, parameters: Mapping[str, object], stored: str, now: datetime, zone: tzinfo | None
) -> str:
    """Return a reason's sentence with its moments as people here read them; `stored` where that cannot be told."""
    if reason not in SENTENCES or not MOMENTS & parameters.keys():
        return stored
    try:
        given = {name: str(value) for name, value in parameters.items()}
        return sentence(reason, given, lambda moment: local_time(moment, now, zone))
    except KeyError:
        return stored


def event_sentence(event: JournalEvent, now: datetime, zone: tzinfo | None) -> str:
    """Return what an event says, with its moments as people here read them."""
    return local_sentence(event.reason, event.parameters, event.message, now, zone)


def relative_time(moment: datetime, now: datetime) -> str:
    """Return `in 12 min`, `3 h ago` or `now`; what is to come is rounded up, so that it never says `in 0 s`."""
    span = moment - now
    if abs(span) < _SOON:
        return "now"
    if span < timedelta():
        return f"{describe_span(-span)} ago"
    return f"in {describe_remaining(span)}"


def describe_remaining(span: timedelta) -> str:
    """Return a span that is still to pass, rounded up: `45 s`, `12 min`, `1 h 5 min`."""
    seconds = -(-span // _SOON)
    if seconds > 60:
        seconds = -(-seconds // 60) * 60
    return describe_span(timedelta(seconds=seconds))


def local_and_relative(moment: datetime, now: datetime, zone: tzinfo | None) -> str:
    """Return `10:42 (in 12 min)`."""
    return f"{local_time(moment, now, zone)} ({relative_time(moment, now)})"
