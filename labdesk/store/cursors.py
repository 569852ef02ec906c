"""How far handlers with durable effects have come in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labdesk.store.access import StoreAccess
from labdesk.store.lineage import lineage_expired

if TYPE_CHECKING:
    from labdesk.store.connection import WriterConnection
    from labdesk.store.driver import dbapi

GET = """
SELECT c.revision, c.lineage = m.value FROM meta m LEFT JOIN cursor c ON c.name = :name WHERE m.key = 'lineage'
"""


class DurableCursors:
    """Revisions by handler name, each good only in the lineage it was saved in. Only the acting process saves."""

    def __init__(self, access: StoreAccess) -> None:
        self._access = access

    async def get_async(self, name: str) -> int | None:
        """Return the revision, or None if never saved; raise RevisionExpired after a restore or copy: list again."""
        return await self._access.read(_get, name)

    async def save_async(self, name: str, revision: int) -> None:
        await self._access.write_fenced(_save, name, revision)


def _get(connection: dbapi.Connection, name: str) -> int | None:
    revision, same_lineage = connection.execute(GET, {"name": name}).fetchone()
    if revision is not None and not same_lineage:
        raise lineage_expired()
    found: int | None = revision
    return found


def _save(connection: WriterConnection, name: str, revision: int) -> None:
    from sqlalchemy.dialects.sqlite import insert

    from labdesk.store.tables import CursorRow, table_of

    told = {"lineage": connection.lineage, "revision": revision}
    row = insert(table_of(CursorRow)).values(name=name, **told)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=told))
