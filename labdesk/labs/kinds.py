"""The kinds this program knows."""

from __future__ import annotations

from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.template import LabTemplate
from labdesk.resource.scheme import Scheme


def lab_scheme() -> Scheme:
    """Return a scheme of every kind."""
    return Scheme([LabTemplate, LabInstanceRequest])
