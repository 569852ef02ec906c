"""Where the bars of the histogram stand, and what is written beneath them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.ui.pages.events.minutes import Span


@dataclass(frozen=True, slots=True)
class BarScale:
    """Bars of one span, the newest at the right edge; minutes count from 1970, x from the left edge of the widget.

    `offset` is what the instructor's zone is ahead of UTC, in minutes: bars and ticks stand at round local times.
    """

    span: Span
    now: int
    offset: int
    left: int
    width: int

    @property
    def first(self) -> int:
        """The minute with which the oldest bar begins."""
        newest = (self.now + self.offset) // self.span.bar
        return (newest - self.span.bars + 1) * self.span.bar - self.offset

    @property
    def end(self) -> int:
        """The minute with which the newest bar ends."""
        return self.first + self.span.minutes

    def x(self, minute: float) -> float:
        return self.left + (minute - self.first) / self.span.minutes * self.width

    def bar_at(self, x: float) -> int:
        """Return the minute with which the bar at `x` begins; beyond the edges that of the outermost bar."""
        place = int((x - self.left) / max(self.width, 1) * self.span.bars) if x > self.left else 0
        return self.first + min(place, self.span.bars - 1) * self.span.bar

    def bar_edges(self, minute: int) -> tuple[int, int]:
        """Return left and right of the bar that begins at `minute`, with a gap to the next one where there is room."""
        left, right = round(self.x(minute)), round(self.x(minute + self.span.bar))
        pitch = self.width / self.span.bars
        gap = 2 if pitch >= 6 else 1 if pitch >= 3 else 0
        return left, max(right - gap, left + 1)

    def ticks(self) -> list[int]:
        """Return the minutes at which a time is written."""
        step = self.span.tick
        begin = -(-(self.first + self.offset) // step) * step - self.offset
        return list(range(begin, self.end, step))
