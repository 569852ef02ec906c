"""Promises to remove a container whose lab's row is already gone; they wait in the store for the engine's return."""

from __future__ import annotations

from typing import Any

from labdesk.engines.spec import ContainerIdentity
from labdesk.resource.model import Model
from labdesk.store.store import ResourceStore

META_KEY = "removal-tickets"


class RemovalTicket(Model):
    """Which container, and on which engine (`engine_id`)."""

    engine_id: str
    desk_id: str
    lineage: str
    lab_uid: str
    namespace: str
    lab_name: str
    incarnation: int
    spec_hash: str

    @property
    def identity(self) -> ContainerIdentity:
        return ContainerIdentity(
            self.desk_id, self.lineage, self.lab_uid, self.namespace, self.lab_name, self.incarnation, self.spec_hash
        )


class RemovalTickets:
    """A small durable list, kept as one value of the store's meta table."""

    def __init__(self, store: ResourceStore) -> None:
        self._store = store

    async def load_async(self) -> list[RemovalTicket]:
        stored: list[dict[str, Any]] = await self._store.meta.get_async(META_KEY) or []
        return [RemovalTicket.model_validate(entry) for entry in stored]

    async def add_async(self, ticket: RemovalTicket) -> None:
        tickets = await self.load_async()
        await self._save([*tickets, ticket])

    async def done_async(self, ticket: RemovalTicket) -> None:
        await self._save([other for other in await self.load_async() if other != ticket])

    async def _save(self, tickets: list[RemovalTicket]) -> None:
        await self._store.meta.set_async(META_KEY, [ticket.to_manifest() for ticket in tickets])
