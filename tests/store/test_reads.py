"""Every question the store asks fits the migrated tables and finds its rows by an index."""

from __future__ import annotations

import re

import pytest

from labdesk.store import foreign, journal_reads, logs, meta, reads, statistics, work
from labdesk.store.driver import connect_reader
from tests.store.kinds import opened

TEXTS = [
    *reads.ALL,
    *journal_reads.ALL,
    foreign.HEADS,
    logs.GET,
    meta.GET_VALUE,
    meta.LIST_VALUES,
    work.LOAD,
    statistics.COUNTS,
    statistics.COMPACTED,
    statistics.HORIZON,
]
WHOLE_TABLES = {reads.LIST, work.LOAD, statistics.COUNTS, foreign.HEADS}
SMALL = r"sqlite_sequence|json_each|MULTI-INDEX|CONSTANT ROW|SUBQUERY|\(subquery"


@pytest.fixture
def connection(run, store_path):
    async def make():
        async with opened(store_path):
            pass

    run(make())
    connection = connect_reader(store_path)
    yield connection
    connection.close()


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: re.sub(r"\W+", " ", text)[:60])
def test_a_question_fits_the_tables_and_needs_no_scan(connection, text):
    names = re.findall(r":(\w+)", text)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", dict.fromkeys(names, "word"))]
    scans = [step for step in plan if step.startswith("SCAN") and not re.search(SMALL + "|VIRTUAL TABLE INDEX", step)]
    if text not in WHOLE_TABLES:
        assert scans == [], plan


def test_due_and_next_due_use_the_index_of_due_times(connection):
    parameters = {"kind": "k", "phases": "[]", "due_before": 1, "due_after": 0, "limit": 1, "after": 1}
    assert connection.execute(reads.QUERY_DUE, parameters).fetchall() == []
    for text in (reads.QUERY_DUE, reads.NEXT_DUE):
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters))
        assert re.search(r"resource_due \(kind=\? AND phase=\? AND due_at[<>]\?", plan), plan
