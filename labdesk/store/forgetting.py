"""Retention of the journal: old events go, with their words in the index and their place in their minutes' counts."""

from __future__ import annotations

import json
from typing import Any

from labdesk.store.connection import WriterConnection
from labdesk.store.writes import SEVERITIES, event_document

STEP = 100
"""Events to a transaction, so that forgetting never holds up a commit for more than a few milliseconds."""

_OLDEST = """
SELECT j.sequence, j.time, j.severity, j.type, j.subject, b.body
FROM journal j JOIN journal_body b ON b.sequence = j.sequence
WHERE j.sequence < (SELECT max(sequence) FROM journal) ORDER BY j.sequence LIMIT :limit
"""
_UNCOUNT = """
UPDATE journal_minute SET count = count - 1, first_sequence = ? + 1 WHERE minute = ? / 60000000 AND severity = ?
"""
_FORGET_MINUTE = "DELETE FROM journal_minute WHERE minute = ? / 60000000 AND severity = ? AND count <= 0"
_UNINDEX = "INSERT INTO journal_text (journal_text, rowid, document) VALUES ('delete', ?, ?)"
_DROP = ("DELETE FROM journal_body WHERE sequence <= :last", "DELETE FROM journal WHERE sequence <= :last")


def forget_step(connection: WriterConnection, keep_after: int) -> int:
    """Drop up to STEP events told before `keep_after` (microseconds); return how many went.

    The first one that is not older ends it: what is left has no gaps even if the clock once went back. The newest
    stays: when it was is the time that the desk never goes back behind.
    """
    found = [tuple(row) for row in connection.run(_OLDEST, {"limit": STEP})]
    old: list[tuple[Any, ...]] = []
    for event in found:
        if event[1] >= keep_after:
            break
        old.append(event)
    if old:
        connection.run_each(_UNCOUNT, [(sequence, time, severity) for sequence, time, severity, *_ in old])
        connection.run_each(_FORGET_MINUTE, [(time, severity) for _, time, severity, *_ in old])
        connection.run_each(_UNINDEX, [indexed for event in old if (indexed := _indexed(*event))])
        for text in _DROP:
            connection.run(text, {"last": old[-1][0]})
    return len(old)


def _indexed(sequence: int, _time: int, severity: int, type_: str, subject: str, text: str) -> tuple[int, str] | None:
    """Return an event's row of the index; None of one that was told before its filter words were kept."""
    body = json.loads(text)
    if "tokens" not in body:
        return None
    return sequence, event_document(type_, subject, SEVERITIES[severity], body)
