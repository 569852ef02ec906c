"""One measured figure against its bar."""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`bar` is what `value` (or, where there is a baseline, `ratio`) must not exceed, or with `at_least` must reach.

    With `beside` the baseline only stands beside the value, for comparison; the bar is the value's.
    """

    name: str
    value: float
    unit: str
    bar: float
    at_least: bool = False
    baseline: float | None = None
    beside: bool = False

    @property
    def ratio(self) -> float | None:
        return None if not self.baseline else self.value / self.baseline

    @property
    def ok(self) -> bool:
        judged = self.value if self.ratio is None or self.beside or self.unit == "x" else self.ratio
        return (operator.ge if self.at_least else operator.le)(judged, self.bar)

    def to_json(self) -> str:
        rounded = {"value": self.value, "baseline": self.baseline, "ratio": self.ratio, "bar": self.bar}
        numbers = {name: None if number is None else round(number, 4) for name, number in rounded.items()}
        return json.dumps({"name": self.name, "unit": self.unit, **numbers, "ok": self.ok})

    def to_text(self) -> str:
        against = "" if self.ratio is None else f" ({self.ratio:.2f} x {self.baseline:.4g})"
        sign = ">=" if self.at_least else "<="
        mark = "ok  " if self.ok else "MISS"
        return f"{mark} {self.name:<36} {self.value:>12.4g} {self.unit}{against}   bar {sign} {self.bar:g}"
