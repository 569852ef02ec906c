"""Conditions as in Kubernetes: what is true of a resource now, since when, and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from labdesk.resource.model import Model, UtcDatetime


class ConditionStatus(StrEnum):
    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Condition(Model):
    """`last_transition` is when `status` last changed; a new message alone does not move it.

    `reason` and `parameters` are stable and translatable, `message` is their English sentence.
    """

    type: str
    status: ConditionStatus
    reason: str
    message: str = ""
    parameters: dict[str, str] = Field(default_factory=dict)
    last_transition: UtcDatetime


def with_condition(
    conditions: tuple[Condition, ...],
    type_: str,
    status: ConditionStatus,
    reason: str,
    message: str,
    now: datetime,
    parameters: dict[str, str] | None = None,
) -> tuple[Condition, ...]:
    """Return the conditions with this one set; the very same tuple if nothing would change."""
    old = find_condition(conditions, type_)
    since = old.last_transition if old is not None and old.status == status else now
    new = Condition(
        type=type_, status=status, reason=reason, message=message, parameters=parameters or {}, last_transition=since
    )
    if new == old:
        return conditions
    if old is None:
        return (*conditions, new)
    return tuple(new if condition.type == type_ else condition for condition in conditions)


def find_condition(conditions: tuple[Condition, ...], type_: str) -> Condition | None:
    """Return the condition of that type, or None."""
    return next((condition for condition in conditions if condition.type == type_), None)
