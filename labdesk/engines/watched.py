"""A ContainerService that tells the monitor of failures, and fails fast while the engine is known not to answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from labdesk.engines.monitor import EngineMonitor
from labdesk.engines.service import (
    ContainerStatus,
    EngineInfo,
    EngineUnavailable,
    HintHandler,
    ProgressHandler,
    WorkspaceVolume,
)
from labdesk.engines.spec import ContainerIdentity, ContainerSpec, Probe

T = TypeVar("T")


class WatchedContainerService:
    """Forwards every call to the monitor's service, in front of which it stands for everybody else."""

    def __init__(self, monitor: EngineMonitor) -> None:
        self._monitor = monitor
        self._service = monitor.service

    async def get_engine_info_async(self) -> EngineInfo:
        return await self._watch(self._service.get_engine_info_async)

    async def list_containers_async(self, desk_id: str) -> list[ContainerStatus]:
        return await self._watch(lambda: self._service.list_containers_async(desk_id))

    async def get_container_status_async(
        self, identity: ContainerIdentity, probe: Probe | None = None
    ) -> ContainerStatus:
        return await self._watch(lambda: self._service.get_container_status_async(identity, probe))

    async def image_present_async(self, image: str) -> bool:
        return await self._watch(lambda: self._service.image_present_async(image))

    async def pull_image_async(self, image: str, on_progress: ProgressHandler) -> None:
        await self._watch(lambda: self._service.pull_image_async(image, on_progress))

    async def create_container_async(self, identity: ContainerIdentity, spec: ContainerSpec, password: str) -> str:
        return await self._watch(lambda: self._service.create_container_async(identity, spec, password))

    async def start_container_async(self, container_id: str) -> None:
        await self._watch(lambda: self._service.start_container_async(container_id))

    async def stop_container_async(self, container_id: str, grace_seconds: float) -> None:
        await self._watch(lambda: self._service.stop_container_async(container_id, grace_seconds))

    async def remove_container_async(self, container_id: str) -> None:
        await self._watch(lambda: self._service.remove_container_async(container_id))

    async def get_logs_async(self, container_id: str, tail: int = 200) -> str:
        return await self._watch(lambda: self._service.get_logs_async(container_id, tail))

    async def follow_logs(self, container_id: str, tail: int = 200) -> AsyncGenerator[str, None]:
        self._require_reachable()
        recoveries = self._monitor.recoveries
        try:
            async with aclosing(self._service.follow_logs(container_id, tail)) as lines:
                async for line in lines:
                    yield line
        except EngineUnavailable as error:
            self._monitor.report_failure(error, recoveries)
            raise

    def shell_command(self, container_id: str) -> list[str]:
        return self._service.shell_command(container_id)

    async def list_workspaces_async(self, desk_id: str) -> list[WorkspaceVolume]:
        return await self._watch(lambda: self._service.list_workspaces_async(desk_id))

    async def remove_workspace_async(self, volume: str) -> None:
        await self._watch(lambda: self._service.remove_workspace_async(volume))

    def add_hint_handler(self, handler: HintHandler) -> None:
        self._service.add_hint_handler(handler)

    def remove_hint_handler(self, handler: HintHandler) -> None:
        self._service.remove_hint_handler(handler)

    async def start_async(self) -> None:
        await self._service.start_async()

    async def close_async(self) -> None:
        await self._service.close_async()

    async def _watch(self, call: Callable[[], Awaitable[T]]) -> T:
        self._require_reachable()
        recoveries = self._monitor.recoveries
        try:
            return await call()
        except EngineUnavailable as error:
            self._monitor.report_failure(error, recoveries)
            raise

    def _require_reachable(self) -> None:
        if not self._monitor.reachable and (error := self._monitor.last_error) is not None:
            raise EngineUnavailable(error.message, **error.parameters)
