"""What reading the store returns: images (compact JSON), never decoded until somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any

from labdesk.resource.events import ResourceChangeType, ResourceImage
from labdesk.resource.resource import Resource
from labdesk.resource.scheme import Scheme
from labdesk.store.times import from_micros

IMAGE_COLUMNS = "kind, namespace, name, uid, revision, image_schema, body"
"""The columns of `resource` and `snapshot` that make an image, in the order `image_of` takes them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All resources asked for as they were at `revision`; hand `revision` and `lineage` to `changes_after_async`."""

    images: list[ResourceImage]
    revision: int
    lineage: str


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One row of the log. For DELETED `image` is the last state. `old_image` is None for CREATED.

    `resource` is the image decoded, where this process wrote it and so has it at hand.
    """

    change_type: ResourceChangeType
    image: ResourceImage
    old_image: ResourceImage | None
    revision: int
    uid: str
    time: datetime
    resource: Resource | None = None


@dataclass(frozen=True, slots=True)
class StoreStatistics:
    """Bytes on the disk, rows of each table, and what the last integrity check said (`ok`, a problem, or empty)."""

    file_bytes: int
    wal_bytes: int
    rows: dict[str, int]
    last_compaction: datetime | None
    horizon: int
    integrity: str


def image_of(scheme: Scheme, row: tuple[Any, ...]) -> ResourceImage:
    """Return the image of a row of IMAGE_COLUMNS; words that repeat are kept once."""
    kind, namespace, name, uid, revision, schema, body = row
    return ResourceImage(scheme, intern(kind), intern(namespace), name, uid, revision, schema, body)


def change_of(scheme: Scheme, row: tuple[Any, ...]) -> ResourceChange:
    """Return the change of a row of `reads.CHANGE_COLUMNS`: the log's, then schema and body of the image before."""
    change_type, time, kind, namespace, name, uid, revision, schema, body, previous, old_schema, old_body = row
    kind, namespace = intern(kind), intern(namespace)
    image = ResourceImage(scheme, kind, namespace, name, uid, revision, schema, body)
    old = None
    if old_body is not None:
        old = ResourceImage(scheme, kind, namespace, name, uid, previous, old_schema, old_body)
    return ResourceChange(ResourceChangeType(change_type), image, old, revision, uid, from_micros(time))
