"""The recent course of a number: samples as they came, and what is drawn of them. Plain data, no Qt."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

SPAN = timedelta(minutes=10)
"""How far back samples are kept."""
RULES = 2
"""Lines across a chart, above that of 0."""
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Sample:
    """All values of one moment (aware UTC), by name."""

    at: datetime
    values: Mapping[str, float]


class Recorder:
    """Keeps the samples of the last ten minutes."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque()

    @property
    def samples(self) -> tuple[Sample, ...]:
        return tuple(self._samples)

    def take(self, at: datetime, values: Mapping[str, float]) -> None:
        """Add what was so at a moment; one that is not newer than the last is known already."""
        if self._samples and at <= self._samples[-1].at:
            return
        self._samples.append(Sample(at, dict(values)))
        while self._samples[0].at < at - SPAN:
            self._samples.popleft()


@dataclass(frozen=True, slots=True)
class Course:
    """Points of a line: seconds before the last sample (0 and less), and values; NaN is a gap."""

    ages: tuple[float, ...] = ()
    values: tuple[float, ...] = ()

    @property
    def known(self) -> tuple[float, ...]:
        """The values without gaps."""
        return tuple(value for value in self.values if not math.isnan(value))

    @property
    def top(self) -> float:
        return max(self.known, default=0.0)


def level_course(samples: Sequence[Sample], name: str) -> Course:
    """Return the values themselves."""
    kept = [sample for sample in samples if name in sample.values]
    if not kept:
        return Course()
    last = kept[-1].at
    return Course(
        tuple((sample.at - last).total_seconds() for sample in kept), tuple(sample.values[name] for sample in kept)
    )


def rate_course(samples: Sequence[Sample], name: str) -> Course:
    """Return how much a counter grew, per minute; where another process began to count anew there is a gap."""
    kept = [sample for sample in samples if name in sample.values]
    ages, rates = [], []
    for before, sample in pairwise(kept):
        grown = sample.values[name] - before.values[name]
        ages.append((sample.at - kept[-1].at).total_seconds())
        rates.append(grown / (sample.at - before.at).total_seconds() * _MINUTE if grown >= 0 else math.nan)
    return Course(tuple(ages), tuple(rates))


def scale_top(highest: float) -> float:
    """Return the end of a scale from 0 that holds `highest`: 1, 2 or 5 times a power of ten; 1 for nothing."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= highest * 0.999)
