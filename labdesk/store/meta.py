"""Small JSON values beside the resources: settings, the acting process's metrics with their age, removal tickets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from labdesk.store.access import StoreAccess
from labdesk.store.times import from_micros, to_micros

if TYPE_CHECKING:
    from labdesk.store.connection import WriterConnection
    from labdesk.store.driver import dbapi

PREFIX = "value/"
"""Keeps these keys apart from the store's own (epoch, lineage, schema …)."""

GET_VALUE = "SELECT value, saved_at FROM meta WHERE key = :key"
LIST_VALUES = "SELECT key, value, saved_at FROM meta WHERE key >= :low AND key < :high ORDER BY key"


@dataclass(frozen=True, slots=True)
class MetaValue:
    """A JSON value and when it was written (aware UTC)."""

    value: Any
    saved_at: datetime


class MetaTable:
    """Values by key; a key may have parts, joined by `/`, and be listed by its beginning."""

    def __init__(self, access: StoreAccess) -> None:
        self._access = access

    async def get_async(self, key: str) -> Any | None:
        """Return the value, or None if there is none."""
        found = await self.find_async(key)
        return None if found is None else found.value

    async def find_async(self, key: str) -> MetaValue | None:
        """Return the value with its time, or None."""
        return await self._access.read(_get, PREFIX + key)

    async def list_async(self, beginning: str = "") -> dict[str, MetaValue]:
        """Return all values whose key begins so."""
        return await self._access.read(_list, PREFIX + beginning)

    async def set_async(self, key: str, value: Any) -> None:
        """Write a value of JSON types. Acting process only; others write values with a commit."""
        await self._access.write_fenced(put_values, encode_values({key: value}), to_micros(self._access.now()))

    async def delete_async(self, key: str) -> None:
        """Forget a value; one that is not there is no error. Acting process only."""
        await self._access.write_fenced(_delete, PREFIX + key)


def encode_values(values: Mapping[str, Any]) -> dict[str, str | None]:
    """Return rows' keys and JSON; None stays None and deletes the value."""
    return {PREFIX + key: None if value is None else json.dumps(value) for key, value in values.items()}


def put_values(connection: WriterConnection, values: Mapping[str, str | None], saved_at: int) -> None:
    """Write encoded values inside the writer's transaction."""
    for key, value in values.items():
        if value is None:
            _delete(connection, key)
        else:
            put_meta(connection, key, value, saved_at)


def put_meta(connection: WriterConnection, key: str, value: str, saved_at: int) -> None:
    """Write one row of `meta`, whatever its key."""
    from sqlalchemy.dialects.sqlite import insert

    from labdesk.store.tables import MetaRow, table_of

    row = insert(table_of(MetaRow)).values(key=key, value=value, saved_at=saved_at)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value, "saved_at": saved_at}))


def _delete(connection: WriterConnection, key: str) -> None:
    from sqlalchemy import delete

    from labdesk.store.tables import MetaRow, table_of

    meta = table_of(MetaRow)
    connection.execute(delete(meta).where(meta.c.key == key))


def _get(connection: dbapi.Connection, key: str) -> MetaValue | None:
    row = connection.execute(GET_VALUE, {"key": key}).fetchone()
    return None if row is None else MetaValue(json.loads(row[0]), from_micros(row[1]))


def _list(connection: dbapi.Connection, beginning: str) -> dict[str, MetaValue]:
    rows = connection.execute(LIST_VALUES, {"low": beginning, "high": beginning + "\U0010ffff"})
    return {key[len(PREFIX) :]: MetaValue(json.loads(value), from_micros(saved)) for key, value, saved in rows}
