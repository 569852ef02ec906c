"""Diagnostics help somebody help, and give no secret away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labdesk.ui.pages.health.diagnostics import diagnostics_text
from labdesk.ui.pages.health.snapshot import EngineHealth, HealthSnapshot, Heartbeat, RecordedError, StoreHealth
from labdesk.ui.redaction import without_secrets

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)


def snapshot(**changes: object) -> HealthSnapshot:
    given: dict[str, object] = {
        "taken_at": NOW,
        "metrics": {"changes_detected": 12.0, "cache_hit_ratio": 0.5},
        "engine": EngineHealth("docker", "tcp://root:hunter2@host:2375", True, NOW, "dk", "20.10", memory_total=2**30),
        "store": StoreHealth("/home/ada/labs.db", "desk-7f", "1234", 3, True, rows={"journal": 7}),
        "heartbeats": (Heartbeat("watcher", NOW, 5.0),),
        "errors": (RecordedError(NOW, "engine", "PASSWORD=hunter2 refused for ada@example.edu"),),
        "versions": {"LabDesk": "0.1.0"},
    }
    return HealthSnapshot(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "http://ada:hunter2@127.0.0.1:8080/",
        "http://127.0.0.1:8080/?token=hunter2&x=1",
        "JUPYTER_TOKEN=hunter2",
        "'password': 'hunter2'",
        "Authorization: Bearer hunter2",
        "x-api-key: hunter2",
    ],
)
def test_no_secret_survives(text: str) -> None:
    assert "hunter2" not in without_secrets(text)


def test_the_home_directory_is_not_named() -> None:
    assert without_secrets("/home/ada/labs.db", "/home/ada") == "~/labs.db"
    assert without_secrets("/srv/labs.db", "") == "/srv/labs.db"


def test_diagnostics_name_every_part_and_no_secret() -> None:
    text = diagnostics_text(snapshot(), home="/home/ada")
    for expected in (
        "LabDesk: 0.1.0",
        "version: 20.10",
        "path: ~/labs.db",
        "rows in journal: 7",
        "this process: acts",
        "watcher: last pass 2026-11-23 09:42:00 UTC",
        "changes_detected: 12",
        "Last errors",
    ):
        assert expected in text
    assert "hunter2" not in text
    assert "ada@example.edu" not in text


def test_a_loop_is_late_after_two_of_its_pauses() -> None:
    beat = Heartbeat("scheduler", NOW, 30.0)
    assert not beat.is_late(NOW.replace(minute=43))
    assert beat.is_late(NOW.replace(minute=44))
    assert not Heartbeat("scheduler", None, 30.0).is_late(NOW)
