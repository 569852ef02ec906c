"""Labs and templates for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from labdesk.labs.kinds import lab_scheme
from labdesk.labs.request import CONTAINER_FINALIZER, LabInstanceRequest
from labdesk.labs.template import LabTemplate
from labdesk.resource.resource import API_VERSION

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def template(name: str = "web", **spec: Any) -> LabTemplate:
    manifest = {
        "apiVersion": API_VERSION,
        "kind": "LabTemplate",
        "metadata": {"name": name},
        "spec": {"image": "labdesk-test/busybox:1", "ports": [{"name": "http", "containerPort": 8080}]} | spec,
    }
    return cast("LabTemplate", lab_scheme().from_manifest(manifest))


def lab(name: str = "ada-web", *, labels: dict[str, str] | None = None, **spec: Any) -> LabInstanceRequest:
    """A lab as the store would return it: uid, creation time and generation set."""
    manifest = {
        "apiVersion": API_VERSION,
        "kind": "LabInstanceRequest",
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"labTemplate": "web", "studentEmail": "ada@example.edu", "studentName": "Ada Lovelace"} | spec,
    }
    request = cast("LabInstanceRequest", lab_scheme().from_manifest(manifest))
    return request.with_metadata(uid=f"uid-{name}", created_at=NOW, generation=1, finalizers=(CONTAINER_FINALIZER,))
