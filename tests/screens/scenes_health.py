"""The Health page: a desk that has worked for a morning, and what a busy ten minutes look like in its charts."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from labdesk.ui.pages.health.course import Sample
from labdesk.ui.pages.health.page import HealthPage
from labdesk.ui.pages.health.snapshot import Heartbeat, RecordedError
from tests.screens.scenes import scene
from tests.screens.stage import Stage
from tests.screens.world import NOW

_NOW = {
    "watch_loop_iterations": 2_318,
    "changes_detected": 1_412,
    "events_published": 1_412,
    "reconciliations_total": 2_530,
    "reconciliations_successful": 2_418,
    "reconciliations_requeued": 111,
    "reconciliations_failed": 1,
    "scheduler_loop_iterations": 341,
    "resources_processed": 96,
    "state_transitions": 64,
    "cleanup_operations": 11,
}


def busy_minutes() -> tuple[Sample, ...]:
    """Ten minutes in which two classes began, a sample every five seconds."""
    samples = []
    counted = dict.fromkeys(_NOW, 0.0)
    for step in range(121):
        load = sum(math.exp(-(((step - start) / 7) ** 2)) for start in (35, 96))
        for place, name in enumerate(sorted(_NOW)):
            counted[name] += round(load * (4 + 3 * place % 11)) + (step + place) % 2
        if step < 60:
            counted["reconciliations_failed"] = 0
        else:
            counted["reconciliations_failed"] = float(step >= 62)
        values = {
            **counted,
            "cache_hit_ratio": 0.974 - 0.06 * load,
            "average_poll_duration": 0.0008 + 0.0021 * load,
            "average_reconciliation_time": 0.012 + 0.048 * load,
            "average_loop_duration": 0.0011 + 0.0012 * load,
            "ready": round(load * 18),
            "in flight": min(round(load * 9), 8),
            "delayed": 10 + step // 30,
        }
        samples.append(Sample(NOW - timedelta(seconds=5 * (120 - step)), values))
    return tuple(samples)


async def _show(stage: Stage, chosen: str) -> None:
    stage.window.show_page("health")
    page = stage.window.page("health")
    assert isinstance(page, HealthPage)
    page.deactivate()
    await stage.settle_async()  # the charts' library is loaded on a thread
    assert page.snapshot is not None
    samples = busy_minutes()
    values = {**page.snapshot.metrics, **samples[-1].values, **_NOW}
    errors = [
        RecordedError(NOW - timedelta(minutes=5), "reconcile default/turing-python-intro", "The container ended."),
        RecordedError(NOW - timedelta(hours=2), "take over", "The store is busy."),
    ]
    beats = [Heartbeat("watcher", NOW, 5), Heartbeat("scheduler", NOW - timedelta(seconds=12), 30)]
    snapshot = replace(
        page.snapshot,
        metrics={name: value for name, value in values.items() if name not in ("ready", "in flight", "delayed")},
        queue={"ready": 0, "in flight": 0, "delayed": 14},
        heartbeats=(*beats, Heartbeat("controller", NOW - timedelta(seconds=2), 0)),
        errors=tuple(errors),
        samples=samples,
    )
    page.show_snapshot(snapshot)
    page.choose(chosen)


@scene("health")
async def health(stage: Stage) -> None:
    await _show(stage, "reconciliations_total")


@scene("health-queue")
async def health_queue(stage: Stage) -> None:
    await _show(stage, "ready")


@scene("health-begun")
async def health_begun(stage: Stage) -> None:
    """Just started: nothing to draw yet."""
    stage.window.show_page("health")
    stage.window.page("health").deactivate()


@scene("health-no-engine", engine_away=True)
async def health_no_engine(stage: Stage) -> None:
    await _show(stage, "average_reconciliation_time")
