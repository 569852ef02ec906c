"""DockerContainerService: labs on a Docker engine (20.10 and later), never blocking the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from labdesk.engines.adoption import is_same_lab
from labdesk.engines.coalesce import Coalescer
from labdesk.engines.docker_address import find_address, host_of, is_local
from labdesk.engines.docker_changes import DockerChanges
from labdesk.engines.docker_config import DESK_LABEL, HELPER_LABEL
from labdesk.engines.docker_connection import DockerConnection, inspect_image
from labdesk.engines.docker_events import EventListener
from labdesk.engines.docker_logs import LogFollower, read_log
from labdesk.engines.docker_look import status_of_inspect, status_of_listing, whereabouts
from labdesk.engines.docker_network import DeskNetworks
from labdesk.engines.docker_pull import Pull
from labdesk.engines.docker_workspace import Workspaces
from labdesk.engines.pools import BoundedPool
from labdesk.engines.probes import READY, Answer, ExecProber, NetworkProber
from labdesk.engines.service import (
    NOT_FOUND,
    ContainerState,
    ContainerStatus,
    EngineHint,
    EngineInfo,
    EngineLookError,
    EngineRequestError,
    HintHandler,
    ProgressHandler,
    WorkspaceVolume,
)
from labdesk.engines.spec import ContainerIdentity, ContainerSpec, Probe

T = TypeVar("T")
TIMEOUT_SECONDS = 60.0
CHANGE_SLOTS, RESERVED_FOR_STOPS, READ_SLOTS, PROBE_SLOTS, PULL_SLOTS = 8, 2, 4, 4, 4
ROUTES, KERNEL = Path("/proc/net/route"), Path("/proc/sys/kernel")


class DockerContainerService:
    """One Docker engine.

    `base_url` is an address like DOCKER_HOST's; without it, DOCKER_HOST or the usual socket is taken. `timeout` is
    the read timeout of a call in seconds, running from when the call does. `desk_id` is whose events are heard.

    Creates and starts share 8 threads; stops and removes may use those and two more. Calls for one container run one
    after the other, and a look waits for them, also after their callers gave up.
    """

    def __init__(
        self,
        desk_id: str = "",
        base_url: str | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._desk_id = desk_id
        self._address = base_url or find_address()
        self._connection = DockerConnection(self._address, timeout)
        self._is_local = local = is_local(self._address)
        networks = DeskNetworks(self._connection, ROUTES.read_text() if local and ROUTES.exists() else "")
        self._workspaces = Workspaces(self._connection)
        self._do = DockerChanges(self._connection, networks, self._workspaces)
        self._changes = BoundedPool("changes", CHANGE_SLOTS + RESERVED_FOR_STOPS, RESERVED_FOR_STOPS)
        self._reads = BoundedPool("reads", READ_SLOTS)
        self._probes = BoundedPool("probes", PROBE_SLOTS)
        self._pulls = BoundedPool("pulls", PULL_SLOTS)
        self._network_prober = NetworkProber(host_of(self._address), try_address=local)
        self._exec_prober = ExecProber(self._connection, self._probes.run_async)
        self._handlers: list[HintHandler] = []
        self._listener: EventListener | None = None
        self._followers: set[LogFollower] = set()
        self._names: dict[str, str] = {}

    async def get_engine_info_async(self) -> EngineInfo:
        found, pids = await self._read(lambda api: (api.info(), self._most_processes()))
        return EngineInfo(
            engine_id=found.get("ID") or found.get("Name", ""),
            name=found.get("Name", ""),
            version=found.get("ServerVersion", ""),
            memory=int(found.get("MemTotal", 0)),
            cpus=int(found.get("NCPU", 0)),
            address=self._address,
            pids=pids,
        )

    def _most_processes(self) -> int:
        """Docker does not tell; what the kernel of this computer allows holds for an engine on it."""
        try:
            return min(int((KERNEL / name).read_text()) for name in ("pid_max", "threads-max")) if self._is_local else 0
        except (OSError, ValueError):
            return 0

    async def list_containers_async(self, desk_id: str) -> list[ContainerStatus]:
        filters = {"label": [f"{DESK_LABEL}={desk_id}"]}
        found: list[dict[str, Any]] = await self._read(lambda api: api.containers(all=True, filters=filters))
        return [status_of_listing(each) for each in found if HELPER_LABEL not in (each.get("Labels") or {})]

    async def get_container_status_async(
        self, identity: ContainerIdentity, probe: Probe | None = None
    ) -> ContainerStatus:
        name = identity.container_name
        await self._changes.settle_async(name)
        try:
            found: dict[str, Any] | None = await self._read(lambda api: _inspect(api, name))
        except EngineRequestError as error:
            raise EngineLookError(error.message, **error.parameters) from error
        if found is None or not is_same_lab(identity, found["Config"].get("Labels") or {}):
            return NOT_FOUND
        status = status_of_inspect(found)
        self._names[status.container_id] = name
        if status.state is not ContainerState.RUNNING or found["State"].get("Paused"):
            return status
        answer = await self._ask(probe, status.container_id, found)
        state = ContainerState.READY if answer.ready else ContainerState.RUNNING
        return replace(status, state=state, message=answer.message)

    async def image_present_async(self, image: str) -> bool:
        return await self._read(lambda api: inspect_image(api, image) is not None)

    async def pull_image_async(self, image: str, on_progress: ProgressHandler) -> None:
        progress = Coalescer(asyncio.get_running_loop(), on_progress)
        pull = Pull(self._connection, image, progress.offer)
        succeeded = False
        try:
            await self._pulls.run_async(pull.run)
            succeeded = True
        finally:
            pull.cancel()
            progress.close(flush=succeeded)

    async def create_container_async(self, identity: ContainerIdentity, spec: ContainerSpec, password: str) -> str:
        name = identity.container_name
        container_id = await self._changes.run_async(self._do.create, identity, spec, password, key=name)
        self._names[container_id] = name
        return container_id

    async def start_container_async(self, container_id: str) -> None:
        await self._changes.run_async(self._do.start, container_id, key=self._key(container_id))

    async def stop_container_async(self, container_id: str, grace_seconds: float) -> None:
        key = self._key(container_id)
        await self._changes.run_async(self._do.stop, container_id, grace_seconds, key=key, urgent=True)

    async def remove_container_async(self, container_id: str) -> None:
        await self._changes.run_async(self._do.remove, container_id, key=self._key(container_id), urgent=True)
        self._names.pop(container_id, None)
        self._exec_prober.forget(container_id)

    async def get_logs_async(self, container_id: str, tail: int = 200) -> str:
        return await self._reads.run_async(read_log, self._connection, container_id, tail)

    async def follow_logs(self, container_id: str, tail: int = 200) -> AsyncGenerator[str, None]:
        follower = LogFollower(self._connection, container_id, tail)
        self._followers.add(follower)
        try:
            while lines := await follower.take_async():
                for line in lines:
                    yield line
        finally:
            self._followers.discard(follower)
            follower.close()

    def shell_command(self, container_id: str) -> list[str]:
        shell = "command -v bash >/dev/null && exec bash || exec sh"
        return ["docker", "-H", self._address, "exec", "-it", container_id, "sh", "-lc", shell]

    async def list_workspaces_async(self, desk_id: str) -> list[WorkspaceVolume]:
        return await self._read(lambda api: self._workspaces.find(api, desk_id))

    async def remove_workspace_async(self, volume: str) -> None:
        await self._changes.run_async(
            lambda: self._connection.call(lambda api: self._workspaces.remove(api, volume)), urgent=True
        )

    def add_hint_handler(self, handler: HintHandler) -> None:
        self._handlers.append(handler)

    def remove_hint_handler(self, handler: HintHandler) -> None:
        self._handlers.remove(handler)

    async def start_async(self) -> None:
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = EventListener(self._connection, self._desk_id, loop, self._hint)
            self._listener.start()

    async def close_async(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for follower in tuple(self._followers):
            follower.close()
        pools = (self._changes, self._reads, self._probes, self._pulls)
        await asyncio.gather(*(pool.close_async() for pool in pools))
        self._connection.close()

    async def _read(self, use: Callable[[Any], T]) -> T:
        return await self._reads.run_async(self._connection.call, use)

    async def _ask(self, probe: Probe | None, container_id: str, found: dict[str, Any]) -> Answer:
        if probe is None:
            return READY
        if probe.kind == "exec":
            return await self._exec_prober.ask_async(probe, container_id)
        return await self._network_prober.ask_async(probe, whereabouts(found))

    def _key(self, container_id: str) -> str:
        return self._names.get(container_id, container_id)

    def _hint(self, hint: EngineHint) -> None:
        for handler in tuple(self._handlers):
            handler(hint)


def _inspect(api: Any, name: str) -> dict[str, Any] | None:
    from docker.errors import NotFound

    try:
        found: dict[str, Any] = api.inspect_container(name)
    except NotFound:
        return None
    return found
