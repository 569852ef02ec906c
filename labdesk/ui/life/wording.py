"""What is still expected of a lab, in words: beside its bars, and where they are not in view."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from labdesk.ui.life.spans import Life
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.times import Times
from labdesk.ui.words import phase_word


def _tr(text: str) -> str:
    return QCoreApplication.translate("Timeline", text)


def ahead_texts(
    row: LabRow, ahead: tuple[float, float], times: Times, today: datetime | None = None
) -> tuple[str, ...]:
    """Return what is ahead, from the whole to the shortest of it; with `today`, where no axis says of which day."""
    starts, ends = (datetime.fromtimestamp(moment, UTC) for moment in ahead)
    begin = times.clock(starts) if today is None else times.moment(starts, today)
    end = times.clock(ends)
    if row.began:
        when = end if today is None else times.moment(ends, today)
        return _tr("until {when}").format(when=when), when
    if is_later(row, ahead):
        return _tr("expected {begin} to {end}").format(begin=begin, end=end), _tr("expected")
    return _tr("planned {begin} to {end}").format(begin=begin, end=end), _tr("planned")


def is_later(row: LabRow, ahead: tuple[float, float]) -> bool:
    """True if a lab that has not begun is expected at another time than it was planned for."""
    return bool(row.until) or row.start < ahead[0]


def beyond_text(row: LabRow, life: Life, times: Times, now: float) -> str:
    """Return what to say of a lab of which nothing can be seen: how it ended and when, or what is ahead."""
    today = datetime.fromtimestamp(now, UTC)
    if life.final:
        ended = datetime.fromtimestamp(life.ended, UTC)
        return _tr("{phase} {when}").format(phase=phase_word(life.final), when=times.moment(ended, today))
    return ahead_texts(row, life.ahead, times, today)[0] if life.ahead is not None else phase_word(row.phase)
