"""Where a moment and a row stand on the screen. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

SHORTEST_S_PER_PX = 0.25
LONGEST_S_PER_PX = 86_400.0
_FIT_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class TimeScale:
    """`begin` (seconds since the epoch) stands at x = 0; a pixel is `per_pixel` seconds."""

    begin: float
    per_pixel: float

    def x(self, moment: float) -> float:
        return (moment - self.begin) / self.per_pixel

    def moment(self, x: float) -> float:
        return self.begin + x * self.per_pixel

    def zoomed(self, x: float, factor: float) -> TimeScale:
        """Return a scale `factor` times as close, with the moment at `x` staying there."""
        per_pixel = min(max(self.per_pixel / factor, SHORTEST_S_PER_PX), LONGEST_S_PER_PX)
        return TimeScale(self.moment(x) - x * per_pixel, per_pixel)

    def panned(self, pixels: float) -> TimeScale:
        """Return the scale moved to later moments by so many pixels."""
        return replace(self, begin=self.begin + pixels * self.per_pixel)

    def kept_near(self, first: float, last: float, width: float) -> TimeScale:
        """Return a scale that shows some of [first, last]: nobody gets lost in empty time."""
        rim = 0.1 * width * self.per_pixel
        least, most = first - width * self.per_pixel + rim, last - rim
        return replace(self, begin=min(max(self.begin, least), max(most, least)))

    @classmethod
    def fitting(cls, first: float, last: float, width: float) -> TimeScale:
        """Return the scale that shows [first, last] in `width` pixels, with a little room at both sides."""
        span = max(last - first, 60.0)
        per_pixel = max(span * (1 + 2 * _FIT_MARGIN) / max(width, 1.0), SHORTEST_S_PER_PX)
        return cls(first - span * _FIT_MARGIN, per_pixel)

    @classmethod
    def around(cls, moment: float, at: float, per_pixel: float) -> TimeScale:
        """Return the scale with `moment` at x = `at`."""
        return cls(moment - at * per_pixel, per_pixel)


@dataclass(frozen=True, slots=True)
class RowScale:
    """Rows of one height, the first at y = -`offset`; a height below one pixel puts several rows on one line."""

    count: int
    height: float
    offset: float = 0.0

    @property
    def total(self) -> float:
        """Pixels of all rows."""
        return self.count * self.height

    def top(self, place: int) -> float:
        return place * self.height - self.offset

    def at(self, y: float) -> int:
        """Return the row at `y`, or -1."""
        place = int((y + self.offset) // self.height)
        return place if 0 <= place < self.count else -1

    def visible(self, room: float) -> range:
        """Return the rows that can be seen in `room` pixels."""
        first = max(int(self.offset // self.height), 0)
        last = min(int(-(-(self.offset + room) // self.height)), self.count)
        return range(first, max(last, first))

    def scrolled(self, offset: float, room: float) -> RowScale:
        """Return the rows moved to `offset`, as far as there are any."""
        return replace(self, offset=min(max(offset, 0.0), max(self.total - room, 0.0)))

    def showing(self, place: int, room: float) -> RowScale:
        """Return the rows moved as little as it takes to see the whole of one."""
        top = place * self.height
        if top < self.offset:
            return self.scrolled(top, room)
        return self.scrolled(max(self.offset, top + self.height - room), room)

    def sized(self, height: float, y: float, room: float) -> RowScale:
        """Return rows of another height, with the one at `y` staying there."""
        place = (y + self.offset) / self.height
        return replace(self, height=height).scrolled(place * height - y, room)
