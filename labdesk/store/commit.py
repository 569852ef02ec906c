"""A commit, as the writer thread runs it: SQL only, revisions given in order, compare-and-swap on each resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labdesk.resource.errors import ResourceConflictError, ResourceExistsError, ResourceNotFoundError
from labdesk.resource.events import ResourceChangeType
from labdesk.store.connection import WriterConnection
from labdesk.store.errors import NotActingError
from labdesk.store.writes import PreparedEvent, PreparedWrite


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """Writes and events that are committed together or not at all. `epoch` None: this process does not act.

    Called in the writer thread it returns each write's revision, the former one if nothing changed.
    """

    writes: Sequence[PreparedWrite]
    events: Sequence[PreparedEvent]
    values: Mapping[str, str | None]
    saved_at: int
    epoch: int | None
    path: Path

    def __call__(self, connection: WriterConnection) -> list[int]:
        if any(write.fenced for write in self.writes):
            check_epoch(connection, self.epoch, self.path)
        revisions = [_apply(connection, write) for write in self.writes]
        for event in self.events:
            append_event(connection, event)
        if self.values:
            from labdesk.store.meta import put_values

            put_values(connection, self.values, self.saved_at)
        return revisions


def check_epoch(connection: WriterConnection, epoch: int | None, path: Path) -> None:
    """Raise NotActingError unless `epoch` is the store's, which cannot change before the commit."""
    if epoch is None:
        raise NotActingError(
            f"This process only observes the store {path}; only the one that runs the control plane may write this."
        )
    if epoch != connection.epoch:
        raise NotActingError(
            f"Another process has taken over the control plane of the store {path}; this one stops acting."
        )


def append_event(connection: WriterConnection, event: PreparedEvent) -> None:
    """Add an event without a revision to the journal."""
    connection.sequence += 1
    connection.run(connection.hot.insert_event, {**event.row, "sequence": connection.sequence})


def _apply(connection: WriterConnection, write: PreparedWrite) -> int:
    """Add a change and its event; return its revision."""
    if write.event is None:
        _require_current(connection, write)
        previous: int = write.row["previous"]
        return previous
    connection.revision += 1
    connection.sequence += 1
    numbers = {"revision": connection.revision, "sequence": connection.sequence}
    try:
        connection.run(connection.hot.insert_change, {**write.row, **write.event.row, **numbers})
    except connection.refusal:
        _require_current(connection, write)
        raise
    if write.change_type is ResourceChangeType.DELETED:
        from labdesk.store.work import clear_work

        clear_work(connection, write.key)
    return connection.revision


def _require_current(connection: WriterConnection, write: PreparedWrite) -> None:
    """Raise the reason for which a write was refused, if it is one that the writer can do something about."""
    key = write.key
    if write.change_type is ResourceChangeType.CREATED:
        raise ResourceExistsError(
            f"There is already a {key.kind} {key.subject}; choose another name or change that one."
        )
    found = connection.run(connection.hot.select_resource, key._asdict()).one_or_none()
    if found is None:
        raise ResourceNotFoundError(f"There is no {key.kind} {key.subject} any more; list again.")
    if tuple(found) != (write.row["uid"], write.row["previous"]):
        raise ResourceConflictError(f"The {key.kind} {key.subject} changed since it was read; read it again.")
