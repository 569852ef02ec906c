"""Copied and restored stores begin a new lineage; stores that merely went on do not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from labdesk.resource.errors import RevisionExpired
from labdesk.store.backup import backup
from labdesk.store.errors import StoreCorruptError, StoreLockedError, StoreMissingError, StoreNewerError
from labdesk.store.lock import ProcessLock
from labdesk.store.restore import put_in_place, restore
from labdesk.store.writes import NewEvent
from tests.store.kinds import PATIENCE, T0, opened, widget


async def act(path: Path, *names: str) -> tuple[str, int]:
    """Act once on the store, create widgets, and return lineage and epoch."""
    async with opened(path, acting=True) as store:
        for name in names:
            await store.create_async(widget(name))
        return store.lineage, store.epoch


async def names_in(path: Path) -> list[str]:
    async with opened(path) as store:
        return sorted(image.name for image in (await store.list_async()).images)


def test_acting_again_keeps_the_lineage_and_raises_the_epoch(run, store_path):
    first, second = run(act(store_path, "a")), run(act(store_path))
    assert first[0] == second[0]
    assert (first[1], second[1]) == (1, 2)


def test_a_moved_store_keeps_its_lineage(run, store_path, tmp_path):
    lineage, _ = run(act(store_path))
    moved = tmp_path / "moved.db"
    store_path.rename(moved)
    assert run(act(moved))[0] == lineage


def test_a_copied_store_begins_a_lineage_and_the_original_goes_on(run, store_path, tmp_path):
    lineage, _ = run(act(store_path, "a"))
    copy = tmp_path / "copy.db"
    shutil.copy2(store_path, copy)
    copied, _ = run(act(copy))
    assert copied != lineage
    assert run(act(copy))[0] == copied
    assert run(act(store_path))[0] == lineage


def test_older_contents_written_over_the_file_are_noticed(run, store_path, tmp_path):
    lineage, _ = run(act(store_path, "a"))
    kept = store_path.read_bytes()
    _, epoch = run(act(store_path, "b"))
    store_path.write_bytes(kept)
    put_back, raised = run(act(store_path))
    assert put_back != lineage
    assert raised > epoch, "whoever acted on the newer contents is fenced off too"


def test_a_cursor_of_the_former_lineage_expires(run, store_path, tmp_path):
    async def story():
        await act(store_path, "a", "b")
        copy = tmp_path / "copy.db"
        shutil.copy2(store_path, copy)
        async with opened(copy) as store:
            listing = await store.list_async()
            await store.take_epoch_async()
            with pytest.raises(RevisionExpired, match="list again"):
                await store.changes_after_async(listing.revision, lineage=listing.lineage)
            fresh = await store.list_async()
            assert await store.changes_after_async(fresh.revision, lineage=fresh.lineage) == []

    run(story())


def test_a_cursor_beyond_the_head_expires(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget())
            with pytest.raises(RevisionExpired, match="beyond"):
                await store.changes_after_async(2)

    run(story())


def test_restoring_puts_the_backup_in_place_with_a_new_lineage_and_a_higher_epoch(run, store_path, tmp_path):
    kept = tmp_path / "backups.db"

    async def story():
        async with opened(store_path, acting=True) as store:
            await store.create_async(widget("a"))
            backup(store.path, kept)
            await store.create_async(widget("b"))
            former = (store.lineage, store.epoch, store.desk_id)
        restore(kept, store_path, T0)
        async with opened(store_path, acting=True) as store:
            assert store.lineage != former[0]
            assert store.epoch > former[1]
            assert store.desk_id == former[2]
            assert [image.name for image in (await store.list_async()).images] == ["a"]
            begun = store.lineage
        assert (await act(store_path))[0] == begun

    run(story())
    assert sorted(path.name for path in tmp_path.iterdir() if "restoring" in path.name or "partial" in path.name) == []


@pytest.mark.parametrize("way", ["restored", "copied"])
def test_an_event_s_id_is_given_once_although_numbers_are_given_again(run, store_path, tmp_path, way):
    kept, copy = tmp_path / "kept.db", tmp_path / "copy.db"

    async def written(path, name):
        async with opened(path, acting=True) as store:
            await store.create_async(widget(name))
            await store.journal.append_async([NewEvent("desk.told", "desk", T0, "info", "Told", "Told.")])
            return [event.id for event in await store.journal.after_async(0)]

    async def story():
        before = await written(store_path, "a")
        async with opened(store_path) as store:
            backup(store.path, kept)
        original = await written(store_path, "b")
        if way == "restored":
            restore(kept, store_path, T0)
        else:
            shutil.copy2(kept, copy)
        again = await written(store_path if way == "restored" else copy, "c")
        assert before == ["rev-1", "evt-2"]
        assert original == [*before, "rev-2", "evt-4"]
        assert again[:2] == before, "what was told before keeps its id"
        assert [one.split("-")[:2] for one in again[2:]] == [["rev", "2"], ["evt", "4"]]
        assert set(again[2:]).isdisjoint(original)

    run(story())


def test_an_observer_with_the_store_open_hears_of_the_restore_and_must_list_again(run, store_path, tmp_path):
    import asyncio

    async def story():
        await act(store_path, "a")
        async with opened(store_path) as observer:
            kept = tmp_path / "backup.db"
            backup(observer.path, kept)
            await act(store_path, "b")
            listing = await observer.list_async()
            wake = asyncio.Event()
            observer.add_commit_listener(wake.set)
            put_in_place(kept, store_path, T0)
            await asyncio.wait_for(wake.wait(), PATIENCE)
            with pytest.raises(RevisionExpired):
                await observer.changes_after_async(listing.revision, lineage=listing.lineage)
            fresh = await observer.list_async()
            assert [image.name for image in fresh.images] == ["a"]
            assert await observer.changes_after_async(fresh.revision, lineage=fresh.lineage) == []

    run(story())


def test_nothing_is_restored_while_a_process_acts(run, store_path, tmp_path):
    kept = tmp_path / "backup.db"

    async def make_backup():
        async with opened(store_path, acting=True) as store:
            await store.create_async(widget("a"))
            backup(store.path, kept)

    run(make_backup())
    lock = ProcessLock(store_path)
    assert lock.try_acquire("window")
    with pytest.raises(StoreLockedError, match="labdesk window"):
        restore(kept, store_path, T0)
    lock.release()
    restore(kept, store_path, T0)


def test_a_bad_backup_changes_nothing(run, store_path, tmp_path):
    run(act(store_path, "a"))
    before = store_path.read_bytes()
    bad = tmp_path / "bad.db"
    with pytest.raises(StoreMissingError):
        restore(bad, store_path, T0)
    bad.write_bytes(b"nothing" * 1000)
    with pytest.raises(StoreCorruptError, match=r"bad\.db"):
        restore(bad, store_path, T0)
    newer = tmp_path / "newer.db"
    shutil.copy2(store_path, newer)
    from tests.store.test_opening import set_schema

    set_schema(newer, 9)
    with pytest.raises(StoreNewerError):
        restore(newer, store_path, T0)
    assert store_path.read_bytes() == before


def test_a_damaged_store_is_set_aside_for_the_backup(run, store_path, tmp_path):
    kept = tmp_path / "backup.db"

    async def make_backup():
        async with opened(store_path, acting=True) as store:
            await store.create_async(widget("a"))
            backup(store.path, kept)

    run(make_backup())
    store_path.write_bytes(b"damaged" * 1000)
    restore(kept, store_path, T0)
    assert run(names_in(store_path)) == ["a"]
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == b"damaged" * 1000


def test_a_backup_is_restored_where_no_store_is(run, store_path, tmp_path):
    kept = tmp_path / "backup.db"

    async def make_backup():
        async with opened(store_path, acting=True) as store:
            await store.create_async(widget("a"))
            backup(store.path, kept)

    run(make_backup())
    fresh = tmp_path / "fresh.db"
    restore(kept, fresh, T0)
    assert run(names_in(fresh)) == ["a"]
