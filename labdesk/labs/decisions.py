"""What can be decided about a lab: the one next thing to do, for the controller to carry out."""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.engines.service import ContainerStatus
from labdesk.labs.request import LabInstanceRequest


@dataclass(frozen=True, slots=True)
class Nothing:
    """All is as it should be; something else (a change, the scheduler, the engine) will bring the lab up again."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again in `seconds` even if nothing happens."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Observe:
    """Look at the engine, then decide again."""


@dataclass(frozen=True, slots=True)
class Commit:
    """Store this state, then decide again."""

    lab: LabInstanceRequest


@dataclass(frozen=True, slots=True)
class Pull:
    """Have the image pulled, once for all who wait for it."""

    image: str


@dataclass(frozen=True, slots=True)
class Create:
    pass


@dataclass(frozen=True, slots=True)
class Start:
    container_id: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Keep the log, stop gracefully, remove."""

    container: ContainerStatus


@dataclass(frozen=True, slots=True)
class Release:
    """Let the deleted lab's row go; with `ticket` its container is still to be removed when its engine returns."""

    ticket: bool = False


Decision = Nothing | Wait | Observe | Commit | Pull | Create | Start | Remove | Release
