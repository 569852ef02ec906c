"""One thread, many requests to a commit; answers only after COMMIT."""

from __future__ import annotations

import asyncio
import queue
import threading
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from labdesk.resource.errors import ResourceExistsError
from labdesk.store.connection import WriterConnection
from labdesk.store.driver import connect_reader
from labdesk.store.errors import StoreError, StoreFullError
from labdesk.store.group_commit import GroupCommitExecutor
from labdesk.store.store import ResourceStore
from tests.store.kinds import PATIENCE, opened, widget


def writer_of(store: ResourceStore) -> GroupCommitExecutor[WriterConnection]:
    return store._access._writer


@contextmanager
def held(store: ResourceStore):
    """Hold the writer thread at its work, so that what is submitted meanwhile becomes one group."""
    started, release = threading.Event(), threading.Event()

    def wait(_: WriterConnection) -> None:
        started.set()
        release.wait(PATIENCE)

    future = writer_of(store).submit(wait)
    assert started.wait(PATIENCE)
    try:
        yield
    finally:
        release.set()
        future.result()


async def sent() -> None:
    """Return when what was begun before has reached the writer: tasks begin, their turn ends, the batch goes."""
    for _ in range(3):
        await asyncio.sleep(0)


def names(path: Path) -> list[str]:
    """Return what a connection of somebody else sees."""
    connection = connect_reader(path)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM resource ORDER BY name")]
    finally:
        connection.close()


def test_a_refused_request_is_undone_alone_in_its_group(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget("taken"))
            with held(store):
                attempts = [
                    asyncio.ensure_future(store.create_async(widget(name))) for name in ("first", "a", "taken", "b")
                ]
                await asyncio.sleep(0)
            outcomes = await asyncio.gather(*attempts, return_exceptions=True)
            assert isinstance(outcomes.pop(2), ResourceExistsError)
            assert [each.metadata.resource_version for each in outcomes] == [2, 3, 4]
            assert [change.revision for change in await store.changes_after_async(0)] == [1, 2, 3, 4]
            assert [event.sequence for event in await store.journal.after_async(0)] == [1, 2, 3, 4]

    run(story())
    assert names(store_path) == ["a", "b", "first", "taken"]


def test_a_full_disk_fails_the_whole_group_and_later_commits_work(run, store_path):
    def limit(connection: WriterConnection, pages: int) -> None:
        connection.run(f"PRAGMA max_page_count = {pages}", {})

    def pages_of(connection: WriterConnection) -> int:
        return connection.execute_scalar("PRAGMA page_count", {})

    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget("before"))
            used = writer_of(store).submit(pages_of).result()
            writer_of(store).submit(limit, used + 8).result()
            with held(store):
                first = asyncio.ensure_future(store.create_async(widget("first")))
                await sent()
                small = asyncio.ensure_future(store.create_async(widget("small")))
                large = asyncio.ensure_future(store.create_async(widget("large", owner="x" * 200_000)))
                after = asyncio.ensure_future(store.create_async(widget("after")))
                await asyncio.sleep(0)
            assert (await first).metadata.resource_version == 2
            outcomes = await asyncio.gather(small, large, after, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [StoreFullError] * 3
            assert "free some space" in str(outcomes[0])
            assert [image.name for image in (await store.list_async()).images] == ["before", "first"]
            assert (await store.head_async(), await store.journal.head_async()) == (2, 2)
            assert not writer_of(store)._connection.in_transaction
            writer_of(store).submit(limit, 1_000_000).result()
            again = await store.create_async(widget("again"))
            assert again.metadata.resource_version == 3

    run(story())
    assert names(store_path) == ["again", "before", "first"]


def test_an_error_that_is_no_refusal_fails_its_whole_group_and_keeps_its_kind(run, store_path):
    def defect(_: WriterConnection) -> None:
        raise ZeroDivisionError("a defect")

    def bad_sql(connection: WriterConnection) -> None:
        connection.run("SELECT nothing FROM nowhere", {})

    async def story():
        async with opened(store_path) as store:
            for request, expected in ((defect, ZeroDivisionError), (bad_sql, StoreError)):
                with held(store):
                    innocent = asyncio.ensure_future(store.create_async(widget("innocent")))
                    await sent()
                    guilty = writer_of(store).submit(request)
                assert isinstance(guilty.exception(), expected)
                with pytest.raises(expected):
                    await innocent
            assert (await store.create_async(widget("innocent"))).metadata.resource_version == 1

    run(story())


def test_an_answer_comes_only_when_others_can_see_the_commit(run, store_path):
    async def story():
        async with opened(store_path) as store:
            seen: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
            future: Future[object] = writer_of(store).submit(
                lambda connection: connection.run(
                    "INSERT INTO resource VALUES ('u', 'Widget', 'default', 'w', 1, 1, NULL, NULL, '{}')", {}
                )
            )
            future.add_done_callback(lambda _: seen.put(names(store_path)))
            assert seen.get() == ["w"]

    run(story())


def test_a_request_cancelled_while_it_waits_is_never_run(run, store_path):
    async def story():
        async with opened(store_path) as store:
            with held(store):
                first = asyncio.ensure_future(store.create_async(widget("first")))
                await sent()
                attempt = asyncio.ensure_future(store.create_async(widget("cancelled")))
                await sent()
                attempt.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await attempt
            await first
            await store.create_async(widget("kept"))
            assert [image.name for image in (await store.list_async()).images] == ["first", "kept"]

    run(story())


def test_closing_finishes_what_was_queued(run, store_path):
    async def story():
        async with opened(store_path) as store:
            with held(store):
                attempts = [asyncio.ensure_future(store.create_async(widget(f"w{n}"))) for n in range(300)]
                await sent()
                closing = asyncio.ensure_future(store.close_async())
                await sent()
            await closing
            assert len(await asyncio.gather(*attempts)) == 300

    run(story())
    assert len(names(store_path)) == 300


class FakeConnection:
    """Notes what is asked of it; fails at the statement it is told to."""

    def __init__(self, fail_at: str = "") -> None:
        self.calls: list[str] = []
        self.fail_at = fail_at
        self.in_transaction = False

    def __getattr__(self, name: str):
        def note() -> None:
            self.calls.append(name)
            if name == self.fail_at:
                raise OSError(name)
            self.in_transaction = name not in {"commit", "rollback", "close"}

        return note


def executor_on(connections: list[FakeConnection]) -> GroupCommitExecutor[FakeConnection]:
    waiting = iter(connections)
    return GroupCommitExecutor(lambda: next(waiting), lambda: None, lambda error: error)


def test_nothing_runs_on_a_connection_that_could_not_even_roll_back():
    broken, fresh = FakeConnection("rollback"), FakeConnection()
    executor = executor_on([broken, fresh])

    def fail(_: FakeConnection) -> None:
        raise OSError("disk")

    assert isinstance(executor.submit(fail).exception(), OSError)
    assert executor.submit(lambda connection: connection is fresh).result()
    executor.shutdown()
    assert broken.calls[-1] == "close"
    assert fresh.calls == ["begin", "savepoint", "release_savepoint", "commit", "checkpoint_if_due", "close"]


def test_what_a_refused_request_did_is_undone_and_the_group_is_committed():
    connection = FakeConnection()
    executor = executor_on([connection])

    def refuse(_: FakeConnection) -> None:
        raise ResourceExistsError("taken")

    assert isinstance(executor.submit(refuse).exception(), ResourceExistsError)
    executor.shutdown()
    assert connection.calls == ["begin", "savepoint", "undo_savepoint", "commit", "checkpoint_if_due", "close"]


def test_a_failed_commit_is_told_to_everybody_in_it():
    connection = FakeConnection("commit")
    executor = executor_on([connection])
    assert isinstance(executor.submit(lambda _: "fine").exception(), OSError)
    executor.shutdown()
    assert "rollback" in connection.calls


def test_a_shut_down_executor_takes_nothing_and_cancels_what_waits_if_asked():
    executor = executor_on([FakeConnection()])
    started, release = threading.Event(), threading.Event()

    def wait(_: FakeConnection) -> None:
        started.set()
        release.wait(PATIENCE)

    first = executor.submit(wait)
    assert started.wait(PATIENCE)
    waiting = [executor.submit(lambda _: None) for _ in range(300)]
    executor.shutdown(wait=False, cancel_futures=True)
    release.set()
    executor.shutdown()
    assert first.result() is None
    for future in waiting:
        with pytest.raises(CancelledError):
            future.result()
    with pytest.raises(RuntimeError, match="closed"):
        executor.submit(lambda _: None)
