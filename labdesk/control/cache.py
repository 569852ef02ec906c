"""The controller's and the window's view of one kind: compact images, decoded on demand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, KeysView, ValuesView
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from labdesk.resource.resource import Resource, ResourceKey

if TYPE_CHECKING:
    from labdesk.control.metrics import WatcherMetrics
    from labdesk.resource.events import ResourceImage

R = TypeVar("R", bound=Resource)

DECODED_LIMIT = 4096
"""Decoded resources kept; at about 8 KiB each this bounds them to some 32 MiB."""


class ResourceCache(Generic[R]):
    """Images by key and uid, and the latest used resources decoded. It lags behind the store by the watch's latency."""

    def __init__(self, metrics: WatcherMetrics, decoded_limit: int = DECODED_LIMIT) -> None:
        self._metrics = metrics
        self._limit = decoded_limit
        self._images: dict[ResourceKey, ResourceImage] = {}
        self._keys_by_uid: dict[str, ResourceKey] = {}
        self._decoded: OrderedDict[ResourceKey, R] = OrderedDict()

    def __len__(self) -> int:
        return len(self._images)

    def __contains__(self, key: object) -> bool:
        return key in self._images

    def get(self, key: ResourceKey) -> R | None:
        """Return the resource as the cache knows it, or None."""
        resource = self._decoded.get(key)
        if resource is not None:
            self._metrics.cache_hits += 1
            self._decoded.move_to_end(key)
            return resource
        image = self._images.get(key)
        if image is None:
            return None
        self._metrics.cache_misses += 1
        resource = cast("R", image.decode())
        self._keep_decoded(key, resource)
        return resource

    def get_uid(self, uid: str) -> R | None:
        """Return the resource with that uid, or None."""
        key = self._keys_by_uid.get(uid)
        return None if key is None else self.get(key)

    def image(self, key: ResourceKey) -> ResourceImage | None:
        """Return the image without decoding it, or None."""
        return self._images.get(key)

    def decode(self, image: ResourceImage) -> R:
        """Return the resource of an image, from memory if that image is the one held."""
        key = image.key
        if self._images.get(key) is image and (resource := self.get(key)) is not None:
            return resource
        return cast("R", image.decode())

    def find_decoded(self, key: ResourceKey) -> R | None:
        """Return the resource only if it is decoded already."""
        return self._decoded.get(key)

    def put(self, image: ResourceImage, resource: R | None = None) -> ResourceImage | None:
        """Hold this image instead of the one with its key; return that one. `resource` is the image decoded."""
        key = image.key
        old = self._images.get(key)
        if old is not None and old.uid != image.uid:
            self._keys_by_uid.pop(old.uid, None)
        self._images[key] = image
        self._keys_by_uid[image.uid] = key
        self._decoded.pop(key, None)
        if resource is not None:
            self._keep_decoded(key, resource)
        return old

    def remove(self, key: ResourceKey) -> ResourceImage | None:
        """Drop the resource with that key; return its last image."""
        old = self._images.pop(key, None)
        if old is not None:
            self._keys_by_uid.pop(old.uid, None)
            self._decoded.pop(key, None)
        return old

    def replace(self, images: Iterable[ResourceImage]) -> None:
        """Hold exactly these images."""
        self._images = {image.key: image for image in images}
        self._keys_by_uid = {image.uid: key for key, image in self._images.items()}
        self._decoded.clear()

    def _keep_decoded(self, key: ResourceKey, resource: R) -> None:
        self._decoded[key] = resource
        if len(self._decoded) > self._limit:
            self._decoded.popitem(last=False)

    def keys(self) -> KeysView[ResourceKey]:
        return self._images.keys()

    def images(self) -> ValuesView[ResourceImage]:
        return self._images.values()
