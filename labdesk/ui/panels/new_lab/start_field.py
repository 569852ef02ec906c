"""When: now, or a time in the instructor's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, QEvent, QTime, QTimeZone, Signal
from PySide6.QtWidgets import QDateTimeEdit, QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.panels.new_lab.invalid import mark_invalid
from labdesk.ui.panels.new_lab.local_time import LocalInstant, next_half_hour, resolve_wall_clock
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.fields import DateTimeField
from labdesk.ui.widgets.tabs import SegmentedTabs

NOW, AT = "now", "at"


class StartField(QWidget):
    """`changed` tells of every edit; `value` is None for now."""

    changed = Signal()

    def __init__(self, theme: Theme, times: Times, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times = times
        self._now = now
        self._was_edited = False
        self.tabs = SegmentedTabs(
            theme, [(NOW, self.tr("Now")), (AT, self.tr("At a time"))], self.tr("When the labs start"), parent=self
        )
        self.edit = DateTimeField(theme, self.tr("ddd d MMM yyyy, HH:mm"))
        self.edit.setTimeZone(QTimeZone.utc())  # a bare wall clock: gaps and repeats are the instructor's zone's
        self.edit.setCurrentSection(QDateTimeEdit.Section.HourSection)
        self.edit.setAccessibleName(self.tr("Date and time of the start"))
        self.edit.lineEdit().setAccessibleName(self.edit.accessibleName())
        row = QHBoxLayout()
        row.setSpacing(theme.space.gap)
        row.addWidget(self.tabs)
        row.addWidget(self.edit, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        self.setFocusProxy(self.tabs)
        self.reset()
        self.tabs.chosen.connect(self._choose)
        self.edit.dateTimeChanged.connect(self._edited)

    @property
    def value(self) -> LocalInstant | None:
        """The instant meant, or None for now."""
        return None if self.tabs.current == NOW else resolve_wall_clock(self._wall_clock(), self._times.zone)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DynamicPropertyChange:
            mark_invalid(self.edit, bool(self.property("invalid")))
        return super().event(event)

    def reset(self) -> None:
        """Back to now, with the next half hour proposed."""
        self._was_edited = False
        self._propose()
        self.tabs.choose(NOW)
        self.edit.setEnabled(False)

    def set_wall_clock(self, naive: datetime) -> None:
        """Choose a time of the instructor's zone."""
        self.tabs.choose(AT)
        self.edit.setDateTime(_to_qt(naive))

    def _wall_clock(self) -> datetime:
        date, time = self.edit.date(), self.edit.time()
        return datetime(date.year(), date.month(), date.day(), time.hour(), time.minute())  # noqa: DTZ001 (a wall clock)

    def _propose(self) -> None:
        blocked = self.edit.blockSignals(True)
        self.edit.setDateTime(_to_qt(next_half_hour(self._now(), self._times.zone)))
        self.edit.blockSignals(blocked)

    def _choose(self, key: str) -> None:
        self.edit.setEnabled(key == AT)
        if key == AT and not self._was_edited:
            self._propose()
        self.changed.emit()

    def _edited(self) -> None:
        self._was_edited = True
        self.changed.emit()


def _to_qt(naive: datetime) -> QDateTime:
    date, time = QDate(naive.year, naive.month, naive.day), QTime(naive.hour, naive.minute)
    return QDateTime(date, time, QTimeZone.utc())
