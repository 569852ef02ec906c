"""`labdesk metrics`: the acting process's numbers with their age, never the zeros of a fresh process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labdesk.desk import METRICS_KEY
from labdesk.labs.kinds import lab_scheme
from labdesk.store.store import ResourceStore
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE


def keep(path: Path, at: datetime) -> None:
    """Store metrics as the acting process does."""

    async def save() -> None:
        store = await ResourceStore.open_async(path, lab_scheme(), lambda: datetime.now(UTC))
        values = {"reconciliations_total": 17, "cache_hit_ratio": 0.5}
        await store.commit_async([], values={METRICS_KEY: {"at": at.isoformat(), "values": values}})
        await store.close_async()

    asyncio.run(save())


def test_where_nobody_ever_acted_there_are_none(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(TEMPLATE)
    done = typed("metrics")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("There are no metrics yet: no process has run labs on this store")


def test_values_come_with_their_age(typed: Typed, own_world: Path) -> None:
    keep(own_world, datetime.now(UTC) - timedelta(minutes=5))
    table = typed("metrics").out.splitlines()
    assert table[1].split() == ["reconciliations_total", "17"]
    assert table[-1] == "Counted 5 min ago: values of the last process that ran labs; none does now."
    told = json.loads(typed("metrics", "-o", "json").out)
    assert told["values"]["cache_hit_ratio"] == 0.5
    assert told["ageSeconds"] >= 300
    assert told["acting"] is False


def test_prometheus_gets_its_own_format_under_the_same_names(typed: Typed, own_world: Path) -> None:
    keep(own_world, datetime.now(UTC) + timedelta(hours=1))
    text = typed("metrics", "-o", "prometheus").out
    assert "\n# TYPE reconciliations_total untyped\nreconciliations_total 17.0\n" in text
    assert "# HELP reconciliations_total Reconciliation attempts that ended\n" in text
    assert "\nlabdesk_metrics_age_seconds 0.0\n" in text
