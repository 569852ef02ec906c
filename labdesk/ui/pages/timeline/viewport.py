"""Which part of time and of the rows is seen, and how it moves. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from labdesk.ui.life.scale import RowScale, TimeScale

DEFAULT_SPAN_S = 3 * 3_600.0
"""So much time is shown at first."""
NOW_SHARE = 0.62
"""Where the line of now stands while it is followed, of the width."""
LEAST_ROW = 0.02


class Viewport:
    """Sizes in pixels, times in seconds since the epoch.

    `extent` gives the first and last moment there is anything to see. While it is following, now stands still and
    time moves past it; while it is fitted, everything there is fills the room.
    """

    def __init__(self, now: float, row_height: float, extent: Callable[[], tuple[float, float]]) -> None:
        self.now = now
        self.width = 1_000.0
        self.height = 400.0
        self.following = True
        self.fitted = False
        self._extent = extent
        self._row_height = row_height
        self._wanted_span = DEFAULT_SPAN_S
        self.scale = TimeScale(now, DEFAULT_SPAN_S / self.width)
        self.rows = RowScale(0, row_height)

    @property
    def span(self) -> float:
        """How many seconds are shown from the left to the right."""
        return self.width * self.scale.per_pixel

    # --- what happens to it -----------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """The clock moved on."""
        self.now = now
        if self.following:
            self._follow()

    def resize(self, width: float, height: float) -> None:
        """The room for lanes has another size."""
        self.width, self.height = max(width, 1.0), max(height, 1.0)
        if self.fitted:
            self._fit_in()
            return
        self.rows = self.rows.scrolled(self.rows.offset, self.height)
        if self.following:
            self._follow()

    def set_count(self, count: int) -> None:
        """There are so many rows now."""
        self.rows = replace(self.rows, count=count).scrolled(self.rows.offset, self.height)
        if self.fitted:
            self._fit_in()

    def set_row_height(self, height: float) -> None:
        """Rows are so high from now on, where they are not fitted in."""
        self._row_height = height
        if self.fitted:
            self._fit_in()
        else:
            self.rows = self.rows.sized(height, 0.0, self.height)

    # --- what one does with it --------------------------------------------------------------------------------

    def set_span(self, seconds: float) -> None:
        """Show so much time around now."""
        self._wanted_span = seconds
        self.following, self.fitted = True, False
        self._follow()

    def show_now(self) -> None:
        """Go to now and stay there; the zoom remains, unless everything was fitted in."""
        self._wanted_span = DEFAULT_SPAN_S if self.fitted else self.span
        self._leave_fit(0.0)
        self.following = True
        self._follow()

    def fit(self) -> None:
        """Show all labs and all of their time."""
        self.fitted, self.following = True, False
        self._fit_in()

    def zoom(self, factor: float, x: float | None = None, y: float = 0.0) -> None:
        """Zoom by `factor` at `x` (None: at now if it can be seen, else in the middle); rows become readable at `y`."""
        if x is None:
            now_x = self.scale.x(self.now)
            x = now_x if 0 <= now_x <= self.width else self.width / 2
        if factor > 1:
            self._leave_fit(y)
        self.following = self.fitted = False
        self.show(self.scale.zoomed(x, factor))

    def pan(self, pixels: float) -> None:
        """Move to later moments by so many pixels."""
        self.following = self.fitted = False
        self.show(self.scale.panned(pixels))

    def drag(self, scale: TimeScale, offset: float) -> None:
        """Show that scale and those rows, as a dragging hand left them."""
        self.following = self.fitted = False
        self.scroll(offset)
        self.show(scale)

    def show(self, scale: TimeScale) -> None:
        """Show that scale, as near to it as there is anything to see."""
        self.scale = scale.kept_near(*self._extent(), self.width)

    def scroll(self, offset: float) -> None:
        """Put the rows `offset` pixels up."""
        self.rows = self.rows.scrolled(offset, self.height)

    def show_row(self, place: int) -> None:
        """Scroll as little as it takes to see a row."""
        self.rows = self.rows.showing(place, self.height)

    # --- how --------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        self.scale = TimeScale.around(self.now, NOW_SHARE * self.width, self._wanted_span / self.width)

    def _fit_in(self) -> None:
        self.scale = TimeScale.fitting(*self._extent(), self.width)
        height = min(self._row_height, self.height / max(self.rows.count, 1))
        self.rows = RowScale(self.rows.count, max(height, LEAST_ROW))

    def _leave_fit(self, y: float) -> None:
        self.fitted = False
        self.rows = self.rows.sized(self._row_height, y, self.height)
