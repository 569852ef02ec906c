"""All labs in one picture, for rows too low to be painted one by one.

Measured: 10,000 labs painted anew for every frame take 35 to 149 ms; this picture is made once, in short slices
between two turns of the loop, and panning moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QPainter, QPixmap

from labdesk.ui.life.lane_painter import strip_color
from labdesk.ui.life.scale import TimeScale
from labdesk.ui.life.spans import life_of, merged
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.timeline.rows import Entry
from labdesk.ui.theme import Theme

SLICE_S = 0.006
"""So long one slice may take; the loop turns in between."""
MERGE_PX = 2.0
_STRIDE = 8
_MARK_PX = 2.0
_AHEAD = "ahead"
_ORDER = (_AHEAD, "PENDING", "PROVISIONING", "RUNNING", "COMPLETED", "TIMEOUT", "FAILED")
"""From what may be hidden to what must be seen."""


@dataclass(frozen=True, slots=True)
class Band:
    """Pixels from `top` on, `height` of them, that show the rows of `places`."""

    top: int
    height: int
    places: range


def bands_of(count: int, row_height: float) -> list[Band]:
    """Return the bands of a picture: one a row, or one a pixel where several rows share it."""
    if row_height >= 1:
        edges = [round(place * row_height) for place in range(count + 1)]
        return [Band(edges[place], edges[place + 1] - edges[place], range(place, place + 1)) for place in range(count)]
    bands = []
    first = 0
    for y in range(max(round(count * row_height), 1)):
        last = min(max(int((y + 1) / row_height), first + 1), count)
        bands.append(Band(y, 1, range(first, last)))
        first = last
    if bands and first < count:
        bands[-1] = Band(bands[-1].top, 1, range(bands[-1].places.start, count))
    return bands


def stretches_of(
    entries: Sequence[Entry], places: Iterable[int], scale: TimeScale, now: float
) -> dict[str, list[tuple[float, float]]]:
    """Return what a band shows, in pixels, by phase; what lies less than two pixels apart is one."""
    found: dict[str, list[tuple[float, float]]] = {}
    for place in places:
        row = entries[place]
        if not isinstance(row, LabRow):
            continue
        life = life_of(row, now)
        for span in life.spans:
            found.setdefault(span.phase, []).append((scale.x(span.begin), scale.x(span.end)))
        if life.ahead is not None:
            found.setdefault(_AHEAD, []).append((scale.x(life.ahead[0]), scale.x(life.ahead[1])))
        if life.final:
            x = scale.x(life.ended)
            found.setdefault(life.final, []).append((x, x + _MARK_PX))
    return {phase: merged(stretches, MERGE_PX) for phase, stretches in found.items()}


class Overview(QObject):
    """`show` says what is wanted; `picture` is what there is, perhaps still of a moment ago."""

    changed = Signal()

    def __init__(self, theme: Theme, entries: Callable[[], Sequence[Entry]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries = entries
        self._wanted: tuple[TimeScale, float, int, int, float] | None = None
        self._now = 0.0
        self._bands: list[Band] = []
        self._next = 0
        self._dirty: set[int] = set()
        self._making: QPixmap | None = None
        self._made: tuple[QPixmap, TimeScale] | None = None
        self._slice = QTimer(self)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._make_slice)
        theme.changed.connect(self.forget)

    @property
    def is_busy(self) -> bool:
        """True while a newer picture is being made."""
        return self._slice.isActive()

    def show(self, scale: TimeScale, row_height: float, width: int, now: float, ratio: float) -> None:
        """Want a picture from `scale.begin` on, `width` pixels wide, as of `now`, for a screen of `ratio`."""
        wanted = (scale, row_height, len(self._entries()), width, ratio)
        if wanted == self._wanted and (self._making is not None or abs(now - self._now) < scale.per_pixel):
            return
        if wanted != self._wanted:
            self._made = None
        self._wanted, self._now = wanted, now
        self._bands = bands_of(wanted[2], row_height)
        self._next = 0
        self._dirty.clear()
        height = self._bands[-1].top + self._bands[-1].height if self._bands else 1
        self._making = QPixmap(round(width * ratio), round(height * ratio))
        self._making.setDevicePixelRatio(ratio)
        self._making.fill(self._theme.colors.surface)
        self._slice.start()

    def picture(self) -> tuple[QPixmap, TimeScale] | None:
        """Return the picture and the scale it stands on; while the first is made, as much as there is."""
        if self._made is not None:
            return self._made
        if self._making is not None and self._wanted is not None:
            return self._making, self._wanted[0]
        return None

    def touch(self, places: Iterable[int]) -> None:
        """Some rows changed: their bands are painted anew, in the next slices."""
        if self._wanted is None:
            return
        height, last = self._wanted[1], len(self._bands) - 1
        self._dirty |= {min(place if height >= 1 else int(place * height), last) for place in places}
        self._slice.start()

    def forget(self) -> None:
        """Other rows, or other colours: nothing of the picture is right any more."""
        self._slice.stop()
        self._dirty.clear()
        self._wanted = self._making = self._made = None

    def _make_slice(self) -> None:
        end = perf_counter() + SLICE_S
        while self._making is not None and perf_counter() < end:
            self._paint(self._making, self._bands[self._next : self._next + _STRIDE])
            self._next += _STRIDE
            if self._next >= len(self._bands) and self._wanted is not None:
                self._made, self._making = (self._making, self._wanted[0]), None
        # What changed while the picture was made may have been painted before: once more, then.
        while self._making is None and self._made is not None and self._dirty and perf_counter() < end:
            some = [self._bands[self._dirty.pop()] for _ in range(min(len(self._dirty), _STRIDE))]
            self._paint(self._made[0], some)
        if self._making is None and not self._dirty:
            self._slice.stop()
        self.changed.emit()

    def _paint(self, picture: QPixmap, bands: Sequence[Band]) -> None:
        if self._wanted is None:
            return
        scale, width, entries = self._wanted[0], self._wanted[3], self._entries()
        colors = self._theme.colors
        painter = QPainter(picture)
        for band in bands:
            painter.fillRect(0, band.top, width, band.height, colors.surface)
            found = stretches_of(entries, band.places, scale, self._now)
            for phase in _ORDER:
                stretches = found.get(phase)
                if not stretches:
                    continue
                color = colors.border if phase == _AHEAD else strip_color(self._theme, phase)
                if phase == "FAILED":
                    color = colors.failed
                for left, right in stretches:
                    painter.fillRect(QRectF(left, band.top, max(right - left, 1.0), band.height), color)
        painter.end()
