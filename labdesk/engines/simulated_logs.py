"""Log lines of simulated programs: the same program always says the same at the same time. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from labdesk.engines.simulation import SimulatedContainer

_REQUESTS = (
    "GET / 200",
    "GET /static/app.css 200",
    "GET /api/status 200",
    "POST /api/save 204",
    "GET /favicon.ico 404",
)
_SECONDS_BETWEEN = 7.0


def log_lines(container: SimulatedContainer, until: datetime) -> Iterator[tuple[datetime, str]]:
    """Yield (time, line) from the start up to `until` or the end, oldest first; nothing before the start."""
    if container.started_at is None:
        return
    end = min(until, container.finished_at or until)
    for moment, text in _story(container, container.started_at):
        if moment > end:
            break
        yield moment, f"{moment:%H:%M:%S} {text}"
    if container.finished_at is not None and container.finished_at <= until:
        yield container.finished_at, f"{container.finished_at:%H:%M:%S} {_last_words(container)}"


def next_line_at(container: SimulatedContainer, after: datetime) -> datetime | None:
    """Return when a program that keeps running says something again; None before its start."""
    if container.started_at is None:
        return None
    return next(moment for moment, _ in _story(container, container.started_at) if moment > after)


def _story(container: SimulatedContainer, started: datetime) -> Iterator[tuple[datetime, str]]:
    yield started, f"starting {container.spec.image} as {container.labels.get('labdesk.lab', 'a lab')}"
    ready = started + timedelta(seconds=container.behaviour.ready_after)
    ports = ", ".join(str(port.container_port) for port in container.spec.ports)
    yield ready, f"listening on port {ports}" if ports else "ready"
    words = random.Random(container.name)  # noqa: S311  (variety, no secret)
    moment = ready
    while True:
        moment += timedelta(seconds=round(words.uniform(0.2, 2.0) * _SECONDS_BETWEEN, 1))
        yield moment, words.choice(_REQUESTS)


def _last_words(container: SimulatedContainer) -> str:
    if container.oom_killed:
        return "Killed"
    return "bye" if container.exit_code == 0 else f"fatal: ended with code {container.exit_code}"
