"""Which resources a command means: by kind, namespace, names or labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labdesk.cli.errors import UsageMistakeError
from labdesk.resource.errors import UnreadableResourceError
from labdesk.resource.events import ResourceImage
from labdesk.resource.resource import Resource, ResourceKey, is_dns_label
from labdesk.resource.selectors import LabelSelector
from labdesk.store.store import ResourceStore
from labdesk.store.views import Listing


@dataclass(frozen=True, slots=True)
class Selection:
    """`namespace` None means all of them; with `names` there is no selector."""

    kind: str
    namespace: str | None
    names: tuple[str, ...]
    selector: LabelSelector

    @classmethod
    def of(
        cls, kind: str, names: Sequence[str], namespace: str, selector: str = "", *, all_namespaces: bool = False
    ) -> Selection:
        """Check what was typed; raises UsageMistakeError and InvalidResourceError."""
        if not is_dns_label(namespace):
            raise UsageMistakeError(
                f"-n: '{namespace}' is no namespace; use lower-case letters, digits and hyphens, like default."
            )
        if names and all_namespaces:
            raise UsageMistakeError("A name lies in one namespace: leave out -A, or the name.")
        if names and selector:
            raise UsageMistakeError("Give names or -l, not both.")
        for name in names:
            check_name(name)
        return cls(
            kind, None if all_namespaces else namespace, tuple(dict.fromkeys(names)), LabelSelector.parse(selector)
        )

    @property
    def keys(self) -> list[ResourceKey]:
        """The keys of the names given."""
        return [ResourceKey(self.kind, self.namespace or "", name) for name in self.names]

    def includes(self, image: ResourceImage) -> bool:
        """Whether a resource in this state is meant."""
        if image.kind != self.kind or self.namespace not in (None, image.namespace):
            return False
        if self.names:
            return image.name in self.names
        return not self.selector.requirements or self.selector.matches(image.decode().metadata.labels)

    async def list_async(
        self, store: ResourceStore, on_unreadable: Callable[[UnreadableResourceError], None] | None = None
    ) -> tuple[list[Resource], Listing]:
        """Return what is there now, by namespace and name, and the whole listing it was taken from.

        Raises ResourceNotFoundError for a name that is not there; UnreadableResourceError unless `on_unreadable` hears
        of what cannot be read.
        """
        listing = await store.list_async(self.kind, self.namespace)
        resources: list[Resource] = []
        for image in listing.images:
            try:
                resources += [image.decode()] if self.includes(image) else []
            except UnreadableResourceError as error:
                if on_unreadable is None or self.names:
                    raise
                on_unreadable(error)
        missing = set(self.names) - {resource.metadata.name for resource in resources}
        if missing:
            name = next(name for name in self.names if name in missing)
            await store.get_async(self.kind, self.namespace or "", name)  # says it in the store's words
        return sorted(resources, key=lambda one: (one.metadata.namespace, one.metadata.name)), listing


def check_name(name: str) -> None:
    """Raise UsageMistakeError for what can be no resource's name."""
    if name.startswith("-"):
        raise UsageMistakeError(f"No such option: {name}.")
    if not is_dns_label(name):
        raise UsageMistakeError(f"'{name}' can be no name; names have lower-case letters, digits and hyphens.")
