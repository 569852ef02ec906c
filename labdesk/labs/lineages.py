"""Containers made before the store was restored or copied: left alone until the instructor says that they are ours.

Another desk may be running them: the one the store was copied from. The acting process tells the store what it found;
any process may commit the instructor's word, which holds for the lineages that were found, in this lineage alone: a
copy made later asks again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from labdesk.control.clock import Clock
from labdesk.engines.adoption import is_of_lineage, lineage_of
from labdesk.engines.service import ContainerStatus
from labdesk.engines.spec import ContainerIdentity
from labdesk.labs.reasons import sentence
from labdesk.labs.request import LabInstanceRequest
from labdesk.store.store import ResourceStore
from labdesk.store.writes import NewEvent

FOUND, CONFIRMED = "made-before", "confirmed-lineages"
"""`{"lineage": the desk's, "labs": {lineage: containers}}` and `{"lineage": the desk's, "lineages": […]}`."""


class FormerContainers:
    """What an instructor can ask and say of them, in any process."""

    def __init__(self, store: ResourceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def count_async(self) -> int:
        """Return how many labs' containers wait for the instructor's word; 0 where no desk has met any."""
        return _count(await self._store.meta.get_async(FOUND))

    async def confirm_async(self) -> int:
        """Let the containers that wait be this desk's; return how many labs that frees. It takes effect at once."""
        found = await self._store.meta.get_async(FOUND)
        if found is None:
            return 0
        before = await self._store.meta.get_async(CONFIRMED)
        known = _of_lineage(before, found["lineage"]).get("lineages", ())
        values = {
            FOUND: None,
            CONFIRMED: {"lineage": found["lineage"], "lineages": sorted({*known, *found["labs"]})},
        }
        event = _event("desk.containers_confirmed", "ContainersConfirmed", found, self._clock)
        await self._store.commit_async([], [event], values)
        return _count(found)


class OwnLineages:
    """Lineages whose containers are this desk's: the store's own, and confirmed ones once they were heard of."""

    def __init__(self, store: ResourceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._found: Counter[str] = Counter()
        self.confirmed: frozenset[str] = frozenset()

    @property
    def own(self) -> frozenset[str]:
        """The one answer to whose a container is; see `is_of_lineage`."""
        return self.confirmed | {self._store.lineage}

    @property
    def are_all_known(self) -> bool:
        """False while containers wait for the instructor's word."""
        return not self._found

    def identity_of(self, lab: LabInstanceRequest) -> ContainerIdentity:
        """Return whose container the lab's present incarnation has."""
        return ContainerIdentity(
            desk_id=self._store.desk_id,
            lineage=self._store.lineage,
            lab_uid=lab.metadata.uid,
            namespace=lab.metadata.namespace,
            lab_name=lab.metadata.name,
            incarnation=lab.status.incarnation,
            spec_hash=lab.status.resolved_spec_hash,
            confirmed=self.confirmed,
        )

    async def start_async(self) -> None:
        """Read what was confirmed and what the desk's former process found; forget what a copied one did."""
        await self.hear_async()
        stored = await self._store.meta.get_async(FOUND)
        found = _of_lineage(stored, self._store.lineage)
        if stored and not found:
            await self._store.meta.delete_async(FOUND)
        self._found = Counter(found.get("labs", {}))

    async def hear_async(self) -> bool:
        """Read what is confirmed by now; return whether that is more than was known."""
        former = self.confirmed
        confirmed = _of_lineage(await self._store.meta.get_async(CONFIRMED), self._store.lineage)
        self.confirmed = frozenset(confirmed.get("lineages", ()))
        for lineage in self.confirmed:
            del self._found[lineage]
        return self.confirmed != former

    async def note_async(self, containers: Iterable[ContainerStatus]) -> None:
        """Tell the store and people of what waits among all the desk's containers, whenever that has changed."""
        if self._found:
            await self.hear_async()  # should nobody have been woken
        labels = [container.labels or {} for container in containers]
        found = Counter(lineage_of(one) for one in labels if not is_of_lineage(one, self.own))
        if found == self._found:
            return
        former, self._found = self._found, found
        told = {"lineage": self._store.lineage, "labs": dict(found)} if found else None
        reason = "ContainersFound" if found else "ContainersGone"
        severity = "warning" if found.keys() - former.keys() else "info"
        event = _event("desk.containers_found", reason, told, self._clock, severity)
        try:
            await self._store.commit_async([], [event], {FOUND: told})
        except BaseException:
            self._found = former
            raise


def _of_lineage(value: Any, lineage: str) -> dict[str, Any]:
    """Return what was written in that lineage of the store: what a copy brought along says nothing in it."""
    return value if value is not None and value["lineage"] == lineage else {}


def _count(found: Any) -> int:
    return sum(found["labs"].values()) if found else 0


def _event(type_: str, reason: str, found: Any, clock: Clock, severity: str = "info") -> NewEvent:
    parameters = {"count": str(_count(found))}
    return NewEvent(
        type=type_, subject="", time=clock.now(), severity=severity, reason=reason,
        message=sentence(reason, parameters), data={"parameters": parameters},
    )  # fmt: skip
