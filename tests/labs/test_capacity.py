from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labdesk.engines.spec import ContainerSpec
from labdesk.labs.capacity import Booking, CapacityLedger
from labdesk.labs.limits import CapacityLimits, Need
from labdesk.labs.phases import LabPhase
from tests.labs.samples import MINUTE, NOW, lab

MIB = 2**20


def ledger(memory: int = 1024 * MIB, **limits: Any) -> CapacityLedger:
    return CapacityLedger(CapacityLimits(memory, **limits))


def booking(memory: int, *ports: int, minutes: int = 60) -> Booking:
    return Booking(memory * MIB, 100, ports, NOW + minutes * MINUTE)


def need(memory: int, *ports: str) -> Need:
    return Need(memory * MIB, 100, ports)


def test_the_reserve_is_not_for_labs() -> None:
    assert not ledger(1024 * MIB, reserve_memory=600 * MIB).fit("a", need(512), {}).fits


def test_two_labs_decided_at_once_cannot_both_take_the_last_room() -> None:
    room = ledger(600 * MIB)
    assert room.fit("a", need(512), {}).fits
    room.book("a", booking(512))
    assert not room.fit("b", need(512), {}).fits
    assert room.fit("a", need(512), {}).fits, "its own booking is no obstacle"


def test_the_earliest_feasible_time_follows_the_planned_ends() -> None:
    room = ledger(1000 * MIB)
    room.book("a", booking(400, minutes=30))
    room.book("b", booking(400, minutes=10))
    assert room.fit("c", need(500), {}).earliest == NOW + 10 * MINUTE
    assert room.fit("c", need(700), {}).earliest == NOW + 30 * MINUTE


def test_who_waits_comes_behind_those_that_should_have_begun_before() -> None:
    room = ledger(1000 * MIB)
    room.book("a", booking(900, minutes=30))
    first = replace(need(900), start=NOW, length=60 * MINUTE)
    second = replace(need(900), start=NOW + MINUTE, length=120 * MINUTE)
    room.wait("first", first)
    assert room.fit("second", second, {}).earliest == NOW + 90 * MINUTE, "also before it is known to wait"
    room.wait("second", second)
    assert room.fit("second", second, {}).earliest == NOW + 90 * MINUTE
    assert room.fit("first", first, {}).earliest == NOW + 30 * MINUTE
    room.book("b", booking(50, minutes=45))
    assert room.fit("first", first, {}).earliest == NOW + 30 * MINUTE
    room.book("b", booking(150, minutes=45))
    assert room.fit("first", first, {}).earliest == NOW + 45 * MINUTE, "what is booked meanwhile counts"
    room.wait_no_more("first")
    assert room.fit("second", second, {}).earliest == NOW + 45 * MINUTE


def test_processes_count_like_memory() -> None:
    room = ledger(total_pids=150)
    room.book("a", booking(1))
    assert not room.fit("b", need(1), {}).fits


def test_processes_are_not_counted_where_the_engine_does_not_tell_how_many_it_can_have() -> None:
    assert ledger().fit("a", Need(MIB, 10**9), {}).fits


def test_cpus_are_ceilings_unless_an_overcommit_is_set() -> None:
    greedy = Need(MIB, 1, cpu=3.0)
    shared, counted = ledger(), ledger(total_cpu=4.0)
    for room in (shared, counted):
        room.book("a", replace(booking(1), cpu=1.5))
        assert room.booked_cpu == 1.5
    assert shared.fit("b", greedy, {}).fits
    full = counted.fit("b", greedy, {})
    assert (full.reason, full.parameters["need"], full.parameters["free"]) == ("CpusFullUntil", "3", "2.5")
    assert counted.fit("b", Need(MIB, 1, cpu=2.5), {}).fits
    assert counted.fit("b", Need(MIB, 1, cpu=4.5), {}).reason == "TooManyCpus"


def test_what_there_is_too_little_of_is_named() -> None:
    room = ledger(total_pids=150)
    room.book("a", booking(1))
    full = room.fit("b", need(1), {})
    assert (full.reason, full.parameters["need"], full.parameters["free"]) == ("ProcessesFullUntil", "100", "50")
    assert full.earliest == NOW + 60 * MINUTE
    assert room.fit("b", Need(MIB, 200), {}).reason == "TooManyProcesses"
    assert room.fit("b", Need(2048 * MIB, 200), {}).reason == "TooBig"
    assert room.fit("b", need(1024), {}).reason == "EngineFullUntil"


def test_a_promised_port_is_kept_and_a_used_one_moves() -> None:
    room = ledger(first_port=20_000, last_port=20_003)
    assert room.fit("a", need(1, "http"), {"http": 20_002}).host_ports == {"http": 20_002}
    room.book("b", booking(1, 20_002))
    moved = room.fit("a", need(1, "http"), {"http": 20_002})
    assert moved.fits
    assert moved.host_ports["http"] != 20_002


def test_new_promises_avoid_each_other_until_the_range_is_full() -> None:
    room = ledger(first_port=20_000, last_port=20_001)
    given = []
    for name in ("a", "b", "c"):
        ports = room.choose_ports(name, ("http",), {})
        assert ports is not None
        given.append(ports["http"])
        room.observe(lab(name).with_status(host_ports=ports))
    assert given[:2] == [20_000, 20_001]
    assert given[2] in given[:2], "labs at different times may share"


def test_when_every_port_is_promised_labs_share_them_evenly() -> None:
    room = ledger(first_port=20_000, last_port=20_002)
    for number in range(9):
        ports = room.choose_ports(f"lab-{number}", ("http",), {})
        assert ports is not None
        assert ports["http"] == 20_000 + number % 3
        room.observe(lab(f"lab-{number}").with_status(host_ports=ports))


def test_no_free_port_says_which_range() -> None:
    room = ledger(first_port=20_000, last_port=20_000)
    room.book("a", booking(1, 20_000))
    fit = room.fit("b", need(1, "http"), {})
    assert (fit.fits, fit.parameters) == (False, {"range": "20000-20000"})
    room.release("a")
    assert room.fit("b", need(1, "http"), {}).host_ports == {"http": 20_000}


def test_a_port_is_promised_until_its_lab_needs_nothing_more() -> None:
    room = ledger(first_port=20_000, last_port=20_002)
    waiting = lab().with_status(host_ports={"http": 20_000})
    room.observe(waiting)
    others = [room.choose_ports(f"lab-{number}", ("http",), {}) for number in range(4)]
    assert {"http": 20_000} not in others
    room.observe(waiting.with_status(phase=LabPhase.COMPLETED))
    assert {"http": 20_000} in [room.choose_ports(f"lab-{number}", ("http",), {}) for number in range(3)]


def test_what_another_engine_holds_takes_no_room_of_this_one() -> None:
    room = ledger()
    for engine in ("engine-1", "engine-2"):
        room.book(engine, replace(booking(300), engine=engine))
    assert room.booked_memory == 600 * MIB, "before it is known which engine answers"
    told: list[int] = []
    room.add_release_listener(lambda: told.append(room.booked_memory))
    room.set_engine("engine-1")
    assert (room.booked_memory, told) == (300 * MIB, [300 * MIB])
    room.release("engine-2")
    assert room.booked_memory == 300 * MIB
    room.set_engine("engine-2")
    assert room.booked_memory == 0


def test_listeners_hear_of_room() -> None:
    heard = []
    room = ledger()
    room.add_release_listener(lambda: heard.append(room.limits.memory - room.booked_memory))
    room.book("a", booking(512))
    room.release("a")
    room.release("a")
    room.set_limits(CapacityLimits(2048 * MIB))
    assert heard == [1024 * MIB, 2048 * MIB]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.one_of(st.none(), st.integers(1, 900)))))
def test_the_sum_is_always_the_sum(steps: list[tuple[str, int | None]]) -> None:
    room, model = ledger(), {}
    for uid, memory in steps:
        if memory is None:
            room.release(uid)
            model.pop(uid, None)
        else:
            room.book(uid, booking(memory))
            model[uid] = memory * MIB
    assert room.booked_memory == sum(model.values())


def test_a_waiting_lab_books_nothing() -> None:
    room = ledger()
    room.observe(lab(scheduledStart=NOW + timedelta(hours=1)))
    assert room.booked_memory == 0


def test_an_ended_lab_holds_its_room_until_its_container_is_seen_gone() -> None:
    room = ledger()
    spec = ContainerSpec(image="x", memory=512 * MIB)
    ended = lab().with_status(phase=LabPhase.COMPLETED, resolved_spec=spec, cleaned_up=False)
    room.observe(ended)
    assert room.booked_memory == 512 * MIB
    room.observe(ended.with_status(cleaned_up=True))
    assert room.booked_memory == 0


def test_a_loser_gives_back_what_the_winner_does_not_hold() -> None:
    """An attempt on a stale lab books for its intent, loses the commit, and must not bring the old booking back."""
    room = ledger()
    spec = ContainerSpec(image="x", memory=512 * MIB)
    stale = (
        lab()
        .with_metadata(resource_version=7)
        .with_status(phase=LabPhase.COMPLETED, resolved_spec=spec, cleaned_up=False)
    )
    room.observe(stale)
    cleaned = stale.with_metadata(resource_version=8).with_status(cleaned_up=True)
    room.observe(cleaned)
    room.intend(stale.with_status(cleaned_up=True))
    room.withdraw(stale.metadata.uid)
    room.observe(stale)
    assert room.booked_memory == 0
