"""A template while it is being edited: its manifest as plain data, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import ValidationError

from labdesk.labs.template import LabTemplate
from labdesk.resource.model import all_problems
from labdesk.resource.resource import API_VERSION, DEFAULT_NAMESPACE
from labdesk.ui.panels.manifest.draft import Manifest, manifest_with

_COPY = "copy"
_LONGEST_NAME = 63


def blank_manifest() -> Manifest:
    """Return the manifest of a template about which nothing was said yet."""
    return {
        "apiVersion": API_VERSION,
        "kind": LabTemplate.KIND,
        "metadata": {"name": ""},
        "spec": {"image": ""},
    }


def manifest_of(template: LabTemplate) -> Manifest:
    """Return what a person would have written for this template: nothing that is a default or the store's own."""
    return manifest_with(template, template.spec.model_dump(mode="json", by_alias=True, exclude_defaults=True))


def template_defaults() -> Manifest:
    """Return what holds where a template says nothing."""
    template = LabTemplate.model_validate({**blank_manifest(), "metadata": {"name": "x"}, "spec": {"image": "x"}})
    spec = template.spec.model_dump(mode="json", by_alias=True, exclude={"image"})
    return {"spec": spec}


def copy_of(manifest: Manifest, taken: Collection[str]) -> Manifest:
    """Return the manifest under a name that is not taken (`web-copy`, `web-copy-2`); `taken` holds names."""
    metadata = manifest["metadata"]
    number, ending = 1, _COPY
    while True:
        name = f"{metadata['name'][: _LONGEST_NAME - len(ending) - 1].rstrip('-')}-{ending}"
        if name not in taken:
            return {**manifest, "metadata": {**metadata, "name": name}}
        number += 1
        ending = f"{_COPY}-{number}"


def check_draft(manifest: Manifest, taken: Collection[str], subject: str = "") -> dict[str, str]:
    """Return what is wrong with a draft, as applying it would say, and with its name: a sentence by camelCase path.

    `subject` is the `namespace/name` of the template being edited, empty for a new one, whose name must not be among
    `taken` (subjects): applying it would silently change that other template.
    """
    named = _name_problem(manifest, taken, subject)
    try:
        LabTemplate.model_validate(manifest)
    except ValidationError as error:
        return all_problems(error) | named
    return named


def _name_problem(manifest: Manifest, taken: Collection[str], subject: str) -> dict[str, str]:
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        return {}
    name, problem = metadata.get("name"), ""
    wanted = f"{metadata.get('namespace', DEFAULT_NAMESPACE)}/{name}"
    if name == "":
        problem = "must not be empty; call it something like python-intro"
    elif subject and wanted != subject:
        former = subject.rpartition("/")[2]
        problem = f"cannot be changed ({former}); duplicate the template to give it another name"
    elif not subject and wanted in taken:
        problem = f"'{name}' is the name of another template; choose a new one"
    return {"metadata.name": problem} if problem else {}
