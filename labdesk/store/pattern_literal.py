"""What every text must hold for a regular expression to match in it: letters to look for before all else. Pure."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]  # the only way to see an expression as Python does
from typing import Any

_ENOUGH = 100
_PLAIN = re.compile(r"[a-hjl-rt-z0-9 .,()/-]+")
"""Letters that are written alike in JSON and in a LIKE, and that no letter beyond ASCII matches (as for i, k and s)."""


def required_text(pattern: str) -> str:
    """Return plain lower-case letters that each match holds, in whatever case; empty if there are none for certain.

    They hold no colon and begin with no space: where two texts are joined by `: `, they lie in one of them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = _parser.parse(pattern, re.IGNORECASE)
    pieces = [piece.lstrip() for run in _runs(parsed) for piece in _PLAIN.findall(run.lower())]
    return max(pieces, key=len, default="")[:_ENOUGH]


def _runs(parsed: Any) -> Iterator[str]:
    """Yield letters that stand side by side in every match, in parts that no match can do without."""
    run: list[str] = []
    for kind, argument in parsed:
        if kind is _constants.LITERAL:
            run.append(chr(argument))
            continue
        yield "".join(run)
        run.clear()
        if kind is _constants.SUBPATTERN:
            yield from _runs(argument[3])
        elif kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[0]:
            yield from _runs(argument[2])
    yield "".join(run)
