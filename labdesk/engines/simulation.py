"""What a simulated engine is told to do: how long things take, what goes wrong, how programs behave."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from labdesk.engines.service import ContainerState, ContainerStatus, EngineUnavailable
from labdesk.engines.spec import ContainerIdentity, ContainerSpec, Probe
from labdesk.resource.errors import LabDeskError

Seconds = float | tuple[float, float]
"""A fixed time, or (least, most) to draw from."""


class Operation(StrEnum):
    """The calls of a ContainerService that can be slowed down and made to fail."""

    INFO = "info"
    LIST = "list"
    LOOK = "look"
    IMAGE = "image"
    PULL = "pull"
    CREATE = "create"
    START = "start"
    STOP = "stop"
    REMOVE = "remove"
    LOGS = "logs"
    WORKSPACES = "workspaces"


@dataclass(slots=True)
class Latencies:
    """Seconds each call takes; `probe` is added to a look that probes. The defaults resemble Docker on a small PC."""

    info: Seconds = 0.005
    list: Seconds = 0.005
    look: Seconds = 0.002
    image: Seconds = 0.002
    pull: Seconds = (3.0, 8.0)
    create: Seconds = (0.02, 0.04)
    start: Seconds = (0.06, 0.12)
    stop: Seconds = (0.05, 0.2)
    remove: Seconds = (0.03, 0.06)
    logs: Seconds = 0.005
    workspaces: Seconds = 0.005
    probe: Seconds = 0.001
    unavailable: Seconds = 0.0

    @classmethod
    def none(cls) -> Latencies:
        """Everything at once, for tests of other things."""
        return cls(*([0.0] * 13))


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a lab's program lives, in seconds after its start; `exits_after` None means until it is stopped."""

    ready_after: float = 0.0
    exits_after: float | None = None
    exit_code: int = 0
    oom: bool = False
    ignores_stop: bool = False


@dataclass(slots=True)
class Fault:
    """One failure to come. With `after_effect` the engine does the work but its answer is lost."""

    error: LabDeskError
    after_effect: bool = False


def lost_connection() -> LabDeskError:
    return EngineUnavailable("The simulated engine dropped the connection; it is asked again by itself.")


@dataclass(slots=True)
class Faults:
    """Which calls fail: scripted ones first, then by probability (0 to 1) with the error made by `make_error`."""

    probability: dict[Operation, float] = field(default_factory=dict)
    make_error: Callable[[], LabDeskError] = lost_connection
    _scripted: dict[Operation, list[Fault]] = field(default_factory=dict)

    def script(self, operation: Operation, error: LabDeskError, *, times: int = 1, after_effect: bool = False) -> None:
        """Let the next `times` calls of this operation fail with `error`."""
        self._scripted.setdefault(operation, []).extend(Fault(error, after_effect) for _ in range(times))

    def draw(self, operation: Operation, chance: random.Random) -> Fault | None:
        """Return the fault of the call that happens now, if it has one."""
        scripted = self._scripted.get(operation)
        if scripted:
            return scripted.pop(0)
        probability = self.probability.get(operation, 0.0)
        if probability and chance.random() < probability:
            return Fault(self.make_error(), after_effect=chance.random() < 0.5)
        return None


@dataclass(slots=True)
class SimulatedContainer:
    """One container in memory. Times aware UTC."""

    container_id: str
    name: str
    labels: dict[str, str]
    spec: ContainerSpec
    behaviour: Behaviour
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    exit_code: int | None = None
    oom_killed: bool = False
    error: str = ""
    host_ports: dict[int, int] = field(default_factory=dict)

    @property
    def lab_uid(self) -> str:
        return self.labels.get("labdesk.lab-uid", "")

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.finished_at is None

    def is_ready(self, now: datetime) -> bool:
        """True from `ready_after` seconds after the start on."""
        if not self.is_running or self.started_at is None:
            return False
        return now >= self.started_at + timedelta(seconds=self.behaviour.ready_after)

    def status(self, probe: Probe | None, now: datetime) -> ContainerStatus:
        """Return what the engine shows; a running one without a probe is ready."""
        ready = probe is None or self.is_ready(now)
        message = self.error
        if self.finished_at is not None:
            state = ContainerState.STOPPED
        elif self.started_at is not None:
            state = ContainerState.READY if ready else ContainerState.RUNNING
            message = "" if ready else "The program does not answer yet."
        else:
            state = ContainerState.ERROR if self.error else ContainerState.CREATING
        return ContainerStatus(
            state,
            container_id=self.container_id,
            labels=dict(self.labels),
            exit_code=self.exit_code,
            oom_killed=self.oom_killed,
            started_at=self.started_at,
            finished_at=self.finished_at,
            host_ports=dict(self.host_ports),
            message=message,
        )

    def take_ports(self, taken: set[int], first_free: int) -> int | None:
        """Bind the spec's host ports (0: the next free one from `first_free`); return one that is taken, if any."""
        chosen: dict[int, int] = {}
        for binding in self.spec.ports:
            port = binding.host_port
            if port and port in taken:
                return port
            while not port or port in taken or port in chosen.values():
                port, first_free = first_free, first_free + 1
            chosen[binding.container_port] = port
        self.host_ports = chosen
        return None


BehaviourOf = Callable[[ContainerIdentity, ContainerSpec], Behaviour]


def always_ready(_identity: ContainerIdentity, _spec: ContainerSpec) -> Behaviour:
    """The default: ready at once, runs until stopped."""
    return Behaviour()
