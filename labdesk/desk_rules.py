"""What a desk's settings mean for its labs: where they listen, and how much there is for them."""

from __future__ import annotations

import socket

from labdesk.config import AccessMode, DeskSettings
from labdesk.engines.service import EngineInfo
from labdesk.labs.limits import CapacityLimits
from labdesk.labs.resolve import AccessDefaults


def access_of(settings: DeskSettings) -> AccessDefaults:
    """Return where ports of labs that begin now listen, and the host in their links, unless their template says."""
    host = settings.access_host
    if not host and settings.access_mode is AccessMode.MY_NETWORK:
        host = socket.gethostname()
    return AccessDefaults(settings.bind_address, host)


def limits_of(settings: DeskSettings, engine: EngineInfo | None) -> CapacityLimits:
    """Return what labs may book on an engine; nothing but ports before it is known."""
    memory = engine.memory if engine else 0
    return CapacityLimits(
        memory,
        reserve_memory=min(settings.reserve_memory, memory // 4),
        total_pids=engine.pids if engine else 0,
        first_port=settings.first_port,
        last_port=settings.last_port,
        total_cpu=engine.cpus * settings.cpu_overcommit if engine else 0.0,
    )
