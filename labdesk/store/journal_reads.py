"""The questions asked of the journal, as SQL on a reading connection.

A million events: a narrow table, filters as words of the full-text index, and counters a minute answer in
milliseconds what a wide joined table answers in seconds (measured).
"""
# ruff: noqa: S608  (the texts are put together from constants of this room)

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from labdesk.resource.events import JournalEvent
from labdesk.store.driver import dbapi, read_transaction
from labdesk.store.fulltext import match_expression
from labdesk.store.lineage import LINEAGE, lineage_expired
from labdesk.store.times import MICROS_PER_MINUTE, from_micros, to_micros
from labdesk.store.writes import SEVERITIES

_COLUMNS = """
j.sequence, j.time, j.severity, j.type, j.subject, j.revision, b.body, (
  SELECT value FROM meta WHERE key = (
    SELECT max(key) FROM meta WHERE key > 'lineage/' AND key <= 'lineage/' || printf('%020d', j.sequence)
  )
)
"""
_EVENT = f"""
SELECT {_COLUMNS}
FROM journal j JOIN journal_body b ON b.sequence = j.sequence
"""
HEAD = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'journal'), 0)"
AFTER = f"{_EVENT} WHERE j.sequence > :sequence ORDER BY j.sequence LIMIT :limit"
_IN_TIME = "j.time >= :since AND j.time < :until"
_FOREVER = 2**62
LATEST = f"""
{_EVENT} WHERE j.sequence >= :first AND j.sequence < :before AND {_IN_TIME} ORDER BY j.sequence DESC LIMIT :limit
"""
OF_SEQUENCES = f"{_EVENT} WHERE j.sequence IN (SELECT value FROM json_each(:sequences)) ORDER BY j.sequence DESC"
LATEST_SEQUENCES = f"""
SELECT j.sequence FROM journal j
WHERE j.sequence >= :first AND j.sequence < :before AND {_IN_TIME} ORDER BY j.sequence DESC LIMIT :limit
"""
SEARCH_SEQUENCES = f"""
SELECT t.rowid FROM journal_text t CROSS JOIN journal j ON j.sequence = t.rowid
WHERE journal_text MATCH :match AND t.rowid >= :first AND t.rowid < :before AND {_IN_TIME}
ORDER BY t.rowid DESC LIMIT :limit
"""
# CROSS JOIN keeps the index first: it yields rowids in falling order and stops at the limit.
SEARCH = f"""
SELECT {_COLUMNS}
FROM journal_text t CROSS JOIN journal j ON j.sequence = t.rowid JOIN journal_body b ON b.sequence = t.rowid
WHERE journal_text MATCH :match AND t.rowid >= :first AND t.rowid < :before AND {_IN_TIME}
ORDER BY t.rowid DESC LIMIT :limit
"""
OLDEST, SEARCH_OLDEST = LATEST.replace("DESC", "ASC"), SEARCH.replace("DESC", "ASC")
COUNT_ALL = f"SELECT count(*) FROM journal j WHERE j.sequence >= :first AND j.sequence < :before AND {_IN_TIME}"
COUNT_MATCHING = """
SELECT count(*) FROM journal_text WHERE journal_text MATCH :match AND rowid >= :first AND rowid < :before
"""
COUNT_MATCHING_IN_TIME = f"""
SELECT count(*) FROM journal_text t CROSS JOIN journal j ON j.sequence = t.rowid
WHERE journal_text MATCH :match AND t.rowid >= :first AND t.rowid < :before AND {_IN_TIME}
"""
SPAN = """
SELECT coalesce(min(first_sequence), 1), coalesce(max(last_sequence), 0) + 1 FROM journal_minute
WHERE minute >= :since / 60000000 AND minute <= :until / 60000000
"""
COUNT_MINUTES = """
SELECT severity, sum(count) FROM journal_minute WHERE minute >= :since / 60000000 AND minute < :until / 60000000
GROUP BY severity
"""
MINUTES = """
SELECT minute, severity, count FROM journal_minute WHERE minute >= :since AND minute <= :until ORDER BY minute
"""
MINUTES_MATCHING = """
SELECT j.time / 60000000 AS minute, j.severity, count(*)
FROM journal_text t CROSS JOIN journal j ON j.sequence = t.rowid
WHERE journal_text MATCH :match AND t.rowid >= :first AND t.rowid < :before
  AND j.time >= :since * 60000000 AND j.time < (:until + 1) * 60000000
GROUP BY minute, j.severity ORDER BY minute
"""

ALL = (
    HEAD, AFTER, LATEST, SEARCH, OF_SEQUENCES, LATEST_SEQUENCES, SEARCH_SEQUENCES, OLDEST, SEARCH_OLDEST, COUNT_ALL,
    COUNT_MATCHING, COUNT_MATCHING_IN_TIME, COUNT_MINUTES, SPAN, MINUTES, MINUTES_MATCHING,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventQuery:
    """What to look for; everything given must hold, of several values of one filter any.

    `text` is words as typed, each the beginning of a word; in double quotes they stand side by side. `types` are
    exact, or beginnings that end in `*` (`labinstancerequest.*`). `since` is included, `until` is not.
    """

    text: str = ""
    severities: Sequence[str] = ()
    types: Sequence[str] = ()
    courses: Sequence[str] = ()
    labs: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeverityCounts:
    """Events by severity, and the journal's last sequence at that moment."""

    counts: dict[str, int]
    head: int


@dataclass(frozen=True, slots=True)
class MinuteCounts:
    """Events of one minute, which begins at `minute`."""

    minute: datetime
    info: int
    warning: int
    error: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Minutes that have events, the earliest first, and the journal's last sequence at that moment."""

    minutes: list[MinuteCounts]
    head: int


def head(connection: dbapi.Connection) -> int:
    (sequence,) = connection.execute(HEAD).fetchone()
    found: int = sequence
    return found


def after(connection: dbapi.Connection, sequence: int, limit: int, lineage: str | None = None) -> list[JournalEvent]:
    with read_transaction(connection):
        _require_lineage(connection, lineage)
        rows = connection.execute(AFTER, {"sequence": sequence, "limit": limit})
        return [_event_of(row) for row in rows]


def _require_lineage(connection: dbapi.Connection, lineage: str | None) -> None:
    if lineage is not None and connection.execute(LINEAGE).fetchone() != (lineage,):
        raise lineage_expired()


def search(connection: dbapi.Connection, query: EventQuery, before: int | None, limit: int) -> list[JournalEvent]:
    with read_transaction(connection):
        parameters = _parameters(connection, query, before)
        text = LATEST if parameters["match"] is None else SEARCH
        return [_event_of(row) for row in connection.execute(text, {**parameters, "limit": limit})]


def search_sequences(connection: dbapi.Connection, query: EventQuery, before: int | None, limit: int) -> list[int]:
    with read_transaction(connection):
        parameters = _parameters(connection, query, before)
        text = LATEST_SEQUENCES if parameters["match"] is None else SEARCH_SEQUENCES
        return [sequence for (sequence,) in connection.execute(text, {**parameters, "limit": limit})]


def search_oldest(
    connection: dbapi.Connection,
    query: EventQuery,
    after: int,
    before: int | None,
    limit: int,
    lineage: str | None = None,
) -> list[JournalEvent]:
    with read_transaction(connection):
        _require_lineage(connection, lineage)
        parameters = _parameters(connection, query, before)
        parameters["first"] = max(parameters["first"], after + 1)
        text = OLDEST if parameters["match"] is None else SEARCH_OLDEST
        return [_event_of(row) for row in connection.execute(text, {**parameters, "limit": limit})]


def of_sequences(connection: dbapi.Connection, sequences: Sequence[int]) -> list[JournalEvent]:
    return [_event_of(row) for row in connection.execute(OF_SEQUENCES, {"sequences": json.dumps(list(sequences))})]


def count(connection: dbapi.Connection, query: EventQuery) -> int:
    with read_transaction(connection):
        by_minutes = _count_minutes(connection, query)
        if by_minutes is not None:
            return sum(by_minutes[severity] for severity in query.severities or SEVERITIES)
        return _count(connection, query)


def count_severities(connection: dbapi.Connection, query: EventQuery) -> SeverityCounts:
    """Count by severity, whatever the query says of severities."""
    with read_transaction(connection):
        (sequence,) = connection.execute(HEAD).fetchone()
        counts = _count_minutes(connection, query)
        if counts is None:
            total = _count(connection, replace(query, severities=()))
            rare = SEVERITIES[1:] if total else ()
            counts = dict.fromkeys(SEVERITIES, 0)
            counts |= {severity: _count(connection, replace(query, severities=(severity,))) for severity in rare}
            counts[SEVERITIES[0]] = total - sum(counts.values())
    return SeverityCounts(counts, sequence)


def _count(connection: dbapi.Connection, query: EventQuery) -> int:
    parameters = _parameters(connection, query, None)
    if parameters["match"] is None:
        text = COUNT_ALL
    else:
        text = COUNT_MATCHING if query.since is None and query.until is None else COUNT_MATCHING_IN_TIME
    (number,) = connection.execute(text, parameters).fetchone()
    found: int = number
    return found


def _count_minutes(connection: dbapi.Connection, query: EventQuery) -> dict[str, int] | None:
    """Answer out of the counters, if the query is of severities and whole minutes only; else return None."""
    since = -_FOREVER if query.since is None else to_micros(query.since)
    until = _FOREVER if query.until is None else to_micros(query.until)
    whole = all(bound % MICROS_PER_MINUTE == 0 for bound in (since, until) if abs(bound) != _FOREVER)
    if not whole or match_expression(query.text, _filters(replace(query, severities=()))) is not None:
        return None
    rows = connection.execute(COUNT_MINUTES, {"since": since, "until": until})
    return dict.fromkeys(SEVERITIES, 0) | {SEVERITIES[severity]: number for severity, number in rows}


def histogram(connection: dbapi.Connection, since: datetime, until: datetime, query: EventQuery) -> Histogram:
    bounds = {"since": to_micros(since) // MICROS_PER_MINUTE, "until": to_micros(until) // MICROS_PER_MINUTE}
    with read_transaction(connection):
        (sequence,) = connection.execute(HEAD).fetchone()
        parameters = _parameters(connection, replace(query, severities=()), None)
        text = MINUTES if parameters["match"] is None else MINUTES_MATCHING
        rows = connection.execute(text, {**parameters, **bounds}).fetchall()
    wanted = {SEVERITIES.index(severity) for severity in query.severities} or set(range(len(SEVERITIES)))
    return Histogram(minute_counts(row for row in rows if row[1] in wanted), sequence)


def minute_counts(rows: Iterable[tuple[int, int, int]]) -> list[MinuteCounts]:
    """Return what (minute since 1970, place of the severity, number) say, a minute each."""
    counts: dict[int, list[int]] = {}
    for minute, severity, number in rows:
        counts.setdefault(minute, [0] * len(SEVERITIES))[severity] += number
    return [MinuteCounts(from_micros(minute * MICROS_PER_MINUTE), *numbers) for minute, numbers in counts.items()]


def scan_bounds(connection: dbapi.Connection, query: EventQuery, after: int) -> dict[str, Any]:
    """Return what a search without index needs: the filters as an expression, times, sequences [first, before)."""
    with read_transaction(connection):
        (last,) = connection.execute(HEAD).fetchone()
        parameters = _parameters(connection, replace(query, text=""), last + 1)
        parameters["first"] = max(parameters["first"], after + 1)
        return {**parameters, "head": last}


def _parameters(connection: dbapi.Connection, query: EventQuery, before: int | None) -> dict[str, Any]:
    """Return the match expression and the range of sequences that can hold the times asked for."""
    since = -_FOREVER if query.since is None else to_micros(query.since)
    until = _FOREVER if query.until is None else to_micros(query.until)
    first, last = 0, _FOREVER
    if query.since is not None or query.until is not None:
        first, last = connection.execute(SPAN, {"since": since, "until": until}).fetchone()
    return {
        "match": match_expression(query.text, _filters(query)),
        "since": since,
        "until": until,
        "first": first,
        "before": last if before is None else min(last, before),
    }


def _filters(query: EventQuery) -> dict[str, Sequence[str]]:
    return {"sev": query.severities, "type": query.types, "course": query.courses, "lab": query.labs}


def _id_of(sequence: int, revision: int | None, lineage: str | None) -> str:
    """Numbers are given again once a store was restored or copied: from there on the lineage is part of the id."""
    number = f"evt-{sequence}" if revision is None else f"rev-{revision}"
    return number if lineage is None else f"{number}-{lineage}"


def _event_of(row: tuple[Any, ...]) -> JournalEvent:
    sequence, time, severity, type_, subject, revision, text, lineage = row
    body = json.loads(text)
    return JournalEvent(
        sequence=sequence,
        id=_id_of(sequence, revision, lineage),
        type=type_,
        source=body["source"],
        subject=subject,
        time=from_micros(time),
        severity=SEVERITIES[severity],
        reason=body["reason"],
        message=body["message"],
        data=body["data"],
        revision=revision,
    )
