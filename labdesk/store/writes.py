"""What can be committed, and its preparation: everything a commit needs but the revision. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from pydantic_core import to_json

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.events import IMAGE_SCHEMA, ResourceChangeType
from labdesk.resource.resource import ChangeNote, Resource, ResourceKey, require_same_identity
from labdesk.resource.scheme import Scheme
from labdesk.store.fulltext import document_of
from labdesk.store.times import optional_micros, to_micros

SEVERITIES = ("info", "warning", "error")
"""The journal keeps a severity's place in this tuple."""


@dataclass(frozen=True, slots=True)
class Create:
    """Add `resource`; the store sets uid (if empty), created_at and generation 1."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Update:
    """Replace `old`, as it was read, by `new`. Without a difference nothing is written."""

    old: Resource
    new: Resource


@dataclass(frozen=True, slots=True)
class Remove:
    """Drop the row of `resource`, as it was read, with its work and kept log."""

    resource: Resource


Write = Create | Update | Remove


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event without a revision: of the controller, the engine, the desk. `time` is aware UTC.

    `tokens` are exact filter words (`lab`, `course`); `origin` ends the event's source, `labdesk/<desk id>/<origin>`.
    """

    type: str
    subject: str
    time: datetime
    severity: str
    reason: str
    message: str
    data: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    origin: str = "controller"


Row = tuple[str | int | None, ...]
_EVENT_COLUMNS = 6
"""Of a change's row the last ones are its event's, the first of these its time."""


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """One event; `row` is what `event_entry` takes after the sequence."""

    row: Row


@dataclass(slots=True)
class PreparedWrite:
    """One change; `row` is what `change_entry` takes after revision and sequence.

    `uid` and `previous` are what the store must hold. Without a change type nothing is written, only that is checked.
    `body` is the image, `saved_at` in microseconds; `old` is the resource as it was read, None for a new one.
    """

    key: ResourceKey
    uid: str
    previous: int
    change_type: ResourceChangeType | None
    row: Row
    result: Resource
    fenced: bool
    old: Resource | None = None
    body: str = ""
    saved_at: int = 0

    def at(self, now: datetime) -> Self:
        """Return the same write with the time it is committed; it may have been prepared ahead."""
        saved_at = to_micros(now)
        if saved_at != self.saved_at:
            place = len(self.row) - _EVENT_COLUMNS
            self.row = (*self.row[:place], saved_at, *self.row[place + 1 :])
            self.saved_at = saved_at
        return self

    def committed(self, revision: int) -> Resource:
        """Return the resource as the store holds it since that revision; made once, however many ask."""
        if self.result.metadata.resource_version != revision:
            self.result = self.result.with_metadata(resource_version=revision)
        return self.result


def prepare_write(write: Write, scheme: Scheme, now: datetime, desk_id: str) -> PreparedWrite:
    """Return the rows of a write; raise InvalidResourceError if it may not be."""
    match write:
        case Create(resource):
            return _prepare_create(resource, scheme, now, desk_id)
        case Update(old, new):
            return _prepare_update(old, new, scheme, now, desk_id)
        case Remove(resource):
            return _prepare_remove(resource, scheme, now, desk_id)


def prepare_event(event: NewEvent, desk_id: str) -> PreparedEvent:
    """Return the rows of an event; raise InvalidResourceError for an unknown severity."""
    note = ChangeNote(
        severity=event.severity, reason=event.reason, message=event.message, data=event.data, tokens=event.tokens
    )
    return _event(event.type, event.subject, event.time, note, f"labdesk/{desk_id}/{event.origin}")


def _prepare_create(resource: Resource, scheme: Scheme, now: datetime, desk_id: str) -> PreparedWrite:
    created = resource.with_metadata(
        uid=resource.metadata.uid or uuid4().hex[:16], created_at=now, generation=1, resource_version=0
    )
    note = created.describe_change(None)
    return _prepared(created, ResourceChangeType.CREATED, None, note, scheme, now, desk_id, fenced=False)


def _prepare_update(old: Resource, new: Resource, scheme: Scheme, now: datetime, desk_id: str) -> PreparedWrite:
    _check_update(old, new)
    # Parts that were not touched are the very same objects; asking that first spares most comparisons.
    spec_changed = new.spec is not old.spec and new.spec != old.spec
    status_changed = new.status is not old.status and new.status != old.status
    metadata_changed = False
    if new.metadata is not old.metadata:
        kept = {name: getattr(old.metadata, name) for name in ("created_at", "resource_version", "generation")}
        new = new.with_metadata(**kept)
        metadata_changed = new.metadata != old.metadata
    if not (spec_changed or status_changed or metadata_changed):
        return PreparedWrite(old.key, old.metadata.uid, old.metadata.resource_version, None, (), old, fenced=False)
    if spec_changed:
        new = new.with_metadata(generation=old.metadata.generation + 1)
    change_type = ResourceChangeType.UPDATED if spec_changed or metadata_changed else ResourceChangeType.STATUS_UPDATED
    fenced = status_changed or new.metadata.finalizers != old.metadata.finalizers
    return _prepared(new, change_type, old, new.describe_change(old), scheme, now, desk_id, fenced=fenced)


def _check_update(old: Resource, new: Resource) -> None:
    if type(old) is not type(new):
        raise InvalidResourceError("kind", "cannot be changed; create another resource instead")
    require_same_identity(old, new)
    if old.is_deleting and new.metadata.deletion_timestamp != old.metadata.deletion_timestamp:
        raise InvalidResourceError(
            "metadata.deletionTimestamp", "cannot be taken back; create another resource instead"
        )
    new.check_update(old)


def _prepare_remove(resource: Resource, scheme: Scheme, now: datetime, desk_id: str) -> PreparedWrite:
    # Told as a change without a difference, a resource still gives the data and filter words of its events.
    told = resource.describe_change(resource)
    data = {**told.data, "reason": "Deleted", "parameters": {}} if "reason" in told.data else told.data
    note = ChangeNote(reason="Deleted", message="Was deleted.", data=data, tokens=told.tokens)
    return _prepared(resource, ResourceChangeType.DELETED, resource, note, scheme, now, desk_id, fenced=True)


def _prepared(
    resource: Resource,
    change_type: ResourceChangeType,
    old: Resource | None,
    note: ChangeNote,
    scheme: Scheme,
    now: datetime,
    desk_id: str,
    *,
    fenced: bool,
) -> PreparedWrite:
    metadata = resource.metadata
    previous = None if old is None else old.metadata.resource_version
    body, saved_at = scheme.encode(resource), to_micros(now)
    row: Row = (
        metadata.uid,
        resource.kind,
        metadata.namespace,
        metadata.name,
        change_type.value,
        IMAGE_SCHEMA,
        previous,
        resource.phase_index(),
        optional_micros(resource.due_index()),
        body,
    )
    type_ = f"{resource.kind.lower()}.{change_type.value}"
    event = _event(type_, resource.key.subject, now, note, f"labdesk/{desk_id}/watcher")
    return PreparedWrite(
        resource.key, metadata.uid, previous or 0, change_type, row + event.row, resource, fenced, old, body, saved_at
    )


def _event(type_: str, subject: str, time: datetime, note: ChangeNote, source: str) -> PreparedEvent:
    if note.severity not in SEVERITIES:
        raise InvalidResourceError("severity", f"must be one of {', '.join(SEVERITIES)}, not '{note.severity}'")
    body = {
        "source": source, "reason": note.reason, "message": note.message, "data": note.data, "tokens": note.tokens,
    }  # fmt: skip
    return PreparedEvent(
        (
            to_micros(time),
            SEVERITIES.index(note.severity),
            type_,
            subject,
            to_json(body).decode(),
            event_document(type_, subject, note.severity, body),
        )
    )


def event_document(type_: str, subject: str, severity: str, body: Mapping[str, Any]) -> str:
    """Return what is indexed of an event, from its body; to take it out of the index again takes the very same."""
    words = (body["message"], subject, body["reason"], *_words_in(body["data"]))
    return document_of(words, {"sev": severity, "type": type_, **body["tokens"]})


def _words_in(data: Mapping[str, Any] | Sequence[Any]) -> list[str]:
    words: list[str] = []
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(value, str):
            words.append(value)
        elif isinstance(value, dict | list | tuple):
            words += _words_in(value)
        elif value is not None:
            words.append(str(value))
    return words
