"""Stored images of labs, for models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labdesk.labs.kinds import lab_scheme
from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.phases import LabPhase
from labdesk.labs.reasons import sentence
from labdesk.labs.request import LabInstanceRequest, LabInstanceRequestSpec
from labdesk.resource.events import ResourceChangeEvent, ResourceChangeType, ResourceImage
from labdesk.resource.resource import ResourceMetadata

NOW = datetime(2026, 11, 23, 9, 42, 20, tzinfo=UTC)
SCHEME = lab_scheme()


def make_lab(
    uid: str,
    student: str = "",
    *,
    template: str = "python-intro",
    course: str = "cs-101",
    start: int = 0,
    minutes: int = 60,
    **labels: str,
) -> LabInstanceRequest:
    """A waiting lab that starts `start` minutes from now; `course` may be empty."""
    return LabInstanceRequest(
        metadata=ResourceMetadata(
            name=f"lab-{uid}",
            uid=uid,
            created_at=NOW - timedelta(days=1),
            labels=({COURSE_LABEL: course} if course else {}) | labels,
        ),
        spec=LabInstanceRequestSpec(
            lab_template=template,
            student_email=f"{uid}@example.edu",
            student_name=student or f"Student {uid}",
            scheduled_start=NOW + timedelta(minutes=start),
            duration_minutes=minutes,
        ),
    )


def in_phase(lab: LabInstanceRequest, phase: str, reason: str = "", **parameters: str) -> LabInstanceRequest:
    """The lab in a phase, as the control plane would have left it."""
    message = sentence(reason, parameters) if reason else ""
    started = lab.scheduled_start if phase in ("RUNNING", "COMPLETED", "FAILED", "TIMEOUT") else None
    return lab.with_status(
        phase=LabPhase(phase),
        reason=reason,
        parameters=parameters,
        message=message,
        started_at=started,
        cleaned_up=True,
    )


def image_of(lab: LabInstanceRequest, revision: int) -> ResourceImage:
    metadata = lab.metadata
    body = SCHEME.encode(lab)
    return ResourceImage(SCHEME, lab.kind, metadata.namespace, metadata.name, metadata.uid, revision, 1, body)


def change(
    lab: LabInstanceRequest, revision: int, kind: str = "status_updated"
) -> ResourceChangeEvent[LabInstanceRequest]:
    return ResourceChangeEvent(ResourceChangeType(kind), image_of(lab, revision), None, revision)
