"""A container engine in memory: for the demo, for rehearsals and for tests that need to own the time."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from datetime import datetime
from functools import partial
from typing import TypeVar

from labdesk.engines.adoption import is_same_lab
from labdesk.engines.service import (
    HINT_CONNECTED,
    NOT_FOUND,
    ContainerStatus,
    EngineHint,
    EngineInfo,
    EngineRequestError,
    ImagePullError,
    ProgressHandler,
    PullProgress,
    WorkspaceVolume,
)
from labdesk.engines.simulated_engine import KILLED, TERMINATED, SimulatedEngine
from labdesk.engines.simulated_logs import log_lines, next_line_at
from labdesk.engines.simulation import BehaviourOf, Fault, Faults, Latencies, Operation, Seconds, always_ready
from labdesk.engines.spec import ContainerIdentity, ContainerSpec, Probe

T = TypeVar("T")
CHANGE_SLOTS = 8
PULL_STEPS = 20


class SimulatedContainerService(SimulatedEngine):
    """`now` gives aware UTC and must go with the running loop's time; all randomness comes from `seed`.

    `images` are present at first; `registry` lists what can be pulled (None: everything). As with Docker, at most
    eight creates and starts run at once, a cancelled call goes on to its end, and looks wait for it. Public
    attributes may be changed while it runs; `calls` counts what the engine was asked.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        seed: int = 0,
        *,
        latencies: Latencies | None = None,
        faults: Faults | None = None,
        images: Iterable[str] = (),
        registry: Collection[str] | None = None,
        behaviour_of: BehaviourOf = always_ready,
        memory: int = 16 * 2**30,
        cpus: int = 8,
        engine_id: str = "simulated",
    ) -> None:
        chance = random.Random(seed)  # noqa: S311  (a rehearsal must be repeatable)
        super().__init__(now, chance, images, behaviour_of, engine_id)
        self.latencies = latencies or Latencies()
        self.faults = faults or Faults()
        self.registry = registry
        self.memory, self.cpus = memory, cpus
        self.calls: Counter[Operation] = Counter()
        self.starting = self.most_starting = 0
        self._start_slots = asyncio.Semaphore(CHANGE_SLOTS)
        self._stop_slots = asyncio.Semaphore(CHANGE_SLOTS)
        self._busy: dict[str, asyncio.Future[None]] = {}
        self._tasks: set[asyncio.Task[object]] = set()

    async def get_engine_info_async(self) -> EngineInfo:
        return await self._ask(
            Operation.INFO,
            lambda: EngineInfo(self.engine_id, "simulated engine", "1", self.memory, self.cpus),
        )

    async def list_containers_async(self, desk_id: str) -> list[ContainerStatus]:
        def effect() -> list[ContainerStatus]:
            now = self._now()
            mine = [found for found in self.containers if found.labels.get("labdesk.desk") == desk_id]
            return [container.status(None, now) for container in mine]

        return await self._ask(Operation.LIST, effect)

    async def get_container_status_async(
        self, identity: ContainerIdentity, probe: Probe | None = None
    ) -> ContainerStatus:
        name = identity.container_name
        while (unfinished := self._busy.get(name)) is not None:
            await asyncio.wait({unfinished})
        if probe is not None and self.latencies.probe:
            await asyncio.sleep(self._seconds(self.latencies.probe))

        def effect() -> ContainerStatus:
            found = self.find_name(name)
            if found is None or not is_same_lab(identity, found.labels):
                return NOT_FOUND
            return found.status(probe, self._now())

        return await self._ask(Operation.LOOK, effect)

    async def image_present_async(self, image: str) -> bool:
        return await self._ask(Operation.IMAGE, lambda: image in self.images)

    async def pull_image_async(self, image: str, on_progress: ProgressHandler) -> None:
        self.calls[Operation.PULL] += 1
        fault = self.faults.draw(Operation.PULL, self._chance)
        step_seconds = self._seconds(self.latencies.pull) / (PULL_STEPS + 1)
        self._require_reachable()
        if self.registry is not None and image not in self.registry:
            raise ImagePullError(f"There is no image {image}: manifest unknown.", image=image)
        total = 80 * 2**20 + int.from_bytes(hashlib.sha256(image.encode()).digest()[:2]) * 2**14
        for step in range(PULL_STEPS + 1):
            text = "Downloading" if step < PULL_STEPS else "Pull complete"
            on_progress(PullProgress(image, total * step // PULL_STEPS, total, text))
            await asyncio.sleep(step_seconds)
            self._require_reachable()
            if fault is not None and step == PULL_STEPS // 2:
                raise fault.error
        self.images.add(image)

    async def create_container_async(self, identity: ContainerIdentity, spec: ContainerSpec, password: str) -> str:
        effect = partial(self._create, identity, spec, password)
        return await self._change(Operation.CREATE, identity.container_name, self._start_slots, effect)

    async def start_container_async(self, container_id: str) -> None:
        await self._change(Operation.START, container_id, self._start_slots, partial(self._start, container_id))

    async def stop_container_async(self, container_id: str, grace_seconds: float) -> None:
        found = self.find(container_id)
        stubborn = found is not None and found.is_running and found.behaviour.ignores_stop

        def effect() -> None:
            if (container := self.find(container_id)) is not None:
                self._finish(container, KILLED if stubborn else TERMINATED)

        await self._change(Operation.STOP, container_id, self._stop_slots, effect, grace_seconds if stubborn else 0.0)

    async def remove_container_async(self, container_id: str) -> None:
        def effect() -> None:
            if (container := self.find(container_id)) is not None:
                self._drop(container)

        await self._change(Operation.REMOVE, container_id, self._stop_slots, effect)

    async def get_logs_async(self, container_id: str, tail: int = 200) -> str:
        def effect() -> str:
            container = self.find(container_id)
            lines = [text for _, text in log_lines(container, self._now())] if container else []
            return "".join(f"{line}\n" for line in lines[-tail:])

        return await self._ask(Operation.LOGS, effect)

    async def follow_logs(self, container_id: str, tail: int = 200) -> AsyncGenerator[str, None]:
        shown = self._now()
        for line in (await self.get_logs_async(container_id, tail)).splitlines():
            yield line
        container = self.find(container_id)
        while container is not None and container.is_running:
            upcoming = next_line_at(container, shown)
            if upcoming is None:
                return
            await asyncio.sleep(min(1.0, max(0.001, (upcoming - self._now()).total_seconds())))
            self._require_reachable()
            now = self._now()
            for moment, line in log_lines(container, now):
                if moment > shown:
                    yield line
            shown = now

    def shell_command(self, container_id: str) -> list[str]:
        return ["echo", f"The simulated container {container_id[:12]} has no shell."]

    async def list_workspaces_async(self, desk_id: str) -> list[WorkspaceVolume]:
        def effect() -> list[WorkspaceVolume]:
            mine = [found for found in self.workspaces.values() if found.labels["labdesk.desk"] == desk_id]
            return sorted(mine, key=lambda volume: volume.name)

        return await self._ask(Operation.WORKSPACES, effect)

    async def remove_workspace_async(self, volume: str) -> None:
        def effect() -> None:
            users = [found for found in self.containers if (mount := found.spec.workspace) and mount.volume == volume]
            if users:
                raise EngineRequestError(
                    f"The workspace {volume} is in use by {users[0].name}; end that lab first.", volume=volume
                )
            self.workspaces.pop(volume, None)

        await self._ask(Operation.WORKSPACES, effect)

    async def start_async(self) -> None:
        if self.reachable:
            self._tell(EngineHint("", "", HINT_CONNECTED))

    async def close_async(self) -> None:
        self._drop_timers()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- how a call goes --------------------------------------------------------------------------------------

    async def _ask(self, operation: Operation, effect: Callable[[], T]) -> T:
        self.calls[operation] += 1
        fault = self.faults.draw(operation, self._chance)
        return await self._perform(self._latency(operation), fault, effect)

    async def _change(
        self,
        operation: Operation,
        key: str,
        slots: asyncio.Semaphore,
        effect: Callable[[], T],
        extra_seconds: float = 0.0,
    ) -> T:
        """Run a change in a task of its own: cancelling the caller does not undo what the engine was told."""
        await slots.acquire()
        self.calls[operation] += 1
        fault = self.faults.draw(operation, self._chance)
        found = self.find(key)
        name = found.name if found else key
        loop = asyncio.get_running_loop()
        unfinished = self._busy[name] = loop.create_future()
        task = loop.create_task(self._perform(self._latency(operation) + extra_seconds, fault, effect))
        self._tasks.add(task)
        is_start = slots is self._start_slots
        self.starting += is_start
        self.most_starting = max(self.most_starting, self.starting)

        def done(finished: asyncio.Task[T]) -> None:
            self.starting -= is_start
            slots.release()
            self._tasks.discard(finished)
            unfinished.set_result(None)
            if self._busy.get(name) is unfinished:
                del self._busy[name]
            if not finished.cancelled():
                finished.exception()  # seen here, because a cancelled caller never asks

        task.add_done_callback(done)
        await asyncio.wait({task})
        return task.result()

    async def _perform(self, seconds: float, fault: Fault | None, effect: Callable[[], T]) -> T:
        if not self.reachable:
            seconds = self._seconds(self.latencies.unavailable)
        if seconds:
            await asyncio.sleep(seconds)
        self._require_reachable()
        if fault is not None and not fault.after_effect:
            raise fault.error
        result = effect()
        if fault is not None:
            raise fault.error
        return result

    def _latency(self, operation: Operation) -> float:
        latency: Seconds = getattr(self.latencies, operation.value)
        return self._seconds(latency)

    def _seconds(self, latency: Seconds) -> float:
        return self._chance.uniform(*latency) if isinstance(latency, tuple) else latency
