"""Change events as the watcher makes them: decoded at most once, narrowed for those who watch a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from labdesk.resource.events import ResourceChangeEvent, ResourceChangeType
from labdesk.resource.resource import Resource

if TYPE_CHECKING:
    from labdesk.control.cache import ResourceCache
    from labdesk.resource.events import ResourceImage
    from labdesk.resource.selectors import LabelSelector

R = TypeVar("R", bound=Resource)


class CachedChangeEvent(ResourceChangeEvent[R]):
    """A change whose resource comes decoded from the cache while that still holds it."""

    __slots__ = ("_cache",)

    def __init__(
        self,
        change_type: ResourceChangeType,
        image: ResourceImage,
        old_image: ResourceImage | None,
        revision: int,
        cache: ResourceCache[R],
        old: R | None = None,
        resource: R | None = None,
    ) -> None:
        super().__init__(change_type, image, old_image, revision)
        self._cache = cache
        self._old = old
        self._resource = resource

    @property
    def resource(self) -> R:
        if self._resource is None:
            self._resource = self._cache.decode(self.image)
        return self._resource

    def as_created(self) -> ResourceChangeEvent[R]:
        """The same change to one who did not see the resource before."""
        return CachedChangeEvent(ResourceChangeType.CREATED, self.image, None, self.revision, self._cache)

    def as_deleted(self) -> ResourceChangeEvent[R]:
        """The same change to one who does not see the resource any more: the last state it saw."""
        last = self.old_image or self.image
        event = CachedChangeEvent(ResourceChangeType.DELETED, last, last, self.revision, self._cache, self.old_resource)
        event._resource = self.old_resource
        return event


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a kind: a namespace (None: all) and a label selector (None: everything)."""

    namespace: str | None = None
    selector: LabelSelector | None = None

    def holds(self, resource: Resource) -> bool:
        """Whether the resource belongs to this part."""
        in_namespace = self.namespace is None or resource.metadata.namespace == self.namespace
        return in_namespace and (self.selector is None or self.selector.matches(resource.metadata.labels))

    def narrow(self, event: CachedChangeEvent[R]) -> ResourceChangeEvent[R] | None:
        """Return the event as one who sees only this part sees it, or None.

        Entering it is CREATED, leaving it is DELETED with the last matching state, as in Kubernetes' watch.
        """
        if self.namespace is not None and event.image.namespace != self.namespace:
            return None
        if self.selector is None or not self.selector.requirements:
            return event
        if event.change_type is ResourceChangeType.DELETED:
            return event if self.holds(event.resource) else None
        old = event.old_resource
        before, after = old is not None and self.holds(old), self.holds(event.resource)
        if before and after:
            return event
        if after:
            return event.as_created()
        return event.as_deleted() if before else None


EVERYTHING = Selection()
