"""What the log shows: the chosen filters, and how they are remembered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from labdesk.store.journal_reads import EventQuery
from labdesk.ui.pages.events.minutes import SEVERITIES

NAMES = ("type", "course", "lab")
"""The filters whose values are chosen from what the journal has."""


@dataclass(frozen=True, slots=True)
class EventFilters:
    """`severities` empty means all, as an empty tuple of values does; `text` is words, or with `is_pattern` a regular
    expression. `since` and `until` are both given or none is.
    """

    severities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    text: str = ""
    is_pattern: bool = False
    since: datetime | None = None
    until: datetime | None = None

    @property
    def query(self) -> EventQuery:
        """What the journal is asked; a regular expression is none of its words."""
        text = "" if self.is_pattern else self.text
        return EventQuery(text, self.severities, self.types, self.courses, self.labs, self.since, self.until)

    @property
    def pattern(self) -> str:
        """The regular expression, empty for a filter of words."""
        return self.text if self.is_pattern else ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return replace(self, is_pattern=False) != EventFilters()

    def values(self, name: str) -> tuple[str, ...]:
        """Return what is chosen of `type`, `course` or `lab`."""
        found: tuple[str, ...] = getattr(self, f"{name}s")
        return found

    def with_values(self, name: str, values: tuple[str, ...]) -> EventFilters:
        chosen: dict[str, Any] = {f"{name}s": values}
        return replace(self, **chosen)

    def to_memory(self) -> dict[str, list[str]]:
        """Return what is remembered: the chips. A text and a stretch of time belong to the moment."""
        names = ("severities", *(f"{name}s" for name in NAMES))
        return {name: list(getattr(self, name)) for name in names if getattr(self, name)}

    @classmethod
    def from_memory(cls, given: Mapping[str, Any]) -> EventFilters:
        """Return the filters remembered; what cannot be is left out."""
        values = {name: _words(given.get(name)) for name in ("severities", *(f"{name}s" for name in NAMES))}
        known = tuple(severity for severity in SEVERITIES if severity in values["severities"])
        chosen: dict[str, Any] = {**values, "severities": () if len(known) == len(SEVERITIES) else known}
        return cls(**chosen)


def _words(given: object) -> tuple[str, ...]:
    return tuple(word for word in given if isinstance(word, str)) if isinstance(given, list) else ()
