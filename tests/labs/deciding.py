"""Asking what to do with a lab, and labs in the states that deciding leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from labdesk.engines.service import ContainerState, ContainerStatus
from labdesk.labs.capacity import CapacityLedger
from labdesk.labs.decisions import Commit, Decision
from labdesk.labs.lifecycle import DeskRules, Observation, decide
from labdesk.labs.limits import CapacityLimits
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.template import LabTemplate
from tests.labs.samples import MINUTE, NOW, lab, template

RULES = DeskRules("desk")
UP = Observation(reachable=True, engine_id="engine-1", reachable_since=NOW - 60 * MINUTE)
DOWN = Observation(reachable=False)
GIB = 2**30


def ledger(memory: int = 8 * GIB) -> CapacityLedger:
    return CapacityLedger(CapacityLimits(memory))


def ask(
    request: LabInstanceRequest,
    seen: Observation = UP,
    now: datetime = NOW,
    capacity: CapacityLedger | None = None,
    of: LabTemplate | None = None,
    rules: DeskRules = RULES,
) -> Decision:
    return decide(request, of or template(), seen, capacity or ledger(), now, rules)


def committed(decision: Decision) -> LabInstanceRequest:
    assert isinstance(decision, Commit), decision
    return decision.lab


def provisioning(**spec: object) -> LabInstanceRequest:
    return committed(ask(lab(**spec)))


def running(**spec: object) -> LabInstanceRequest:
    ready = replace(UP, container=ContainerStatus(ContainerState.READY, "c1", host_ports={8080: 20_000}))
    return committed(ask(provisioning(**spec), ready))


def seeing(state: ContainerState, **facts: object) -> Observation:
    return replace(UP, container=ContainerStatus(state, "c1", **facts))  # type: ignore[arg-type]
