"""Carries out what decide() says, lab by lab, against store and engine."""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.control.cache import ResourceCache
from labdesk.control.controller import ResourceControllerBase
from labdesk.engines.monitor import EngineMonitor
from labdesk.engines.service import (
    ContainerService,
)
from labdesk.labs.capacity import CapacityLedger
from labdesk.labs.lifecycle import (
    DeskRules,
)
from labdesk.labs.request import LabInstanceRequest
from labdesk.store.secrets import SecretStore
from labdesk.store.store import ResourceStore

ENGINE_SLOTS = 8
STOP_GRACE_SECONDS = 5.0
BEING_REMOVED_SECONDS = 0.5
LOG_LINES_KEPT = 200
ROOM_DEBOUNCE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class LabCollaborators:
    """What the controller works with; all made by the composition root."""

    store: ResourceStore
    engine: ContainerService
    monitor: EngineMonitor
    templates: ResourceCache
    capacity: CapacityLedger
    secrets: SecretStore
    rules: DeskRules


class LabInstanceController(ResourceControllerBase[LabInstanceRequest]):
    """One reconcile per lab at a time. Fast decisions are made in the worker; whatever needs the engine goes on beside it."""
