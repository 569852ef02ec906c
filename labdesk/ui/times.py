"""Times and spans as people read them, in the instructor's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def _tr(text: str) -> str:
    return QCoreApplication.translate("Times", text)


class Times:
    """Everything aware UTC goes in, text comes out; day and month names are the locale's."""

    def __init__(self, zone: tzinfo, locale: QLocale | None = None) -> None:
        self.zone = zone
        self.locale = locale or QLocale()

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def clock(self, moment: datetime) -> str:
        """`10:42`."""
        return f"{self.local(moment):%H:%M}"

    def clock_seconds(self, moment: datetime) -> str:
        """`10:42:07`."""
        return f"{self.local(moment):%H:%M:%S}"

    def clock_milliseconds(self, moment: datetime) -> str:
        """`10:42:07.418`."""
        local = self.local(moment)
        return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"

    def day(self, moment: datetime) -> str:
        """`Mon 23`."""
        local = self.local(moment)
        return f"{self._format(local, 'ddd')} {local.day}"

    def moment(self, moment: datetime, now: datetime) -> str:
        """As short as it stays clear: `10:42` today, `Tue 10:42` within six days, else `24 Nov 10:42`."""
        local, today = self.local(moment), self.local(now)
        days = (local.date() - today.date()).days
        if days == 0:
            return self.clock(moment)
        if -6 <= days <= 6:
            return f"{self._format(local, 'ddd')} {local:%H:%M}"
        if local.year == today.year:
            return f"{local.day} {self._format(local, 'MMM')} {local:%H:%M}"
        return f"{local.day} {self._format(local, 'MMM yyyy')} {local:%H:%M}"

    def between(self, begin: datetime, end: datetime, now: datetime) -> str:
        """`10:40 \N{EN DASH} 10:48`; the end's day where a whole day or more lies between."""
        until = self.clock(end) if (end - begin).total_seconds() < _DAY else self.moment(end, now)
        return f"{self.moment(begin, now)} \N{EN DASH} {until}"

    def date_and_clock(self, moment: datetime) -> str:
        """`Mon 23 Nov, 10:42`."""
        local = self.local(moment)
        return f"{self._format(local, 'ddd')} {local.day} {self._format(local, 'MMM')}, {local:%H:%M}"

    def wall_clock(self, naive: datetime) -> str:
        """`Mon 23 Nov 2026, 10:42`, of a time of the instructor's zone that has no tzinfo."""
        return f"{self._format(naive, 'ddd d MMM yyyy')}, {naive:%H:%M}"

    def exact(self, moment: datetime) -> str:
        """For tooltips: the local time with its zone, and UTC."""
        local = self.local(moment)
        return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname() or ''}\n{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

    def relative(self, moment: datetime, now: datetime) -> str:
        """`in 12 min`, `3 h ago`, `now`."""
        span = (moment - now).total_seconds()
        if abs(span) < 1:
            return _tr("now")
        text = self.span(abs(span))
        return (_tr("in {span}") if span > 0 else _tr("{span} ago")).format(span=text)

    def until(self, moment: datetime, now: datetime) -> str:
        """`in 6 min`: what is left, minutes rounded up, so that it never says 0 min."""
        span = (moment - now).total_seconds()
        if span <= 0:
            return _tr("now")
        rounded = -(-span // _MINUTE) * _MINUTE if span >= _MINUTE else span
        return _tr("in {span}").format(span=self.span(rounded))

    def span(self, span: timedelta | float) -> str:
        """`45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`; a timedelta or seconds."""
        seconds = int(span.total_seconds() if isinstance(span, timedelta) else span)
        if seconds < _MINUTE:
            return _tr("{s} s").format(s=seconds)
        if seconds < _HOUR:
            return _tr("{min} min").format(min=seconds // _MINUTE)
        if seconds < _DAY:
            hours, minutes = divmod(seconds // _MINUTE, 60)
            text = _tr("{h} h {min} min") if minutes else _tr("{h} h")
            return text.format(h=hours, min=minutes)
        days, hours = divmod(seconds // _HOUR, 24)
        return (_tr("{d} d {h} h") if hours else _tr("{d} d")).format(d=days, h=hours)

    def countdown(self, seconds: float) -> str:
        """`17 min 40 s`, `1 h 05 min`: what is left, to the second below an hour."""
        left = max(int(seconds), 0)
        if left < _MINUTE:
            return _tr("{s} s").format(s=left)
        if left < _HOUR:
            return _tr("{min} min {s} s").format(min=left // _MINUTE, s=f"{left % _MINUTE:02d}")
        return _tr("{h} h {min} min").format(h=left // _HOUR, min=f"{left % _HOUR // _MINUTE:02d}")

    def _format(self, local: datetime, pattern: str) -> str:
        return self.locale.toString(QDateTime(local.year, local.month, local.day, local.hour, local.minute, 0), pattern)
