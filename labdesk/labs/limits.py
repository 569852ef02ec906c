"""What an engine offers labs, and what one lab needs of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from labdesk.resource.quantity import format_bytes

_AMOUNT: Mapping[str, Callable[[int], str]] = {
    "memory": format_bytes, "pids": str, "cpu": lambda millicpu: f"{millicpu / 1000:g}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an engine: bytes, processes, thousandths of a CPU."""

    memory: int = 0
    pids: int = 0
    millicpu: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.memory + other.memory, self.pids + other.pids, self.millicpu + other.millicpu)

    def __mul__(self, times: int) -> Share:
        return Share(self.memory * times, self.pids * times, self.millicpu * times)

    def __sub__(self, other: Share) -> Share:
        return self + other * -1


NOTHING = Share()
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Need:
    """What one lab would book: bytes, processes, names of the ports it publishes, CPUs.

    `start` is since when it is due (aware UTC; who has none comes last), `length` how long it will run.
    """

    memory: int
    pids: int
    ports: tuple[str, ...] = ()
    cpu: float = 0.0
    start: datetime = LAST
    length: timedelta = timedelta()

    @property
    def share(self) -> Share:
        return Share(self.memory, self.pids, round(self.cpu * 1000))


@dataclass(frozen=True, slots=True)
class Lack:
    """What there is too little of (`memory`, `pids` or `cpu`): how much is needed, free, and offered in all."""

    what: str
    need: str
    free: str
    total: str


@dataclass(frozen=True, slots=True)
class CapacityLimits:
    """Bytes of the engine and of its reserve; processes; CPUs; first and last host port that labs may use.

    Processes are not counted where the engine does not tell how many it can have (0), CPUs not unless an overcommit is
    set (0): a lab's CPUs are a ceiling, and labs that wait for their students use hardly any.
    """

    total_memory: int
    reserve_memory: int = 0
    total_pids: int = 0
    first_port: int = 20_000
    last_port: int = 29_999
    total_cpu: float = 0.0

    @property
    def memory(self) -> int:
        return max(self.total_memory - self.reserve_memory, 0)

    def places(self, need: Share, booked: Share = NOTHING) -> int:
        """Return how many labs of this need fit beside what is booked."""
        parts = self._parts(need, booked)
        return max(min((limit - held) // wanted for _, limit, wanted, held in parts if wanted), 0)

    def lack(self, need: Share, booked: Share = NOTHING) -> Lack | None:
        """Return what keeps one lab of this need from fitting beside what is booked, None if it fits."""
        for what, limit, wanted, held in self._parts(need, booked):
            if held + wanted > limit:
                return Lack(what, *(_AMOUNT[what](amount) for amount in (wanted, max(limit - held, 0), limit)))
        return None

    def _parts(self, need: Share, booked: Share) -> list[tuple[str, int, int, int]]:
        """What counts: its name, how much labs may book of it, is needed, and booked."""
        parts = [("memory", self.memory, need.memory, booked.memory)]
        if self.total_pids:
            parts.append(("pids", self.total_pids, need.pids, booked.pids))
        if self.total_cpu:
            parts.append(("cpu", round(self.total_cpu * 1000), need.millicpu, booked.millicpu))
        return parts
