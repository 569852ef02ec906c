"""The log's end from memory says exactly what the file says, and only as far as this process wrote it."""

from __future__ import annotations

import pytest

from labdesk.resource.errors import ResourceConflictError
from labdesk.store import reads, recent
from labdesk.store.connection import WriterConnection
from labdesk.store.driver import dbapi
from labdesk.store.errors import StoreError
from labdesk.store.recent import CommittedWrites
from labdesk.store.store import ResourceStore
from labdesk.store.views import ResourceChange
from labdesk.store.writes import Update
from tests.store.kinds import ManualClock, opened, widget


def told(changes: list[ResourceChange]) -> list[tuple[object, ...]]:
    return [
        (
            change.change_type,
            change.revision,
            change.uid,
            change.time,
            change.image.key,
            change.image.revision,
            change.image.decode(),
            change.old_image and (change.old_image.revision, change.old_image.key, change.old_image.decode()),
        )
        for change in changes
    ]


async def from_file(store: ResourceStore, revision: int, limit: int = 1000) -> list[ResourceChange]:
    return await store._access.read(reads.changes_after, store.scheme, revision, limit, store.lineage)


def from_memory(store: ResourceStore, revision: int, limit: int = 1000) -> list[ResourceChange] | None:
    return store._access.recent.after(revision, limit, store.lineage)


def test_memory_and_file_tell_the_same(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, acting=True, now=clock) as store:
            made = await store.create_async(widget("a", due=clock.time))
            clock.advance(microseconds=1)
            painted = await store.update_async(made, made.with_spec(color="blue"))
            noted = await store.update_async(painted, painted.with_status(note="dry"))
            await store.create_async(widget("b"))
            await store.remove_async(noted)
            for revision in range(5):
                in_memory = from_memory(store, revision)
                assert in_memory is not None
                assert told(in_memory) == told(await from_file(store, revision))
                assert [change.resource for change in in_memory] == [change.image.decode() for change in in_memory]
                assert [image.old_image and image.old_image.body for image in in_memory] == [
                    image.old_image and image.old_image.body for image in await from_file(store, revision)
                ]
            assert told(from_memory(store, 1, 2) or []) == told(await from_file(store, 1, 2))
            assert from_memory(store, 5) is None, "whether another process went on from here, only the file knows"

    run(story())


def test_another_process_s_commit_begins_the_run_anew(run, store_path):
    async def story():
        async with opened(store_path) as here, opened(store_path) as there:
            for name in ("a", "b"):
                await here.create_async(widget(name))
            await there.create_async(widget("foreign"))
            await here.create_async(widget("c"))
            assert from_memory(here, 1) is None
            assert [change.image.name for change in from_memory(here, 3) or []] == ["c"]
            names = [change.image.name for change in await here.changes_after_async(0)]
            assert names == ["a", "b", "foreign", "c"]

    run(story())


def test_what_was_undone_or_refused_is_not_in_it(run, store_path):
    async def story():
        async with opened(store_path) as store:
            made = await store.create_async(widget("a"))
            await store.update_async(made, made.with_spec(color="blue"))
            rival = Update(made, made.with_spec(color="green"))
            for _ in range(2):
                with pytest.raises(ResourceConflictError):
                    await store.commit_async([rival])
            await store.create_async(widget("b"))
            assert [change.revision for change in from_memory(store, 0) or []] == [1, 2, 3]

    run(story())


def test_it_keeps_a_bounded_run(run, store_path, monkeypatch):
    monkeypatch.setattr(recent, "LIMIT", 3)

    async def story():
        async with opened(store_path) as store:
            for number in range(5):
                await store.create_async(widget(f"w{number}"))
            assert from_memory(store, 1) is None
            assert [change.revision for change in from_memory(store, 2) or []] == [3, 4, 5]
            assert [change.revision for change in await store.changes_after_async(0)] == [1, 2, 3, 4, 5]

    run(story())


def test_another_lineage_asks_the_file(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget("a"))
            assert store._access.recent.after(0, 10, "another") is None

    run(story())


def test_what_a_full_disk_undid_is_never_told(run, store_path):
    """SQLite rolls back by itself then; the next write, which makes no revision, must not pass it off as made."""

    async def story():
        async with opened(store_path) as store:
            made = await store.create_async(widget("a"))
            commit = WriterConnection.commit

            def full(self: WriterConnection) -> None:
                self._announce((self.revision, self.sequence), CommittedWrites(self.made, self.lineage))
                self._control("ROLLBACK")
                raise dbapi.OperationalError("database or disk is full")

            WriterConnection.commit = full
            try:
                with pytest.raises(StoreError):
                    await store.update_async(made, made.with_spec(color="blue"))
            finally:
                WriterConnection.commit = commit
            heads = store._access.own_heads()
            await store.commit_async([], values={"metrics": {"at": "now"}})
            assert store._access.heads == heads == (1, 1)
            assert [change.revision for change in from_memory(store, 0) or []] == [1]
            again = await store.update_async(made, made.with_spec(color="green"))
            assert again.metadata.resource_version == 2
            assert [change.image.decode().spec.color for change in from_memory(store, 0) or []] == ["red", "green"]

    run(story())
