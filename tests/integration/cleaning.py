"""Removing what tests and benchmarks left on the engine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any


def remove_everything(api: Any, filters: Mapping[str, str]) -> None:
    """Remove containers, volumes and networks that a filter of the engine's API finds; raise what it refuses.

    Docker 20.10 sometimes counts an endpoint of a network whose last container is gone (seen: "has active endpoints",
    and none listed). It forgets that when it is restarted, and nothing depends on it: it is only told.
    """
    from docker.errors import APIError

    for container in api.containers(all=True, filters=filters):
        api.remove_container(container["Id"], force=True, v=True)
    for volume in api.volumes(filters=filters)["Volumes"] or []:
        api.remove_volume(volume["Name"])
    for network in api.networks(filters=filters):
        try:
            api.remove_network(network["Id"])
        except APIError as error:
            if api.inspect_network(network["Id"])["Containers"]:
                raise
            print(f"the engine keeps the network {network['Name']}: {error.explanation}", file=sys.stderr)
