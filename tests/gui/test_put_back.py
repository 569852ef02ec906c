"""A store that is put back to an earlier state while a window only looks at it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from labdesk.labs.kinds import lab_scheme
from labdesk.labs.students import Student
from labdesk.store.backup import backup
from labdesk.store.lock import ProcessLock
from labdesk.store.restore import put_in_place
from labdesk.store.store import ResourceStore
from labdesk.ui.models.lab_table import LabTableModel
from tests.gui.page_world import TEMPLATE, PageWorld, play, until


def test_labs_and_templates_are_shown_as_they_were(tmp_path: Path) -> None:
    """Revisions then count from lower numbers; what is told holds all the same."""

    async def story(world: PageWorld) -> None:
        commands, path, loop = world.desk.commands, world.desk.store.path, asyncio.get_running_loop()
        model = LabTableModel(world.context.times)
        world.context.bridge.labs_changed.connect(model.apply)

        def shown() -> tuple[int, str]:
            (row,), (template,) = model.rows(), world.shelf.templates
            return row.extension, template.spec.description

        await world.add_templates("web")
        start = world.desk.clock.now().replace(year=2090)
        (lab,) = await commands.create_labs_async("web", [Student("ada@example.edu", "Ada")], start, 60)
        await until(lambda: model.rows())
        with ThreadPoolExecutor(1) as pool:
            await loop.run_in_executor(pool, backup, path, tmp_path / "backup.db")
            await commands.extend_async([lab.key], 30)
            await commands.apply_async((TEMPLATE % "web").replace("For the first steps.", "For later."))
            await until(lambda: shown() == (30, "For later."))
            await loop.run_in_executor(pool, put_in_place, tmp_path / "backup.db", path, world.desk.clock.now())
            await until(lambda: shown() == (0, "For the first steps."))

    asyncio.run(make_store(tmp_path / "desk.db"))
    other = ProcessLock(tmp_path / "desk.db")
    assert other.try_acquire("serve")  # it acts, and so not the desk of this window
    try:
        play(tmp_path, story)
    finally:
        other.release()


async def make_store(path: Path) -> None:
    store = await ResourceStore.open_async(path, lab_scheme(), lambda: datetime.now(UTC))
    await store.close_async()
