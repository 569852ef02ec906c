"""Which types, courses and labs the journal tells of: read out of the full-text index's own vocabulary.

Of a million events that takes 30 ms with counts; reading the distinct values of a column takes 200 (measured).
"""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.store.driver import dbapi
from labdesk.store.fulltext import token_value

_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.journal_words USING fts5vocab(main, journal_text, row)"
_VALUES = "SELECT term, doc FROM temp.journal_words WHERE term > :name || ':' AND term < :name || ';'"


@dataclass(frozen=True, slots=True)
class FilterValue:
    """One value of a filter, and how many events have it."""

    value: str
    count: int


def values(connection: dbapi.Connection, name: str) -> list[FilterValue]:
    connection.execute(_VOCABULARY)
    return sorted(
        (FilterValue(token_value(term), count) for term, count in connection.execute(_VALUES, {"name": name})),
        key=lambda found: found.value.casefold(),
    )
