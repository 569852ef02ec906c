"""A lab's links as its student needs them."""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.labs.request import AccessUrl


@dataclass(frozen=True, slots=True)
class LabLinks:
    """`urls` have the lab's `password` filled in, which is empty if there is none: secret, both."""

    urls: tuple[AccessUrl, ...]
    password: str
