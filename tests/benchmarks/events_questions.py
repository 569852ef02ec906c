"""One question to the journal in a process of its own: `python -m tests.benchmarks.events_questions STORE WHAT NAME`.

WHAT is `rows` (the first ones), `count` (by severity, as the chips show it) or `search` (a whole one by expression).
It prints seconds, from the question to the answer on the loop; opening the store is no part of it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labdesk.labs.kinds import lab_scheme
from labdesk.store.journal import EventJournal
from labdesk.store.journal_reads import EventQuery
from labdesk.store.store import ResourceStore
from labdesk.ui.pages.events.feed import FIRST_PAGE
from tests.benchmarks.store_bench import now

_STATUS = "labinstancerequest.status_updated"
_DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=7)
QUESTIONS = {
    "everything": EventQuery(),
    "one letter": EventQuery("a"),
    "a letter of all": EventQuery("l"),
    "two words": EventQuery("turing extended"),
    "two letters": EventQuery("r e"),
    "no hit": EventQuery("zebra"),
    "no hit with a word": EventQuery("a zebra"),
    "errors": EventQuery(severities=("error",)),
    "a type": EventQuery(types=(_STATUS,)),
    "a course": EventQuery(courses=("course-3",)),
    "a lab": EventQuery(labs=("ada-allen-0",)),
    "all chips": EventQuery("ready", ("info",), (_STATUS,), ("course-3", "course-4")),
    "a letter and chips": EventQuery("e", ("warning", "error"), (_STATUS,)),
    "a day": EventQuery(since=_DAY, until=_DAY + timedelta(days=1)),
    "a letter in a day": EventQuery("l", since=_DAY, until=_DAY + timedelta(days=1)),
}
PATTERNS = (r"zebra\d+", r"^(zebra|gnu) of \w+$", r"[xz]{4}\d")
"""The last holds no letter for certain: every event has to be read for it."""


async def first_rows(journal: EventJournal, name: str) -> None:
    await journal.search_async(QUESTIONS[name], None, FIRST_PAGE)


async def counts(journal: EventJournal, name: str) -> None:
    await journal.count_severities_async(QUESTIONS[name])


async def search(journal: EventJournal, pattern: str) -> None:
    scan = journal.open_scan(pattern)
    async for step in scan.find_async(EventQuery()):
        assert not step.found
    scan.close()


ASKED: dict[str, Callable[[EventJournal, str], Awaitable[None]]] = {
    "rows": first_rows,
    "count": counts,
    "search": search,
}


async def timed(path: Path, question: Callable[[EventJournal], Awaitable[None]]) -> float:
    store = await ResourceStore.open_async(path, lab_scheme(), now)
    try:
        begun = time.perf_counter()
        await question(store.journal)
        return time.perf_counter() - begun
    finally:
        await store.close_async()


def main() -> None:
    path, what, name = sys.argv[1:]
    print(asyncio.run(timed(Path(path), lambda journal: ASKED[what](journal, name))))


if __name__ == "__main__":
    main()
