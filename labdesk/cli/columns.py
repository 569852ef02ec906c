"""The table of each kind: its columns, and the row of one resource."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from labdesk.cli.moments import describe_remaining, local_and_relative, local_sentence
from labdesk.cli.tables import Column, Row
from labdesk.labs.reasons import sentence
from labdesk.labs.request import DesiredState, LabInstanceRequest, LabInstanceRequestStatus
from labdesk.labs.template import LabTemplate
from labdesk.resource.conditions import Condition, ConditionStatus
from labdesk.resource.quantity import describe_span
from labdesk.resource.resource import Resource

NOTHING = "-"
PHASE_STYLES = {
    "PENDING": "yellow",
    "PROVISIONING": "blue",
    "RUNNING": "green",
    "COMPLETED": "bright_black",
    "FAILED": "red",
    "TIMEOUT": "magenta",
}


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """When and where the table is read; `zone` None is the computer's own."""

    now: datetime
    zone: tzinfo | None


@dataclass(frozen=True, slots=True)
class KindTable:
    columns: Sequence[Column]
    row: Callable[[Resource, Viewpoint], Row]


def table_of(kind: str) -> KindTable:
    """Return the table of a kind; kinds without one of their own show name and age."""
    return _TABLES.get(kind, _PLAIN)


HOLDS_A_REMOVAL = ("EngineReachable", "Owned")
"""Conditions without which a container cannot be removed."""


def lab_message(lab: LabInstanceRequest, view: Viewpoint) -> str:
    """What an instructor should know now: what holds the lab up, else its last sentence."""
    unmet = [condition for condition in lab.status.conditions if condition.status == ConditionStatus.FALSE]
    if lab.is_deleting:
        held = [condition for condition in unmet if condition.type in HOLDS_A_REMOVAL]
        return " ".join(["Is being deleted.", *(_told(condition, view) for condition in held)])
    if not lab.is_final:
        if unmet:
            return _told(max(unmet, key=lambda condition: condition.last_transition), view)
        if lab.spec.desired == DesiredState.STOP:
            return "Is being stopped."
    if lab.wants_to_run_again:
        return sentence("RunAgain", {})
    return _told(lab.status, view)


def _told(one: Condition | LabInstanceRequestStatus, view: Viewpoint) -> str:
    return local_sentence(one.reason, one.parameters, one.message, view.now, view.zone)


def _lab_row(resource: Resource, view: Viewpoint) -> Row:
    assert isinstance(resource, LabInstanceRequest)  # noqa: S101  (for the type checker: the table is by kind)
    left = resource.get_remaining_duration(view.now)
    return (
        _name(resource),
        resource.phase.value,
        resource.student,
        resource.spec.lab_template,
        local_and_relative(resource.scheduled_start, view.now, view.zone),
        NOTHING if resource.is_final else describe_remaining(left),
        _links(resource) or NOTHING,
        lab_message(resource, view),
    )


def _links(lab: LabInstanceRequest) -> str:
    """The links that can be opened: those of a lab that has ended lead nowhere."""
    return "" if lab.is_final else ", ".join(link.url for link in lab.status.access_urls)


def _template_row(resource: Resource, view: Viewpoint) -> Row:
    assert isinstance(resource, LabTemplate)  # noqa: S101  (as above)
    spec = resource.spec
    return (
        _name(resource),
        spec.image,
        spec.resources.cpu,
        spec.resources.memory,
        ", ".join(f"{port.name}:{port.container_port}" for port in spec.ports) or NOTHING,
        spec.workspace or NOTHING,
        _age(resource, view),
        "Is being deleted." if resource.is_deleting else spec.description,
    )


def _name(resource: Resource) -> str:
    return resource.metadata.name


def _age(resource: Resource, view: Viewpoint) -> str:
    created = resource.metadata.created_at
    return describe_span(view.now - created) if created else NOTHING


_PLAIN = KindTable((Column("NAME", 16), Column("AGE", 9)), lambda one, view: (_name(one), _age(one, view)))
_TABLES = {
    LabInstanceRequest.KIND: KindTable(
        (
            Column("NAME", 16),
            Column("PHASE", 12, styles=PHASE_STYLES),
            Column("STUDENT", 12),
            Column("TEMPLATE", 8),
            Column("START", 18),
            Column("TIME LEFT", 9),
            Column("ACCESS", 22),
            Column("MESSAGE", 28, wraps=True),
        ),
        _lab_row,
    ),
    LabTemplate.KIND: KindTable(
        (
            Column("NAME", 12),
            Column("IMAGE", 16),
            Column("CPU", 4),
            Column("MEMORY", 6),
            Column("PORTS", 10),
            Column("WORKSPACE", 10),
            Column("AGE", 9),
            Column("DESCRIPTION", 28, wraps=True),
        ),
        _template_row,
    ),
}
