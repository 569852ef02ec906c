"""Figures of the store."""

from __future__ import annotations

from labdesk.store.work import WorkItem
from tests.store.kinds import opened, widget


def test_sizes_rows_and_integrity_are_reported(run, store_path):
    async def story():
        async with opened(store_path, acting=True) as store:
            made = await store.create_async(widget())
            await store.update_async(made, made.with_status(note="x"))
            await store.work.save_async(WorkItem(made.key))
            figures = await store.statistics_async()
            assert figures.rows == {"resource": 1, "change": 2, "snapshot": 0, "journal": 2, "work": 1, "kept_log": 0}
            assert figures.file_bytes > 0
            assert figures.wal_bytes > 0
            assert (figures.integrity, figures.last_compaction, figures.horizon) == ("", None, 0)
            assert (await store.statistics_async(check_integrity=True)).integrity == "ok"

    run(story())
