"""What to do with a lab: one pure function over what is wanted, what was seen, what fits, and the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from labdesk.engines.service import ContainerState, ContainerStatus
from labdesk.engines.spec import Probe, PullPolicy
from labdesk.labs.capacity import CapacityLedger, Fit
from labdesk.labs.decisions import (
    Commit,
    Create,
    Decision,
    Nothing,
    Observe,
    Pull,
    Release,
    Remove,
    Start,
    Wait,
)
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import DesiredState, LabInstanceRequest
from labdesk.labs.resolve import (
    AccessDefaults,
    access_urls,
    need_of,
    needs_password,
    resolve_access,
    resolve_container_spec,
)
from labdesk.labs.template import DEADLINE_SECONDS, LabTemplate
from labdesk.labs.timekeeping import Absence, Cause, why_missed
from labdesk.resource.conditions import ConditionStatus, find_condition
from labdesk.resource.quantity import format_bytes

FORCE_DELETE_ANNOTATION = "labdesk/force-delete"
LOG_LINES_IN_MESSAGE = 3
UNANSWERED = timedelta(seconds=5)
"""How long a started container may stay silent before that is told; most answer sooner and cost no commit."""
KILLED_OR_TERMINATED = (137, 143)
"""Exit codes of a program that a signal ended (128 + SIGKILL, 128 + SIGTERM); memory is told apart before."""
ENDED_FROM_OUTSIDE = "Something outside LabDesk ended it, such as a restart of Docker or of its computer; run it again."
_MISSED_FOR = {
    "EngineFullUntil": "EngineFull", "ProcessesFullUntil": "ProcessesFull", "CpusFullUntil": "CpusFull",
    "EngineUnavailable": "NoEngine",
}  # fmt: skip
"""What a lab waited for, as it is told once its time is over."""
_LATE_BECAUSE: Mapping[Cause | None, str] = {
    Cause.OFF: "ExpiredLate", Cause.ASLEEP: "ExpiredAsleep", Cause.SET: "ExpiredByClock", None: "ExpiredHeldUp",
}  # fmt: skip
_MISSED_BECAUSE: Mapping[Cause | None, str] = {
    Cause.OFF: "DeskWasOff", Cause.ASLEEP: "WasAsleep", Cause.SET: "ClockSetForward", None: "NotAvailable",
}  # fmt: skip
"""Why an end comes late, and a start not at all."""


class ImageState(StrEnum):
    """UNKNOWN: nobody has missed it yet, so creating is worth a try."""

    UNKNOWN = "unknown"
    ABSENT = "absent"
    PULLING = "pulling"
    REFUSED = "refused"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of the engine at this moment.

    `connecting` means that the engine was not heard of yet at all: too early to say that it is away.
    `container` None means nobody has looked yet. `reachable_since` is when the engine last began to answer: time it
    was away does not count against a lab. `log_tail` is the container's last output, given when it has ended.
    `look_error` has the words of an engine that answers but would not say how the lab's container is; it is then not
    `reachable`. `made_before` means that the container was made before the store was restored or copied, and nobody
    has confirmed yet that it is this desk's: another one may be running it. `absences` say why nobody saw to a lab that
    should have ended already, and what time does not count against one that is being prepared.
    """

    reachable: bool
    connecting: bool = False
    look_error: str = ""
    engine_id: str = ""
    reachable_since: datetime | None = None
    container: ContainerStatus | None = None
    made_before: bool = False
    image: ImageState = ImageState.UNKNOWN
    image_reason: str = ""
    image_detail: str = ""
    pull_progress: str = ""
    log_tail: str = ""
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskRules:
    """Settings of the desk that decisions depend on."""

    desk_id: str
    access: AccessDefaults = field(default_factory=AccessDefaults)


def decide(
    lab: LabInstanceRequest,
    template: LabTemplate | None,
    seen: Observation,
    capacity: CapacityLedger,
    now: datetime,
    rules: DeskRules,
) -> Decision:
    """Return the one next thing to do. Pure: `capacity` is only asked. The rules are DESIGN §6, first match wins."""
    if lab.is_deleting:
        return _delete(lab, seen, now)
    if lab.is_final:
        if not lab.status.cleaned_up:
            return _clean_up(lab, seen, now)
        return Commit(lab.begin_again()) if lab.wants_to_run_again else Nothing()
    if lab.spec.desired == DesiredState.STOP:
        return Commit(lab.transition_to_completed(now, "StoppedByInstructor"))
    if lab.phase == LabPhase.PENDING:
        return _pending(lab, template, seen, capacity, now, rules)
    if lab.phase == LabPhase.PROVISIONING:
        return _provisioning(lab, template, seen, now, rules)
    return _running(lab, seen, now)


def _delete(lab: LabInstanceRequest, seen: Observation, now: datetime) -> Decision:
    if lab.status.cleaned_up:
        return Release()
    if FORCE_DELETE_ANNOTATION in lab.metadata.annotations:
        return Release(ticket=True)
    if not lab.is_final:
        return Commit(lab.transition_to_completed(now, "StoppedByInstructor"))
    if seen.reachable and _is_elsewhere(lab, seen):  # who deletes it has decided; that engine may never come back
        return Release(ticket=True)
    return _clean_up(lab, seen, now)


def _clean_up(lab: LabInstanceRequest, seen: Observation, now: datetime) -> Decision:
    if (absent := _engine_absent(lab, seen, now)) is not None:
        return absent
    if seen.container is None:
        return Observe()
    if seen.container.state == ContainerState.NOT_FOUND:
        return Commit(_owned(_engine_back(lab, now), now).with_status(cleaned_up=True))
    return _store_if_changed(lab, _made_before(lab, now)) if seen.made_before else Remove(seen.container)


def _engine_absent(lab: LabInstanceRequest, seen: Observation, now: datetime) -> Decision | None:
    """Not seeing is not knowing: stay, and say why."""
    if not seen.reachable:
        return _without_engine(lab, seen, now)
    if _is_elsewhere(lab, seen):
        parameters = {"engine": lab.status.engine_id[:12]}
        return _store_if_changed(
            lab, lab.with_lab_condition("EngineReachable", False, "EngineChanged", parameters, now)
        )
    return None


def _is_elsewhere(lab: LabInstanceRequest, seen: Observation) -> bool:
    """True if the lab's container would be on another engine than the one that answers."""
    return bool(lab.status.engine_id) and seen.engine_id != lab.status.engine_id


def _without_engine(lab: LabInstanceRequest, seen: Observation, now: datetime) -> Decision:
    if seen.connecting:
        return Nothing()
    if seen.look_error:
        parameters = {"detail": seen.look_error}
        return _store_if_changed(lab, lab.with_lab_condition("EngineReachable", False, "LookFailed", parameters, now))
    return _store_if_changed(lab, lab.with_lab_condition("EngineReachable", False, "EngineUnavailable", {}, now))


def _made_before(lab: LabInstanceRequest, now: datetime) -> LabInstanceRequest:
    """Its container is left alone: another desk may be running it."""
    return lab.with_lab_condition("Owned", False, "MadeBefore", {}, now)


def _engine_back(lab: LabInstanceRequest, now: datetime) -> LabInstanceRequest:
    return _met(lab, "EngineReachable", "EngineReachable", now)


def _owned(lab: LabInstanceRequest, now: datetime) -> LabInstanceRequest:
    return _met(lab, "Owned", "Owned", now)


def _met(lab: LabInstanceRequest, type_: str, reason: str, now: datetime) -> LabInstanceRequest:
    """A condition that was told of is met now."""
    known = find_condition(lab.status.conditions, type_)
    return lab if known is None else lab.with_lab_condition(type_, True, reason, {}, now)


def _store_if_changed(old: LabInstanceRequest, new: LabInstanceRequest) -> Decision:
    return Nothing() if new is old else Commit(new)


# --- PENDING ------------------------------------------------------------------------------------------------------


def _pending(
    lab: LabInstanceRequest,
    template: LabTemplate | None,
    seen: Observation,
    capacity: CapacityLedger,
    now: datetime,
    rules: DeskRules,
) -> Decision:
    if not lab.should_start_now(now):
        return _promise_ports(_protected(lab, template, now, rules), lab, template, capacity)
    if lab.is_overdue(now):
        return Commit(_missed(lab, seen, now))
    if template is None:
        return Commit(lab.transition_to_failed(now, "TemplateNotFound", {"template": lab.spec.lab_template}))
    if needs_password(template, rules.access):
        return Commit(lab.transition_to_failed(now, "PasswordRequired", {"template": template.metadata.name}))
    if not seen.reachable:
        return _without_engine(lab, seen, now)
    fit = capacity.fit(lab.metadata.uid, need_of(lab, template), lab.status.host_ports)
    if not fit.fits:
        return _wait_for_room(lab, fit, now)
    return Commit(_provision(lab, template, fit, seen, now, rules))


def _wait_for_room(lab: LabInstanceRequest, fit: Fit, now: datetime) -> Decision:
    waiting = _engine_back(lab, now)
    if not fit.is_still_told(find_condition(lab.status.conditions, "Schedulable"), now):
        waiting = waiting.with_lab_condition("Schedulable", False, fit.reason, fit.parameters, now)
    return _store_if_changed(lab, waiting)


def _missed(lab: LabInstanceRequest, seen: Observation, now: datetime) -> LabInstanceRequest:
    """Its time is over; what it last waited for is why."""
    unmet = [condition for condition in lab.status.conditions if condition.status == ConditionStatus.FALSE]
    last = max(unmet, key=lambda condition: condition.last_transition, default=None)
    cause = why_missed(lab.scheduled_start, seen.absences)
    why = _MISSED_FOR.get(last.reason, last.reason) if last else _MISSED_BECAUSE[cause]
    parameters = (last.parameters if last else {}) | {"end": lab.window_end.strftime("%Y-%m-%d %H:%M UTC"), "why": why}
    return lab.transition_to_failed(now, "MissedWindow", parameters)


def _protected(
    lab: LabInstanceRequest, template: LabTemplate | None, now: datetime, rules: DeskRules
) -> LabInstanceRequest:
    """Say ahead of its time that a lab cannot start as template and desk are now, while that can be mended."""
    if template is not None and needs_password(template, rules.access):
        return lab.with_lab_condition("Protected", False, "PasswordRequired", {"template": template.metadata.name}, now)
    return _met(lab, "Protected", "Protected", now)


def _promise_ports(
    accepted: LabInstanceRequest, lab: LabInstanceRequest, template: LabTemplate | None, capacity: CapacityLedger
) -> Decision:
    """Give a lab its ports when it is created, so that links can be handed out before the class."""
    names = tuple(port.name for port in template.spec.ports) if template else ()
    if not set(names) <= set(lab.status.host_ports):
        ports = capacity.choose_ports(lab.metadata.uid, names, lab.status.host_ports)
        accepted = accepted if ports is None else accepted.with_status(host_ports=ports)
    if lab.status.observed_generation != lab.metadata.generation:
        accepted = accepted.with_status(observed_generation=lab.metadata.generation)
    return _store_if_changed(lab, accepted)


def _provision(
    lab: LabInstanceRequest, template: LabTemplate, fit: Fit, seen: Observation, now: datetime, rules: DeskRules
) -> LabInstanceRequest:
    spec = resolve_container_spec(lab, template, fit.host_ports, rules.access, rules.desk_id)
    probe = template.spec.readiness_probe
    deadline = probe.deadline_seconds if probe else DEADLINE_SECONDS
    ready = _met(_engine_back(lab, now), "Protected", "Protected", now)
    fitting = ready.with_lab_condition("Schedulable", True, "Fits", {}, now)
    access = resolve_access(template, rules.access)
    return fitting.transition_to_provisioning(now, spec, access, fit.host_ports, seen.engine_id, deadline)


# --- PROVISIONING -------------------------------------------------------------------------------------------------


def _provisioning(
    lab: LabInstanceRequest, template: LabTemplate | None, seen: Observation, now: datetime, rules: DeskRules
) -> Decision:
    if (absent := _engine_absent(lab, seen, now)) is not None:
        return absent
    container = seen.container
    if container is None:
        return Observe()
    if seen.made_before:
        return _store_if_changed(lab, _made_before(_engine_back(lab, now), now))
    match container.state:
        case ContainerState.NOT_FOUND:
            return _without_container(lab, seen, now)
        case ContainerState.CREATING:
            return Start(container.container_id)
        case ContainerState.STOPPED:
            return Commit(_ended(lab, container, seen.log_tail, now))
        case ContainerState.ERROR:
            return Commit(lab.transition_to_failed(now, "StartFailed", {"detail": container.message}))
        case ContainerState.READY:
            return Commit(_run(lab, template, container, now, rules))
    back = seen.absences[-1].end if seen.absences else None  # the newest: an earlier one may end in hours never reached
    begun = max(filter(None, (container.started_at, seen.reachable_since, back)), default=now)
    probe = lab.status.resolved_spec.readiness_probe if lab.status.resolved_spec else None
    if now >= begun + timedelta(seconds=lab.status.deadline_seconds):
        told = {"seconds": f"{lab.status.deadline_seconds:g}", "log": _last_lines(seen.log_tail)}
        return Commit(lab.transition_to_failed(now, "DeadlineExceeded", told | _asked(probe)))
    if now >= begun + UNANSWERED:
        unanswered = lab.with_lab_condition("Ready", False, "NotAnswering", {}, now)
        if unanswered is not lab:
            return Commit(unanswered)
    return Wait(probe.period_seconds if probe else 1.0)


def _without_container(lab: LabInstanceRequest, seen: Observation, now: datetime) -> Decision:
    spec = lab.status.resolved_spec
    image = spec.image if spec else ""
    if seen.image == ImageState.ABSENT:
        if spec and spec.image_pull_policy == PullPolicy.NEVER:
            return Commit(lab.transition_to_failed(now, "ImageAbsent", {"image": image}))
        return Pull(image)
    if seen.image == ImageState.REFUSED:
        parameters = {"image": image, "detail": seen.image_detail}
        return Commit(lab.transition_to_failed(now, seen.image_reason or "ImagePull", parameters))
    if seen.image == ImageState.PULLING:
        parameters = {"image": image, "progress": seen.pull_progress or "begun"}
        return _store_if_changed(lab, lab.with_lab_condition("ImagePulled", False, "Pulling", parameters, now))
    return Create()


def _run(
    lab: LabInstanceRequest, template: LabTemplate | None, container: ContainerStatus, now: datetime, rules: DeskRules
) -> LabInstanceRequest:
    spec = lab.status.resolved_spec
    access = lab.status.access or (resolve_access(template, rules.access) if template else None)
    urls = access_urls(access, spec.ports, container.host_ports or {}) if spec and access else ()
    known = _owned(_engine_back(lab, now), now)
    known = _met(_met(known, "ImagePulled", "ImagePresent", now), "Ready", "Answers", now)
    return known.transition_to_running(now, container.container_id, urls)


# --- RUNNING ------------------------------------------------------------------------------------------------------


def _running(lab: LabInstanceRequest, seen: Observation, now: datetime) -> Decision:
    own_engine = seen.reachable and seen.engine_id == lab.status.engine_id
    if own_engine and seen.container is None:
        return Observe()
    container = seen.container if own_engine else None
    expiry = lab.get_expiry()
    if container and container.state == ContainerState.STOPPED:
        ended_in_time = expiry is None or container.finished_at is None or container.finished_at <= expiry
        if ended_in_time:
            return Commit(_ended(lab, container, seen.log_tail, now))
    if lab.is_expired(now):
        missed = why_missed(expiry, seen.absences) if expiry else None
        return Commit(lab.transition_to_timeout(now, _LATE_BECAUSE[missed]))
    if container and container.state in (ContainerState.NOT_FOUND, ContainerState.ERROR):
        return Commit(lab.transition_to_failed(now, "ContainerLost", {}))
    current = lab
    if (expiry, lab.metadata.generation) != (lab.status.expires_at, lab.status.observed_generation):
        current = lab.with_status(expires_at=expiry, observed_generation=lab.metadata.generation)
    if (absent := _engine_absent(current, seen, now)) is None:
        current = _engine_back(current, now)
        return _store_if_changed(lab, (_made_before if seen.made_before else _owned)(current, now))
    return absent if isinstance(absent, Commit) else _store_if_changed(lab, current)


def _ended(lab: LabInstanceRequest, container: ContainerStatus, log_tail: str, now: datetime) -> LabInstanceRequest:
    """Its process ended by itself. While PROVISIONING that is a failure whatever it returned."""
    spec = lab.status.resolved_spec
    code = container.exit_code
    if container.oom_killed and code != 0:  # with code 0 only a child was killed, and the program went on to its end
        parameters = {"memory": format_bytes(spec.memory) if spec else "memory"}
        return lab.transition_to_failed(now, "OOMKilled", parameters, exit_code=code)
    if code == 0 and lab.phase == LabPhase.RUNNING:
        return lab.transition_to_completed(now, "Completed", exit_code=0)
    told = [ENDED_FROM_OUTSIDE] if code in KILLED_OR_TERMINATED else []
    parameters = {"code": str(code), "log": " ".join([*told, _last_lines(log_tail)]).strip()}
    return lab.transition_to_failed(now, "ExitCode", parameters, exit_code=code)


def _asked(probe: Probe | None) -> dict[str, str]:
    """Return how readiness was asked in vain, as a cause and its parameters."""
    if probe is None:
        return {"asked": "AskedNothing"}
    if probe.kind == "exec":
        return {"asked": "AskedCommand", "command": " ".join(probe.command)}
    if probe.kind == "http":
        return {"asked": "AskedAddress", "port": str(probe.port), "path": probe.path}
    return {"asked": "AskedPort", "port": str(probe.port)}


def _last_lines(log: str) -> str:
    lines = [line.strip() for line in log.strip().splitlines() if line.strip()]
    return "Its last output: " + " / ".join(line[:200] for line in lines[-LOG_LINES_IN_MESSAGE:]) if lines else ""
