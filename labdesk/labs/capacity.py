"""What fits on the engine: memory, processes, CPUs, host ports, booked by labs that have or will have a container."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.quantity import format_bytes

_AMOUNT: Mapping[str, Callable[[int], str]] = {
    "memory": format_bytes, "pids": str, "cpu": lambda millicpu: f"{millicpu / 1000:g}",
}  # fmt: skip
_TOO_BIG = {"memory": "TooBig", "pids": "TooManyProcesses", "cpu": "TooManyCpus"}
_FULL = {"memory": "EngineFull", "pids": "ProcessesFull", "cpu": "CpusFull"}
"""Reasons by what there is too little of; where it is known until when, the second have `Until` behind them."""


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


@dataclass(frozen=True, slots=True)
class Need:
    """What one lab would book: bytes, processes, names of the ports it publishes, CPUs."""

    memory: int
    pids: int
    ports: tuple[str, ...] = ()
    cpu: float = 0.0

    @property
    def share(self) -> Share:
        return Share(self.memory, self.pids, round(self.cpu * 1000))


@dataclass(frozen=True, slots=True)
class Fit:
    """`reason` and `parameters` as in labs/reasons.py; `earliest` (aware UTC) is when it should fit, if known."""

    fits: bool
    reason: str
    parameters: dict[str, str] = field(default_factory=dict)
    earliest: datetime | None = None
    host_ports: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Booking:
    """What a lab holds until its container is seen gone.

    `until` is when it should end, `cpu` its ceiling in CPUs, `engine` the id of the engine it is on.
    """

    memory: int
    pids: int
    ports: tuple[int, ...]
    until: datetime | None
    cpu: float = 0.0
    engine: str = ""

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


def booking_of(lab: LabInstanceRequest) -> Booking | None:
    """Return what a lab in this state holds: nothing before PROVISIONING, and nothing once it is cleaned up."""
    spec = lab.status.resolved_spec
    if spec is None or lab.status.cleaned_up or lab.phase == LabPhase.PENDING:
        return None
    ports = tuple(binding.host_port for binding in spec.ports if binding.host_port)
    return Booking(
        spec.memory, spec.pids, ports, lab.status.expires_at or lab.window_end, spec.cpu, lab.status.engine_id
    )


class CapacityLedger:
    """Sums kept up to date booking by booking, so that asking costs the same with ten labs or ten thousand.

    It is fed by what was committed (`observe`), and by intents at the moment they are decided (`intend`), so that two
    labs decided at once cannot both take the last room.
    """

    def __init__(self, limits: CapacityLimits) -> None:
        self._limits = limits
        self._engine = ""
        self._bookings: dict[str, Booking] = {}
        self._seen: dict[str, tuple[int, Booking | None]] = {}
        self._promised: dict[str, tuple[int, ...]] = {}
        self._promises: Counter[int] = Counter()
        self._ports: dict[int, str] = {}
        self._booked = NOTHING
        self._next_port = limits.first_port
        self._listeners: list[Callable[[], None]] = []

    @property
    def limits(self) -> CapacityLimits:
        return self._limits

    @property
    def booked_memory(self) -> int:
        """Bytes booked now."""
        return self._booked.memory

    @property
    def booked_cpu(self) -> float:
        """The sum of the labs' CPU ceilings; it may exceed what the engine has."""
        return self._booked.millicpu / 1000

    @property
    def booked_ports(self) -> int:
        """How many host ports labs hold now."""
        return len(self._ports)

    def set_limits(self, limits: CapacityLimits) -> None:
        """Take the engine's real size; listeners hear of it, as more may fit now."""
        if limits != self._limits:
            self._limits = limits
            self._tell()

    def set_engine(self, engine_id: str) -> None:
        """Count what is booked on this engine from now on: what another one still holds takes no room of it."""
        if engine_id != self._engine:
            self._engine = engine_id
            self._booked = sum((one.share for one in self._bookings.values() if self._is_here(one)), NOTHING)
            self._tell()

    def _is_here(self, booking: Booking) -> bool:
        return not self._engine or booking.engine in ("", self._engine)

    def add_release_listener(self, listener: Callable[[], None]) -> None:
        """`listener` is called whenever room came free."""
        self._listeners.append(listener)

    def remove_release_listener(self, listener: Callable[[], None]) -> None:
        self._listeners.remove(listener)

    # --- bookings ---------------------------------------------------------------------------------------------

    def observe(self, lab: LabInstanceRequest) -> None:
        """Take over what a committed lab holds or was promised; a state older than one seen before says nothing."""
        uid, revision = lab.metadata.uid, lab.metadata.resource_version
        if (seen := self._seen.get(uid)) is not None and revision < seen[0]:
            return
        booking = booking_of(lab)
        self._seen[uid] = (revision, booking)
        self._promise(uid, lab.status.host_ports if lab.needs_reconciliation() else {})
        self._set(uid, booking)

    def intend(self, lab: LabInstanceRequest) -> None:
        """Book for a state that is about to be committed; `withdraw` if it was not."""
        self._set(lab.metadata.uid, booking_of(lab))

    def withdraw(self, uid: str) -> None:
        """Book again what the lab's last committed state holds."""
        self._set(uid, self._seen.get(uid, (0, None))[1])

    def forget(self, uid: str) -> None:
        """A lab's row is gone."""
        self._seen.pop(uid, None)
        self._promise(uid, {})
        self.release(uid)

    def forget_all(self) -> None:
        """Another process has acted since: whatever was seen before may be gone without a word."""
        for uid in tuple(self._seen):
            self.forget(uid)

    def book(self, uid: str, booking: Booking) -> None:
        """Book, in place of what the lab had booked before."""
        if self._bookings.get(uid) == booking:
            return
        self._drop(uid)
        self._bookings[uid] = booking
        if self._is_here(booking):
            self._booked += booking.share
        for port in booking.ports:
            self._ports[port] = uid

    def release(self, uid: str) -> None:
        """Give a booking back."""
        if self._drop(uid):
            self._tell()

    def _set(self, uid: str, booking: Booking | None) -> None:
        if booking is None:
            self.release(uid)
        else:
            self.book(uid, booking)

    def _drop(self, uid: str) -> bool:
        booking = self._bookings.pop(uid, None)
        if booking is None:
            return False
        if self._is_here(booking):
            self._booked -= booking.share
        for port in booking.ports:
            if self._ports.get(port) == uid:
                del self._ports[port]
        return True

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def booking(self, uid: str) -> Booking | None:
        """Return what a lab holds now."""
        return self._bookings.get(uid)

    # --- questions --------------------------------------------------------------------------------------------

    def fit(self, uid: str, need: Need, promised: Mapping[str, int]) -> Fit:
        """Say whether a lab fits now, on which ports, or what is missing and until when."""
        booked = self._bookings.get(uid)
        others = self._booked - booked.share if booked and self._is_here(booked) else self._booked
        if lack := self._limits.lack(need.share):
            return Fit(False, _TOO_BIG[lack.what], {"need": lack.need, "total": lack.total})
        if lack := self._limits.lack(need.share, others):
            return self._full(lack, need.share, others)
        ports = self.choose_ports(uid, need.ports, promised)
        if ports is None:
            return Fit(False, "PortsTaken", {"range": f"{self._limits.first_port}-{self._limits.last_port}"})
        return Fit(True, "Fits", host_ports=ports)

    def choose_ports(
        self, uid: str, names: tuple[str, ...], promised: Mapping[str, int], avoid: frozenset[int] = frozenset()
    ) -> dict[str, int] | None:
        """Return a port per name: the promised one while nobody else uses it, else a free one; None if none is left."""
        chosen: dict[str, int] = {}
        for name in names:
            port = promised.get(name, 0)
            if not port or port in avoid or self._ports.get(port, uid) != uid:
                port = self._free_port(uid, avoid | set(chosen.values()))
            if not port:
                return None
            chosen[name] = port
        return chosen

    def _free_port(self, uid: str, avoid: frozenset[int] | set[int]) -> int:
        """Go round the range, so that a port just given back rests; prefer one promised to nobody.

        With more labs waiting than there are ports there is no such port: looking for one took the loop a millisecond
        for every lab (measured).
        """
        size = self._limits.last_port - self._limits.first_port + 1
        all_promised = len(self._promises) >= size
        second_best = 0
        for step in range(size):
            port = self._limits.first_port + (self._next_port - self._limits.first_port + step) % size
            if port in avoid or self._ports.get(port, uid) != uid:
                continue
            if not self._promises[port]:
                self._next_port = port + 1
                return port
            second_best = second_best or port
            if all_promised:
                break
        if second_best:
            self._next_port = second_best + 1
        return second_best

    def _promise(self, uid: str, ports: Mapping[str, int]) -> None:
        for port in self._promised.pop(uid, ()):
            self._promises[port] -= 1
            if not self._promises[port]:
                del self._promises[port]
        if ports:
            self._promised[uid] = tuple(ports.values())
            for port in ports.values():
                self._promises[port] += 1

    def _full(self, lack: Lack, need: Share, booked: Share) -> Fit:
        earliest = self._earliest(need, booked)
        parameters = {"need": lack.need, "free": lack.free}
        if earliest is None:
            return Fit(False, _FULL[lack.what], parameters)
        parameters["until"] = earliest.isoformat(timespec="minutes")
        return Fit(False, f"{_FULL[lack.what]}Until", parameters, earliest)

    def _earliest(self, need: Share, booked: Share) -> datetime | None:
        """When enough labs should have ended, by their planned ends."""
        order = count()
        here = (booking for booking in self._bookings.values() if self._is_here(booking))
        ends = [(booking.until, next(order), booking.share) for booking in here if booking.until]
        heapq.heapify(ends)
        while ends:
            until, _, freed = heapq.heappop(ends)
            booked -= freed
            if self._limits.lack(need, booked) is None:
                return until
        return None
