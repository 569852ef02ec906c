"""Small values with their age, apart from what the store keeps for itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labdesk.store.errors import NotActingError
from tests.store.kinds import T0, ManualClock, opened


def test_values_have_their_time_and_are_listed_by_beginning(run, store_path):
    async def story():
        clock = ManualClock()
        async with opened(store_path, now=clock) as store:
            await store.take_epoch_async()
            assert await store.meta.get_async("metrics") is None
            await store.meta.set_async("metrics", {"a": 1.5})
            clock.advance(seconds=7)
            await store.meta.set_async("ticket/b", [1, None, "ü"])
            await store.meta.set_async("ticket/a", "x")
            await store.meta.set_async("tickets", False)
            found = await store.meta.find_async("metrics")
            assert (found.value, clock() - found.saved_at) == ({"a": 1.5}, timedelta(seconds=7))
            assert {key: each.value for key, each in (await store.meta.list_async("ticket/")).items()} == {
                "ticket/a": "x",
                "ticket/b": [1, None, "ü"],
            }
            await store.meta.delete_async("ticket/a")
            await store.meta.delete_async("ticket/a")
            assert list(await store.meta.list_async()) == ["metrics", "ticket/b", "tickets"]
            assert (await store.meta.find_async("tickets")).saved_at == T0 + timedelta(seconds=7)

    run(story())


def test_no_value_can_change_what_the_store_keeps_for_itself(run, store_path):
    async def story():
        async with opened(store_path) as store:
            await store.take_epoch_async()
            for key in ("epoch", "schema", "lineage", "desk_id"):
                await store.commit_async([], values={key: "mine"})
                await store.meta.delete_async(key)
            identity = (store.desk_id, store.lineage)
        async with opened(store_path) as store:
            assert (store.desk_id, store.lineage) == identity
            assert await store.take_epoch_async() == 2

    run(story())


def test_only_the_acting_process_sets_and_forgets_values_by_themselves(run, store_path):
    async def story():
        async with opened(store_path) as former, opened(store_path) as store:
            await former.take_epoch_async()
            await former.meta.set_async("kept", "a promise")
            await store.take_epoch_async()
            told: list[str] = []
            former.add_fenced_off_listener(lambda: told.append("fenced off"))
            for _ in range(2):
                with pytest.raises(NotActingError):
                    await former.meta.set_async("metrics", "stale")
                with pytest.raises(NotActingError):
                    await former.meta.delete_async("kept")
            assert (told, former.is_acting) == (["fenced off"], False)
            assert {key: each.value for key, each in (await store.meta.list_async()).items()} == {"kept": "a promise"}

    run(story())
