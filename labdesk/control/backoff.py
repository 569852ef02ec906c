"""Exponential backoff with jitter."""

from __future__ import annotations

from random import Random

FIRST_DELAY, LONGEST_DELAY = 1.0, 300.0
_DOUBLINGS = 60  # beyond this 2 ** n only costs digits: every longest delay is reached long before


class Backoff:
    """Delays in seconds that double from `first` to `longest`.

    Each is shortened at random by up to `jitter` (a share), so that what failed together does not come back together.
    """

    def __init__(
        self, random: Random, *, first: float = FIRST_DELAY, longest: float = LONGEST_DELAY, jitter: float = 0.2
    ) -> None:
        self._random = random
        self._first = first
        self.longest = longest
        self._jitter = jitter

    def delay(self, attempts: int) -> float:
        """Return the seconds to wait after that many failures in a row (1 = the first), never under `first`."""
        nominal = min(self._first * 2.0 ** min(attempts - 1, _DOUBLINGS), self.longest)
        return max(self._first, nominal * (1.0 - self._jitter * self._random.random()))
