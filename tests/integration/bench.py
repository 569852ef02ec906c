"""What the engine tests work with: a desk id of their own, specs, and a way to wait for a state."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from labdesk.engines.docker import DockerContainerService
from labdesk.engines.service import ContainerState, ContainerStatus
from labdesk.engines.spec import ContainerIdentity, ContainerSpec, PortBinding, Probe, WorkspaceMount
from tests.integration.cleaning import remove_everything

if TYPE_CHECKING:
    from docker import APIClient

T = TypeVar("T")
PATIENCE = 120.0
"""Seconds until a state that does not come is called missing; never a time that a test measures."""
SERVE = ("httpd", "-f", "-p", "8080", "-h", "/www")


async def until(look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """Look again and again until `wanted`; return what was seen then."""
    seen = None
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = await look()
                if wanted(seen):
                    return seen
                await asyncio.sleep(0.03)
    raise AssertionError(f"did not happen; last seen: {seen}")


@dataclass
class Bench:
    """One desk on the engine under test. `api` is a bare SDK client for arranging and checking."""

    api: APIClient
    address: str
    image: str
    desk_id: str = field(default_factory=lambda: f"test{uuid.uuid4().hex[:8]}")
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def spec(self, **changes: Any) -> ContainerSpec:
        """A small program that runs until it is stopped, with changes."""
        plain = ContainerSpec(image=self.image, command=("sleep", "1000"), memory=32 * 2**20, pids=32, cpu=0.5)
        return plain.model_copy(update=changes)

    def web(self, **changes: Any) -> ContainerSpec:
        return self.spec(**{"command": SERVE, "ports": (self.port(),), **changes})

    def port(self, host_port: int = 0, container_port: int = 8080) -> PortBinding:
        return PortBinding(name="http", container_port=container_port, host_port=host_port)

    def workspace(self, path: str, name: str = "") -> WorkspaceMount:
        return WorkspaceMount(volume=f"labdesk-{self.desk_id}-ws-{name or next(self._numbers)}", path=path)

    def identity(self, spec: ContainerSpec, lab: str = "", incarnation: int = 1, **changes: Any) -> ContainerIdentity:
        values = {
            "desk_id": self.desk_id,
            "lineage": "l1",
            "lab_uid": lab or uuid.uuid4().hex[:16],
            "namespace": "default",
            "lab_name": "lab",
            "incarnation": incarnation,
            "spec_hash": spec.hash,
        }
        return ContainerIdentity(**{**values, **changes})  # type: ignore[arg-type]

    @asynccontextmanager
    async def service(self, address: str = "", **settings: Any) -> AsyncIterator[DockerContainerService]:
        service = DockerContainerService(self.desk_id, address or self.address, **settings)
        try:
            yield service
        finally:
            await service.close_async()

    async def start(self, service: DockerContainerService, spec: ContainerSpec, lab: str = "") -> Lab:
        """Create and start; returns the lab, which need not be ready."""
        identity = self.identity(spec, lab)
        container_id = await service.create_container_async(identity, spec, "s3cret")
        await service.start_container_async(container_id)
        return Lab(service, identity, spec, container_id)

    def clean(self) -> None:
        """Remove all that carries this desk's label."""
        remove_everything(self.api, {"label": f"labdesk.desk={self.desk_id}"})


@dataclass
class Lab:
    service: DockerContainerService
    identity: ContainerIdentity
    spec: ContainerSpec
    container_id: str

    async def look(self, probe: Probe | None = None) -> ContainerStatus:
        return await self.service.get_container_status_async(self.identity, probe)

    async def until(self, state: ContainerState, probe: Probe | None = None) -> ContainerStatus:
        return await until(lambda: self.look(probe), lambda seen: seen.state == state)


def outcome(api: APIClient, container_id: str, script: str, user: str = "") -> tuple[int, str]:
    """Run a shell script in a container through the bare SDK; return its exit code and output."""
    made = api.exec_create(container_id, ["sh", "-c", script], user=user)
    output = api.exec_start(made["Id"])
    return api.exec_inspect(made["Id"])["ExitCode"], output.decode()
