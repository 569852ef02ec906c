"""Reading manifests (YAML, of which JSON is a part) and writing them."""

from __future__ import annotations

from typing import Any

from labdesk.resource.errors import InvalidResourceError

MANIFEST_LIMIT = 4 * 2**20
"""Bytes of one manifest file; far above any real class, far below what would stall the desk."""


def read_documents(text: str) -> list[Any]:
    """Return the documents of a manifest, empty ones left out; raise InvalidResourceError with line and remedy."""
    if len(text) > MANIFEST_LIMIT:
        raise InvalidResourceError("", f"the file is larger than {MANIFEST_LIMIT // 2**20} MiB; split it")
    from labdesk.resource.strict_yaml import load_documents

    documents = load_documents(text)
    if not documents:
        raise InvalidResourceError("", "the manifest is empty; it needs at least one document")
    return documents


def write_documents(documents: list[dict[str, Any]]) -> str:
    """Return the documents as one YAML stream, keys in the given order."""
    from labdesk.resource.strict_yaml import dump_documents

    return dump_documents(documents)
