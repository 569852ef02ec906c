"""Several processes at one store: order, and what a sudden death leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.store.kinds import PATIENCE, opened

ROOT = Path(__file__).parents[2]

WRITER = """
import asyncio, sys
from pathlib import Path
from tests.store.kinds import PATIENCE, opened, widget
async def main():
    path, prefix, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    async with opened(path) as store:
        async def one(number):
            made = await store.create_async(widget(f"{prefix}{number}"))
            print(made.metadata.resource_version, made.metadata.name, flush=True)
        for start in range(0, count, 5):
            await asyncio.gather(*(one(number) for number in range(start, start + 5)))
asyncio.run(main())
"""


def start_writer(path: Path, prefix: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), prefix, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_with_two_processes_committing_the_order_of_commits_is_the_order_of_revisions(run, store_path):
    """A reader that follows the log would miss any revision that became visible after a higher one."""
    count = 150

    async def follow() -> list[int]:
        async with opened(store_path) as store:
            writers = [start_writer(store_path, prefix, count) for prefix in ("a", "b")]
            wake = asyncio.Event()
            store.add_commit_listener(wake.set)
            followed: list[int] = []
            while len(followed) < 2 * count:
                cursor = followed[-1] if followed else 0
                changes = await store.changes_after_async(cursor, limit=7)
                followed += [change.revision for change in changes]
                if not changes:
                    await asyncio.wait_for(wake.wait(), PATIENCE)
                    wake.clear()
            said = [line for writer in writers for line in writer.communicate(timeout=PATIENCE)[0].splitlines()]
            acknowledged = [int(line.split()[0]) for line in said]
            assert [writer.returncode for writer in writers] == [0, 0]
            assert sorted(acknowledged) == followed
            return followed

    assert run(follow()) == list(range(1, 2 * count + 1))


def test_killing_a_writer_loses_nothing_it_was_told_is_committed(run, store_path):
    writer = start_writer(store_path, "w", 1_000_000)
    acknowledged: dict[int, str] = {}
    try:
        while len(acknowledged) < 60:
            revision, name = writer.stdout.readline().split()
            acknowledged[int(revision)] = name
    finally:
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read()
        writer.stdout.close()
        writer.wait(PATIENCE)
    acknowledged |= {int(line.split()[0]): line.split()[1] for line in rest.splitlines() if line.count(" ") == 1}

    async def story():
        async with opened(store_path, acting=True) as store:
            changes = await store.changes_after_async(0, limit=1_000_000)
            stored = {change.revision: change.image.name for change in changes}
            assert acknowledged.items() <= stored.items()
            listing = await store.list_async()
            assert {image.name for image in listing.images} == set(stored.values())
            assert len(await store.journal.after_async(0, 1_000_000)) == len(stored)
            assert (await store.statistics_async(check_integrity=True)).integrity == "ok"

    run(story())


def test_two_processes_that_make_one_store_at_once_make_one_desk(run, store_path):
    writers = [start_writer(store_path, prefix, 5) for prefix in ("a", "b")]
    for writer in writers:
        writer.communicate(timeout=PATIENCE)
        assert writer.returncode == 0

    async def story():
        async with opened(store_path, create=False) as store:
            assert len((await store.list_async()).images) == 10

    run(story())
