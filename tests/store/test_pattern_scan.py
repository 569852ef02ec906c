"""Regular expressions over the journal, in processes of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labdesk.store.errors import StoreError
from labdesk.store.journal_reads import EventQuery
from labdesk.store.pattern_scan import SLICE, InvalidPatternError, PatternScan, PatternTooSlowError
from labdesk.store.writes import NewEvent
from tests.store.kinds import T0, opened


def told(message: str, student: str = "", minutes: float = 0, severity: str = "info", **tokens: str) -> NewEvent:
    data = {"phase": "RUNNING", "parameters": {}} | ({"student": student} if student else {})
    time = T0 + timedelta(minutes=minutes)
    return NewEvent("lab.status_updated", "default/web", time, severity, "OutOfMemory", message, data, tokens)


async def found(scan: PatternScan, query: EventQuery | None = None, after: int = 0) -> list[int]:
    sequences: list[int] = []
    async for step in scan.find_async(query or EventQuery(), after):
        sequences += step.found
    return sequences


async def search(store, pattern: str, query: EventQuery | None = None) -> list[int]:
    scan = store.journal.open_scan(pattern)
    try:
        return await found(scan, query)
    finally:
        scan.close()


def test_what_is_found_is_counted_by_minute_and_severity(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async(
                [
                    told("Exit code 1."),
                    told("Exit code 2.", severity="error"),
                    told("Ended."),
                    told("Exit code 3.", minutes=1),
                ]
            )
            scan = store.journal.open_scan(r"code \d")
            minutes = [minute async for step in scan.find_async(EventQuery()) for minute in step.minutes]
            scan.close()
            begin = T0.replace(second=0, microsecond=0)
            assert sorted((one.minute, one.info, one.warning, one.error) for one in minutes) == [
                (begin, 1, 0, 1),
                (begin + timedelta(minutes=1), 1, 0, 0),
            ]

    run(story())


def test_each_text_a_person_sees_is_tried_by_itself_and_case_does_not_matter(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async(
                [
                    told("Used 512 MiB.", "Ada Lovelace"),
                    told('He said "out", \\d and\nmore.', "Grace Hopper"),
                    told("Nothing."),
                ]
            )
            for pattern, expected in {
                r"used \d+ mib": [1],
                r"^ada lovelace: used": [1],
                r"^Used.*MiB\.$": [1],
                r"(lovelace|hopper)$": [2, 1],
                r'"out"': [2],
                r"\\d": [2],
                r"^OutOfMemory$": [3, 2, 1],
                r"^default/w.b$": [3, 2, 1],
                r"^lab\.status": [3, 2, 1],
                r"^nothing\.": [3],
                r"MiB.*default": [],
                r"lace: used 512": [1],
                r"MORE\.$": [2],
                r"web": [3, 2, 1],
                r"status_upd": [3, 2, 1],
                r"source|parameters|RUNNING": [],
                r"(?-i:nothing)": [],
                r"[[a]{9}": [],
            }.items():
                assert await search(store, pattern) == expected, pattern

    run(story())


def test_filters_and_times_narrow_what_is_searched(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async(
                [told("one", course="cs-1"), told("two", minutes=5, severity="error"), told("three", minutes=9)]
            )
            assert await search(store, "o", EventQuery(courses=("cs-1",))) == [1]
            assert await search(store, "o", EventQuery(severities=("error",))) == [2]
            assert await search(store, "e$", EventQuery(since=T0 + timedelta(minutes=5))) == [3]
            assert await search(store, "o", EventQuery("words are not looked at")) == [3, 2, 1]

    run(story())


def test_it_comes_newest_first_in_steps_with_progress_and_goes_on_after_the_last(run, store_path):
    async def story():
        async with opened(store_path) as store:
            for _ in range(3):
                await store.journal.append_async([told(f"number {n}") for n in range(SLICE)])
            scan = store.journal.open_scan("number 7$")
            steps = [step async for step in scan.find_async(EventQuery())]
            assert [step.found for step in steps] == [[2 * SLICE + 8], [SLICE + 8], [8]]
            assert [(step.done, step.total) for step in steps] == [(1, 3), (2, 3), (3, 3)]
            assert await found(scan, after=3 * SLICE) == []
            await store.journal.append_async([told("number 7"), told("number 8")])
            assert await found(scan, after=3 * SLICE) == [3 * SLICE + 1]
            scan.close()

    run(story())


def test_what_is_no_expression_is_refused_with_the_place(run, store_path):
    async def story():
        async with opened(store_path) as store:
            with pytest.raises(InvalidPatternError, match="position 2"):
                store.journal.open_scan("ab(c")

    run(story())


def test_an_expression_that_goes_astray_is_given_up_and_its_processes_end(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async([told("a" * 60)])
            scan = PatternScan(store._access, "(a+)+b", silence=0.5)
            with pytest.raises(PatternTooSlowError):
                await found(scan)
            children = list(scan._children)
            await store._access.read(lambda _: [child.wait(10) for child in children])
            with pytest.raises(StoreError):
                await found(scan)

    run(story())


def test_a_search_that_is_left_ends_its_processes(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.journal.append_async([told(f"number {n}") for n in range(SLICE + 1)])
            scan = store.journal.open_scan("number")
            steps = scan.find_async(EventQuery())
            await anext(steps)
            await steps.aclose()
            children = list(scan._children)
            assert children
            await store._access.read(lambda _: [child.wait(10) for child in children])

    run(story())
