"""How much of the engine labs hold now, and how it is said. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from labdesk.engines.monitor import EngineMonitor, EngineState
from labdesk.labs.capacity import CapacityLedger
from labdesk.resource.quantity import format_bytes


@dataclass(frozen=True, slots=True)
class Measure:
    """One line: what it is, how much of it in words, and the share taken: 1 is all, None what keeps no lab waiting."""

    name: str
    value: str
    share: float | None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """Measures, or why there are none."""

    measures: tuple[Measure, ...] = ()
    why_not: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Room", text)


def room_of(monitor: EngineMonitor, capacity: CapacityLedger, locale: QLocale, *, acting: bool) -> Room:
    """Read what is booked now. Only the process that runs the labs keeps books."""
    info, limits = monitor.info, capacity.limits
    if monitor.state is EngineState.UNREACHABLE:
        return Room(why_not=_tr("The engine does not answer. Labs that are due start when it does."))
    if info is None:
        return Room(why_not=_tr("Connecting to the engine …"))
    if not acting:
        return Room(why_not=_tr("Another process runs the labs; it keeps the books."))
    of = _tr("{booked} of {total}")
    memory, cpu = capacity.booked_memory, _number(capacity.booked_cpu, locale)
    ports, booked = limits.last_port - limits.first_port + 1, capacity.booked_ports
    return Room(
        (
            Measure(
                _tr("Memory"),
                of.format(booked=format_bytes(memory), total=format_bytes(limits.memory)),
                _share(memory, limits.memory),
                _tr("Booked by labs, of what the engine offers them"),
            ),
            Measure(
                _tr("CPUs"),
                of.format(booked=cpu, total=_number(limits.total_cpu, locale)),
                _share(capacity.booked_cpu, limits.total_cpu),
                _tr("What labs may use at most, of what they may book together"),
            )
            if limits.total_cpu
            else Measure(
                _tr("CPUs"),
                _tr("up to {booked}, sharing {total}").format(booked=cpu, total=info.cpus),
                None,
                _tr("What labs may use at most, all together. They share the engine's CPUs: no lab waits for one."),
            ),
            Measure(
                _tr("Ports"),
                of.format(booked=locale.toString(booked), total=locale.toString(ports)),
                _share(booked, ports),
                _tr("Ports {first} to {last} of this computer").format(first=limits.first_port, last=limits.last_port),
            ),
        )
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _number(value: float, locale: QLocale) -> str:
    """`3`, `3.5`: one digit behind the point where it tells something."""
    text = locale.toString(value, "f", 1)
    return text.removesuffix(f"{locale.decimalPoint()}0")
