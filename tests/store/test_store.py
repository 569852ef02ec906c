"""Resources, their revisions and their compare-and-swap."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from labdesk.resource.errors import (
    InvalidResourceError,
    ResourceConflictError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from labdesk.resource.events import ResourceChangeType
from labdesk.resource.resource import ResourceMetadata
from labdesk.store.errors import NotActingError, StoreClosedError, StoreMissingError
from labdesk.store.writes import Create, NewEvent, Remove, Update
from tests.store.kinds import PATIENCE, T0, Gadget, ManualClock, Widget, opened, widget


def test_a_created_resource_gets_uid_time_generation_and_revision(run, store_path):
    async def story():
        async with opened(store_path) as store:
            made = await store.create_async(widget("a"))
            assert len(made.metadata.uid) == 16
            assert made.metadata.created_at == T0
            assert (made.metadata.generation, made.metadata.resource_version) == (1, 1)
            assert await store.get_async("Widget", "default", "a") == made
            assert await store.find_uid_async(made.metadata.uid) == made

    run(story())


def test_a_spec_change_raises_the_generation_and_a_status_change_does_not(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget())
            painted = await store.update_async(made, made.with_spec(color="blue"))
            noted = await store.update_async(painted, painted.with_status(note="dry"))
            labelled = await store.update_async(noted, noted.with_metadata(labels={"x": "y"}, generation=99))
            assert [each.metadata.generation for each in (made, painted, noted, labelled)] == [1, 2, 2, 2]
            changes = await store.changes_after_async(0)
            assert [change.change_type for change in changes] == [
                ResourceChangeType.CREATED,
                ResourceChangeType.UPDATED,
                ResourceChangeType.STATUS_UPDATED,
                ResourceChangeType.UPDATED,
            ]

    run(story())


def test_the_log_gives_before_and_after_of_each_change_in_order(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget())
            painted = await store.update_async(made, made.with_spec(color="blue"))
            await store.remove_async(painted)
            changes = await store.changes_after_async(0)
            assert [change.revision for change in changes] == [1, 2, 3]
            assert [change.old_image and change.old_image.decode() for change in changes] == [None, made, painted]
            last = changes[-1]
            assert last.change_type is ResourceChangeType.DELETED
            assert last.image.decode().spec == painted.spec
            assert [change.revision for change in await store.changes_after_async(2)] == [3]
            history = await store.changes_of_async(made.metadata.uid, limit=2)
            assert [change.revision for change in history] == [2, 3]

    run(story())


def test_a_stale_writer_gets_a_conflict_and_changes_nothing(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget())
            winner = await store.update_async(made, made.with_spec(color="blue"))
            with pytest.raises(ResourceConflictError):
                await store.update_async(made, made.with_spec(color="green"))
            with pytest.raises(ResourceConflictError):
                await store.remove_async(made)
            assert await store.get_async("Widget", "default", "a") == winner
            assert await store.head_async() == winner.metadata.resource_version

    run(story())


def test_of_many_writers_of_one_version_exactly_one_wins(run, store_path):
    async def story():
        async with opened(store_path) as store:
            made = await store.create_async(widget())
            attempts = [store.update_async(made, made.with_spec(color=f"c{number}")) for number in range(20)]
            outcomes = await asyncio.gather(*attempts, return_exceptions=True)
            winners = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
            assert len(winners) == 1
            assert sum(isinstance(outcome, ResourceConflictError) for outcome in outcomes) == 19
            assert await store.get_async("Widget", "default", "a") == winners[0]
            assert len(await store.changes_after_async(0)) == 2

    run(story())


def test_a_commit_is_all_or_nothing(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget("taken"))
            event = NewEvent("desk.told", "default/x", T0, "info", "Told", "Told.")
            with pytest.raises(ResourceExistsError):
                await store.commit_async([Create(widget("fresh")), Create(widget("taken"))], [event])
            assert [image.name for image in (await store.list_async()).images] == ["taken"]
            assert len(await store.journal.latest_async()) == 1
            assert await store.head_async() == 1

    run(story())


def test_an_update_without_a_difference_writes_nothing_but_still_meets_conflicts(run, store_path):
    async def story():
        async with opened(store_path) as store:
            made = await store.create_async(widget())
            assert await store.update_async(made, made.with_metadata(generation=7)) == made
            assert await store.head_async() == 1
            await store.update_async(made, made.with_spec(color="blue"))
            with pytest.raises(ResourceConflictError):
                await store.update_async(made, made)

    run(story())


def test_identity_and_forbidden_edits_are_refused_by_name(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget())
            with pytest.raises(InvalidResourceError, match=r"metadata\.name"):
                await store.update_async(made, made.with_metadata(name="b"))
            with pytest.raises(InvalidResourceError, match="kind"):
                await store.commit_async([Update(made, Gadget(metadata=made.metadata))])
            sealed = await store.update_async(made, made.with_status(phase="SEALED"))
            with pytest.raises(InvalidResourceError, match=r"spec\.color"):
                await store.update_async(sealed, sealed.with_spec(color="blue"))
            deleting = await store.update_async(sealed, sealed.with_metadata(deletion_timestamp=T0))
            with pytest.raises(InvalidResourceError, match=r"metadata\.deletionTimestamp"):
                await store.update_async(deleting, deleting.with_metadata(deletion_timestamp=None))

    run(story())


def test_what_is_not_there_is_not_found(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget())
            await store.remove_async(made)
            with pytest.raises(ResourceNotFoundError) as caught:
                await store.get_async("Widget", "default", "a")
            assert str(caught.value) == (
                "There is no widget named a (namespace default); check the name and namespace."
            )
            with pytest.raises(ResourceNotFoundError):
                await store.update_async(made, made.with_spec(color="blue"))
            assert await store.find_uid_async(made.metadata.uid) is None

    run(story())


def test_a_name_used_again_is_another_resource_with_a_later_revision(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            first = await store.create_async(widget())
            await store.remove_async(first)
            second = await store.create_async(widget())
            assert second.metadata.uid != first.metadata.uid
            assert second.metadata.resource_version == 3
            with pytest.raises(ResourceConflictError):
                await store.update_async(first, first.with_spec(color="blue"))

    run(story())


def test_revisions_are_not_used_again_after_everything_was_removed(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            await store.remove_async(await store.create_async(widget()))
        async with opened(store_path) as store:
            assert (await store.create_async(widget())).metadata.resource_version == 3

    run(story())


def test_observers_write_specs_and_deletions_but_neither_status_nor_finalizers_nor_removals(run, store_path):
    async def story():
        async with opened(store_path) as store:
            made = await store.create_async(widget())
            painted = await store.update_async(made, made.with_spec(color="blue"))
            deleting = await store.update_async(painted, painted.with_metadata(deletion_timestamp=T0))
            for forbidden in (
                Update(deleting, deleting.with_status(note="seen")),
                Update(deleting, deleting.with_metadata(finalizers=("labdesk/container",))),
                Remove(deleting),
            ):
                with pytest.raises(NotActingError):
                    await store.commit_async([forbidden])
            assert await store.get_async("Widget", "default", "a") == deleting

    run(story())


def test_a_taken_epoch_fences_off_whoever_acted_before(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as former, opened(store_path) as later:
            made = await former.create_async(widget())
            assert await later.take_epoch_async() == former.epoch + 1
            with pytest.raises(NotActingError):
                await former.update_async(made, made.with_status(note="late"))
            assert not former.is_acting
            noted = await later.update_async(made, made.with_status(note="new"))
            assert (await former.get_async("Widget", "default", "a")) == noted
            later.stop_acting()
            with pytest.raises(NotActingError):
                await later.remove_async(noted)

    run(story())


def test_listing_is_filtered_and_of_one_revision(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget("a"))
            await store.create_async(widget("b", "other"))
            await store.create_async(Gadget(metadata=ResourceMetadata(name="g")))
            listing = await store.list_async()
            assert (len(listing.images), listing.revision, listing.lineage) == (3, 3, store.lineage)
            assert [image.name for image in (await store.list_async("Widget")).images] == ["a", "b"]
            assert [image.name for image in (await store.list_async("Widget", "other")).images] == ["b"]
            assert [image.name for image in (await store.list_async(None, "default")).images] == ["a", "g"]
            assert listing.images[0].decode().metadata.resource_version == listing.images[0].revision

    run(story())


def test_due_resources_are_found_by_phase_and_time(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            for minutes in (30, 10, 20):
                due = T0 + timedelta(minutes=minutes, microseconds=1)
                await store.create_async(widget(f"w{minutes}", due=due))
            undated = await store.create_async(widget("undated"))
            await store.update_async(undated, undated.with_status(phase="OLD"))

            async def names(phases, before):
                return [image.name for image in await store.query_async("Widget", phases, before, 10)]

            assert await names(["NEW"], T0 + timedelta(minutes=25)) == ["w10", "w20"]
            assert await names(["OLD"], None) == ["undated"]
            assert await names(["NEW", "OLD"], None) == ["undated", "w10", "w20", "w30"]
            assert await names([], None) == []
            first = T0 + timedelta(minutes=10, microseconds=1)
            between = await store.query_async("Widget", ["NEW"], T0 + timedelta(minutes=25), 10, due_after=first)
            assert [image.name for image in between] == ["w20"]
            assert await store.next_due_async("Widget", ["NEW", "OLD"], None) == first
            assert await store.next_due_async("Widget", ["NEW"], first) == T0 + timedelta(minutes=20, microseconds=1)
            assert await store.next_due_async("Widget", ["OLD"], None) is None

    run(story())


def test_listeners_hear_of_a_commit_before_the_committer_goes_on(run, store_path):
    async def story():
        async with opened(store_path) as store:
            heard: list[str] = []
            store.add_commit_listener(lambda: heard.append("wake"))
            await store.create_async(widget())
            assert heard == ["wake"]
            await store.journal.append_async([NewEvent("desk.told", "desk", T0, "info", "Told", "Told.")])
            assert heard == ["wake", "wake"]
            await store.commit_async([], values={"x": 1})
            assert heard == ["wake", "wake"], "values wake nobody"
            with pytest.raises(ResourceExistsError):
                await store.create_async(widget())
            assert heard == ["wake", "wake"], "a refused commit wakes nobody"

    run(story())


def test_another_instances_commit_is_heard_too(run, store_path):
    async def story():
        async with opened(store_path) as here, opened(store_path) as there:
            heard = asyncio.Event()
            here.add_commit_listener(heard.set)
            await there.create_async(widget())
            await asyncio.wait_for(heard.wait(), PATIENCE)
            assert (await here.changes_after_async(0))[0].image.name == "a"
            heard.clear()
            await there.journal.append_async([NewEvent("desk.told", "desk", T0, "info", "Told", "Told.")])
            await asyncio.wait_for(heard.wait(), PATIENCE)

    run(story())


def test_a_store_is_made_only_where_one_is_wanted(run, store_path: Path):
    async def story():
        with pytest.raises(StoreMissingError):
            async with opened(store_path, create=False):
                pass

    run(story())
    assert not store_path.exists()


def test_a_closed_store_says_so(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.create_async(widget())
        with pytest.raises(StoreClosedError):
            await store.create_async(widget("b"))
        with pytest.raises(StoreClosedError):
            await store.list_async()

    run(story())


def test_values_are_committed_with_the_writes_or_not_at_all(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, now=clock) as store:
            await store.commit_async([Create(widget())], values={"ticket/1": {"container": "c1"}})
            assert await store.meta.get_async("ticket/1") == {"container": "c1"}
            with pytest.raises(ResourceExistsError):
                await store.commit_async([Create(widget())], values={"ticket/2": 1, "ticket/1": None})
            assert list(await store.meta.list_async("ticket/")) == ["ticket/1"]
            await store.commit_async([], values={"ticket/1": None})
            assert await store.meta.get_async("ticket/1") is None

    run(story())


def test_a_large_commit_is_prepared_beside_the_loop(run, store_path, monkeypatch):
    threads: set[str] = set()
    describe = Widget.describe_change

    def noting(self, old):
        threads.add(threading.current_thread().name)
        return describe(self, old)

    monkeypatch.setattr(Widget, "describe_change", noting)

    async def story():
        async with opened(store_path) as store:
            made = await store.commit_async([Create(widget(f"w{number}")) for number in range(200)])
            assert [each.metadata.resource_version for each in made] == list(range(1, 201))
            assert threading.current_thread().name not in threads
            with pytest.raises(InvalidResourceError):
                await store.commit_async([Update(made[0], each) for each in made[:100]])

    run(story())
