"""LabInstanceRequest: one lab of one student, wanted and actual."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import Field, ValidationInfo, field_validator

from labdesk.engines.placeholder import PASSWORD_PLACEHOLDER, with_password
from labdesk.engines.spec import ContainerSpec
from labdesk.labs.narrate import describe_lab_change
from labdesk.labs.phases import LAB_TRANSITIONS, LabPhase
from labdesk.labs.reasons import sentence
from labdesk.labs.students import clean_name, is_email
from labdesk.labs.template import DEADLINE_SECONDS, Access, ResourceOverrides
from labdesk.resource.conditions import Condition, ConditionStatus, find_condition, with_condition
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.model import Model, UtcDatetime, WholeNumber, shortened, shown
from labdesk.resource.quantity import describe_span
from labdesk.resource.resource import ChangeNote, Resource, Spec, Status, is_dns_label

CONTAINER_FINALIZER = "labdesk/container"
RUN_AGAIN_ANNOTATION = "labdesk/run-again"
"""Holds the incarnation an instructor asked for; the controller begins it once the former one is cleaned up."""
MAX_MINUTES = 480
LAST_YEAR = 2199
EDITABLE_WHILE_ACTIVE = frozenset({"desired", "extension_minutes"})


class DesiredState(StrEnum):
    RUN = "Run"
    STOP = "Stop"


class LabInstanceRequestSpec(Spec):
    """`scheduled_start` null means now (the creation time); durations are minutes."""

    lab_template: str
    student_email: str
    student_name: str = ""
    duration_minutes: WholeNumber = Field(60, ge=1, le=MAX_MINUTES)
    scheduled_start: UtcDatetime | None = None
    extension_minutes: WholeNumber = Field(0, ge=-MAX_MINUTES, le=7 * 24 * 60)
    desired: DesiredState = DesiredState.RUN
    resources: ResourceOverrides | None = None

    @field_validator("lab_template")
    @classmethod
    def _template_name(cls, value: str) -> str:
        if not value:
            raise ValueError("must not be empty; name a template")
        if not is_dns_label(value):
            raise ValueError(f"'{value}' is no template name; names have lower-case letters, digits and hyphens")
        return value

    @field_validator("student_email")
    @classmethod
    def _email(cls, value: str) -> str:
        if not is_email(value):
            raise ValueError(f"'{shortened(value)}' is no e-mail address; write it like ada@example.edu")
        return value

    @field_validator("student_name")
    @classmethod
    def _name(cls, value: str) -> str:
        return clean_name(value)

    @field_validator("scheduled_start", mode="before")
    @classmethod
    def _no_number(cls, value: object) -> object:
        if isinstance(value, int | float):
            raise ValueError(f"{shown(value)} is no time; write it like 2026-11-23T10:00:00+01:00")
        return value

    @field_validator("extension_minutes")
    @classmethod
    def _lasts(cls, value: int, info: ValidationInfo) -> int:
        duration = info.data.get("duration_minutes")
        if duration is not None and value <= -duration:
            raise ValueError(f"takes away all of the {duration} min; take back less, or stop the lab")
        return value

    @field_validator("scheduled_start")
    @classmethod
    def _in_our_time(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.year > LAST_YEAR:
            raise ValueError(f"the year {value.year} is too far away; write a time up to {LAST_YEAR}")
        return value


class AccessUrl(Model):
    """One link of a lab; `url` may hold {{lab.password}}, which the desk fills in only when it shows the link."""

    name: str
    url: str

    @property
    def holds_password(self) -> bool:
        """Whether the password is still to be filled in."""
        return PASSWORD_PLACEHOLDER in self.url

    def with_password(self, password: str) -> AccessUrl:
        """Return the link as the student needs it."""
        return self.model_copy(update={"url": with_password(self.url, password)})


class LabInstanceRequestStatus(Status):
    """What the control plane saw and decided. `cleaned_up` is True when no container of this incarnation is left.

    `resolved_spec` and `access` are frozen together: the container, and how its links are written.
    """

    phase: LabPhase = LabPhase.PENDING
    incarnation: int = 1
    provisioning_at: UtcDatetime | None = None
    started_at: UtcDatetime | None = None
    expires_at: UtcDatetime | None = None
    completed_at: UtcDatetime | None = None
    container_id: str = ""
    engine_id: str = ""
    host_ports: dict[str, int] = Field(default_factory=dict)
    access_urls: tuple[AccessUrl, ...] = ()
    resolved_spec: ContainerSpec | None = None
    resolved_spec_hash: str = ""
    access: Access | None = None
    deadline_seconds: float = DEADLINE_SECONDS
    reason: str = ""
    message: str = ""
    parameters: dict[str, str] = Field(default_factory=dict)
    exit_code: int | None = None
    cleaned_up: bool = True
    conditions: tuple[Condition, ...] = ()


class LabInstanceRequest(Resource):
    KIND: ClassVar[str] = "LabInstanceRequest"
    PLURAL: ClassVar[str] = "labs"
    ALIASES: ClassVar[tuple[str, ...]] = ("lab", "labinstancerequests")

    kind: str = "LabInstanceRequest"
    spec: LabInstanceRequestSpec
    status: LabInstanceRequestStatus = Field(default_factory=LabInstanceRequestStatus)

    # --- what it is -------------------------------------------------------------------------------------------

    @property
    def phase(self) -> LabPhase:
        return self.status.phase

    @property
    def is_final(self) -> bool:
        return LAB_TRANSITIONS.is_final(self.status.phase)

    @property
    def student(self) -> str:
        """The name shown for the student."""
        return self.spec.student_name or self.spec.student_email

    @property
    def scheduled_start(self) -> datetime:
        """When the lab should start: the spec's time, or the creation time if that is null."""
        start = self.spec.scheduled_start or self.metadata.created_at
        if start is None:
            raise InvalidResourceError("metadata.createdAt", "is set by the store; save the lab first")
        return start

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.spec.duration_minutes)

    @property
    def extension(self) -> timedelta:
        return timedelta(minutes=self.spec.extension_minutes)

    @property
    def window_end(self) -> datetime:
        """The end of [scheduledStart, + duration + extension)."""
        return self.scheduled_start + timedelta(minutes=self.spec.duration_minutes + self.spec.extension_minutes)

    @property
    def needs_template(self) -> bool:
        """Whether it still takes something from its template; what it has begun with is frozen in its status."""
        return self.phase == LabPhase.PENDING or (self.phase == LabPhase.PROVISIONING and self.status.access is None)

    @property
    def requested_incarnation(self) -> int:
        """The incarnation an instructor asked for with run again, or 0."""
        text = self.metadata.annotations.get(RUN_AGAIN_ANNOTATION, "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    @property
    def wants_to_run_again(self) -> bool:
        return self.is_final and self.requested_incarnation > self.status.incarnation

    def lacks(self, condition_type: str) -> bool:
        """Whether that condition was told of and is not met."""
        condition = find_condition(self.status.conditions, condition_type)
        return condition is not None and condition.status == ConditionStatus.FALSE

    def needs_reconciliation(self) -> bool:
        """Not final, or deleting, or something of it still to be cleaned up or begun again."""
        return not self.is_final or self.is_deleting or not self.status.cleaned_up or self.wants_to_run_again

    def should_start_now(self, now: datetime) -> bool:
        return self.phase == LabPhase.PENDING and now >= self.scheduled_start

    def get_time_until_start(self, now: datetime) -> timedelta:
        """Time to the scheduled start, never negative."""
        return max(self.scheduled_start - now, timedelta())

    def get_expiry(self) -> datetime | None:
        """`max(started_at, scheduled_start) + duration + extension`, or None before it ran."""
        if self.status.started_at is None:
            return None
        return max(self.status.started_at, self.scheduled_start) + self.duration + self.extension

    def is_expired(self, now: datetime) -> bool:
        expiry = self.get_expiry()
        return self.phase == LabPhase.RUNNING and expiry is not None and now >= expiry

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have ended by now, begun or not."""
        return now >= self.window_end if self.phase == LabPhase.PENDING else self.is_expired(now)

    def get_remaining_duration(self, now: datetime) -> timedelta:
        """Time left of a running lab, never negative; the full time of one that has not begun, zero after its end."""
        if self.is_final:
            return timedelta()
        expiry = self.get_expiry()
        return self.duration + self.extension if expiry is None else max(expiry - now, timedelta())

    def phase_index(self) -> str:
        return self.phase.value

    def due_index(self) -> datetime | None:
        if self.phase == LabPhase.PENDING:
            return self.spec.scheduled_start or self.metadata.created_at
        return self.get_expiry() if self.phase == LabPhase.RUNNING else None

    # --- what may change --------------------------------------------------------------------------------------

    def check_update(self, old: Self) -> None:
        """After PROVISIONING only `desired` and `extensionMinutes` may change, until it is run again."""
        if old.phase == LabPhase.PENDING or self.requested_incarnation > max(
            old.status.incarnation, old.requested_incarnation
        ):
            return
        for name, field in type(self.spec).model_fields.items():
            if name not in EDITABLE_WHILE_ACTIVE and getattr(self.spec, name) != getattr(old.spec, name):
                raise InvalidResourceError(
                    f"spec.{field.alias}",
                    f"cannot change any more: the lab is {old.phase.value}; run it again or create another one",
                )

    def describe_change(self, old: Self | None) -> ChangeNote:
        return describe_lab_change(old, self)

    # --- transitions ------------------------------------------------------------------------------------------

    def _to(self, phase: LabPhase, reason: str, parameters: dict[str, str], **changes: Any) -> Self:
        LAB_TRANSITIONS.check(self.status.phase, phase)
        changes = {"reason": reason, "parameters": parameters, "message": sentence(reason, parameters)} | changes
        return self.with_status(phase=phase, observed_generation=self.metadata.generation, **changes)

    def transition_to_provisioning(
        self,
        now: datetime,
        spec: ContainerSpec,
        access: Access,
        host_ports: dict[str, int],
        engine_id: str,
        deadline: float,
    ) -> Self:
        """Freeze the resolved spec; from this commit on a container may exist. `deadline` in seconds."""
        return self._to(
            LabPhase.PROVISIONING, "Provisioning", {},
            provisioning_at=now, resolved_spec=spec, resolved_spec_hash=spec.hash, access=access, host_ports=host_ports,
            engine_id=engine_id, deadline_seconds=deadline, cleaned_up=False, exit_code=None,
        )  # fmt: skip

    def transition_to_running(self, now: datetime, container_id: str, access_urls: tuple[AccessUrl, ...]) -> Self:
        """Set started_at, expires_at and the links."""
        late = now - self.scheduled_start
        reason = "ReadyLate" if late > timedelta(minutes=1) else "Ready"
        parameters = {"late": describe_span(late)} if reason == "ReadyLate" else {}
        expires_at = max(now, self.scheduled_start) + self.duration + self.extension
        return self._to(
            LabPhase.RUNNING, reason, parameters,
            started_at=now, expires_at=expires_at, container_id=container_id, access_urls=access_urls,
        )  # fmt: skip

    def transition_to_completed(
        self, now: datetime, reason: str, parameters: dict[str, str] | None = None, exit_code: int | None = None
    ) -> Self:
        return self._to(LabPhase.COMPLETED, reason, parameters or {}, completed_at=now, exit_code=exit_code)

    def transition_to_failed(
        self, now: datetime, reason: str, parameters: dict[str, str], exit_code: int | None = None
    ) -> Self:
        return self._to(LabPhase.FAILED, reason, parameters, completed_at=now, exit_code=exit_code)

    def transition_to_timeout(self, now: datetime, why_late: str = "ExpiredHeldUp") -> Self:
        """End on time; more than a minute late, `why_late` is the reason, and the message says how late."""
        late = now - (self.get_expiry() or now)
        if late > timedelta(minutes=1):
            return self._to(LabPhase.TIMEOUT, why_late, {"late": describe_span(late)}, completed_at=now)
        return self._to(LabPhase.TIMEOUT, "Expired", {}, completed_at=now)

    def begin_again(self) -> Self:
        """Return the next incarnation, PENDING; ports and workspace stay. Allowed once the former one is cleaned up."""
        return self.model_copy(
            update={
                "status": LabInstanceRequestStatus(
                    incarnation=self.requested_incarnation,
                    host_ports=self.status.host_ports,
                    observed_generation=self.metadata.generation,
                )
            }
        )

    def with_lab_condition(self, type_: str, met: bool, reason: str, parameters: dict[str, str], now: datetime) -> Self:
        """Return a copy with that condition; the same object if nothing would change."""
        status = ConditionStatus.TRUE if met else ConditionStatus.FALSE
        conditions = with_condition(
            self.status.conditions, type_, status, reason, sentence(reason, parameters), now, parameters
        )
        return self if conditions is self.status.conditions else self.with_status(conditions=conditions)
