"""Retention: the log loses its beginning, never its meaning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labdesk.resource.errors import RevisionExpired
from labdesk.resource.events import ResourceChangeType, ResourceImage
from labdesk.store import compaction
from labdesk.store.errors import NotActingError
from labdesk.store.store import ResourceStore
from labdesk.store.views import IMAGE_COLUMNS, image_of
from tests.store.kinds import T0, ManualClock, opened, widget


async def snapshot_of(store: ResourceStore) -> list[ResourceImage]:
    """Return the state at the log's horizon, as the file has it."""

    def rows(connection):
        return [image_of(store.scheme, row) for row in connection.execute(f"SELECT {IMAGE_COLUMNS} FROM snapshot")]

    return await store._access.read(rows)


def test_a_cursor_older_than_the_log_expires_and_one_at_the_horizon_does_not(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, acting=True, now=clock) as store:
            made = await store.create_async(widget())
            painted = await store.update_async(made, made.with_spec(color="blue"))
            clock.advance(days=1)
            again = await store.update_async(painted, painted.with_spec(color="green"))
            assert await store.compact_async(clock()) == 2
            with pytest.raises(RevisionExpired, match="List again"):
                await store.changes_after_async(1)
            (change,) = await store.changes_after_async(2)
            assert change.old_image.decode() == painted, "the image before lives in the snapshot"
            assert change.image.decode() == again
            assert len(await store.journal.after_async(0)) == 3
            figures = await store.statistics_async()
            assert (figures.rows["change"], figures.rows["snapshot"], figures.horizon) == (1, 1, 2)
            assert figures.last_compaction == clock()

    run(story())


def test_a_log_compacted_to_its_end_goes_on_with_new_revisions(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, acting=True, now=clock) as store:
            made = await store.create_async(widget())
            await store.remove_async(await store.create_async(widget("gone")))
            clock.advance(days=1)
            assert await store.compact_async(clock()) == 3
            assert (await store.head_async(), (await store.list_async()).revision) == (3, 3)
            assert await store.changes_after_async(3) == []
            painted = await store.update_async(made, made.with_spec(color="blue"))
            assert painted.metadata.resource_version == 4
            (change,) = await store.changes_after_async(3)
            assert change.old_image.decode() == made
            assert [image.name for image in await snapshot_of(store)] == ["a"]

    run(story())


def test_the_log_has_no_gaps_when_the_clock_once_went_back(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, acting=True, now=clock) as store:
            clock.advance(days=2)
            await store.create_async(widget("late"))
            clock.advance(days=-2)
            await store.create_async(widget("early"))
            assert await store.compact_async(T0 + timedelta(days=1)) == 0
            assert len(await store.changes_after_async(0)) == 2

    run(story())


def test_only_the_acting_process_compacts(run, store_path):
    async def story():
        async with opened(store_path) as store:
            with pytest.raises(NotActingError):
                await store.compact_async(T0)

    run(story())


ACTIONS = st.lists(st.tuples(st.sampled_from(["make", "paint", "remove", "compact"]), st.integers(0, 2)), max_size=20)


@example(actions=[("make", 0), ("make", 1), ("compact", 0), ("remove", 0), ("compact", 0), ("make", 0)], step=4)
@given(actions=ACTIONS, step=st.integers(1, 4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_snapshot_and_log_replay_to_the_same_state_whatever_happened(run, tmp_path_factory, monkeypatch, actions, step):
    monkeypatch.setattr(compaction, "STEP", step)

    async def story():
        path = tmp_path_factory.mktemp("replay") / "desk.db"
        async with opened(path, acting=True) as store:
            alive = {}
            for action, number in actions:
                name = f"w{number}"
                if action == "make" and name not in alive:
                    alive[name] = await store.create_async(widget(name))
                elif action == "paint" and name in alive:
                    color = f"c{alive[name].metadata.generation}"
                    alive[name] = await store.update_async(alive[name], alive[name].with_spec(color=color))
                elif action == "remove" and name in alive:
                    await store.remove_async(alive.pop(name))
                elif action == "compact":
                    await store.compact_async(T0 + timedelta(days=1))
            state = {image.uid: image.decode() for image in await snapshot_of(store)}
            for change in await store.changes_after_async((await store.statistics_async()).horizon):
                before = state.pop(change.uid, None)
                assert before == (change.old_image and change.old_image.decode())
                if change.change_type is not ResourceChangeType.DELETED:
                    state[change.uid] = change.image.decode()
            assert state == {image.uid: image.decode() for image in (await store.list_async()).images}

    run(story())
