"""What a reconciliation came to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    SUCCESS = "success"
    REQUEUE = "requeue"
    REQUEUE_AFTER = "requeue_after"
    FAILED = "failed"
    CONTINUE = "continue"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class ReconciliationResult:
    """Made by the class methods below; `delay` in seconds."""

    outcome: Outcome
    delay: float = 0.0
    error: Exception | None = None
    permanent: bool = False
    step: Step | None = None

    @classmethod
    def success(cls) -> ReconciliationResult:
        """Nothing more to do until something changes."""
        return _SUCCESS

    @classmethod
    def requeue(cls) -> ReconciliationResult:
        """Decide again soon: a few times at once, then with growing pauses."""
        return _REQUEUE

    @classmethod
    def requeue_after(cls, delay: float) -> ReconciliationResult:
        """Decide again in `delay` seconds, or earlier if something changes."""
        return cls(Outcome.REQUEUE_AFTER, delay=delay)

    @classmethod
    def failed(cls, error: Exception, *, permanent: bool = False) -> ReconciliationResult:
        """It went wrong; tried again with backoff, unless the error is permanent."""
        return cls(Outcome.FAILED, error=error, permanent=permanent)

    @classmethod
    def continue_with(cls, step: Step) -> ReconciliationResult:
        """Go on with long work as a task of its own; the key stays claimed, the worker takes the next key."""
        return cls(Outcome.CONTINUE, step=step)

    @classmethod
    def stale(cls) -> ReconciliationResult:
        """It was decided on a resource that has changed: not a failure, decided again on the new one."""
        return _STALE


Step = Callable[[], Awaitable[ReconciliationResult]]
_SUCCESS = ReconciliationResult(Outcome.SUCCESS)
_REQUEUE = ReconciliationResult(Outcome.REQUEUE)
_STALE = ReconciliationResult(Outcome.STALE)
