"""A manifest while it is being edited: plain data, the same as YAML, and what it changes. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labdesk.labs.entering import without_own_marks
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.manifest import read_documents, write_documents
from labdesk.resource.resource import DEFAULT_NAMESPACE, Resource

Manifest = dict[str, Any]
LEFT_OUT = "…"
NEW = ""
"""The subject of what does not exist yet."""


@dataclass
class Draft:
    """`base` is what is stored (None for a new template), `manifest` what is wanted instead.

    `text` is YAML as typed while it says something else than `manifest`: while it cannot be read, or has comments.
    `tried` tells that saving was tried: then every problem is shown, also in fields nobody has come to yet.
    """

    subject: str
    base: Manifest | None
    manifest: Manifest
    text: str = ""
    text_problem: str = ""
    tried: bool = False
    touched: bool = field(default=False)

    @property
    def is_dirty(self) -> bool:
        """True if leaving it would lose something."""
        if self.base is None:
            return self.touched
        return bool(self.text_problem) or self.manifest != self.base

    @property
    def yaml(self) -> str:
        return self.text or yaml_of(self.manifest)

    def take_manifest(self, manifest: Manifest) -> None:
        """Take what a form says."""
        self.manifest, self.text, self.text_problem, self.touched = manifest, "", "", True

    def take_text(self, text: str) -> None:
        """Take what was typed as YAML; what cannot be read changes nothing else."""
        self.text, self.text_problem, self.touched = text, "", True
        try:
            self.manifest = read_yaml(text)
        except InvalidResourceError as error:
            self.text_problem = error.message

    def to_plain(self) -> dict[str, str]:
        """Return it as texts, to be remembered."""
        return {"subject": self.subject, "base": yaml_of(self.base) if self.base is not None else "", "yaml": self.yaml}

    @classmethod
    def from_plain(cls, plain: Mapping[str, str]) -> Draft:
        """Return what `to_plain` was of."""
        base = read_yaml(plain["base"]) if plain["base"] else None
        draft = cls(plain["subject"], base, base or {})
        draft.take_text(plain["yaml"])
        return draft


def manifest_with(resource: Resource, spec: Mapping[str, Any]) -> Manifest:
    """Return a resource as a person would write it, with that spec: nothing that the store or control plane set."""
    metadata = resource.metadata
    written: Manifest = {"name": metadata.name}
    if metadata.namespace != DEFAULT_NAMESPACE:
        written["namespace"] = metadata.namespace
    if metadata.labels:
        written["labels"] = dict(metadata.labels)
    if annotations := without_own_marks(metadata.annotations):
        written["annotations"] = annotations
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": written, "spec": dict(spec)}


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


def with_defaults(one: Manifest, other: Manifest, defaults: Manifest) -> Manifest:
    """Return `one` with what holds where it says nothing, for all that `other` does say.

    Beside `other` it shows what a default was, or becomes, that is changed.
    """
    filled: Manifest = {}
    for name in _in_order(one, other):
        if name in one:
            mine, theirs, default = one[name], other.get(name), defaults.get(name)
            if isinstance(mine, dict) and isinstance(theirs, dict) and isinstance(default, dict):
                mine = with_defaults(mine, theirs, default)
            filled[name] = mine
        elif (default := _default(other[name], defaults.get(name))) not in _NOTHING:
            filled[name] = default
    return filled


_NOTHING: tuple[object, ...] = (None, "", [], {})


def _default(theirs: object, default: object) -> object:
    return with_defaults({}, theirs, default) if isinstance(theirs, dict) and isinstance(default, dict) else default


def _in_order(one: Manifest, other: Manifest) -> list[str]:
    """The names of both: those of `one` in its order, each other one behind its neighbour."""
    names, before = list(one), -1
    for name in other:
        if name not in one:
            names.insert(before + 1, name)
        before = names.index(name)
    return names


def count_changes(lines: list[str]) -> tuple[int, int]:
    """Return how many lines come and how many go."""
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)
