"""The systemd unit and the desktop entry."""

from __future__ import annotations

import configparser
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
GRACE_OF_SERVE = 10
"""Seconds `labdesk serve` waits for steps in flight after SIGTERM."""


def read(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


def test_the_unit_gives_serve_time_to_end_and_starts_it_again_only_after_a_failure() -> None:
    service = read(CHECKOUT / "packaging" / "labdesk.service")["Service"]
    assert service["ExecStart"].endswith(" labdesk serve")
    assert service["KillSignal"] == "SIGTERM"
    assert service["Restart"] == "on-failure"
    assert int(service["TimeoutStopSec"]) > GRACE_OF_SERVE
    assert service["RestartPreventExitStatus"] == "2"


def test_the_unit_leaves_the_way_to_the_engine_open() -> None:
    service = read(CHECKOUT / "packaging" / "labdesk.service")["Service"]
    assert {"AF_UNIX", "AF_INET"} <= set(service["RestrictAddressFamilies"].split())
    assert "PrivateNetwork" not in service
    assert "PrivateUsers" not in service


def test_the_desktop_entry_opens_the_desk() -> None:
    entry = read(CHECKOUT / "resources" / "desktop" / "labdesk.desktop")
    assert entry["Desktop Entry"]["Exec"] == "labdesk"
    assert entry["Desktop Action demo"]["Exec"] == "labdesk --demo"
    assert entry["Desktop Entry"]["Actions"] == "demo;"
