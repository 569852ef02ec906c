"""The resource itself: apiVersion, kind, metadata, spec, status."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import Field, field_validator

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.model import Model, Text, UtcDatetime
from labdesk.resource.selectors import is_label_key, is_label_value

API_VERSION = "labdesk/v1"
DEFAULT_NAMESPACE = "default"
_DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")


def is_dns_label(text: str) -> bool:
    """True for an RFC 1123 label: up to 63 lower-case letters, digits and inner hyphens."""
    return _DNS_LABEL.fullmatch(text) is not None


class ResourceKey(NamedTuple):
    """What names a resource for people and queues."""

    kind: str
    namespace: str
    name: str

    @property
    def subject(self) -> str:
        """`namespace/name`, as CloudEvents carry it."""
        return f"{self.namespace}/{self.name}"


class OwnerReference(Model):
    kind: str
    name: str
    uid: str


class ResourceMetadata(Model):
    """uid, generation and resource_version are set by the store; resource_version is the last commit's revision."""

    name: str
    namespace: str = DEFAULT_NAMESPACE
    uid: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, Text] = Field(default_factory=dict)
    generation: int = 0
    resource_version: int = 0
    created_at: UtcDatetime | None = None
    deletion_timestamp: UtcDatetime | None = None
    finalizers: tuple[str, ...] = ()
    owner: OwnerReference | None = None

    @field_validator("name", "namespace")
    @classmethod
    def _dns_label(cls, value: str) -> str:
        if not is_dns_label(value):
            raise ValueError(f"'{value}' must be 1 to 63 lower-case letters, digits or hyphens, like web-ada")
        return value

    @field_validator("labels")
    @classmethod
    def _label_grammar(cls, labels: dict[str, str]) -> dict[str, str]:
        for key, value in labels.items():
            if not is_label_key(key):
                raise ValueError(f"'{key}' is no label name; use letters, digits and -_. (at most 63)")
            if not is_label_value(value):
                raise ValueError(f"'{value}' is no label value; use letters, digits and -_. (at most 63)")
        return labels


class Spec(Model):
    """What is wanted; only people and schedulers of higher resources write it."""


class Status(Model):
    """What is; only the acting control plane writes it."""

    observed_generation: int = 0


class Resource(Model):
    """Base of every kind. Subclasses set KIND, PLURAL, narrow `spec` and `status`, and may index phase and due time."""

    KIND: ClassVar[str]
    PLURAL: ClassVar[str]
    ALIASES: ClassVar[tuple[str, ...]] = ()

    api_version: str = API_VERSION
    kind: str
    metadata: ResourceMetadata
    spec: Any
    status: Any

    @field_validator("api_version")
    @classmethod
    def _known_version(cls, value: str) -> str:
        if value != API_VERSION:
            raise ValueError(f"must be {API_VERSION}, not '{value}'")
        return value

    @field_validator("kind")
    @classmethod
    def _own_kind(cls, value: str) -> str:
        if value != cls.KIND:
            raise ValueError(f"must be {cls.KIND}, not '{value}'")
        return value

    @property
    def key(self) -> ResourceKey:
        return ResourceKey(self.kind, self.metadata.namespace, self.metadata.name)

    @property
    def is_deleting(self) -> bool:
        return self.metadata.deletion_timestamp is not None

    def phase_index(self) -> str | None:
        """The phase the store indexes, or None for kinds without one."""
        return None

    def due_index(self) -> datetime | None:
        """When the clock alone next matters to this resource (aware UTC), or None."""
        return None

    def describe_change(self, old: Self | None) -> ChangeNote:
        """Say in one sentence what this change means, for the event journal. Pure; called inside the commit."""
        if old is not None and self.is_deleting and not old.is_deleting:
            message = f"The deletion of {self.kind} {self.metadata.name} was asked for."
            return ChangeNote(reason="DeletionRequested", message=message)
        verb = "created" if old is None else "changed"
        return ChangeNote(reason=verb.capitalize(), message=f"{self.kind} {self.metadata.name} was {verb}.")

    def check_update(self, old: Self) -> None:
        """Raise InvalidResourceError, naming the field, if `old` may not become this. Called inside the commit."""

    def with_metadata(self, **changes: Any) -> Self:
        return self.model_copy(update={"metadata": self.metadata.model_copy(update=changes)})

    def with_spec(self, **changes: Any) -> Self:
        """Return a copy with spec fields changed and the whole spec validated again."""
        spec = type(self.spec).model_validate({**dict(self.spec), **changes})
        return self.model_copy(update={"spec": spec})

    def with_status(self, **changes: Any) -> Self:
        return self.model_copy(update={"status": self.status.model_copy(update=changes)})


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """What a change means to people: severity info | warning | error, a stable reason, one English sentence.

    `data` is added to the CloudEvent's data; `tokens` are exact filter words (`lab`, `course`) of the journal.
    """

    reason: str
    message: str
    severity: str = "info"
    data: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def require_same_identity(old: Resource, new: Resource) -> None:
    """Raise InvalidResourceError if a change would alter what identifies a resource."""
    for name in ("uid", "namespace", "name"):
        if getattr(old.metadata, name) != getattr(new.metadata, name):
            raise InvalidResourceError(f"metadata.{name}", "cannot be changed; create another resource instead")
