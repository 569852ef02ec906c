"""`labdesk logs`: the log that was kept, and which run of the lab it is from."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from labdesk.labs.kinds import lab_scheme
from labdesk.store.store import ResourceStore
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.test_get import change


def keep(path: Path, uid: str, text: str) -> None:
    """Keep a log as the acting process does when it removes a container."""

    async def save() -> None:
        store = await ResourceStore.open_async(path, lab_scheme(), lambda: datetime.now(UTC))
        await store.take_epoch_async()
        await store.logs.save_async(uid, 2, text)
        await store.close_async()

    asyncio.run(save())


def test_the_kept_log_is_shown_with_the_run_it_is_from(
    typed: Typed, applied: Callable[[str], None], own_world: Path
) -> None:
    applied(together(TEMPLATE, lab()))
    (stored,) = json.loads(typed("get", "labs", "-o", "json").out)
    keep(own_world, stored["metadata"]["uid"], "one\ntwo\nthree\n")
    done = typed("logs", "ada-web")
    assert (done.code, done.out) == (0, "one\ntwo\nthree\n")
    assert done.err.startswith("ada-web, run 2, kept when it ended")
    assert typed("logs", "ada-web", "--tail", "1", "-f").out == "three\n"


def test_without_a_log_the_phase_says_why(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(together(TEMPLATE, lab()))
    done = typed("logs", "ada-web")
    assert (done.code, done.out, done.err) == (1, "", "There is no log of ada-web yet: it is PENDING.\n")
    assert "There is no lab named nobody (namespace default)" in typed("logs", "nobody").err


def test_the_simulated_engine_is_said_to_live_elsewhere(
    typed: Typed, applied: Callable[[str], None], own_world: Path
) -> None:
    applied(together(TEMPLATE, lab()))
    change(
        own_world,
        "ada-web",
        lambda old: old.with_status(engine_id="simulated", container_id="c1", cleaned_up=False),
    )
    done = typed("logs", "ada-web")
    assert done.code == 1
    assert "only the process that runs it can show" in done.err
