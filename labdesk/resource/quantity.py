"""Amounts: Kubernetes' resource quantities (`500m`, `1.5`, `512Mi`, `2G`, `1e3`), and bytes and times for people.

Grammar: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]{1,3}))?")
_BINARY = {f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)}
_DECIMAL = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(10) ** 3, "M": Decimal(10) ** 6,
    "G": Decimal(10) ** 9, "T": Decimal(10) ** 12, "P": Decimal(10) ** 15, "E": Decimal(10) ** 18,
}  # fmt: skip
_FACTORS = _BINARY | _DECIMAL


@lru_cache(maxsize=1024)
def parse_quantity(text: str, like: str = "500m, 1.5, 512Mi or 2Gi") -> Decimal:
    """Return the exact value of a quantity; raise ValueError with examples (`like`) for anything else."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is no quantity; write it like {like}")
    number, suffix, exponent = match.groups()
    value = Decimal(number)
    if suffix:
        value *= _FACTORS[suffix]
    elif exponent:
        value *= Decimal(10) ** int(exponent)
    return value


def parse_cpu(text: str) -> Decimal:
    """Return CPU cores (0.5 for `500m`)."""
    return parse_quantity(text, like="1, 0.5 or 500m, which is half a processor")


@lru_cache(maxsize=1024)
def parse_bytes(text: str) -> int:
    """Return whole bytes, rounded up as Kubernetes does."""
    return int(parse_quantity(text, like="512Mi or 2Gi").to_integral_value(rounding=ROUND_CEILING))


def format_bytes(count: int) -> str:
    """Return bytes for people: `512 MiB`, `1.5 GiB`."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if abs(count) >= size:
            return f"{count / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} B"


def describe_span(span: timedelta) -> str:
    """Return a time span for people: `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
