"""The last log lines of a lab, kept when its container is removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from labdesk.resource.errors import ResourceNotFoundError
from labdesk.store.access import StoreAccess
from labdesk.store.times import from_micros, to_micros

if TYPE_CHECKING:
    from labdesk.store.connection import WriterConnection
    from labdesk.store.driver import dbapi

GET = "SELECT incarnation, saved_at, text FROM kept_log WHERE uid = :uid"
LIMIT_BYTES = 256 * 2**10
"""Of a log's end; more than 200 lines of any sane program, and never a way to fill the disk."""


@dataclass(frozen=True, slots=True)
class KeptLog:
    """`text` has the oldest line first; it is of that incarnation and was saved at an aware UTC time."""

    incarnation: int
    saved_at: datetime
    text: str


class KeptLogs:
    """One log a resource, by uid; a later one replaces it, removing the resource removes it."""

    def __init__(self, access: StoreAccess) -> None:
        self._access = access

    async def save_async(self, uid: str, incarnation: int, text: str) -> None:
        """Keep the end of a log (at most 256 KiB); only the acting process may. Raises ResourceNotFoundError."""
        await self._access.write_fenced(_save, uid, incarnation, to_micros(self._access.now()), _end_of(text))

    async def get_async(self, uid: str) -> KeptLog | None:
        """Return what was kept, or None."""
        return await self._access.read(_get, uid)


def _end_of(text: str) -> str:
    encoded = text.encode(errors="replace")
    if len(encoded) <= LIMIT_BYTES:
        return encoded.decode()
    return encoded[-LIMIT_BYTES:].decode(errors="replace").partition("\n")[2]


def _save(connection: WriterConnection, uid: str, incarnation: int, saved_at: int, text: str) -> None:
    from sqlalchemy.dialects.sqlite import insert
    from sqlalchemy.exc import IntegrityError

    from labdesk.store.tables import KeptLogRow, table_of

    told = {"incarnation": incarnation, "saved_at": saved_at, "text": text}
    row = insert(table_of(KeptLogRow)).values(uid=uid, **told)
    try:
        connection.execute(row.on_conflict_do_update(index_elements=["uid"], set_=told))
    except IntegrityError:
        raise ResourceNotFoundError(f"There is no resource with the uid {uid} any more; its log is lost.") from None


def _get(connection: dbapi.Connection, uid: str) -> KeptLog | None:
    row = connection.execute(GET, {"uid": uid}).fetchone()
    if row is None:
        return None
    incarnation, saved_at, text = row
    return KeptLog(incarnation, from_micros(saved_at), text)
