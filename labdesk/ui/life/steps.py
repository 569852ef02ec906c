"""A lab's life and conditions as rows of the inspector: what was, what is, what comes next and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.conditions import Condition, ConditionStatus
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.times import Times
from labdesk.ui.widgets.marked_rows import MarkedRow
from labdesk.ui.words import phase_word, reason_sentence

_DONE = "running"
_NOW = "provisioning"


FULL = frozenset(f"{full}{until}" for full in ("EngineFull", "ProcessesFull", "CpusFull") for until in ("", "Until"))
"""A lab that waits for one of these waits for others to end."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("LabLife", text)


def life_rows(lab: LabInstanceRequest, times: Times, now: datetime, before: Sequence[LabRow] = ()) -> list[MarkedRow]:
    """Return the steps from its creation to its end; those to come are hollow, the present one is strong.

    `before` are its earlier runs, oldest first: a step each.
    """
    parts = (_plan_rows, _provisioning_rows, _running_rows, _end_rows)
    rows = _creation_rows(lab, times, now) + [_earlier_row(run, times, now) for run in before]
    return rows + [row for part in parts for row in part(lab, times, now)]


def _creation_rows(lab: LabInstanceRequest, times: Times, now: datetime) -> list[MarkedRow]:
    created = lab.metadata.created_at
    word = _tr("Created") if lab.spec.scheduled_start is None else _tr("Scheduled")
    return [] if created is None else [_done(word, created, times, now)]


def _earlier_row(run: LabRow, times: Times, now: datetime) -> MarkedRow:
    begun, ended = (datetime.fromtimestamp(moment, UTC) for moment in (run.prepared or run.start, run.ends))
    word = _tr("Run {number}: {phase}").format(number=run.incarnation, phase=phase_word(run.phase))
    return MarkedRow(word, times.between(begun, ended, now), run.phase.lower(), tip=times.exact(begun))


def _plan_rows(lab: LabInstanceRequest, times: Times, now: datetime) -> list[MarkedRow]:
    created, start = lab.metadata.created_at, lab.scheduled_start
    rows: list[MarkedRow] = []
    if created is None or abs((start - created).total_seconds()) >= 1:
        due = _done(_tr("Due"), start, times, now)
        upcoming = MarkedRow(_tr("Due"), times.moment(start, now), muted=True, tip=times.exact(start))
        rows.append(due if start <= now else upcoming)
    waiting = waiting_condition(lab)
    if waiting is not None and lab.phase == LabPhase.PENDING and start <= now:
        until = _until(waiting)
        begun = max(start, waiting.last_transition)
        remark = times.moment(begun, now) if until is None else times.between(begun, until, now)
        rows.append(MarkedRow(_waiting_word(waiting), remark, _NOW, strong=True, tip=times.exact(begun)))
    return rows


def _provisioning_rows(lab: LabInstanceRequest, times: Times, now: datetime) -> list[MarkedRow]:
    status, word = lab.status, phase_word(LabPhase.PROVISIONING)
    begun = status.provisioning_at
    if begun is None:
        return [] if lab.is_final else [MarkedRow(word, muted=True)]
    end = status.started_at or status.completed_at
    if lab.phase == LabPhase.PROVISIONING or end is None:
        return [MarkedRow(word, times.moment(begun, now), _NOW, strong=True, tip=times.exact(begun))]
    failed = status.started_at is None and lab.phase == LabPhase.FAILED
    remark = _tr("{when}, took {span}").format(when=times.moment(begun, now), span=times.span(end - begun))
    return [MarkedRow(word, remark, "failed" if failed else _DONE, tip=times.exact(begun))]


def _running_rows(lab: LabInstanceRequest, times: Times, now: datetime) -> list[MarkedRow]:
    word, started = phase_word(LabPhase.RUNNING), lab.status.started_at
    if started is None:
        if lab.is_final:
            return []
        waiting = waiting_condition(lab)
        begin = max(lab.scheduled_start, (_until(waiting) if waiting else None) or now)
        end = begin + lab.duration + lab.extension
        return [MarkedRow(word, times.between(begin, end, now), muted=True)]
    end = lab.status.completed_at or lab.get_expiry() or started
    running = lab.phase == LabPhase.RUNNING
    remark = times.between(started, end, now)
    return [MarkedRow(word, remark, _DONE, strong=running, tip=times.exact(started))]


def _end_rows(lab: LabInstanceRequest, times: Times, now: datetime) -> list[MarkedRow]:
    completed = lab.status.completed_at
    if not lab.is_final or completed is None:
        return []
    word, tone = phase_word(lab.phase), lab.phase.value.lower()
    rows = [MarkedRow(word, times.moment(completed, now), tone, strong=True, tip=times.exact(completed))]
    if not lab.status.cleaned_up:
        rows.append(MarkedRow(_tr("Removing its container"), "", _NOW, strong=True))
    return rows


def _done(word: str, moment: datetime, times: Times, now: datetime) -> MarkedRow:
    return MarkedRow(word, times.moment(moment, now), _DONE, tip=times.exact(moment))


# --- conditions ---------------------------------------------------------------------------------------------------


def condition_rows(lab: LabInstanceRequest, times: Times, now: datetime) -> list[MarkedRow]:
    """Return every condition in plain words; one that is not met says since when."""
    return [_condition_row(lab, condition, times, now) for condition in lab.status.conditions]


def _condition_row(lab: LabInstanceRequest, condition: Condition, times: Times, now: datetime) -> MarkedRow:
    met = condition.status == ConditionStatus.TRUE
    text = _condition_words(condition, met=met, final=lab.is_final)
    tip = reason_sentence(condition.reason, condition.parameters, times, now, condition.message)
    if met:
        spec = lab.status.resolved_spec
        remark = spec.image if condition.type == "ImagePulled" and spec else ""
        return MarkedRow(text, remark, "running", "mdi6.check-circle", tip=tip)
    since = _tr("since {when}").format(when=times.moment(condition.last_transition, now))
    if condition.reason == "NotAnswering" and not lab.is_final:
        return MarkedRow(text, since, "provisioning", "mdi6.timer-sand", tip=tip)
    if condition.reason == "Pulling" and not lab.is_final:
        return MarkedRow(text, since, "provisioning", "mdi6.progress-download", tip=tip)
    return MarkedRow(text, since, "failed", "mdi6.close-circle", tip=tip)


def _condition_words(condition: Condition, *, met: bool, final: bool) -> str:
    """What holds, or what is the matter: a condition that is not met is never called by what it would be."""
    words = {
        ("Schedulable", True): _tr("Fits on the engine"),
        ("Schedulable", False): _tr("Does not fit yet"),
        ("ImagePulled", True): _tr("Image present"),
        ("ImagePulled", False): _tr("Image missing") if final else _tr("Pulling its image"),
        ("Ready", True): _tr("Answers"),
        ("Ready", False): _tr("Did not answer") if final else _tr("Does not answer yet"),
        ("EngineReachable", True): _tr("Engine reachable"),
        ("EngineReachable", False): _tr("Engine does not answer"),
        ("Owned", True): _tr("Container of this desk"),
        ("Owned", False): _tr("Container of a former store"),
        ("Protected", True): _tr("Password set, or not needed"),
        ("Protected", False): _tr("Open to the network without a password"),
    }
    if not met and condition.reason == "LookFailed":
        return _tr("Engine does not say how it is")
    if not met and condition.reason == "EngineChanged":
        return _tr("Belongs to another engine")
    return words.get((condition.type, met), condition.type)


def waiting_condition(lab: LabInstanceRequest) -> Condition | None:
    """Return the condition that keeps the lab from going on, or None."""
    if lab.is_final and lab.status.cleaned_up:
        return None
    return next((known for known in lab.status.conditions if known.status == ConditionStatus.FALSE), None)


def expected_start(lab: LabInstanceRequest) -> datetime | None:
    """When a lab that waits for room should get it, if that is known."""
    waiting = waiting_condition(lab)
    return _until(waiting) if waiting is not None else None


def _until(condition: Condition) -> datetime | None:
    try:
        until = datetime.fromisoformat(condition.parameters.get("until", ""))
    except ValueError:
        return None
    return until if until.tzinfo is not None else None


def _waiting_word(condition: Condition) -> str:
    if condition.reason in FULL:
        return _tr("Waiting for room")
    match condition.reason:
        case "EngineUnavailable" | "LookFailed" | "EngineChanged":
            return _tr("Waiting for the engine")
        case "PortsTaken":
            return _tr("Waiting for a port")
        case _:
            return _tr("Waiting")
