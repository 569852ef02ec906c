"""What fits on the engine: memory, processes, CPUs, host ports, booked by labs that have or will have a container."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from labdesk.labs.limits import NOTHING, CapacityLimits, Lack, Need, Share
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.waiting import Waiter, expected_starts
from labdesk.resource.conditions import Condition

_TOO_BIG = {"memory": "TooBig", "pids": "TooManyProcesses", "cpu": "TooManyCpus"}
_FULL = {"memory": "EngineFull", "pids": "ProcessesFull", "cpu": "CpusFull"}
"""Reasons by what there is too little of; where it is known until when, the second have `Until` behind them."""


@dataclass(frozen=True, slots=True)
class Fit:
    """`reason` and `parameters` as in labs/reasons.py; `earliest` (aware UTC) is when it should fit, if known."""

    fits: bool
    reason: str
    parameters: dict[str, str] = field(default_factory=dict)
    earliest: datetime | None = None
    host_ports: dict[str, int] = field(default_factory=dict)

    def is_still_told(self, told: Condition | None, now: datetime) -> bool:
        """What a lab was told holds until that proves too early: else every end would be told to all who wait."""
        if told is None or self.earliest is None or told.reason != self.reason:
            return False
        until = datetime.fromisoformat(told.parameters["until"])
        expected = self.earliest.replace(second=0, microsecond=0)  # as it would be told
        return told.parameters["need"] == self.parameters["need"] and now < until and expected <= until


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
        self._waiters: dict[str, Waiter] = {}
        self._expected: dict[str, datetime] | None = None
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
            self._expected = None
            self._tell()

    def set_engine(self, engine_id: str) -> None:
        """Count what is booked on this engine from now on: what another one still holds takes no room of it."""
        if engine_id != self._engine:
            self._engine = engine_id
            self._expected = None
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
        self.wait_no_more(uid)
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
        self._expected = None
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
        self._expected = None
        if self._is_here(booking):
            self._booked -= booking.share
        for port in booking.ports:
            if self._ports.get(port) == uid:
                del self._ports[port]
        return True

    def wait(self, uid: str, need: Need) -> None:
        """A lab waits for room: who asks when it gets some comes behind those that should have begun before."""
        waiter = Waiter(uid, need.share, need.start, need.length)
        if self._waiters.get(uid) != waiter:
            self._waiters[uid] = waiter
            self._expected = None

    def wait_no_more(self, uid: str) -> None:
        """A lab has begun, or wants no room any more."""
        if self._waiters.pop(uid, None) is not None:
            self._expected = None

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
            return self._full(uid, lack, need)
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

    def _full(self, uid: str, lack: Lack, need: Need) -> Fit:
        earliest = self._expected_start(Waiter(uid, need.share, need.start, need.length))
        parameters = {"need": lack.need, "free": lack.free}
        if earliest is None:
            return Fit(False, _FULL[lack.what], parameters)
        parameters["until"] = earliest.isoformat(timespec="minutes")
        return Fit(False, f"{_FULL[lack.what]}Until", parameters, earliest)

    def _expected_start(self, waiter: Waiter) -> datetime | None:
        """When a lab should have room, if all that holds some ends as planned and those before it get theirs first."""
        if self._waiters.get(waiter.uid) != waiter:
            return self._foresee({**self._waiters, waiter.uid: waiter}).get(waiter.uid)
        if self._expected is None:
            self._expected = self._foresee(self._waiters)
        return self._expected.get(waiter.uid)

    def _foresee(self, waiters: Mapping[str, Waiter]) -> dict[str, datetime]:
        here = (booking for booking in self._bookings.values() if self._is_here(booking))
        ends = [(booking.until, booking.share) for booking in here if booking.until]
        return expected_starts(list(waiters.values()), self._booked, ends, self._limits)
