"""What the control plane counts. Plain numbers on the hot path, read by prometheus-client only when asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric
    from prometheus_client.registry import Collector


@dataclass(slots=True)
class RunningAverage:
    """The mean of all values so far; 0 before the first."""

    total: float = 0.0
    count: int = 0

    def add(self, value: float) -> None:
        self.total += value
        self.count += 1

    @property
    def value(self) -> float:
        return self.total / self.count if self.count else 0.0


@dataclass(slots=True)
class WatcherMetrics:
    """Of all watchers together. Durations in seconds."""

    watch_loop_iterations: int = 0
    changes_detected: int = 0
    events_published: int = 0
    missed_changes: int = 0
    relists: int = 0
    handler_retries: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    poll_duration: RunningAverage = field(default_factory=RunningAverage)

    @property
    def cache_hit_ratio(self) -> float:
        """Decoded resources found in memory among all asked for; 1 before the first question."""
        asked = self.cache_hits + self.cache_misses
        return self.cache_hits / asked if asked else 1.0


@dataclass(slots=True)
class ControllerMetrics:
    """Of all controllers together; an attempt counts once, with its step. Durations in seconds."""

    total: int = 0
    successful: int = 0
    failed: int = 0
    requeued: int = 0
    timed_out: int = 0
    conflicts: int = 0
    reconciliation_time: RunningAverage = field(default_factory=RunningAverage)


@dataclass(slots=True)
class SchedulerMetrics:
    """Of the scheduler. Durations in seconds."""

    scheduler_loop_iterations: int = 0
    resources_processed: int = 0
    state_transitions: int = 0
    cleanup_operations: int = 0
    loop_duration: RunningAverage = field(default_factory=RunningAverage)


class Metrics:
    """All metrics of one desk, registered as one collector in the given registry.

    Without one, a registry is made when somebody asks for it: the library serves HTTP too, and loads slowly.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.watcher = WatcherMetrics()
        self.controller = ControllerMetrics()
        self.scheduler = SchedulerMetrics()
        self._registry = registry
        if registry is not None:
            self._register(registry)

    @property
    def registry(self) -> CollectorRegistry:
        if self._registry is None:
            from prometheus_client import CollectorRegistry

            self._registry = CollectorRegistry()
            self._register(self._registry)
        return self._registry

    def _register(self, registry: CollectorRegistry) -> None:
        collector: Collector = self
        registry.register(collector)

    def snapshot(self) -> dict[str, float]:
        """Return {name: value}; averages and durations in seconds, ratios from 0 to 1."""
        return {name: value for name, value, _ in self._values()}

    def render_prometheus(self) -> str:
        """Return the registry (this and whatever else is in it) in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry).decode()

    def collect(self) -> Iterable[Metric]:
        """Give prometheus-client the values of now."""
        return KeptValues(self.snapshot()).collect()

    def documentation(self) -> dict[str, str]:
        """Return {name: what it counts}."""
        return {name: documentation for name, _, documentation in self._values()}

    def _values(self) -> Iterator[tuple[str, float, str]]:
        watcher, controller, scheduler = self.watcher, self.controller, self.scheduler
        yield "watch_loop_iterations", watcher.watch_loop_iterations, "Passes of the watch loops"
        yield "changes_detected", watcher.changes_detected, "Changes read from the log or found by a comparison"
        yield "events_published", watcher.events_published, "Change events handed to handlers"
        yield "cache_hit_ratio", watcher.cache_hit_ratio, "Share of resources found decoded in memory"
        yield "average_poll_duration", watcher.poll_duration.value, "Mean seconds of one watch pass"
        yield "watch_missed_changes", watcher.missed_changes, "Defects: changes that only a comparison found"
        yield "watch_relists", watcher.relists, "Full lists taken because a cursor had expired"
        yield "watch_handler_retries", watcher.handler_retries, "Deliveries tried again after a handler failed"
        yield "reconciliations_total", controller.total, "Reconciliation attempts that ended"
        yield "reconciliations_successful", controller.successful, "Attempts that succeeded"
        yield "reconciliations_failed", controller.failed, "Attempts that failed"
        yield "reconciliations_requeued", controller.requeued, "Attempts that asked to be run again"
        yield "average_reconciliation_time", controller.reconciliation_time.value, "Mean seconds of one attempt"
        yield "reconciliations_timed_out", controller.timed_out, "Attempts stopped at their time limit"
        yield "reconciliation_conflicts", controller.conflicts, "Attempts repeated because the resource had changed"
        yield "scheduler_loop_iterations", scheduler.scheduler_loop_iterations, "Passes of the scheduler"
        yield "resources_processed", scheduler.resources_processed, "Resources the scheduler looked at"
        yield "state_transitions", scheduler.state_transitions, "Phase changes the scheduler brought about"
        yield "cleanup_operations", scheduler.cleanup_operations, "Leftovers cleaned up"
        yield "average_loop_duration", scheduler.loop_duration.value, "Mean seconds of one scheduler pass"


class KeptValues:
    """A snapshot, of this process or another one, as a collector for prometheus-client."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = values

    def collect(self) -> Iterable[Metric]:
        """Give the values under exactly these names.

        They are exposed as untyped: the library's counter type would rename them to `…_total`.
        """
        from prometheus_client.core import Metric

        documentation = Metrics().documentation()
        for name, value in self._values.items():
            metric = Metric(name, documentation.get(name, ""), "unknown")
            metric.add_sample(name, {}, value)
            yield metric
