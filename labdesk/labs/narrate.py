"""What a change of a lab means to people: the sentence, its severity and its filter words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.phases import LabPhase
from labdesk.labs.reasons import sentence
from labdesk.resource.conditions import Condition, ConditionStatus, find_condition
from labdesk.resource.resource import ChangeNote

if TYPE_CHECKING:
    from datetime import datetime

    from labdesk.labs.request import LabInstanceRequest
    from labdesk.resource.events import JournalEvent

_ERRORS = frozenset({LabPhase.FAILED})
_ROUTINE = (".reconciled", ".reconciliation.requeued")


def describe_lab_change(old: LabInstanceRequest | None, new: LabInstanceRequest) -> ChangeNote:
    """Return the journal's note of a commit. The most telling difference wins: phase, deletion, spec, condition."""
    reason, parameters, severity = _telling_difference(old, new)
    message = sentence(reason, parameters)
    data: dict[str, Any] = {
        "phase": new.phase.value,
        "reason": reason,
        "parameters": parameters,
        "student": new.student,
        "template": new.spec.lab_template,
        "incarnation": new.status.incarnation,
    }
    if old is not None and old.phase != new.phase:
        data["oldPhase"] = old.phase.value
    if new.status.exit_code is not None:
        data["exitCode"] = new.status.exit_code
    tokens = filter_words(new)
    if "course" in tokens:
        data["course"] = tokens["course"]
    return ChangeNote(severity=severity, reason=reason, message=message, data=data, tokens=tokens)


def student_of(event: JournalEvent) -> str:
    """Return the student's name an event tells of, or nothing."""
    student = event.data.get("student")
    return student if isinstance(student, str) else ""


def is_routine(event: JournalEvent) -> bool:
    """True for what the controller says of its own turns: to be read when one looks for it, and passed over else."""
    return event.severity == "info" and event.type.endswith(_ROUTINE)


def filter_words(lab: LabInstanceRequest) -> dict[str, str]:
    """The exact words by which the journal finds a lab's events."""
    words = {"lab": lab.metadata.name, "template": lab.spec.lab_template}
    course = lab.metadata.labels.get(COURSE_LABEL)
    return words | {"course": course} if course else words


def _telling_difference(old: LabInstanceRequest | None, new: LabInstanceRequest) -> tuple[str, dict[str, str], str]:
    if old is None:
        start = new.spec.scheduled_start
        if start is None:
            return "StartRequested", {}, "info"
        return "Scheduled", {"start": start.strftime("%Y-%m-%d %H:%M UTC")}, "info"
    if new.status.incarnation != old.status.incarnation:
        return "RunAgain", {}, "info"
    if new.phase != old.phase:
        severity = "error" if new.phase in _ERRORS else "warning" if _ended_late(new) else "info"
        return new.status.reason, new.status.parameters, severity
    if new.is_deleting and not old.is_deleting:
        return "DeletionRequested", {}, "info"
    if (found := _spec_difference(old, new)) is not None:
        return found
    if new.status.host_ports != old.status.host_ports and old.status.host_ports:
        moved = next(
            (name for name in new.status.host_ports if new.status.host_ports[name] != old.status.host_ports.get(name)),
            "",
        )
        return (
            "PortMoved",
            {"old": str(old.status.host_ports.get(moved, "")), "new": str(new.status.host_ports.get(moved, ""))},
            "warning",
        )
    if new.status.cleaned_up and not old.status.cleaned_up:
        return ("NeverCreated" if _lacks_its_image(new) else "CleanedUp"), {}, "info"
    if (condition := _changed_condition(old, new)) is not None:
        expected = condition.status == ConditionStatus.TRUE or condition.type in ("ImagePulled", "Ready")
        severity = "info" if expected else "warning"
        return condition.reason, condition.parameters, severity
    if new.status.reason and new.status.reason != old.status.reason:
        return new.status.reason, new.status.parameters, "info"
    if new.phase == LabPhase.RUNNING and new.status.expires_at != old.status.expires_at and new.status.expires_at:
        return "EndMoved", {"until": new.status.expires_at.isoformat(timespec="minutes")}, "info"
    return _small_difference(old, new)


def _small_difference(old: LabInstanceRequest, new: LabInstanceRequest) -> tuple[str, dict[str, str], str]:
    """What is left: a condition that says the same with other particulars (how far a pull is), or nothing to tell."""
    for condition in new.status.conditions:
        before = find_condition(old.status.conditions, condition.type)
        if before is not None and before.parameters != condition.parameters:
            return condition.reason, condition.parameters, "info"
    return ("Accepted" if new.phase == LabPhase.PENDING else "Noted"), {}, "info"


def _ended_late(lab: LabInstanceRequest) -> bool:
    return lab.phase == LabPhase.TIMEOUT and lab.status.reason != "Expired"


def _lacks_its_image(lab: LabInstanceRequest) -> bool:
    return lab.lacks("ImagePulled") or lab.status.reason == "ImageAbsent"


def _spec_difference(old: LabInstanceRequest, new: LabInstanceRequest) -> tuple[str, dict[str, str], str] | None:
    if new.wants_to_run_again and not old.wants_to_run_again:
        return "RunAgainRequested", {}, "info"
    if new.spec.desired != old.spec.desired:
        return ("StopRequested" if new.spec.desired.value == "Stop" else "StartRequested"), {}, "info"
    fields = _changed_fields(old, new)
    if fields == ["extension_minutes"]:
        extra = new.spec.extension_minutes - old.spec.extension_minutes
        return ("Extended" if extra > 0 else "Shortened"), {"minutes": str(abs(extra))}, "info"
    return (*_plan_difference(old, new, fields), "info") if fields else None


def _plan_difference(old: LabInstanceRequest, new: LabInstanceRequest, fields: list[str]) -> tuple[str, dict[str, str]]:
    """Start and duration are told as they were and as they are now; everything else by its field's name."""
    start, duration = "scheduled_start" in fields, "duration_minutes" in fields
    others = ", ".join(_named(old, new, name) for name in fields if name not in ("scheduled_start", "duration_minutes"))
    if not start and not duration:
        return "Edited", {"fields": others}
    parameters = {"besides": "EditedBesides", "fields": others} if others else {"besides": ""}
    if start:
        parameters |= {"before": _minute(old.scheduled_start), "start": _minute(new.scheduled_start)}
    if duration:
        parameters |= {"old": str(old.spec.duration_minutes), "new": str(new.spec.duration_minutes)}
    return ("Replanned" if start and duration else "StartMoved" if start else "DurationChanged"), parameters


def _changed_fields(old: LabInstanceRequest, new: LabInstanceRequest) -> list[str]:
    return [name for name in type(new.spec).model_fields if getattr(new.spec, name) != getattr(old.spec, name)]


def _named(old: LabInstanceRequest, new: LabInstanceRequest, name: str) -> str:
    """Return a field as manifests call it; the extension with its minutes before and now."""
    alias = type(new.spec).model_fields[name].alias or name
    if name != "extension_minutes":
        return alias
    return f"{alias} {old.spec.extension_minutes} \N{RIGHTWARDS ARROW} {new.spec.extension_minutes} min"


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _changed_condition(old: LabInstanceRequest, new: LabInstanceRequest) -> Condition | None:
    for condition in new.status.conditions:
        before = find_condition(old.status.conditions, condition.type)
        if before is None or (before.status, before.reason) != (condition.status, condition.reason):
            return condition
    return None
