"""From Docker's JSON to the words of the protocol. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from labdesk.engines.service import ContainerState, ContainerStatus

_EXITED = re.compile(r"Exited \((\d+)\)")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_PORT_TROUBLE = re.compile(r"port is already allocated|address already in use|ports are not available", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a running container can be reached: its own address ("" if none), and published ports by container port."""

    address: str
    published: Mapping[int, tuple[str, int]]


def status_of_inspect(found: Mapping[str, Any]) -> ContainerStatus:
    """Return the status of an inspected container; a running one is RUNNING until it is probed."""
    state = found["State"]
    config = found["Config"]
    return ContainerStatus(
        state=_state(state),
        container_id=found["Id"],
        labels=dict(config.get("Labels") or {}),
        exit_code=state["ExitCode"] if state["Status"] in ("exited", "dead", "removing") else None,
        oom_killed=bool(state.get("OOMKilled")),
        started_at=parse_time(state.get("StartedAt", "")),
        finished_at=parse_time(state.get("FinishedAt", "")) if state["Status"] != "running" else None,
        host_ports={port: host for port, (_, host) in whereabouts(found).published.items()},
        message=_message(state),
    )


def status_of_listing(found: Mapping[str, Any]) -> ContainerStatus:
    """Return what one entry of a container list tells: no times, and the exit code from its words."""
    words = found.get("Status", "")
    exited = _EXITED.search(words)
    status = found.get("State", "")
    published = (port for port in found.get("Ports") or [] if port.get("PublicPort"))
    return ContainerStatus(
        state=_STATES.get(status, ContainerState.ERROR),
        container_id=found["Id"],
        labels=dict(found.get("Labels") or {}),
        exit_code=int(exited.group(1)) if exited else None,
        host_ports={port["PrivatePort"]: port["PublicPort"] for port in published},
        message=words if status in ("paused", "removing", "dead") else "",
    )


def whereabouts(found: Mapping[str, Any]) -> Whereabouts:
    """Return where an inspected container can be reached."""
    settings = found.get("NetworkSettings") or {}
    networks = (settings.get("Networks") or {}).values()
    address = next((network["IPAddress"] for network in networks if network and network.get("IPAddress")), "")
    published = {}
    for port, bindings in (settings.get("Ports") or {}).items():
        if bindings:
            published[int(port.split("/")[0])] = (bindings[0]["HostIp"], int(bindings[0]["HostPort"]))
    return Whereabouts(address, published)


def wanted_ports(found: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Return the port bindings an inspected container was created with."""
    bindings: dict[str, list[dict[str, str]]] = found["HostConfig"].get("PortBindings") or {}
    return bindings


def parse_time(text: str) -> datetime | None:
    """Return Docker's RFC 3339 time with nanoseconds as aware UTC; None for its zero time."""
    match = _TIME.fullmatch(text)
    if match is None or text.startswith("0001-"):
        return None
    moment, fraction, zone = match.groups()
    micros = (fraction or "")[:7]
    return datetime.fromisoformat(f"{moment}{micros.ljust(7, '0') if micros else ''}{zone}").astimezone(UTC)


_STATES = {
    "created": ContainerState.CREATING,
    "running": ContainerState.RUNNING,
    "paused": ContainerState.RUNNING,
    "restarting": ContainerState.RUNNING,
    "exited": ContainerState.STOPPED,
    "removing": ContainerState.STOPPED,
    "dead": ContainerState.ERROR,
}


def _state(state: Mapping[str, Any]) -> ContainerState:
    known = _STATES.get(state["Status"], ContainerState.ERROR)
    if known is ContainerState.CREATING and state.get("Error") and not _PORT_TROUBLE.search(state["Error"]):
        return ContainerState.ERROR
    return known


def _message(state: Mapping[str, Any]) -> str:
    match state["Status"]:
        case "paused":
            return "It is paused; resume it with 'docker unpause'."
        case "removing":
            return "It is being removed."
        case _:
            return one_line(str(state.get("Error") or ""))


def one_line(words: str) -> str:
    """Return what an engine or registry said as one line of UTF-8: their JSON may hold halves of characters."""
    return " ".join(words.split()).encode(errors="replace").decode()
