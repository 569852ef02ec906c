"""Looks through the journal for a regular expression, as a process of its own: `python -m labdesk.store.pattern_child`.

Python's expressions can take for ever on one event, and hold the interpreter while they do: a process can be ended,
and costs the window no frame. It is spoken to in JSON lines: first path and pattern, then jobs, each answered by one
line per slice: the sequences found, newest first, and how many of them each minute has of a severity.

An event's texts are those a person sees of it: the student and what happened, the student, what happened, the reason,
the subject and the type. Each is tried by itself, and each different one only once: a million events have some
thousand different texts.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

from labdesk.store.driver import connect_reader, dbapi
from labdesk.store.pattern_literal import required_text

SCAN = """
SELECT j.sequence, j.type, j.subject, b.body FROM journal j JOIN journal_body b ON b.sequence = j.sequence
WHERE j.sequence >= :low AND j.sequence < :high AND j.time >= :since AND j.time < :until {holds} ORDER BY j.sequence
"""
SCAN_MATCHING = """
SELECT j.sequence, j.type, j.subject, b.body
FROM journal_text t CROSS JOIN journal j ON j.sequence = t.rowid JOIN journal_body b ON b.sequence = t.rowid
WHERE journal_text MATCH :match AND t.rowid >= :low AND t.rowid < :high AND j.time >= :since AND j.time < :until {holds}
ORDER BY t.rowid
"""
COUNT = """
SELECT j.time / 60000000 AS minute, j.severity, count(*)
FROM json_each(:found) f CROSS JOIN journal j ON j.sequence = f.value GROUP BY minute, j.severity
"""
# Measured: a million events that do not hold it are told apart in a third of the time it takes to read them.
_HOLDS = "AND (b.body LIKE :required OR j.subject LIKE :required OR j.type LIKE :required)"
_KNOWN_AT_MOST = 100_000
_DATA, _STUDENT, _MESSAGE, _REASON, _QUOTE = ',"data":{', '"student":"', '"message":"', '"reason":"', '"'


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the expression, for which upper and lower case are the same; raise re.error if it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's remarks on odd but valid ones are for programmers
        return re.compile(pattern, re.IGNORECASE)


class Scanner:
    """One expression over one store."""

    def __init__(self, connection: dbapi.Connection, pattern: re.Pattern[str]) -> None:
        connection.execute("PRAGMA mmap_size = 4294967296")  # measured: reads every event in two thirds of the time
        self._connection = connection
        self._search = pattern.search
        required = required_text(pattern.pattern)
        self._required = f"%{required}%"
        self._holds = _HOLDS if required else ""
        self._texts: dict[str, bool] = {}
        self._heads: dict[str, bool] = {}

    def slice(self, job: dict[str, Any], low: int, high: int) -> dict[str, Any]:
        """Return the sequences in [low, high) that match, newest first, and their count as [minute, severity, n]."""
        texts, heads, found = self._texts, self._heads, list[int]()
        text = (SCAN if job["match"] is None else SCAN_MATCHING).format(holds=self._holds)
        bounds = {"low": low, "high": high, "required": self._required}
        rows = self._connection.execute(text, {**job, **bounds}).fetchall()
        # This loop is what a search costs: a million rounds. Up to the data, JSON without an escaped sign is plain.
        for sequence, type_, subject, body in rows:
            if "\\" in body:
                matches = self._matches_escaped(body) or self._learn(type_, subject)
            else:
                head, _, data = body.partition(_DATA)
                key = f"{head}\n{data.partition(_STUDENT)[2].partition(_QUOTE)[0]}"
                try:
                    matches = heads[key] or texts[subject] or texts[type_]
                except KeyError:
                    heads[key] = self._matches_head(key)
                    matches = heads[key] or self._learn(type_, subject)
            if matches:
                found.append(sequence)
        for known in (texts, heads):
            if len(known) > _KNOWN_AT_MOST:
                known.clear()
        # Asked of what was found alone: to read time and severity of all costs most where there is nothing to count.
        counts = self._connection.execute(COUNT, {"found": json.dumps(found)}).fetchall() if found else []
        return {"found": found[::-1], "counts": counts}

    def _learn(self, *texts: str) -> bool:
        """Try whole texts, and remember whether each matches."""
        for text in texts:
            if text not in self._texts:
                self._texts[text] = self._search(text) is not None
        return any(self._texts[text] for text in texts)

    def _matches_head(self, key: str) -> bool:
        head, _, student = key.rpartition("\n")
        return self._matches(student, head.partition(_MESSAGE)[2][:-1], head.partition(_REASON)[2].partition(_QUOTE)[0])

    def _matches_escaped(self, body: str) -> bool:
        event = json.loads(body)
        return self._matches(str(event["data"].get("student", "")), event["message"], event["reason"])

    def _matches(self, student: str, message: str, reason: str) -> bool:
        texts = (f"{student}: {message}", student, message, reason) if student else (message, reason)
        return any(self._search(text) for text in texts)


def main() -> None:
    begin = json.loads(sys.stdin.readline())
    scanner = Scanner(connect_reader(Path(begin["path"])), compile_pattern(begin["pattern"]))
    for line in sys.stdin:
        job = json.loads(line)
        for low, high in job.pop("slices"):
            sys.stdout.write(f"{json.dumps(scanner.slice(job, low, high))}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
