"""Manifests as an instructor writes them."""

from __future__ import annotations

TEMPLATE = """\
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: web}
spec:
  description: A page.
  image: labdesk-test/busybox:1
  ports: [{name: http, containerPort: 8080}]
"""


def lab(name: str = "ada-web", spec: str = "", labels: str = "{}") -> str:
    """Return the manifest of a lab of the template `web`; `spec` are further lines of flow YAML."""
    more = f", {spec}" if spec else ""
    return f"""\
apiVersion: labdesk/v1
kind: LabInstanceRequest
metadata: {{name: {name}, labels: {labels}}}
spec: {{labTemplate: web, studentEmail: {name}@example.edu, studentName: Ada Lovelace{more}}}
"""


def together(*documents: str) -> str:
    """Return one manifest of several documents."""
    return "---\n".join(documents)
