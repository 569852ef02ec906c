from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labdesk.engines.docker_look import parse_time, status_of_inspect, status_of_listing, whereabouts
from labdesk.engines.service import ContainerState


def inspected(status: str, **state: Any) -> dict[str, Any]:
    zero = "0001-01-01T00:00:00Z"
    return {
        "Id": "abc",
        "Config": {"Labels": {"labdesk.desk": "d"}},
        "State": {"Status": status, "ExitCode": 0, "Error": "", "StartedAt": zero, "FinishedAt": zero, **state},
        "NetworkSettings": {"Ports": {}, "Networks": {}},
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("created", ContainerState.CREATING),
        ("running", ContainerState.RUNNING),
        ("paused", ContainerState.RUNNING),
        ("exited", ContainerState.STOPPED),
        ("removing", ContainerState.STOPPED),
        ("dead", ContainerState.ERROR),
        ("something new", ContainerState.ERROR),
    ],
)
def test_every_state_of_docker_has_its_word(status: str, state: ContainerState) -> None:
    assert status_of_inspect(inspected(status)).state == state


def test_a_container_that_could_not_start_is_an_error_unless_a_port_was_the_trouble() -> None:
    seen = status_of_inspect(inspected("created", ExitCode=127, Error="OCI runtime create failed:  no such  file"))
    assert (seen.state, seen.message) == (ContainerState.ERROR, "OCI runtime create failed: no such file")
    port = "driver failed: Bind for 127.0.0.1:80 failed: port is already allocated"
    assert status_of_inspect(inspected("created", Error=port)).state == ContainerState.CREATING


def test_an_exit_code_is_told_only_of_what_ended() -> None:
    assert status_of_inspect(inspected("running")).exit_code is None
    seen = status_of_inspect(inspected("exited", ExitCode=137, OOMKilled=True, FinishedAt="2026-01-02T03:04:05.1Z"))
    assert (seen.exit_code, seen.oom_killed) == (137, True)
    assert seen.finished_at == datetime(2026, 1, 2, 3, 4, 5, 100_000, UTC)


def test_times_with_nanoseconds_and_zones_become_utc() -> None:
    assert parse_time("2026-01-02T03:04:05.123456789Z") == datetime(2026, 1, 2, 3, 4, 5, 123456, UTC)
    assert parse_time("2026-01-02T03:04:05+01:00") == datetime(2026, 1, 2, 2, 4, 5, 0, UTC)
    assert parse_time("0001-01-01T00:00:00Z") is None
    assert parse_time("") is None


def test_where_a_container_is_reached() -> None:
    found = inspected("running")
    found["NetworkSettings"] = {
        "Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "32768"}], "90/tcp": None},
        "Networks": {"bridge": {"IPAddress": ""}, "labdesk-d": {"IPAddress": "10.213.0.2"}},
    }
    where = whereabouts(found)
    assert where.address == "10.213.0.2"
    assert where.published == {80: ("0.0.0.0", 32768)}
    assert status_of_inspect(found).host_ports == {80: 32768}


def test_a_list_tells_state_exit_code_and_ports() -> None:
    entry = {
        "Id": "abc",
        "State": "exited",
        "Status": "Exited (137) 3 seconds ago",
        "Labels": {"labdesk.desk": "d"},
        "Ports": [],
    }
    seen = status_of_listing(entry)
    assert (seen.state, seen.exit_code) == (ContainerState.STOPPED, 137)
    running = {
        "Id": "b",
        "State": "running",
        "Status": "Up",
        "Ports": [{"PrivatePort": 80, "PublicPort": 99}, {"PrivatePort": 1}],
    }
    assert status_of_listing(running).host_ports == {80: 99}
