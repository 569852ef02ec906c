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
class Committed:
    """What a request added: each write's revision (the former if nothing changed), the last revision and sequence."""

    revisions: tuple[int, ...] = ()
    head: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """Writes and events that are committed together or not at all. `epoch` None: this process does not act."""

    writes: Sequence[PreparedWrite]
    events: Sequence[PreparedEvent]
    values: Mapping[str, str | None]
    saved_at: int
    epoch: int | None
    path: Path

    def __call__(self, connection: WriterConnection) -> Committed:
        if any(write.fenced for write in self.writes):
            check_epoch(connection, self.epoch, self.path)
        sequence = 0
        revisions = []
        for write in self.writes:
            revision = _apply(connection, write)
            revisions.append(revision)
            if write.event is not None:
                sequence = append_event(connection, write.event, revision)
        for event in self.events:
            sequence = append_event(connection, event, None)
        if self.values:
            from labdesk.store.meta import put_values

            put_values(connection, self.values, self.saved_at)
        changed = [revision for revision, write in zip(revisions, self.writes, strict=True) if write.change_type]
        return Committed(tuple(revisions), changed[-1] if changed else 0, sequence)


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


def append_event(connection: WriterConnection, event: PreparedEvent, revision: int | None) -> int:
    """Add an event to the journal, its index and its counts; return its sequence."""
    hot = connection.hot
    sequence: int = connection.run(hot.insert_journal, {**event.row, "revision": revision}).lastrowid
    connection.run(hot.insert_body, {"sequence": sequence, "body": event.body})
    connection.run(hot.insert_text, {"sequence": sequence, "document": event.document})
    connection.run(hot.count_minute, {**event.row, "sequence": sequence})
    return sequence


def _apply(connection: WriterConnection, write: PreparedWrite) -> int:
    hot, row = connection.hot, write.row
    if write.change_type is None:
        _require_current(connection, write)
        previous: int = row["previous"]
        return previous
    revision: int = connection.run(hot.insert_change, row).lastrowid
    match write.change_type:
        case ResourceChangeType.CREATED:
            _insert(connection, write, revision)
        case ResourceChangeType.DELETED:
            if connection.run(hot.delete_resource, row).rowcount != 1:
                _require_current(connection, write)
            from labdesk.store.work import clear_work

            clear_work(connection, write.key)
        case _:
            if connection.run(hot.update_resource, {**row, "revision": revision}).rowcount != 1:
                _require_current(connection, write)
    return revision


def _insert(connection: WriterConnection, write: PreparedWrite, revision: int) -> None:
    from sqlalchemy.exc import IntegrityError

    try:
        connection.run(connection.hot.insert_resource, {**write.row, "revision": revision})
    except IntegrityError:
        raise ResourceExistsError(
            f"There is already a {write.key.kind} {write.key.subject}; choose another name or change that one."
        ) from None


def _require_current(connection: WriterConnection, write: PreparedWrite) -> None:
    """Raise unless the resource is as it was read."""
    key = write.key
    found = connection.run(connection.hot.select_resource, key._asdict()).one_or_none()
    if found is None:
        raise ResourceNotFoundError(f"There is no {key.kind} {key.subject} any more; list again.")
    if tuple(found) != (write.row["uid"], write.row["previous"]):
        raise ResourceConflictError(f"The {key.kind} {key.subject} changed since it was read; read it again.")
