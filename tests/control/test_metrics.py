"""Metrics are kept under the design's names, cheap to count and readable by prometheus-client."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from labdesk.control.metrics import Metrics

NAMES = {
    "watch_loop_iterations", "changes_detected", "events_published", "cache_hit_ratio", "average_poll_duration",
    "reconciliations_total", "reconciliations_successful", "reconciliations_failed", "reconciliations_requeued",
    "average_reconciliation_time", "scheduler_loop_iterations", "resources_processed", "state_transitions",
    "cleanup_operations", "average_loop_duration",
}  # fmt: skip


def test_a_snapshot_has_the_agreed_names() -> None:
    assert Metrics(CollectorRegistry()).snapshot().keys() >= NAMES


def test_the_prometheus_text_has_the_same_names_and_values_as_the_snapshot() -> None:
    metrics = Metrics(CollectorRegistry())
    metrics.controller.total += 3
    metrics.watcher.poll_duration.add(0.25)
    metrics.watcher.poll_duration.add(0.75)
    families = text_string_to_metric_families(metrics.render_prometheus())
    values = {sample.name: sample.value for family in families for sample in family.samples}
    assert values == metrics.snapshot()
    assert values["reconciliations_total"] == 3
    assert values["average_poll_duration"] == 0.5


def test_averages_and_ratios_are_defined_before_the_first_value() -> None:
    snapshot = Metrics(CollectorRegistry()).snapshot()
    assert snapshot["average_reconciliation_time"] == 0
    assert snapshot["cache_hit_ratio"] == 1


def test_the_hit_ratio_is_the_share_found_in_memory() -> None:
    metrics = Metrics(CollectorRegistry())
    metrics.watcher.cache_hits, metrics.watcher.cache_misses = 3, 1
    assert metrics.snapshot()["cache_hit_ratio"] == pytest.approx(0.75)


def test_other_collectors_of_the_registry_are_rendered_too() -> None:
    registry = CollectorRegistry()
    Counter("engine_calls", "Calls", registry=registry).inc()
    assert "engine_calls_total 1.0" in Metrics(registry).render_prometheus()
