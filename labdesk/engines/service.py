"""The protocol between the desk and an engine, and the words both use."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from labdesk.engines.spec import ContainerIdentity, ContainerSpec, Probe
from labdesk.resource.errors import LabDeskError


class EngineUnavailable(LabDeskError):
    """The engine cannot answer now. This says nothing about any container."""

    reason = "EngineUnavailable"


class EngineRequestError(LabDeskError):
    """The engine answered and refused; asking again the same way gives the same answer.

    Subclass reasons become a lab's reason: ImagePull, RegistryUnreachable, NameConflict, PortTaken, InvalidContainer.
    """

    reason = "EngineRefused"


class EngineLookError(LabDeskError):
    """The engine would not say what there is. Nothing is known by that, least of all that a lab is at fault.

    Not an EngineRequestError, which would fail the lab that was looked at.
    """

    reason = "EngineLook"


class InvalidContainerError(EngineRequestError):
    """The engine says that no such container can be: a bad argument, a command that is not in the image."""

    reason = "InvalidContainer"


class ContainerGoneError(EngineRequestError):
    """The container asked for by id does not exist any more."""

    reason = "ContainerLost"


class ImagePullError(EngineRequestError):
    """The image does not exist or the registry refuses it."""

    reason = "ImagePull"


class RegistryUnreachableError(ImagePullError):
    """The registry did not answer; unlike a refusal, the same pull may succeed later."""

    reason = "RegistryUnreachable"


class ImageAbsentError(EngineRequestError):
    """The image is not on the engine (and was not pulled)."""

    reason = "ImageAbsent"


class NameConflictError(EngineRequestError):
    """A container that is not this lab's holds the lab's name."""

    reason = "NameConflict"


class MadeBeforeError(NameConflictError):
    """The lab's own name is held by its container of another lineage: whose it is, an instructor has to say."""

    reason = "MadeBefore"


class PortTakenError(EngineRequestError):
    """A host port the lab was given is used by something else; the container exists but could not start."""

    reason = "PortTaken"


class ContainerBeingRemovedError(EngineRequestError):
    """The name is held by a container on its way out: ask again in a moment."""

    reason = "BeingRemoved"


class ContainerState(StrEnum):
    CREATING = "creating"  # exists, not started
    RUNNING = "running"  # started, not (or not known to be) ready
    READY = "ready"  # started and the probe answered (or there is none)
    STOPPED = "stopped"  # its process ended
    ERROR = "error"  # the engine could not start it or lost it (dead)
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class ContainerStatus:
    """What the engine shows of one container. Times aware UTC; `host_ports` maps container port to host port."""

    state: ContainerState
    container_id: str = ""
    labels: dict[str, str] | None = None
    exit_code: int | None = None
    oom_killed: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    host_ports: dict[int, int] | None = None
    message: str = ""


NOT_FOUND = ContainerStatus(ContainerState.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """`engine_id` is Docker's `info` ID or `simulated`; `memory` in bytes, `cpus` in cores.

    `pids` is how many processes its computer can have, 0 where it does not tell.
    """

    engine_id: str
    name: str
    version: str
    memory: int
    cpus: int
    address: str = ""
    pids: int = 0


@dataclass(frozen=True, slots=True)
class PullProgress:
    """Bytes over all layers known so far; `total` 0 while unknown. `text` is the engine's own word (Extracting …).

    `interrupted` while the connection to the registry is broken and the engine waits to try again.
    """

    image: str
    current: int
    total: int
    text: str = ""
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceVolume:
    """A workspace that is on the engine, whether a container has it or not."""

    name: str
    labels: Mapping[str, str]


HINT_CONNECTED = "connected"
HINT_DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class EngineHint:
    """Something happened to a container of ours (die, oom, start, destroy): a hint to look, never a fact to keep.

    HINT_CONNECTED and HINT_DISCONNECTED carry no lab: what happened in between is unknown, so list again.
    """

    lab_uid: str
    container_id: str
    action: str


HintHandler = Callable[[EngineHint], None]
ProgressHandler = Callable[[PullProgress], None]


class ContainerService(Protocol):
    """One container engine.

    Every method raises EngineUnavailable if the engine cannot answer, EngineRequestError if it refuses. Handlers are
    called on the event loop. Time limits start when a pool slot is granted. Cancelling an await never leaves a
    half-known container: names are fixed, so the next look finds it.
    """

    async def get_engine_info_async(self) -> EngineInfo:
        """Ask who the engine is and how big; also the reachability probe."""

    async def list_containers_async(self, desk_id: str) -> list[ContainerStatus]:
        """All containers labelled with this desk, running or not, in one call; readiness is not probed."""

    async def get_container_status_async(
        self, identity: ContainerIdentity, probe: Probe | None = None
    ) -> ContainerStatus:
        """Look at the lab's container by name; a running one is probed once.

        NOT_FOUND if there is none, or it is another lab's or incarnation's. Its lineage is not judged: see `labels`.
        """

    async def image_present_async(self, image: str) -> bool: ...

    async def pull_image_async(self, image: str, on_progress: ProgressHandler) -> None:
        """Pull in a pool of its own; raises ImagePullError when refused or absent. Cancelling stops the pull."""

    async def create_container_async(self, identity: ContainerIdentity, spec: ContainerSpec, password: str) -> str:
        """Create (or adopt, if name, lab, lineage and hash agree; or replace, if only the hash differs); return the id.

        `password` replaces `{{lab.password}}` in env and command. Raises ImageAbsentError, NameConflictError,
        MadeBeforeError, ContainerBeingRemovedError.
        """

    async def start_container_async(self, container_id: str) -> None:
        """Start; a container already running is fine. Raises PortTakenError."""

    async def stop_container_async(self, container_id: str, grace_seconds: float) -> None:
        """Ask it to end, kill it after the grace; already stopped or gone is fine."""

    async def remove_container_async(self, container_id: str) -> None:
        """Remove by id (with its anonymous volumes, never its workspace); gone is fine."""

    async def get_logs_async(self, container_id: str, tail: int = 200) -> str:
        """The last lines of stdout and stderr; empty when the container is gone."""

    def follow_logs(self, container_id: str, tail: int = 200) -> AsyncGenerator[str, None]:
        """Lines as they come, until the container ends or the iterator is closed."""

    def shell_command(self, container_id: str) -> list[str]:
        """The command line (argv) that opens a shell in the container from a terminal on this computer."""

    async def list_workspaces_async(self, desk_id: str) -> list[WorkspaceVolume]:
        """This desk's workspaces by name."""

    async def remove_workspace_async(self, volume: str) -> None:
        """Remove a workspace that a person named; raises EngineRequestError while it is in use."""

    def add_hint_handler(self, handler: HintHandler) -> None: ...

    def remove_hint_handler(self, handler: HintHandler) -> None: ...

    async def start_async(self) -> None:
        """Begin listening for engine events; returns at once, also without an engine."""

    async def close_async(self) -> None:
        """Close streams and pools; calls in flight end by themselves."""
