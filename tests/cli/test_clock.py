"""A computer's clock that was set back: what is asked for now lies behind all that has happened."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labdesk.labs.commands import LabCommands
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.timekeeping import SteadyClock
from labdesk.store.store import ResourceStore
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab
from tests.labs.test_timekeeping import HandClock


def test_a_lab_asked_for_with_the_clock_set_back_has_its_whole_time_before_it(
    typed: Typed, own_world: Path, tmp_path: Path
) -> None:
    ahead = HandClock()
    ahead.wall = datetime.now(UTC) + timedelta(minutes=31)

    async def commit_ahead_of_time() -> None:
        store = await ResourceStore.open_async(own_world, lab_scheme(), ahead.now)
        await LabCommands(store, SteadyClock(ahead)).apply_async(TEMPLATE)
        await store.close_async()

    asyncio.run(commit_ahead_of_time())
    manifest = tmp_path / "lab.yaml"
    manifest.write_text(lab(spec="durationMinutes: 5"), "utf-8")
    assert typed("apply", "-f", str(manifest)).code == 0
    (made,) = json.loads(typed("get", "labs", "-o", "json").out)
    assert datetime.fromisoformat(made["metadata"]["createdAt"]) >= ahead.wall
