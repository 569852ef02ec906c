"""Commits, as the writer thread runs them: SQL only, revisions given in order, compare-and-swap on each resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labdesk.resource.errors import (
    LabDeskError,
    ResourceConflictError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from labdesk.resource.events import ResourceChangeType
from labdesk.store.connection import WriterConnection
from labdesk.store.errors import NotActingError, taken_over
from labdesk.store.writes import PreparedEvent, PreparedWrite, Row

Outcome = list[int] | LabDeskError
"""The revision of each write (its former one if nothing changed), or why none of them was done."""


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """Writes and events that are committed together or not at all. `epoch` None: this process does not act."""

    writes: Sequence[PreparedWrite]
    events: Sequence[PreparedEvent]
    values: Mapping[str, str | None]
    saved_at: int
    epoch: int | None


@dataclass(frozen=True, slots=True)
class CommitBatch:
    """Requests that came together; each has an outcome of its own.

    All are tried in as few statements as can be. If any is refused, all are undone and done again one by one, each in
    a savepoint: that is rare, and then only slower.
    """

    requests: Sequence[CommitRequest]
    path: Path

    def __call__(self, connection: WriterConnection) -> list[Outcome]:
        if len(self.requests) > 1:
            try:
                return list[Outcome](self._commit(connection, self.requests))
            except (LabDeskError, connection.refusal):
                connection.undo_savepoint()
        return [self._one(connection, request) for request in self.requests]

    def _one(self, connection: WriterConnection, request: CommitRequest) -> Outcome:
        try:
            return self._commit(connection, [request])[0]
        except LabDeskError as refusal:
            connection.undo_savepoint()
            return refusal
        except connection.refusal:
            connection.undo_savepoint()
            reason = _reason(connection, request.writes) or _own_clash(request.writes)
            if reason is None:
                raise
            return reason

    def _commit(self, connection: WriterConnection, requests: Sequence[CommitRequest]) -> list[list[int]]:
        """Return the revisions; whoever catches an error undoes the savepoint."""
        connection.savepoint()
        revisions = _commit(connection, requests, self.path)
        connection.release_savepoint()
        return revisions


def check_epoch(connection: WriterConnection, epoch: int | None, path: Path) -> None:
    """Raise NotActingError unless `epoch` is the store's, which cannot change before the commit."""
    if epoch is None:
        raise NotActingError(
            f"This process only observes the store {path}; only the one that runs the control plane may write this."
        )
    if epoch != connection.epoch:
        raise taken_over(path)


def _commit(connection: WriterConnection, requests: Sequence[CommitRequest], path: Path) -> list[list[int]]:
    changes: list[Row] = []
    events: list[Row] = []
    revisions: list[list[int]] = []
    for request in requests:
        if any(write.fenced for write in request.writes):
            check_epoch(connection, request.epoch, path)
        given: list[int] = []
        for write in request.writes:
            if write.change_type is None:
                _require_unchanged(connection, write)
                given.append(write.previous)
                continue
            connection.revision += 1
            connection.sequence += 1
            given.append(connection.revision)
            changes.append((connection.revision, connection.sequence, *write.row))
            connection.made.append((write, connection.revision))
        for event in request.events:
            connection.sequence += 1
            events.append((connection.sequence, *event.row))
        revisions.append(given)
    connection.insert(connection.hot.insert_changes, changes)
    connection.insert(connection.hot.insert_events, events)
    for request in requests:
        if request.values:
            from labdesk.store.meta import put_values

            put_values(connection, request.values, request.saved_at)
    return revisions


def _require_unchanged(connection: WriterConnection, write: PreparedWrite) -> None:
    reason = _reason(connection, [write])
    if reason is not None:
        raise reason


def _reason(connection: WriterConnection, writes: Sequence[PreparedWrite]) -> LabDeskError | None:
    """Return why one of the writes is refused, or None if the store holds what each of them expects."""
    for write in writes:
        key = write.key
        found = connection.run(connection.hot.select_resource, (write.uid, *key)).all()
        rows = {tuple(row) for row in found}
        if write.change_type is ResourceChangeType.CREATED:
            if rows:
                return ResourceExistsError(
                    f"There is already a {key.kind} {key.subject}; choose another name or change that one."
                )
        elif not rows:
            return ResourceNotFoundError(f"There is no {key.kind} {key.subject} any more; list again.")
        elif rows != {(write.uid, write.previous)}:
            return ResourceConflictError(f"The {key.kind} {key.subject} changed since it was read; read it again.")
    return None


def _own_clash(writes: Sequence[PreparedWrite]) -> LabDeskError | None:
    """Return the error of a commit that touches one resource twice, or None."""
    seen: set[object] = set()
    for write in writes:
        if write.key in seen or write.uid in seen:
            text = f"The commit has the {write.key.kind} {write.key.subject} or its uid twice; make it one change."
            is_new = write.change_type is ResourceChangeType.CREATED
            return ResourceExistsError(text) if is_new else ResourceConflictError(text)
        seen |= {write.key, write.uid}
    return None
