"""What a row of Today says: what it is about, and the time that matters."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from labdesk.ui.models.lab_columns import LabTexts
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.times import Times
from labdesk.ui.words import phase_word, reason_sentence

_DAY_S = 86_400.0


class Aspect(StrEnum):
    """Why a lab stands where it stands: the same lab reads differently in two sections."""

    FAILED = "failed"
    WAITING = "waiting"
    ENDING = "ending"
    RUNNING = "running"
    UPCOMING = "upcoming"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Today", text)


class TodayTexts:
    """Texts as of `now`; set it before asking."""

    def __init__(self, times: Times) -> None:
        self._times = times
        self._labs = LabTexts(times)

    @property
    def now(self) -> datetime:
        return self._labs.now

    def set_now(self, now: datetime) -> None:
        self._labs.set_now(now)

    def about(self, row: LabRow, aspect: Aspect) -> str:
        """The sentence that matters most, else template and course."""
        told = self._labs.message(row)
        if aspect in (Aspect.FAILED, Aspect.WAITING):
            return told or (_tr("Due, but not taken up yet") if aspect is Aspect.WAITING else "")
        if aspect is Aspect.RUNNING and row.phase != "RUNNING":
            return told or _tr("Is being started")
        if aspect is Aspect.UPCOMING:
            return row.template
        return " · ".join(part for part in (row.template, row.course, told) if part)

    def time(self, row: LabRow, aspect: Aspect) -> str:
        """`17 min 40 s left`, `since 10:40`, `11:00`, or when it failed."""
        match aspect:
            case Aspect.FAILED:
                return self._moment(row.ends)
            case Aspect.WAITING if row.start <= self.now.timestamp():
                return _tr("since {when}").format(when=self._moment(row.start))
            case Aspect.UPCOMING | Aspect.WAITING:
                return self._moment(row.start)
            case _ if row.phase != "RUNNING":
                return _tr("starting")
            case _:
                left = row.ends - self.now.timestamp()
                return _tr("{span} left").format(span=self._times.countdown(left))

    def until_start(self, row: LabRow) -> str:
        """`in 17 min 40 s`; from a day on the moment itself."""
        left = row.start - self.now.timestamp()
        if left >= _DAY_S:
            return self._moment(row.start)
        return _tr("in {span}").format(span=self._times.countdown(left))

    def tip(self, row: LabRow) -> str:
        """Everything that may be cut off, and the exact times."""
        begin, end = _at(row.start), _at(row.ends)
        lines = [f"{row.student} · {row.email}", " · ".join(part for part in (row.template, row.course) if part)]
        if row.reason:
            lines.append(reason_sentence(row.reason, row.parameters, self._times, self.now, row.remark))
        ends = _tr("Ended {when}") if row.is_final else _tr("Ends {when}")
        lines.append(_tr("Start {when}").format(when=self._times.relative(begin, self.now)))
        lines.append(self._times.exact(begin))
        lines.append(ends.format(when=self._times.relative(end, self.now)))
        lines.append(self._times.exact(end))
        return "\n".join(line for line in lines if line)

    def spoken(self, row: LabRow, aspect: Aspect) -> str:
        """The whole row for screen readers."""
        parts = (phase_word(row.phase), row.student, self.about(row, aspect), self.time(row, aspect))
        return ", ".join(part for part in parts if part)

    def _moment(self, seconds: float) -> str:
        return self._times.moment(_at(seconds), self.now)


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
