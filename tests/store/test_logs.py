"""The end of a lab's log is kept as long as the lab is."""

from __future__ import annotations

import pytest

from labdesk.resource.errors import ResourceNotFoundError
from labdesk.store.errors import NotActingError
from labdesk.store.logs import LIMIT_BYTES
from tests.store.kinds import T0, opened, widget


def test_the_latest_log_of_a_lab_is_kept_until_the_lab_is_removed(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget())
            uid = made.metadata.uid
            assert await store.logs.get_async(uid) is None
            await store.logs.save_async(uid, 1, "one\ntwo")
            await store.logs.save_async(uid, 2, "drei\nähm")
            kept = await store.logs.get_async(uid)
            assert (kept.incarnation, kept.saved_at, kept.text) == (2, T0, "drei\nähm")
            await store.remove_async(made)
            assert await store.logs.get_async(uid) is None
            with pytest.raises(ResourceNotFoundError):
                await store.logs.save_async(uid, 2, "late")

    run(story())


def test_of_an_endless_log_the_last_whole_lines_are_kept(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            uid = (await store.create_async(widget())).metadata.uid
            lines = [f"ü line {number}" for number in range(40_000)]
            await store.logs.save_async(uid, 1, "\n".join(lines))
            text = (await store.logs.get_async(uid)).text
            kept = text.split("\n")
            assert kept == lines[-len(kept) :]
            assert LIMIT_BYTES - 100 < len(text.encode()) <= LIMIT_BYTES

    run(story())


def test_an_observer_keeps_no_logs(run, store_path):
    async def story():
        async with opened(store_path) as store:
            made = await store.create_async(widget())
            with pytest.raises(NotActingError):
                await store.logs.save_async(made.metadata.uid, 1, "x")

    run(story())
