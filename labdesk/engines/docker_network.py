"""The desk's one bridge network: labs on it reach the world, not each other."""

from __future__ import annotations

import ipaddress
import threading
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from labdesk.engines.docker_config import DESK_LABEL, NETWORK_LABEL, network_name
from labdesk.engines.docker_connection import DockerConnection
from labdesk.engines.service import EngineRequestError

if TYPE_CHECKING:
    from docker import APIClient

Network = ipaddress.IPv4Network

SUBNET_PREFIX = 22
"""1,022 labs."""
SUBNET_SPACES = (Network("10.213.0.0/16"), Network("172.30.0.0/16"), Network("192.168.208.0/20"))
NO_TRAFFIC_BETWEEN = {"com.docker.network.bridge.enable_icc": "false"}


def free_subnets(taken: Iterable[Network], seed: str) -> Iterator[Network]:
    """Yield subnets that overlap none of `taken`; where the search begins depends on `seed`, so desks rarely meet."""
    used = list(taken)
    candidates = [subnet for space in SUBNET_SPACES for subnet in space.subnets(new_prefix=SUBNET_PREFIX)]
    first = zlib.crc32(seed.encode()) % 64
    for subnet in (*candidates[first:64], *candidates[:first], *candidates[64:]):
        if not any(subnet.overlaps(other) for other in used):
            yield subnet


def subnets_of(networks: Iterable[dict[str, Any]]) -> list[Network]:
    """Return the IPv4 subnets of Docker's network list."""
    configs = (config for network in networks for config in (network.get("IPAM") or {}).get("Config") or ())
    found = (ipaddress.ip_network(config["Subnet"], strict=False) for config in configs if config.get("Subnet"))
    return [subnet for subnet in found if isinstance(subnet, Network)]


def routed_subnets(route_table: str) -> list[Network]:
    """Return the destinations in Linux' /proc/net/route except the default one, so that a VPN's are avoided."""
    found = []
    for line in route_table.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 7 and int(fields[7], 16):
            address, mask = (int.from_bytes(bytes.fromhex(fields[index])[::-1]) for index in (1, 7))
            found.append(Network((address, mask.bit_count()), strict=False))
    return found


class DeskNetworks:
    """Makes sure that a desk's network exists; blocking, for pool threads."""

    def __init__(self, connection: DockerConnection, route_table: str = "") -> None:
        self._connection = connection
        self._routes = routed_subnets(route_table)
        self._lock = threading.Lock()
        self._known: set[tuple[int, str]] = set()

    def ensure(self, api: APIClient, desk_id: str, *, again: bool = False) -> None:
        """Create the network unless it is known to exist; `again` looks even then."""
        key = (self._connection.generation, desk_id)
        if key in self._known and not again:
            return
        with self._lock:
            if key not in self._known or again:
                self._find_or_create(api, desk_id)
                self._known.add(key)

    def _find_or_create(self, api: APIClient, desk_id: str) -> None:
        from docker.errors import APIError

        name = network_name(desk_id)
        networks: list[dict[str, Any]] = api.networks()
        mine = next((network for network in networks if network["Name"] == name), None)
        if mine is not None:
            if (mine.get("Labels") or {}).get(DESK_LABEL) != desk_id:
                raise EngineRequestError(
                    f"Docker has a network {name} that is not LabDesk's; remove it with 'docker network rm {name}'.",
                    network=name,
                )
            return
        last: APIError | None = None
        for subnet in free_subnets([*subnets_of(networks), *self._routes], desk_id):
            try:
                self._create(api, desk_id, subnet)
            except APIError as error:
                if "overlap" not in str(error.explanation).lower():
                    raise
                last = error
            else:
                return
        raise EngineRequestError(
            "No free subnet is left for the labs' network; remove unused ones with 'docker network prune'.",
            network=name,
        ) from last

    def _create(self, api: APIClient, desk_id: str, subnet: Network) -> None:
        from docker.types import IPAMConfig, IPAMPool

        api.create_network(
            network_name(desk_id),
            driver="bridge",
            options=NO_TRAFFIC_BETWEEN,
            ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet))]),
            labels={DESK_LABEL: desk_id, NETWORK_LABEL: "1"},
            check_duplicate=True,
        )
