"""Typed errors. Each carries one sentence for the user, and a reason with parameters for translation."""

from __future__ import annotations


class LabDeskError(Exception):
    """Base of every error shown to a user.

    `message` is one English sentence that says what is wrong and what to do. `reason` (CamelCase, stable) and
    `parameters` let the window say the same in another language.
    """

    reason = "Error"

    def __init__(self, message: str, **parameters: str) -> None:
        super().__init__(message)
        self.message = message
        self.parameters = parameters

    def __str__(self) -> str:
        return self.message


class InvalidResourceError(LabDeskError):
    """A resource or manifest that is not valid; `field` is its camelCase path (`spec.durationMinutes`)."""

    reason = "Invalid"

    def __init__(self, field: str, problem: str, **parameters: str) -> None:
        super().__init__(f"{field}: {problem}" if field else problem, **parameters)
        self.field = field
        self.problem = problem


class ResourceNotFoundError(LabDeskError):
    """There is no such resource."""

    reason = "NotFound"


class ResourceExistsError(LabDeskError):
    """Another resource of this kind already has this namespace and name."""

    reason = "AlreadyExists"


class ResourceConflictError(LabDeskError):
    """The resource changed since it was read: read it again, decide again."""

    reason = "Conflict"


class UnreadableResourceError(LabDeskError):
    """A stored resource that this program cannot read: a newer one wrote it, or it was damaged."""

    reason = "Unreadable"


class InvalidStateTransitionError(LabDeskError):
    """A phase change that the table of transitions does not hold."""

    reason = "InvalidStateTransition"


class RevisionExpired(LabDeskError):
    """A cursor of another lineage, beyond the head, or older than the log keeps: list again."""

    reason = "RevisionExpired"
