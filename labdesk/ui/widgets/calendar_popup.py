"""A month to choose a day from, opened beneath the button it belongs to."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtGui import QIcon, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QToolButton, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.menus import place_below
from labdesk.ui.widgets.paint import ICON_SIZE
from labdesk.ui.widgets.popup import POPUP_PADDING, Popup

_DAYS, _ROWS = 7, 8
"""Of a week; of the calendar with its headings."""


class CalendarPopup(Popup):
    """`chosen` carries the day that was clicked or taken with Enter. Escape closes it. It blocks nothing."""

    chosen = Signal(date)

    def __init__(self, theme: Theme, name: str, locale: QLocale, parent: QWidget) -> None:
        super().__init__(theme, name, parent)
        self.calendar = QCalendarWidget()
        self.calendar.setAccessibleName(name)
        self.calendar.setLocale(locale)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        column = QVBoxLayout(self)
        column.setContentsMargins(POPUP_PADDING, POPUP_PADDING, POPUP_PADDING, POPUP_PADDING)
        column.addWidget(self.calendar)
        self.calendar.clicked.connect(self._choose)
        self.calendar.activated.connect(self._choose)
        theme.dress(self.calendar)
        theme.changed.connect(self._restyle)
        self._restyle()

    def open_beneath(self, button: QWidget, day: date, first: date) -> None:
        """Open at a day; those before `first` cannot be chosen."""
        self.calendar.setMinimumDate(QDate(first.year, first.month, first.day))
        self.calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        line = self._theme.line_height("body")
        self.calendar.setMinimumSize(_DAYS * (2 * line + 6), _ROWS * (line + 14))
        self.adjustSize()
        self.move(place_below(button, self.size()))
        self.show()
        self.calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self, day: QDate) -> None:
        if self.isVisible():  # Enter tells of the same day twice
            self.close()
            self.chosen.emit(date(day.year(), day.month(), day.day()))

    def _restyle(self) -> None:
        """Days of the weekend are days like others here, and headings are quieter than days."""
        heading = QTextCharFormat()
        heading.setForeground(self._theme.colors.text_muted)
        heading.setFont(self._theme.fonts.caption)
        self.calendar.setHeaderTextFormat(heading)
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(day, QTextCharFormat())
        for name, icon in (("prevmonth", "mdi6.chevron-left"), ("nextmonth", "mdi6.chevron-right")):
            button = self.calendar.findChild(QToolButton, f"qt_calendar_{name}")
            if isinstance(button, QToolButton):
                button.setIcon(QIcon(self._theme.icon(icon, self._theme.colors.text_muted, ICON_SIZE, self)))
