"""The phases of a lab and the one table of what may follow what."""

from __future__ import annotations

from enum import StrEnum

from labdesk.resource.phases import TransitionTable


class LabPhase(StrEnum):
    PENDING = "PENDING"
    PROVISIONING = "PROVISIONING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    TIMEOUT = "TIMEOUT"


LAB_TRANSITIONS = TransitionTable[LabPhase](
    {
        LabPhase.PENDING: frozenset({LabPhase.PROVISIONING, LabPhase.COMPLETED, LabPhase.FAILED}),
        LabPhase.PROVISIONING: frozenset({LabPhase.RUNNING, LabPhase.COMPLETED, LabPhase.FAILED}),
        LabPhase.RUNNING: frozenset({LabPhase.COMPLETED, LabPhase.FAILED, LabPhase.TIMEOUT}),
        LabPhase.COMPLETED: frozenset(),
        LabPhase.FAILED: frozenset(),
        LabPhase.TIMEOUT: frozenset(),
    }
)
