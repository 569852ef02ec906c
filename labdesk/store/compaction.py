"""Retention of the log: old changes go, a full snapshot of the state they led to stays, and replay begins there."""

from __future__ import annotations

from labdesk.store.connection import WriterConnection
from labdesk.store.meta import put_meta

STEP = 400
"""Changes to a transaction, so that compaction never holds up a commit for more than a few milliseconds."""

_OLDEST = "SELECT revision, time FROM change ORDER BY revision LIMIT :limit"
_FORGET_DELETED = """
DELETE FROM snapshot WHERE uid IN (SELECT uid FROM change WHERE revision <= :horizon AND change_type = 'deleted')
"""
_REMEMBER = """
INSERT INTO snapshot (uid, kind, namespace, name, revision, image_schema, body)
SELECT c.uid, c.kind, c.namespace, c.name, c.revision, c.image_schema, c.body FROM change c
WHERE c.revision <= :horizon AND c.change_type <> 'deleted'
  AND c.revision = (SELECT max(l.revision) FROM change l WHERE l.uid = c.uid AND l.revision <= :horizon)
ON CONFLICT (uid) DO UPDATE SET
  revision = excluded.revision, image_schema = excluded.image_schema, body = excluded.body
"""
_DROP = "DELETE FROM change WHERE revision <= :horizon"


def compact_step(connection: WriterConnection, keep_after: int, now: int) -> int:
    """Move the horizon over up to STEP changes made before `keep_after` (microseconds); return how many went.

    The first change that is not older ends it: the log stays without gaps even if the clock once went back.
    """
    horizon, count = 0, 0
    oldest: list[tuple[int, int]] = [tuple(row) for row in connection.run(_OLDEST, {"limit": STEP})]
    for revision, time in oldest:
        if time >= keep_after:
            break
        horizon, count = revision, count + 1
    if count:
        for text in (_FORGET_DELETED, _REMEMBER, _DROP):
            connection.run(text, {"horizon": horizon})
        put_meta(connection, "horizon", str(horizon), now)
    put_meta(connection, "compacted", "true", now)
    return count
