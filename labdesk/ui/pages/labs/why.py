"""What the inspector says first of a lab: why it waits, what comes next and when, or how it ended. Rich text."""

from __future__ import annotations

from datetime import datetime
from html import escape

from PySide6.QtCore import QCoreApplication

from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.conditions import Condition
from labdesk.ui.life.steps import FULL, expected_start, waiting_condition
from labdesk.ui.times import Times
from labdesk.ui.words import reason_html

NEEDS_LESS = frozenset({"TooBig", "TooManyProcesses", "TooManyCpus"}) | FULL
"""A lab that waits for one of these would start sooner if it needed less, or had another start."""
_IN_TEMPLATE = frozenset({
    "DeadlineExceeded", "ExitCode", "ImageAbsent", "ImagePull", "InvalidContainer", "OOMKilled", "PasswordRequired",
    "StartFailed", "TooBig",
})  # fmt: skip
"""What is mended in the template, or looked up there."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("LabWhy", text)


def why(lab: LabInstanceRequest, times: Times, now: datetime) -> tuple[str, list[str]]:
    """Return a title and sentences, in HTML; no sentence if there is nothing worth saying."""
    status = lab.status
    told = reason_html(status.reason, status.parameters, times, now, status.message)
    if (waiting := waiting_condition(lab)) is not None:
        if waiting.reason == "PasswordRequired":
            will = _when(_tr("As things are, it fails at its start at {when}."), lab.scheduled_start, times, now)
            return _tr("Why it cannot start"), [
                reason_html(waiting.reason, waiting.parameters, times, now, waiting.message),
                will,
            ]
        return _tr("Why it waits"), _waiting(lab, waiting, times, now)
    if lab.is_final:
        return _tr("How it ended"), [told]
    if lab.phase == LabPhase.PROVISIONING:
        return _tr("What happens now"), [told]
    if lab.phase == LabPhase.PENDING and lab.scheduled_start > now:
        return _tr("What comes next"), [_when(_tr("It starts by itself at {when}."), lab.scheduled_start, times, now)]
    expiry = lab.get_expiry()
    if lab.phase == LabPhase.RUNNING and expiry is not None:
        return _tr("What comes next"), [_when(_tr("It ends by itself at {when}."), expiry, times, now)]
    return "", []


def is_for_template(lab: LabInstanceRequest) -> bool:
    """True if the lab's template is the place to go on from what is said."""
    waiting = waiting_condition(lab)
    reason = waiting.reason if waiting is not None else lab.status.reason
    return reason in _IN_TEMPLATE


def _waiting(lab: LabInstanceRequest, waiting: Condition, times: Times, now: datetime) -> list[str]:
    """Why, since when, what is expected, and what becomes of a lab that goes on waiting."""
    until = expected_start(lab)
    if until is None or waiting.reason != "EngineFullUntil":
        sentences = [reason_html(waiting.reason, waiting.parameters, times, now, waiting.message)]
    else:
        given = {name: f"<b>{escape(text)}</b>" for name, text in waiting.parameters.items()}
        # what was free when it was told: an end that does not make room for it is not told again
        sentences = [_tr("The engine had {free} free; this lab needs {need}.").format_map(given)]
        if until > now:
            expected = _tr("It should start at {when}, when labs before it end.")
            sentences.append(_when(expected, until, times, now))
    if lab.phase == LabPhase.PENDING and lab.window_end > now:
        sentences.append(_when(_tr("If it cannot start by {when}, it is given up."), lab.window_end, times, now))
    elif lab.phase == LabPhase.RUNNING and (expiry := lab.get_expiry()) is not None and expiry > now:
        sentences.append(_when(_tr("Its time ends at {when} all the same."), expiry, times, now))
    return sentences


def _when(text: str, moment: datetime, times: Times, now: datetime) -> str:
    return text.format(when=f"<b>{times.moment(moment, now)}</b>")
