"""The last changes this process committed, kept in memory: who follows the log need not read those from the file."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from labdesk.resource.events import IMAGE_SCHEMA, DecodedImage, ResourceChangeType, ResourceImage
from labdesk.resource.scheme import Scheme
from labdesk.store.times import from_micros
from labdesk.store.views import ResourceChange
from labdesk.store.writes import PreparedWrite

LIMIT = 2048
"""Changes kept; each holds a decoded resource, some 8 KiB."""


@dataclass(frozen=True, slots=True)
class CommittedWrites:
    """What one commit wrote: each write with its revision, in the order of the log, and the lineage it belongs to."""

    writes: Sequence[tuple[PreparedWrite, int]]
    lineage: str


class RecentChanges:
    """An unbroken run of the log's end as far as this process wrote it; another process's commit begins it anew."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._changes: deque[ResourceChange] = deque(maxlen=LIMIT)
        self._lineage = ""

    def add(self, committed: CommittedWrites) -> None:
        """Take the writes of a commit that is on the disk."""
        if committed.lineage != self._lineage:
            self._changes.clear()
            self._lineage = committed.lineage
        for write, revision in committed.writes:
            if self._changes and self._changes[-1].revision != revision - 1:
                self._changes.clear()
            self._changes.append(self._change(write, revision))

    def clear(self) -> None:
        """Forget all: the file's log has been cut, and a cursor from before the cut must not lead on."""
        self._changes.clear()

    def after(self, revision: int, limit: int, lineage: str) -> list[ResourceChange] | None:
        """Return up to `limit` changes after `revision`, or None if the file must be asked."""
        changes = self._changes
        if not changes or lineage != self._lineage:
            return None
        start = revision + 1 - changes[0].revision
        if not 0 <= start < len(changes):
            return None
        return list(islice(changes, start, start + limit))

    def _change(self, write: PreparedWrite, revision: int) -> ResourceChange:
        kind, namespace, name = write.key
        resource = write.committed(revision)
        image = ResourceImage(self._scheme, kind, namespace, name, write.uid, revision, IMAGE_SCHEMA, write.body)
        old = None if write.old is None else DecodedImage(self._scheme, write.old)
        change_type = write.change_type or ResourceChangeType.UPDATED
        return ResourceChange(change_type, image, old, revision, write.uid, from_micros(write.saved_at), resource)
