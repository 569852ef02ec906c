"""Which engine a desk drives: Docker, or the simulated one when the settings say so, never silently instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from labdesk.config import DeskSettings, EngineKind
from labdesk.control.clock import Clock

if TYPE_CHECKING:
    from labdesk.engines.service import ContainerService


def engine_factory(settings: DeskSettings, clock: Clock) -> Callable[[str], ContainerService]:
    """Return what makes the engine's service for a desk id; the engine's libraries are loaded when it is called."""
    if settings.engine == EngineKind.SIMULATED:
        return lambda _desk_id: simulated_engine(clock)
    return lambda desk_id: docker_engine(desk_id, settings.docker_host)


def docker_engine(desk_id: str, address: str) -> ContainerService:
    """Docker at `address` (like DOCKER_HOST; empty: where Docker usually is)."""
    from labdesk.engines.docker import DockerContainerService

    return DockerContainerService(desk_id=desk_id, base_url=address or None)


def simulated_engine(clock: Clock, seed: int = 0) -> ContainerService:
    """An engine in memory with the latencies of a small PC; the shipped templates' images are present."""
    from labdesk.engines.simulated import SimulatedContainerService

    return SimulatedContainerService(clock.now, seed, images=sample_images())


def sample_images() -> list[str]:
    """The images of the templates and samples that ship with LabDesk."""
    from labdesk.paths import resource_path
    from labdesk.resource.manifest import read_documents

    documents = [
        document
        for folder in ("templates", "samples")
        for file in sorted(resource_path(folder).glob("*.yaml"))
        for document in read_documents(file.read_text("utf-8"))
    ]
    return [document["spec"]["image"] for document in documents if document["kind"] == "LabTemplate"]
