"""The work ledger: what the controller still owes each resource, kept over restarts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from labdesk.resource.resource import ResourceKey
from labdesk.store.access import StoreAccess
from labdesk.store.times import optional_micros, optional_moment

if TYPE_CHECKING:
    from labdesk.store.connection import WriterConnection
    from labdesk.store.driver import dbapi

LOAD = "SELECT kind, namespace, name, due_at, attempts, last_error, priority FROM work ORDER BY priority, due_at"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """`due_at` is aware UTC (None: now), `attempts` counts failures so far, a lower `priority` goes first."""

    key: ResourceKey
    due_at: datetime | None = None
    attempts: int = 0
    last_error: str = ""
    priority: int = 0


class WorkLedger:
    """Only the acting process writes here; another gets NotActingError. Removing a resource clears its work."""

    def __init__(self, access: StoreAccess) -> None:
        self._access = access

    async def load_async(self) -> list[WorkItem]:
        """Return all items, by priority and due time."""
        return await self._access.read(_load)

    async def save_async(self, item: WorkItem) -> None:
        """Write or replace the item of its key."""
        await self._access.write_fenced(_save, item)

    async def clear_async(self, key: ResourceKey) -> None:
        """Forget a key's item; one that is not there is no error."""
        await self._access.write_fenced(_clear, key)


def _clear(connection: WriterConnection, key: ResourceKey) -> None:
    """Delete a key's item inside the writer's transaction."""
    from sqlalchemy import delete

    from labdesk.store.tables import WorkRow, table_of

    work = table_of(WorkRow).c
    of_key = (work.kind == key.kind, work.namespace == key.namespace, work.name == key.name)
    connection.execute(delete(table_of(WorkRow)).where(*of_key))


def _save(connection: WriterConnection, item: WorkItem) -> None:
    from sqlalchemy.dialects.sqlite import insert

    from labdesk.store.tables import WorkRow, table_of

    told = {
        "due_at": optional_micros(item.due_at),
        "attempts": item.attempts,
        "last_error": item.last_error,
        "priority": item.priority,
    }
    row = insert(table_of(WorkRow)).values(**item.key._asdict(), **told)
    connection.execute(row.on_conflict_do_update(index_elements=["kind", "namespace", "name"], set_=told))


def _load(connection: dbapi.Connection) -> list[WorkItem]:
    return [
        WorkItem(ResourceKey(kind, namespace, name), optional_moment(due_at), attempts, last_error, priority)
        for kind, namespace, name, due_at, attempts, last_error, priority in connection.execute(LOAD)
    ]
