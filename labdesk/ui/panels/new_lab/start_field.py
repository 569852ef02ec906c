"""When: now, a time that is typed in words or figures, one that is often wanted, or a day of the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.ui.panels.new_lab.local_time import LocalInstant, resolve_wall_clock
from labdesk.ui.panels.new_lab.when_words import MORNING, QuickTimes, read_when
from labdesk.ui.panels.new_lab.wording import quick_start_texts, when_words
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.calendar_popup import CalendarPopup
from labdesk.ui.widgets.fields import ComboField, mark_invalid


class StartField(QWidget):
    """`changed` tells of every edit, `left` that the keyboard goes elsewhere: what was meant is then written out."""

    changed = Signal()
    left = Signal()

    def __init__(self, theme: Theme, times: Times, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._times = times
        self._now = now
        self._words = when_words(times)
        self._quick: list[datetime | None] = []
        self._calendar: CalendarPopup | None = None
        self.is_being_typed = False
        self.edit = ComboField(theme, self.tr("now, 15 min, 9:00, tomorrow 9:00, mon 14:00"))
        self.edit.setAccessibleName(self.tr("When the labs start"))
        self.day_button = Button(theme, icon="mdi6.calendar-month-outline", tip=self.tr("Choose the day in a calendar"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.space.gap)
        row.addWidget(self.edit, 1)
        row.addWidget(self.day_button)
        self.setFocusProxy(self.edit)
        self.reset()
        self.edit.about_to_list.connect(self._list_quick_times)
        self.edit.taken.connect(self._take_quick_time)
        self.edit.line.textEdited.connect(self._type)
        self.edit.edited.connect(self.changed)
        self.edit.line.editingFinished.connect(self.write_out)
        self.day_button.clicked.connect(self._open_calendar)

    # --- what it says -----------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.edit.currentText().strip()

    @property
    def value(self) -> LocalInstant | None:
        """The instant meant; None for now, and for what cannot be read."""
        clock = self._wall_clock()
        return resolve_wall_clock(clock, self._times.zone) if clock is not None else None

    @property
    def unread(self) -> str | None:
        """What was typed if it is no time at all (it may be nothing), else None."""
        return self.text if not self._words.means_now(self.text) and self._wall_clock() is None else None

    @property
    def is_written_out(self) -> bool:
        """True if the text is the time itself, with its day."""
        clock = self._wall_clock()
        return clock is not None and self.text == self._times.wall_clock(clock)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DynamicPropertyChange:
            mark_invalid(self.edit, bool(self.property("invalid")))
        return super().event(event)

    def reset(self) -> None:
        """Back to now."""
        self.edit.setEditText(self.tr("Now"))

    def set_wall_clock(self, naive: datetime) -> None:
        """Choose a time of the instructor's zone."""
        self._write(naive)
        self.changed.emit()

    def write_out(self) -> None:
        """Typing is over: say in full what was meant, if it can be read."""
        self.is_being_typed = False
        if self.unread is None:
            self._write(self._wall_clock())
        self.left.emit()

    # --- inside -----------------------------------------------------------------------------------------------

    def _local_now(self) -> datetime:
        return self._times.local(self._now()).replace(tzinfo=None, fold=0)

    def _wall_clock(self) -> datetime | None:
        return None if self._words.means_now(self.text) else read_when(self.text, self._local_now(), self._words)

    def _write(self, clock: datetime | None) -> None:
        self.edit.setEditText(self.tr("Now") if clock is None else self._times.wall_clock(clock))
        self.edit.line.setCursorPosition(0)

    def _type(self) -> None:
        self.is_being_typed = True

    def _list_quick_times(self) -> None:
        quick = QuickTimes.after(self._local_now())
        self._quick = [None, quick.soon, quick.full_hour, quick.tomorrow, quick.next_week]
        self.edit.set_choices(quick_start_texts(quick, self._times))

    def _take_quick_time(self, place: int) -> None:
        self._write(self._quick[place])

    def _open_calendar(self) -> None:
        if self._calendar is None:
            self._calendar = CalendarPopup(self._theme, self.day_button.toolTip(), self._times.locale, self)
            self._calendar.chosen.connect(self._take_day)
        now = self._local_now()
        clock = self._wall_clock() or now
        self._calendar.open_beneath(self.day_button, clock.date(), min(clock, now).date())

    def _take_day(self, day: date) -> None:
        """The time of day stays; where none was said it is the morning, or today the next full hour."""
        clock, now = self._wall_clock(), self._local_now()
        if clock is None and day == now.date():
            self.set_wall_clock(QuickTimes.after(now).full_hour)
        else:
            self.set_wall_clock(datetime.combine(day, clock.time() if clock is not None else MORNING))
        self.edit.setFocus()
