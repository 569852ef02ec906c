"""Which store this is: what its header and its meta table say before anything else is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from labdesk.store.driver import dbapi
from labdesk.store.errors import StoreNewerError, StoreReplacedError, corrupt

SCHEMA = 1
"""The store schema this program reads and writes."""

APPLICATION_ID = 0x4C614264
"""`LaBd` in the file's header; the first migration writes it."""


@dataclass(frozen=True, slots=True)
class StoreIdentity:
    """`desk_id` names the desk in container labels; `lineage` changes on restore; `epoch` counts who acted."""

    desk_id: str
    lineage: str
    epoch: int
    schema: int


def read_identity(connection: dbapi.Connection, path: Path) -> StoreIdentity | None:
    """Return the identity, or None of an empty file; raise StoreCorruptError if the file is something else.

    The schema is for the caller to judge: nothing but `meta` was read.
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id != APPLICATION_ID:
        (objects,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if application_id or objects:
            raise corrupt(path)
        return None
    meta = dict(connection.execute("SELECT key, value FROM meta WHERE key NOT LIKE 'value/%'").fetchall())
    try:
        return StoreIdentity(meta["desk_id"], meta["lineage"], int(meta["epoch"]), int(meta["schema"]))
    except (KeyError, ValueError):
        raise corrupt(path) from None


def older_store(path: Path, schema: int) -> StoreReplacedError:
    """Return the error of a store that got an older schema under an open program: a backup was put in its place."""
    return StoreReplacedError(
        f"An older backup was put in the place of {path} (store schema {schema}, this program writes {SCHEMA}); "
        "start LabDesk again, which brings it up to date.",
        path=str(path),
    )


def newer_store(path: Path, schema: int) -> StoreNewerError:
    """Return the error of a store whose schema this program does not know."""
    return StoreNewerError(
        f"The store {path} was written by a newer LabDesk (store schema {schema}, this program knows {SCHEMA}); "
        "update LabDesk or choose another --store. The store was left as it is.",
        path=str(path),
        schema=str(schema),
    )
