"""What changed between two listings, when no log tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from labdesk.control.slices import TimeSlices
from labdesk.resource.errors import UnreadableResourceError
from labdesk.resource.events import ResourceChangeType, ResourceImage
from labdesk.store.views import ResourceChange

if TYPE_CHECKING:
    from labdesk.resource.resource import ResourceKey


async def find_differences(
    known: Mapping[ResourceKey, ResourceImage], images: Iterable[ResourceImage], revision: int, now: datetime
) -> list[ResourceChange]:
    """Return the changes that lead from `known` to `images`, the state at `revision`, in order of revision.

    A resource that is gone is DELETED at `revision`; one that was replaced by another of its name is DELETED just
    before that one is CREATED. Thousands of resources are compared in slices; `known` must not change meanwhile.
    """
    loop, slices = asyncio.get_running_loop(), TimeSlices()
    found: list[ResourceChange] = []
    left = set(known)
    for image in images:
        if slices.is_over(loop):
            await slices.pause(loop)
        key = image.key
        left.discard(key)
        found.extend(_difference(known.get(key), image, now))
    found.extend(_change(ResourceChangeType.DELETED, known[key], known[key], revision, now) for key in left)
    found.sort(key=lambda change: change.revision)  # stable: a delete stays before the create of its name
    return found


def _difference(old: ResourceImage | None, new: ResourceImage, now: datetime) -> Iterator[ResourceChange]:
    if old is None:
        yield _change(ResourceChangeType.CREATED, new, None, new.revision, now)
    elif old.uid != new.uid:
        yield _change(ResourceChangeType.DELETED, old, old, max(new.revision - 1, 0), now)
        yield _change(ResourceChangeType.CREATED, new, None, new.revision, now)
    elif old.revision != new.revision or old.body != new.body:
        yield _change(_kind_of_update(old, new), new, old, new.revision, now)


def _kind_of_update(old: ResourceImage, new: ResourceImage) -> ResourceChangeType:
    try:
        before, after = old.decode(), new.decode()
    except UnreadableResourceError:  # who is told of it reports that
        return ResourceChangeType.UPDATED
    version = after.metadata.resource_version
    same = (
        before.spec == after.spec and before.metadata.model_copy(update={"resource_version": version}) == after.metadata
    )
    return ResourceChangeType.STATUS_UPDATED if same else ResourceChangeType.UPDATED


def _change(
    change_type: ResourceChangeType, image: ResourceImage, old: ResourceImage | None, revision: int, now: datetime
) -> ResourceChange:
    return ResourceChange(change_type, image, old, revision, image.uid, now)
