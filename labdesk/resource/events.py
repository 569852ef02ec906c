"""Change events of the watch, and CloudEvents 1.0 as the journal keeps them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from pydantic import ValidationError

from labdesk.resource.errors import InvalidResourceError, UnreadableResourceError
from labdesk.resource.model import first_problem
from labdesk.resource.resource import Resource, ResourceKey

if TYPE_CHECKING:
    from cloudevents.core.v1.event import CloudEvent

    from labdesk.resource.scheme import Scheme

IMAGE_SCHEMA = 1
"""Version of the JSON written into the store; raise it with a converter whenever an image's shape changes."""

R = TypeVar("R", bound=Resource)


class ResourceChangeType(StrEnum):
    """UPDATED: spec or metadata changed (perhaps the status too); STATUS_UPDATED: only the status."""

    CREATED = "created"
    UPDATED = "updated"
    STATUS_UPDATED = "status_updated"
    DELETED = "deleted"


class ResourceImage:
    """A resource as one commit left it: compact JSON, turned into a model only when asked for.

    `schema` is the image schema the body was written with; `revision` is the commit's.
    """

    __slots__ = ("_scheme", "body", "kind", "name", "namespace", "revision", "schema", "uid")

    def __init__(
        self, scheme: Scheme, kind: str, namespace: str, name: str, uid: str, revision: int, schema: int, body: str
    ) -> None:
        self._scheme = scheme
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.revision = revision
        self.schema = schema
        self.body = body

    @property
    def key(self) -> ResourceKey:
        return ResourceKey(self.kind, self.namespace, self.name)

    def decode(self) -> Resource:
        """Return the resource; raise UnreadableResourceError for an image of a newer program or a damaged one."""
        try:
            return self._scheme.decode(self.kind, self.body, self.revision, self.schema)
        except (ValueError, LookupError, InvalidResourceError) as error:
            field = first_problem(error).field if isinstance(error, ValidationError) else ""
            raise UnreadableResourceError(
                f"The {self.kind} {self.key.subject} cannot be read here (because of its {field or 'form'}); a newer "
                "LabDesk may have written it: update this one, then start it again."
            ) from error


class DecodedImage(ResourceImage):
    """The image of a resource that is at hand: its text is made only when asked for."""

    __slots__ = ("_resource", "_text")

    def __init__(self, scheme: Scheme, resource: Resource) -> None:
        metadata = resource.metadata
        self._scheme = scheme
        self._resource = resource
        self._text: str | None = None
        self.kind = resource.kind
        self.name = metadata.name
        self.namespace = metadata.namespace
        self.uid = metadata.uid
        self.revision = metadata.resource_version
        self.schema = IMAGE_SCHEMA

    @property
    def body(self) -> str:  # type: ignore[override]
        if self._text is None:
            self._text = self._scheme.encode(self._resource)
        return self._text

    def decode(self) -> Resource:
        return self._resource


class ResourceChangeEvent(Generic[R]):
    """One change as handlers get it, in revision order, at least once; `revision` is the idempotency key.

    `resource` is the state after the change (for DELETED the last state), `old_resource` the one before or None; one
    that cannot be read is None too. Both are decoded from their images at first use; UnreadableResourceError.
    """

    __slots__ = ("_old", "_resource", "change_type", "image", "old_image", "revision")

    def __init__(
        self, change_type: ResourceChangeType, image: ResourceImage, old_image: ResourceImage | None, revision: int
    ) -> None:
        self.change_type = change_type
        self.image = image
        self.old_image = old_image
        self.revision = revision
        self._resource: R | None = None
        self._old: R | None = None

    @property
    def resource(self) -> R:
        if self._resource is None:
            self._resource = cast("R", self.image.decode())
        return self._resource

    @property
    def old_resource(self) -> R | None:
        if self._old is None and self.old_image is not None:
            with suppress(UnreadableResourceError):
                self._old = cast("R", self.old_image.decode())
        return self._old

    @property
    def key(self) -> ResourceKey:
        return self.image.key

    def __repr__(self) -> str:
        return f"<{self.change_type.value} {self.key.subject} @{self.revision}>"


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """A CloudEvent as the journal holds it.

    `sequence` is the journal's order (never time); `revision` the commit it tells of, or None for controller, engine
    and desk events. `severity` is info | warning | error, `message` the English sentence of (`reason`, data).
    """

    sequence: int
    id: str
    type: str
    source: str
    subject: str
    time: datetime
    severity: str
    reason: str
    message: str
    data: dict[str, Any]
    revision: int | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """What the sentence of `reason` is made with; nothing where the event has none."""
        given = self.data.get("parameters")
        return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}

    def to_cloudevent(self) -> CloudEvent:
        """Return the CNCF SDK's event; loaded late because the SDK is slow to import."""
        from cloudevents.core.v1.event import CloudEvent

        attributes = {
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": self.time,
            "datacontenttype": "application/json",
            "severity": self.severity,
            "sequence": str(self.sequence),
        }
        if self.subject:  # the specification allows none, but no empty one
            attributes["subject"] = self.subject
        return CloudEvent(attributes, {"reason": self.reason, "message": self.message, **self.data})

    def to_json(self) -> str:
        """Return the event in the CloudEvents JSON format, on one line."""
        from cloudevents.core.formats.json import JSONFormat

        return JSONFormat().write(self.to_cloudevent()).decode()
