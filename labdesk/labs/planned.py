"""Starts worked out shortly before they are due, so that a thousand at once need only be committed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from labdesk.labs.capacity import CapacityLedger
from labdesk.labs.decisions import (
    Commit,
)
from labdesk.labs.lifecycle import DeskRules, Observation, decide
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.resolve import need_of
from labdesk.labs.template import LabTemplate
from labdesk.store.store import ResourceStore
from labdesk.store.writes import PreparedWrite, Update

AHEAD = timedelta(seconds=10)
"""How long before its start a lab is worked out."""
STALE = timedelta(seconds=1)
"""A start that comes later than this is decided anew: it would carry times that are not so."""
LIMIT = 4096


@dataclass(frozen=True, slots=True)
class _Planned:
    template_version: tuple[str, int]
    engine_id: str
    rules: DeskRules
    new: LabInstanceRequest
    write: PreparedWrite


class PlannedStarts:
    """What `decide` says of labs at their planned start, if nothing it depends on changes until then."""

    def __init__(self, store: ResourceStore, capacity: CapacityLedger) -> None:
        self._store = store
        self._capacity = capacity
        self._planned: dict[tuple[str, int], _Planned] = {}

    def plan(self, lab: LabInstanceRequest, template: LabTemplate | None, seen: Observation, rules: DeskRules) -> None:
        """Work out the start of a lab that waits for its time; any other lab is none of ours."""
        if lab.phase != LabPhase.PENDING or template is None or len(self._planned) >= LIMIT:
            return
        start = lab.scheduled_start
        decision = decide(lab, template, seen, self._capacity, start, rules)
        if isinstance(decision, Commit) and decision.lab.phase == LabPhase.PROVISIONING:
            write = self._store.prepare(Update(lab, decision.lab), start)
            self._planned[_version(lab)] = _Planned(_version(template), seen.engine_id, rules, decision.lab, write)

    def take(
        self,
        lab: LabInstanceRequest,
        template: LabTemplate | None,
        seen: Observation,
        rules: DeskRules,
        now: datetime,
    ) -> tuple[LabInstanceRequest, PreparedWrite] | None:
        """Return the state `decide` would have the lab commit now, ready to be written; None if it must be asked."""
        planned = self._planned.pop(_version(lab), None) if self._planned else None
        if planned is None or template is None or not timedelta() <= now - lab.scheduled_start <= STALE:
            return None
        if (_version(template), seen.engine_id) != (planned.template_version, planned.engine_id):
            return None
        if not seen.reachable or rules != planned.rules:
            return None
        fit = self._capacity.fit(lab.metadata.uid, need_of(lab, template), lab.status.host_ports)
        same = fit.fits and fit.host_ports == planned.new.status.host_ports
        return (planned.new, planned.write) if same else None

    def forget_before(self, moment: datetime) -> None:
        """Drop what should have begun before `moment` and did not: it was changed, or had to wait."""
        late = [key for key, planned in self._planned.items() if planned.new.scheduled_start < moment]
        for key in late:
            del self._planned[key]


def _version(resource: LabInstanceRequest | LabTemplate) -> tuple[str, int]:
    return resource.metadata.uid, resource.metadata.resource_version
