"""A lab's links as its student needs them."""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.engines.placeholder import asks_for_password
from labdesk.labs.request import AccessUrl, LabInstanceRequest


@dataclass(frozen=True, slots=True)
class LabLinks:
    """`urls` have the lab's `password` filled in, which is empty if the lab asks for none: secret, both."""

    urls: tuple[AccessUrl, ...]
    password: str


def is_guarded(lab: LabInstanceRequest) -> bool:
    """True if the lab was given its password, to ask for it; every lab has one, not every template uses it."""
    spec = lab.status.resolved_spec
    return (spec is not None and asks_for_password(spec.command, spec.env)) or any(
        link.holds_password for link in lab.status.access_urls
    )
