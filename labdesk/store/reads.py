"""The questions asked of resources and their log, as SQL on a reading connection.

They are plain text for the driver, so that a program that only reads starts without SQLAlchemy (0.6 s, measured); a
test prepares each of them against the migrated tables and looks at its plan.
"""
# ruff: noqa: S608  (the texts are put together from constants of this room)

from __future__ import annotations

import json
from collections.abc import Collection

from labdesk.resource.errors import ResourceNotFoundError, RevisionExpired
from labdesk.resource.events import ResourceImage
from labdesk.resource.resource import ResourceKey
from labdesk.resource.scheme import Scheme
from labdesk.store.driver import dbapi, read_transaction
from labdesk.store.lineage import lineage_expired
from labdesk.store.views import IMAGE_COLUMNS, Listing, ResourceChange, change_of, image_of

HEAD = """
SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0),
       coalesce((SELECT value FROM meta WHERE key = 'horizon'), 0),
       (SELECT value FROM meta WHERE key = 'lineage')
"""
LIST = f"""
SELECT {IMAGE_COLUMNS} FROM resource
WHERE (:kind IS NULL OR kind = :kind) AND (:namespace IS NULL OR namespace = :namespace)
"""
LIST_KIND = (
    f"SELECT {IMAGE_COLUMNS} FROM resource WHERE kind = :kind AND (:namespace IS NULL OR namespace = :namespace)"
)
GET = f"SELECT {IMAGE_COLUMNS} FROM resource WHERE kind = :kind AND namespace = :namespace AND name = :name"
FIND_UID = f"SELECT {IMAGE_COLUMNS} FROM resource WHERE uid = :uid"
IN_PHASES = """
FROM resource
WHERE kind = :kind AND phase IN (SELECT value FROM json_each(:phases)) ORDER BY due_at LIMIT :limit
"""
IN_PHASES_DUE = """
FROM resource
WHERE kind = :kind AND phase IN (SELECT value FROM json_each(:phases))
  AND due_at > :due_after AND due_at <= :due_before
ORDER BY due_at LIMIT :limit
"""
QUERY, QUERY_KEYS = f"SELECT {IMAGE_COLUMNS} {IN_PHASES}", f"SELECT namespace, name {IN_PHASES}"
QUERY_DUE, QUERY_KEYS_DUE = f"SELECT {IMAGE_COLUMNS} {IN_PHASES_DUE}", f"SELECT namespace, name {IN_PHASES_DUE}"
NEXT_DUE = """
SELECT min(due) FROM (
  SELECT (SELECT min(due_at) FROM resource WHERE kind = :kind AND phase = value AND due_at > :after) AS due
  FROM json_each(:phases))
"""
CHANGE_COLUMNS = """
c.change_type, c.time, c.kind, c.namespace, c.name, c.uid, c.revision, c.image_schema, c.body, c.previous,
coalesce(p.image_schema, s.image_schema), coalesce(p.body, s.body)
"""
_CHANGES = f"""
SELECT {CHANGE_COLUMNS} FROM change c
LEFT JOIN change p ON p.revision = c.previous
LEFT JOIN snapshot s ON s.uid = c.uid AND s.revision = c.previous
"""
CHANGES_AFTER = f"{_CHANGES} WHERE c.revision > :revision ORDER BY c.revision LIMIT :limit"
CHANGES_OF = f"{_CHANGES} WHERE c.uid = :uid ORDER BY c.revision DESC LIMIT :limit"

ALL = (
    HEAD, LIST, LIST_KIND, GET, FIND_UID, QUERY, QUERY_DUE, QUERY_KEYS, QUERY_KEYS_DUE, NEXT_DUE,
    CHANGES_AFTER, CHANGES_OF,
)  # fmt: skip


def read_listing(connection: dbapi.Connection, scheme: Scheme, kind: str | None, namespace: str | None) -> Listing:
    """Return images and head of one moment."""
    text = LIST if kind is None else LIST_KIND
    with read_transaction(connection):
        head, _, lineage = connection.execute(HEAD).fetchone()
        rows = connection.execute(text, {"kind": kind, "namespace": namespace})
        return Listing([image_of(scheme, row) for row in rows], head, lineage)


def read_image(connection: dbapi.Connection, scheme: Scheme, key: ResourceKey) -> ResourceImage:
    """Return one image; raise ResourceNotFoundError."""
    row = connection.execute(GET, key._asdict()).fetchone()
    if row is None:
        kind = scheme.type_of(key.kind)
        word = next(iter(kind.ALIASES), kind.KIND)
        where = f"(namespace {key.namespace}); check the name and namespace."
        raise ResourceNotFoundError(f"There is no {word} named {key.name} {where}")
    return image_of(scheme, row)


def find_uid(connection: dbapi.Connection, scheme: Scheme, uid: str) -> ResourceImage | None:
    row = connection.execute(FIND_UID, {"uid": uid}).fetchone()
    return None if row is None else image_of(scheme, row)


def query(
    connection: dbapi.Connection,
    scheme: Scheme,
    kind: str,
    phases: Collection[str],
    due: tuple[int | None, int | None],
    limit: int,
) -> list[ResourceImage]:
    rows = connection.execute(QUERY if due[1] is None else QUERY_DUE, _query_values(kind, phases, due, limit))
    return [image_of(scheme, row) for row in rows]


def query_keys(
    connection: dbapi.Connection, kind: str, phases: Collection[str], due: tuple[int | None, int | None], limit: int
) -> list[ResourceKey]:
    text = QUERY_KEYS if due[1] is None else QUERY_KEYS_DUE
    rows = connection.execute(text, _query_values(kind, phases, due, limit))
    return [ResourceKey(kind, namespace, name) for namespace, name in rows]


def _query_values(
    kind: str, phases: Collection[str], due: tuple[int | None, int | None], limit: int
) -> dict[str, object]:
    due_after, due_before = due
    return {
        "kind": kind,
        "phases": _json_list(phases),
        "due_after": -(2**62) if due_after is None else due_after,
        "due_before": due_before,
        "limit": limit,
    }


def next_due(connection: dbapi.Connection, kind: str, phases: Collection[str], after: int | None) -> int | None:
    parameters = {"kind": kind, "phases": _json_list(phases), "after": -(2**62) if after is None else after}
    (due,) = connection.execute(NEXT_DUE, parameters).fetchone()
    found: int | None = due
    return found


def changes_after(
    connection: dbapi.Connection, scheme: Scheme, revision: int, limit: int, lineage: str
) -> list[ResourceChange]:
    """Return the log after a cursor, in revision order; raise RevisionExpired if it cannot be followed from there."""
    with read_transaction(connection):
        head, horizon, stored_lineage = connection.execute(HEAD).fetchone()
        if stored_lineage != lineage:
            raise lineage_expired()
        if revision > head:
            raise RevisionExpired(f"Revision {revision} is beyond the store's last one, {head}; list again.")
        if revision < int(horizon):
            raise RevisionExpired(f"The log begins after revision {horizon}; revision {revision} is gone. List again.")
        if revision == head:
            return []
        rows = connection.execute(CHANGES_AFTER, {"revision": revision, "limit": limit})
        return [change_of(scheme, row) for row in rows]


def changes_of(connection: dbapi.Connection, scheme: Scheme, uid: str, limit: int) -> list[ResourceChange]:
    """Return the newest `limit` changes of one resource, oldest first."""
    with read_transaction(connection):
        rows = connection.execute(CHANGES_OF, {"uid": uid, "limit": limit}).fetchall()
    return [change_of(scheme, row) for row in reversed(rows)]


def head(connection: dbapi.Connection) -> tuple[int, str]:
    """Return the last revision and the lineage."""
    revision, _, lineage = connection.execute(HEAD).fetchone()
    return revision, lineage


def _json_list(words: Collection[str]) -> str:
    return json.dumps([str(word) for word in words])
