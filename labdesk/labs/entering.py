"""How a manifest's resource enters the store: new, or over what is there. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from labdesk.labs.request import CONTAINER_FINALIZER, LabInstanceRequest
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.model import first_problem
from labdesk.resource.resource import Resource, ResourceMetadata, Spec

OWN_PREFIX = "labdesk/"
"""Annotations that begin so are the control plane's marks."""
SET_BY_COMMANDS = frozenset({"scheduled_start", "desired", "extension_minutes"})


def admit(resource: Resource) -> Resource:
    """Return a new resource as it may enter the store: nothing set that is the control plane's to set."""
    metadata = resource.metadata
    return resource.model_copy(
        update={
            "metadata": ResourceMetadata(
                name=metadata.name,
                namespace=metadata.namespace,
                labels=metadata.labels,
                annotations=without_own_marks(metadata.annotations),
                owner=metadata.owner,
                finalizers=(CONTAINER_FINALIZER,) if isinstance(resource, LabInstanceRequest) else (),
            ),
            "status": type(resource.status)(),
        }
    )


def merge(old: Resource, wanted: Resource) -> Resource:
    """Return `old` with the wanted spec, labels and annotations; marks of the control plane stay.

    What the commands stop, extend and run again set stays too unless the manifest says otherwise: applying the same
    file once more must not undo them, nor be refused because they were given.
    """
    marks = {name: text for name, text in old.metadata.annotations.items() if name.startswith(OWN_PREFIX)}
    return old.with_metadata(
        labels=wanted.metadata.labels, annotations=marks | without_own_marks(wanted.metadata.annotations)
    ).model_copy(update={"spec": _valid_spec(wanted.spec.model_copy(update=_set_by_commands(old, wanted)))})


def set_by_people(resource: Resource) -> tuple[object, ...]:
    """Return what people set of a resource: two that are equal in it differ only in what came of it."""
    metadata = resource.metadata
    return metadata.uid, resource.spec, metadata.labels, metadata.annotations


def without_own_marks(annotations: Mapping[str, str]) -> dict[str, str]:
    """Leave out marks of the control plane: an exported lab that is applied elsewhere must not run again for them."""
    return {name: text for name, text in annotations.items() if not name.startswith(OWN_PREFIX)}


def _valid_spec(spec: Spec) -> Spec:
    """Fields that are valid each for itself may not be so together."""
    try:
        return type(spec).model_validate(dict(spec))
    except ValidationError as error:
        problem = first_problem(error)
        raise InvalidResourceError(f"spec.{problem.field}", problem.problem) from None


def _set_by_commands(old: Resource, wanted: Resource) -> dict[str, object]:
    if not isinstance(old, LabInstanceRequest):
        return {}
    return {name: getattr(old.spec, name) for name in SET_BY_COMMANDS - wanted.spec.model_fields_set}
