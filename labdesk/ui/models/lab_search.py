"""What the search finds besides `row.search`: phases, times and messages as the table shows them.

A word is looked for once in each phase, minute and message that occurs, not in every row: measured at 100,000 rows,
reading each row's texts would take longer than the whole search may.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo

from labdesk.labs.phases import LabPhase
from labdesk.ui.models.lab_columns import LabTexts
from labdesk.ui.models.lab_filter import Holds
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.words import phase_word

_MESSAGES_KEPT = 65_536
_MINUTES_KEPT = 65_536
_WEEK_AND_YEAR = [datetime(2024, 1, day, tzinfo=UTC) for day in range(1, 8)] + [
    datetime(2024, month, 1, tzinfo=UTC) for month in range(2, 13)
]
"""A moment of each weekday and of each month."""


class LabSearch:
    """A moment is found by its clock, weekday, day, month and year, whichever of them the table shows today.

    Neither what counts down is looked for nor that an action waits: the answer would soon be another one.
    """

    def __init__(self, texts: LabTexts) -> None:
        self._texts = texts
        self._day: tuple[tzinfo, date] | None = None
        self._minutes: dict[float, str] = {}
        self._examples: dict[object, LabRow] = {}
        self._messages: dict[object, str] = {}

    def learn(self, rows: Iterable[LabRow], words: Sequence[str] = ()) -> bool:
        """Take note of what these rows say, before they are asked about.

        True if a message that was not heard before holds one of `words`: what `finds` said of it is out of date.
        """
        unheard = False
        for row in rows:
            if row.reason and (key := _message_key(row)) not in self._examples:
                if len(self._examples) >= _MESSAGES_KEPT:
                    oldest = next(iter(self._examples))
                    del self._examples[oldest]
                    self._messages.pop(oldest, None)
                self._examples[key] = row
                unheard = unheard or (bool(words) and any(word in self._told(row) for word in words))
        return unheard

    def finds(self, word: str) -> Holds | None:
        """Return what says of a row whether it shows that word (lower case) besides `row.search`; None if none does."""
        self._begin_day()
        phases = {phase.value for phase in LabPhase if word in phase_word(phase.value).lower()}
        messages = {key for key, text in self._known_messages() if word in text}
        minutes = _Minutes(self, word) if self._may_be_time(word) else None
        if not phases and not messages and minutes is None:
            return None

        def holds(row: LabRow) -> bool:
            if row.phase in phases or (messages and row.reason and _message_key(row) in messages):
                return True
            return minutes is not None and (minutes[row.start // 60] or minutes[row.ends // 60])

        return holds

    def minute_text(self, minute: float) -> str:
        """Return all that may be shown of a moment; `minute` is its seconds since the epoch by 60."""
        text = self._minutes.get(minute)
        if text is None:
            if len(self._minutes) >= _MINUTES_KEPT:
                self._minutes.clear()
            text = self._minutes[minute] = self._worded(datetime.fromtimestamp(minute * 60, UTC))
        return text

    def _begin_day(self) -> None:
        """On another day or in another zone moments read differently."""
        times = self._texts.times
        if (day := (times.zone, times.local(self._texts.now).date())) != self._day:
            self._day = day
            self._minutes.clear()
            self._messages.clear()

    def _known_messages(self) -> Iterable[tuple[object, str]]:
        for key, row in self._examples.items():
            if key not in self._messages:
                self._messages[key] = self._told(row)
        return self._messages.items()

    def _told(self, row: LabRow) -> str:
        return self._texts.told(row).lower()

    def _may_be_time(self, word: str) -> bool:
        """True for a piece of a clock, a day or a year, or of the name of a weekday or month."""
        if word.replace(":", "").isdigit() or word == ":":
            return True
        return any(word in self._worded(moment) for moment in _WEEK_AND_YEAR)

    def _worded(self, moment: datetime) -> str:
        times = self._texts.times
        return f"{times.date_and_clock(moment)} {times.local(moment).year}".replace(",", "").lower()


class _Minutes(dict[float, bool]):
    """Whether the text of a minute holds a word, found out when first asked."""

    def __init__(self, search: LabSearch, word: str) -> None:
        super().__init__()
        self._search = search
        self._word = word

    def __missing__(self, minute: float) -> bool:
        holds = self[minute] = self._word in self._search.minute_text(minute)
        return holds


def _message_key(row: LabRow) -> object:
    """What rows with the same message have in common: the sentence that was stored, or what it would be made of."""
    return row.remark or (row.reason, *row.parameters.values())
