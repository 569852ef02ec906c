from __future__ import annotations

from ipaddress import IPv4Network
from itertools import islice

from labdesk.engines.docker_network import SUBNET_SPACES, free_subnets, routed_subnets, subnets_of


def test_a_subnet_never_overlaps_one_that_is_taken() -> None:
    taken = [IPv4Network("10.213.0.0/17"), IPv4Network("172.17.0.0/16"), IPv4Network("10.213.200.7/32")]
    found = list(free_subnets(taken, "desk"))
    assert found
    assert not any(subnet.overlaps(other) for subnet in found for other in taken)
    assert len(set(found)) == len(found)


def test_other_ranges_serve_when_the_first_is_full() -> None:
    first, *others = SUBNET_SPACES
    assert next(free_subnets([first], "desk")).subnet_of(others[0])
    assert list(free_subnets(SUBNET_SPACES, "desk")) == []


def test_desks_begin_at_different_places() -> None:
    firsts = {next(free_subnets([], f"desk{number}")) for number in range(20)}
    assert len(firsts) > 10
    assert list(islice(free_subnets([], "a"), 3)) == list(islice(free_subnets([], "a"), 3))


def test_dockers_networks_and_the_computers_routes_are_read() -> None:
    networks = [
        {"IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}, {"Subnet": "fd00::/64"}]}},
        {"IPAM": {"Config": None}},
        {"IPAM": None},
    ]
    assert subnets_of(networks) == [IPv4Network("172.17.0.0/16")]
    table = (
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "tun0\t0000D50A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
    )
    assert routed_subnets(table) == [IPv4Network("10.213.0.0/16")]
    assert routed_subnets("") == []
