"""Promises to remove a container whose lab's row is already gone; they wait in the store for the engine's return."""

from __future__ import annotations

from pydantic import ValidationError

from labdesk.engines.spec import ContainerIdentity
from labdesk.labs.repository import OnUnreadable
from labdesk.resource.model import Model
from labdesk.store.store import ResourceStore

BEGINNING = "removal/"


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

    @classmethod
    def of(cls, identity: ContainerIdentity, engine_id: str) -> RemovalTicket:
        told = {name: getattr(identity, name) for name in cls.model_fields if name != "engine_id"}
        return cls(engine_id=engine_id, **told)

    @property
    def key(self) -> str:
        """Where the store keeps it."""
        return f"{BEGINNING}{self.lab_uid}/{self.incarnation}"

    @property
    def identity(self) -> ContainerIdentity:
        return ContainerIdentity(
            self.desk_id, self.lineage, self.lab_uid, self.namespace, self.lab_name, self.incarnation, self.spec_hash
        )


class RemovalTickets:
    """Tickets by lab and incarnation in the store's meta table."""

    def __init__(self, store: ResourceStore) -> None:
        self._store = store

    async def load_async(self, on_unreadable: OnUnreadable) -> list[RemovalTicket]:
        """Return all tickets still to be kept; `on_unreadable` hears of those that cannot be read."""
        tickets: list[RemovalTicket] = []
        for key, entry in (await self._store.meta.list_async(BEGINNING)).items():
            try:
                tickets.append(RemovalTicket.model_validate(entry.value))
            except ValidationError as error:
                on_unreadable(key, error)
        return tickets

    async def done_async(self, ticket: RemovalTicket) -> None:
        """Forget a ticket whose container is gone."""
        await self._store.meta.delete_async(ticket.key)
