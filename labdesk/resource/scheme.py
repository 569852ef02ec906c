"""Which Python type a kind is, and how stored images become resources again (Kubernetes calls this a scheme)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.events import IMAGE_SCHEMA
from labdesk.resource.model import first_problem, shown
from labdesk.resource.resource import API_VERSION, Resource

R = TypeVar("R", bound=Resource)
Converter = Callable[[dict[str, Any]], dict[str, Any]]


class Scheme:
    """Knows every kind. `converters` maps (kind, image schema) to a function that lifts an image one version up."""

    def __init__(
        self, types: Iterable[type[Resource]], converters: Mapping[tuple[str, int], Converter] | None = None
    ) -> None:
        self._types = {resource_type.KIND: resource_type for resource_type in types}
        self._converters = dict(converters or {})

    def type_of(self, kind: str) -> type[Resource]:
        """Return the type of an exact kind; raise InvalidResourceError listing the known kinds."""
        try:
            return self._types[kind]
        except KeyError:
            raise InvalidResourceError("kind", f"must be one of {', '.join(self._types)}, not '{kind}'") from None

    def find_kind(self, word: str) -> str:
        """Return the kind meant by `labs`, `lab`, `LabInstanceRequest` …; raise InvalidResourceError otherwise."""
        lowered = word.lower()
        for kind, resource_type in self._types.items():
            if lowered in {kind.lower(), resource_type.PLURAL, *resource_type.ALIASES}:
                return kind
        plurals = ", ".join(resource_type.PLURAL for resource_type in self._types.values())
        raise InvalidResourceError("kind", f"'{word}' is unknown; use one of {plurals}")

    def from_manifest(self, document: object) -> Resource:
        """Validate one parsed document; raise InvalidResourceError that names the field."""
        if not isinstance(document, Mapping):
            raise InvalidResourceError("", "a manifest must be a mapping with apiVersion, kind, metadata and spec")
        version = document.get("apiVersion", document.get("api_version"))
        if version != API_VERSION:
            raise InvalidResourceError("apiVersion", f"must be {API_VERSION}, not {shown(version)}")
        kind = document.get("kind")
        resource_type = self.type_of(kind if isinstance(kind, str) else shown(kind))
        try:
            return resource_type.model_validate(dict(document))
        except ValidationError as error:
            raise first_problem(error) from None

    def encode(self, resource: Resource) -> str:
        """Return the stored image: JSON without the resource_version, which is the row's revision."""
        return resource.model_dump_json(
            by_alias=True, exclude_defaults=True, exclude={"metadata": {"resource_version"}, "api_version": True}
        )

    def decode(self, kind: str, body: str, revision: int, schema: int = IMAGE_SCHEMA) -> Resource:
        """Return the resource of a stored image of any older schema, with `revision` as its resource_version."""
        resource_type = self.type_of(kind)
        if schema == IMAGE_SCHEMA:
            resource = resource_type.model_validate_json(body)
        else:
            data: dict[str, Any] = json.loads(body)
            for version in range(schema, IMAGE_SCHEMA):
                convert = self._converters.get((kind, version))
                data = convert(data) if convert else data
            resource = resource_type.model_validate(data)
        return resource.with_metadata(resource_version=revision)
