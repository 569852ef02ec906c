"""The simulated engine itself: containers in memory and what happens to them, without any waiting."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from labdesk.engines.adoption import Adoption, decide_adoption
from labdesk.engines.placeholder import fill_password
from labdesk.engines.service import (
    HINT_CONNECTED,
    HINT_DISCONNECTED,
    ContainerGoneError,
    EngineHint,
    EngineUnavailable,
    HintHandler,
    ImageAbsentError,
    MadeBeforeError,
    NameConflictError,
    PortTakenError,
    WorkspaceVolume,
)
from labdesk.engines.simulation import Behaviour, BehaviourOf, SimulatedContainer
from labdesk.engines.spec import ContainerIdentity, ContainerSpec

FIRST_PORT = 32768
KILLED, TERMINATED = 137, 143


class SimulatedEngine:
    """Everything here happens at once; SimulatedContainerService gives it a ContainerService's time and failures.

    Public attributes may be changed while it runs. The methods from `exchange` to `add_foreign` are what the outside
    world does to an engine; they work even while it is not reachable.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        chance: random.Random,
        images: Iterable[str],
        behaviour_of: BehaviourOf,
        engine_id: str,
    ) -> None:
        self.images = set(images)
        self.behaviour_of = behaviour_of
        self.engine_id = engine_id
        self.ports_in_use: set[int] = set()
        self.workspaces: dict[str, WorkspaceVolume] = {}
        self.starts_of: Counter[str] = Counter()
        self._now = now
        self._chance = chance
        self._reachable = True
        self._by_name: dict[str, SimulatedContainer] = {}
        self._by_id: dict[str, SimulatedContainer] = {}
        self._handlers: list[HintHandler] = []
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @property
    def containers(self) -> list[SimulatedContainer]:
        """All containers, oldest first."""
        return list(self._by_id.values())

    @property
    def reachable(self) -> bool:
        """While False every call raises EngineUnavailable, containers live on, and events are lost."""
        return self._reachable

    @reachable.setter
    def reachable(self, reachable: bool) -> None:
        if reachable != self._reachable:
            self._reachable = reachable
            self._tell(EngineHint("", "", HINT_CONNECTED if reachable else HINT_DISCONNECTED))

    # --- what the world does ----------------------------------------------------------------------------------

    def exchange(self, engine_id: str) -> None:
        """Put another, empty engine in the place of this one."""
        self._drop_timers()
        self._by_name.clear()
        self._by_id.clear()
        self.engine_id = engine_id

    def restart(self) -> None:
        """Restart the engine: what ran was killed, and no event tells of it."""
        for container in self.containers:
            if container.is_running:
                self._end(container, KILLED)

    def end(self, container_id: str, exit_code: int = 0) -> None:
        """Let the program end by itself."""
        self._finish(self._required(container_id), exit_code)

    def kill(self, container_id: str) -> None:
        """Kill it from outside, as `docker kill` does."""
        self._finish(self._required(container_id), KILLED)

    def run_out_of_memory(self, container_id: str) -> None:
        """Let it use more memory than it has."""
        container = self._required(container_id)
        container.oom_killed = True
        self._hint(container, "oom")
        self._finish(container, KILLED)

    def remove_by_hand(self, container_id: str) -> None:
        """Take it away behind the desk's back, as `docker rm -f` does."""
        self._drop(self._required(container_id))

    def add_foreign(self, name: str, spec: ContainerSpec) -> str:
        """Put a stranger's running container under `name`; return its id."""
        container = SimulatedContainer(self._new_id(name), name, {}, spec, Behaviour(), self._now())
        container.started_at = self._now()
        self._keep(container)
        return container.container_id

    # --- what the desk asks for -------------------------------------------------------------------------------

    def find_name(self, name: str) -> SimulatedContainer | None:
        return self._by_name.get(name)

    def find(self, container_id: str) -> SimulatedContainer | None:
        return self._by_id.get(container_id)

    def _create(self, identity: ContainerIdentity, spec: ContainerSpec, password: str) -> str:
        name = identity.container_name
        if (found := self._by_name.get(name)) is not None:
            match decide_adoption(identity, found.labels):
                case Adoption.MADE_BEFORE:
                    raise MadeBeforeError(
                        f"The container {name} was made before the store was restored or copied.", name=name
                    )
                case Adoption.FOREIGN:
                    raise NameConflictError(
                        f"Another container has the name {name}; remove it and run the lab again.", name=name
                    )
                case Adoption.ADOPT if found.started_at is not None or found.spec.ports == spec.ports:
                    return found.container_id
                case _:
                    self._drop(found)
        if spec.image not in self.images:
            raise ImageAbsentError(f"The image {spec.image} is not on the engine.", image=spec.image)
        if (mount := spec.workspace) is not None:
            labels = {**mount.labels, "labdesk.desk": identity.desk_id}
            self.workspaces.setdefault(mount.volume, WorkspaceVolume(mount.volume, labels))
        container = SimulatedContainer(
            self._new_id(name),
            name,
            identity.labels,
            fill_password(spec, password),
            self.behaviour_of(identity, spec),
            self._now(),
        )
        self._keep(container)
        self._hint(container, "create")
        return container.container_id

    def _start(self, container_id: str) -> None:
        container = self._required(container_id)
        if container.is_running:
            return
        running = {port for other in self._by_id.values() if other.is_running for port in other.host_ports.values()}
        taken = container.take_ports(self.ports_in_use | running, FIRST_PORT)
        if taken is not None:
            raise PortTakenError(f"Port {taken} of this computer is used by something else.", port=str(taken))
        container.started_at, container.finished_at, container.exit_code = self._now(), None, None
        self.starts_of[container.lab_uid] += 1
        self._hint(container, "start")
        if container.behaviour.exits_after is not None:
            loop = asyncio.get_running_loop()
            self._timers[container_id] = loop.call_later(
                container.behaviour.exits_after, self._exit_by_itself, container
            )

    def _exit_by_itself(self, container: SimulatedContainer) -> None:
        if container.behaviour.oom:
            self.run_out_of_memory(container.container_id)
        else:
            self._finish(container, container.behaviour.exit_code)

    def _finish(self, container: SimulatedContainer, exit_code: int) -> None:
        if container.is_running:
            self._end(container, exit_code)
            self._hint(container, "die")

    def _end(self, container: SimulatedContainer, exit_code: int) -> None:
        container.finished_at, container.exit_code = self._now(), exit_code
        if (timer := self._timers.pop(container.container_id, None)) is not None:
            timer.cancel()

    def _drop(self, container: SimulatedContainer) -> None:
        self._finish(container, KILLED)
        del self._by_name[container.name], self._by_id[container.container_id]
        self._hint(container, "destroy")

    def _keep(self, container: SimulatedContainer) -> None:
        self._by_name[container.name] = self._by_id[container.container_id] = container

    def _drop_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _new_id(self, name: str) -> str:
        return hashlib.sha256(f"{name} {self._chance.random()}".encode()).hexdigest()

    def _required(self, container_id: str) -> SimulatedContainer:
        container = self._by_id.get(container_id)
        if container is None:
            raise ContainerGoneError(f"There is no container {container_id[:12]} any more.", id=container_id)
        return container

    def _require_reachable(self) -> None:
        if not self._reachable:
            raise EngineUnavailable("The simulated engine is switched off; switch it on again.")

    # --- hints ------------------------------------------------------------------------------------------------

    def add_hint_handler(self, handler: HintHandler) -> None:
        self._handlers.append(handler)

    def remove_hint_handler(self, handler: HintHandler) -> None:
        self._handlers.remove(handler)

    def _hint(self, container: SimulatedContainer, action: str) -> None:
        if self._reachable:
            self._tell(EngineHint(container.lab_uid, container.container_id, action))

    def _tell(self, hint: EngineHint) -> None:
        for handler in tuple(self._handlers):
            handler(hint)
