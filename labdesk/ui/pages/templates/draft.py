"""A template while it is being edited: a manifest as plain data, what is wrong with it, and what it changes. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.manifest import read_documents, write_documents
from labdesk.resource.model import all_problems
from labdesk.resource.resource import API_VERSION, DEFAULT_NAMESPACE

Manifest = dict[str, Any]
LEFT_OUT = "…"
_COPY = "copy"
_LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """`problems` holds a sentence by camelCase path (`spec.ports[0].name`); `template` is there if it is empty."""

    template: LabTemplate | None = None
    problems: dict[str, str] = field(default_factory=dict)


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
    metadata = template.metadata
    written: Manifest = {"name": metadata.name}
    if metadata.namespace != DEFAULT_NAMESPACE:
        written["namespace"] = metadata.namespace
    if metadata.labels:
        written["labels"] = dict(metadata.labels)
    annotations = {name: text for name, text in metadata.annotations.items() if not name.startswith("labdesk/")}
    if annotations:
        written["annotations"] = annotations
    spec = template.spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"apiVersion": API_VERSION, "kind": LabTemplate.KIND, "metadata": written, "spec": spec}


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


def check_draft(manifest: Manifest, taken: Collection[str], subject: str = "") -> DraftCheck:
    """Say what is wrong with a draft, as applying it would; and whether it keeps its name.

    `subject` is the `namespace/name` of the template being edited, empty for a new one, whose name must not be among
    `taken` (subjects): applying it would silently change that other template.
    """
    named = _name_problem(manifest, taken, subject)
    try:
        template = LabTemplate.model_validate(manifest)
    except ValidationError as error:
        return DraftCheck(None, all_problems(error) | named)
    return DraftCheck(None, named) if named else DraftCheck(template)


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


def yaml_of(manifest: Manifest) -> str:
    """Return the manifest as YAML, in the order of its keys."""
    return write_documents([manifest])


def read_yaml(text: str) -> Manifest:
    """Return the one document of a text; raise InvalidResourceError with line and remedy."""
    documents = read_documents(text)
    if len(documents) > 1:
        raise InvalidResourceError("", f"here is room for one manifest, not {len(documents)}; leave the others out")
    if not isinstance(documents[0], dict):
        raise InvalidResourceError("", "a manifest must be a mapping with apiVersion, kind, metadata and spec")
    return documents[0]


def diff_lines(old: Manifest | None, new: Manifest) -> list[str]:
    """Return the changes as lines that begin with `+`, `-` or a space; none if nothing changes.

    Unchanged lines far from any change are left out; between changes a line `…` stands for them.
    """
    before = yaml_of(old).splitlines() if old is not None else []
    after = yaml_of(new).splitlines()
    lines: list[str] = []
    for line in list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]:  # the first two name files
        if not line.startswith("@@"):
            lines.append(line)
        elif lines:
            lines.append(LEFT_OUT)
    return lines


def count_changes(lines: list[str]) -> tuple[int, int]:
    """Return how many lines come and how many go."""
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)
