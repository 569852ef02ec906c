"""What phases and severities are called, and the reasons of labs, conditions and events as translated sentences.

Below the window, messages are (reason, parameters) with an English sentence. Here the same pairs are said in the
instructor's language and zone; a test keeps this table and labs/reasons.py alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Final, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from labdesk.labs.reasons import CAUSES, MOMENTS
from labdesk.resource.events import JournalEvent
from labdesk.ui.times import Times

_PHASES: Final[Mapping[str, object]] = {
    "PENDING": QT_TRANSLATE_NOOP("Phases", "Pending"),
    "PROVISIONING": QT_TRANSLATE_NOOP("Phases", "Provisioning"),
    "RUNNING": QT_TRANSLATE_NOOP("Phases", "Running"),
    "COMPLETED": QT_TRANSLATE_NOOP("Phases", "Completed"),
    "FAILED": QT_TRANSLATE_NOOP("Phases", "Failed"),
    "TIMEOUT": QT_TRANSLATE_NOOP("Phases", "Timeout"),
}

_COUNTED_PHASES: Final[Mapping[str, object]] = {
    "RUNNING": QT_TRANSLATE_NOOP("Phases", "{n} running"),
    "PROVISIONING": QT_TRANSLATE_NOOP("Phases", "{n} starting"),
    "FAILED": QT_TRANSLATE_NOOP("Phases", "{n} failed"),
    "PENDING": QT_TRANSLATE_NOOP("Phases", "{n} waiting"),
    "TIMEOUT": QT_TRANSLATE_NOOP("Phases", "{n} time over"),
    "COMPLETED": QT_TRANSLATE_NOOP("Phases", "{n} completed"),
}

_SEVERITIES: Final[Mapping[str, object]] = {
    "error": QT_TRANSLATE_NOOP("Events", "Error"),
    "warning": QT_TRANSLATE_NOOP("Events", "Warning"),
    "info": QT_TRANSLATE_NOOP("Events", "Info"),
}

REASONS: Final[Mapping[str, object]] = {
    "Scheduled": QT_TRANSLATE_NOOP("Reasons", "Scheduled for {start}."),
    "StartRequested": QT_TRANSLATE_NOOP("Reasons", "Starts now."),
    "Accepted": QT_TRANSLATE_NOOP("Reasons", "Accepted; waits for its start."),
    "EndMoved": QT_TRANSLATE_NOOP("Reasons", "Ends at {until}."),
    "Noted": QT_TRANSLATE_NOOP("Reasons", "The change was noted."),
    "Edited": QT_TRANSLATE_NOOP("Reasons", "Changed by the instructor: {fields}."),
    "EditedBesides": QT_TRANSLATE_NOOP("Reasons", "Also changed: {fields}."),
    "StartMoved": QT_TRANSLATE_NOOP("Reasons", "The instructor moved its start from {before} to {start}. {besides}"),
    "DurationChanged": QT_TRANSLATE_NOOP(
        "Reasons", "The instructor changed its duration from {old} to {new} min. {besides}"
    ),
    "Replanned": QT_TRANSLATE_NOOP(
        "Reasons",
        "The instructor moved its start from {before} to {start} and changed its duration from {old} to {new} min. "
        "{besides}",
    ),
    "Extended": QT_TRANSLATE_NOOP("Reasons", "Extended by {minutes} min."),
    "Shortened": QT_TRANSLATE_NOOP("Reasons", "Shortened by {minutes} min."),
    "StopRequested": QT_TRANSLATE_NOOP("Reasons", "The instructor asked it to stop."),
    "RunAgainRequested": QT_TRANSLATE_NOOP("Reasons", "The instructor asked it to run again."),
    "RunAgain": QT_TRANSLATE_NOOP("Reasons", "Runs again."),
    "DeletionRequested": QT_TRANSLATE_NOOP("Reasons", "Is being deleted."),
    "Deleted": QT_TRANSLATE_NOOP("Reasons", "Was deleted."),
    "Provisioning": QT_TRANSLATE_NOOP("Reasons", "Preparing the container."),
    "Ready": QT_TRANSLATE_NOOP("Reasons", "Ready."),
    "ReadyLate": QT_TRANSLATE_NOOP("Reasons", "Ready, {late} later than planned."),
    "Completed": QT_TRANSLATE_NOOP("Reasons", "Ended by itself."),
    "StoppedByInstructor": QT_TRANSLATE_NOOP("Reasons", "Stopped by the instructor."),
    "Expired": QT_TRANSLATE_NOOP("Reasons", "Ended on time."),
    "ExpiredLate": QT_TRANSLATE_NOOP("Reasons", "Ended {late} late: the desk was not running when it was due."),
    "ExpiredAsleep": QT_TRANSLATE_NOOP("Reasons", "Ended {late} late: this computer was asleep when it was due."),
    "ExpiredByClock": QT_TRANSLATE_NOOP(
        "Reasons", "Ended because this computer's clock was set forward, to {late} past its end."
    ),
    "ExpiredHeldUp": QT_TRANSLATE_NOOP("Reasons", "Ended {late} late: LabDesk was held up."),
    "CleanedUp": QT_TRANSLATE_NOOP("Reasons", "The container is gone; its log is kept."),
    "NeverCreated": QT_TRANSLATE_NOOP("Reasons", "No container was made; nothing is left of it on the engine."),
    "PortMoved": QT_TRANSLATE_NOOP("Reasons", "Port {old} was taken; it now uses {new}."),
    "MissedWindow": QT_TRANSLATE_NOOP("Reasons", "Could not start before its time was over at {end}. {why}"),
    "DeskWasOff": QT_TRANSLATE_NOOP("Reasons", "The desk was not running when it was due."),
    "WasAsleep": QT_TRANSLATE_NOOP("Reasons", "This computer was asleep when it was due."),
    "ClockSetForward": QT_TRANSLATE_NOOP("Reasons", "This computer's clock was set forward past it."),
    "NotAvailable": QT_TRANSLATE_NOOP("Reasons", "The desk or engine was not available."),
    "NoEngine": QT_TRANSLATE_NOOP("Reasons", "The engine did not answer."),
    "TemplateNotFound": QT_TRANSLATE_NOOP(
        "Reasons", "The template {template} does not exist; create it or choose another one."
    ),
    "ImagePull": QT_TRANSLATE_NOOP(
        "Reasons",
        "The image {image} could not be pulled; check its name in the template, and that its registry gives it to "
        "this computer, then run it again. The engine says: {detail}",
    ),
    "RegistryUnreachable": QT_TRANSLATE_NOOP(
        "Reasons",
        "The image {image} could not be pulled: its registry could not be reached or was too busy; check this "
        "computer's network, then run it again. The engine says: {detail}",
    ),
    "ImageAbsent": QT_TRANSLATE_NOOP(
        "Reasons", "The image {image} is not on the engine and its template says never to pull it."
    ),
    "ExitCode": QT_TRANSLATE_NOOP("Reasons", "The program ended with exit code {code}. {log}"),
    "OOMKilled": QT_TRANSLATE_NOOP(
        "Reasons",
        "The lab used all of its {memory} and was ended by the engine; give its template more memory, then run it "
        "again.",
    ),
    "ContainerLost": QT_TRANSLATE_NOOP("Reasons", "Its container is gone: something outside LabDesk removed it."),
    "DeadlineExceeded": QT_TRANSLATE_NOOP(
        "Reasons",
        "It was not ready within {seconds} s: {asked} If it only needs longer, give it more time in its template; "
        "else see its log, then run it again. {log}",
    ),
    "AskedPort": QT_TRANSLATE_NOOP("Reasons", "nothing accepted a connection on port {port} of its container."),
    "AskedAddress": QT_TRANSLATE_NOOP(
        "Reasons", "port {port} of its container did not give the page {path} without an error."
    ),
    "AskedCommand": QT_TRANSLATE_NOOP(
        "Reasons", "the command “{command}” in its container did not end with exit code 0."
    ),
    "AskedNothing": QT_TRANSLATE_NOOP("Reasons", "its container did not start."),
    "NameConflict": QT_TRANSLATE_NOOP(
        "Reasons", "A container that is not LabDesk's has the name this lab needs ({name}); remove it and run again."
    ),
    "InvalidContainer": QT_TRANSLATE_NOOP("Reasons", "The engine refused the container: {detail}"),
    "StartFailed": QT_TRANSLATE_NOOP("Reasons", "The engine could not start the container: {detail}"),
    "PasswordRequired": QT_TRANSLATE_NOOP(
        "Reasons",
        "The template {template} is open to the network but asks for no password; use "
        "{{{{lab.password}}}} in its env or command, or set access to only this computer.",
    ),
    "Protected": QT_TRANSLATE_NOOP("Reasons", "Its ports ask for a password, or only this computer can open them."),
    "TooManyProcesses": QT_TRANSLATE_NOOP(
        "Reasons", "It may have {need} processes, more than the whole engine can ({total})."
    ),
    "TooManyCpus": QT_TRANSLATE_NOOP("Reasons", "It may use {need} CPUs, more than labs may book in all ({total})."),
    "TooBig": QT_TRANSLATE_NOOP("Reasons", "It needs {need} of memory, more than the whole engine offers ({total})."),
    "Fits": QT_TRANSLATE_NOOP("Reasons", "There is room."),
    "EngineFull": QT_TRANSLATE_NOOP("Reasons", "Engine full: needs {need}, {free} free."),
    "EngineFullUntil": QT_TRANSLATE_NOOP("Reasons", "Engine full: needs {need}, {free} free until {until}."),
    "ProcessesFull": QT_TRANSLATE_NOOP("Reasons", "Engine full: needs room for {need} processes, {free} free."),
    "ProcessesFullUntil": QT_TRANSLATE_NOOP(
        "Reasons", "Engine full: needs room for {need} processes, {free} free until {until}."
    ),
    "CpusFull": QT_TRANSLATE_NOOP("Reasons", "Engine full: needs {need} CPUs, {free} free."),
    "CpusFullUntil": QT_TRANSLATE_NOOP("Reasons", "Engine full: needs {need} CPUs, {free} free until {until}."),
    "PortsTaken": QT_TRANSLATE_NOOP("Reasons", "No free port in the range {range}."),
    "ImagePresent": QT_TRANSLATE_NOOP("Reasons", "The image is on the engine."),
    "Pulling": QT_TRANSLATE_NOOP("Reasons", "Pulling {image}: {progress}."),
    "EngineReachable": QT_TRANSLATE_NOOP("Reasons", "The engine answers."),
    "EngineUnavailable": QT_TRANSLATE_NOOP(
        "Reasons", "The engine does not answer; the lab stays as it is until it does."
    ),
    "LookFailed": QT_TRANSLATE_NOOP(
        "Reasons",
        "The engine does not say how the lab is; the lab stays as it is until it does. The engine says: {detail}",
    ),
    "EngineChanged": QT_TRANSLATE_NOOP(
        "Reasons", "It belongs to another engine ({engine}); connect that one, or stop or delete the lab."
    ),
    "NotAnswering": QT_TRANSLATE_NOOP("Reasons", "Container started; waiting for it to answer."),
    "Answers": QT_TRANSLATE_NOOP("Reasons", "It answers."),
    "BeingRemoved": QT_TRANSLATE_NOOP("Reasons", "An earlier container of this lab is still being removed."),
    "MadeBefore": QT_TRANSLATE_NOOP(
        "Reasons",
        "Its container was made before this store was restored or copied, and another desk may be using it; "
        "it is left alone until you confirm that it is this desk's (labdesk adopt).",
    ),
    "Owned": QT_TRANSLATE_NOOP("Reasons", "No other desk is in its way any more."),
    "ContainersFound": QT_TRANSLATE_NOOP(
        "Reasons",
        "This store was restored or copied. Containers made before: {count}; another desk may be running them, so they "
        "are left alone until you confirm that they are this desk's (labdesk adopt).",
    ),
    "ContainersGone": QT_TRANSLATE_NOOP(
        "Reasons", "No container made before this store was restored or copied is left."
    ),
    "ContainersConfirmed": QT_TRANSLATE_NOOP(
        "Reasons", "Containers made before this store was restored or copied are this desk's now: {count}."
    ),
    "Restored": QT_TRANSLATE_NOOP(
        "Reasons", "The store was restored from a backup; what happened after {end} is not in it."
    ),
    "WorkspaceRemoved": QT_TRANSLATE_NOOP(
        "Reasons", "The workspace of {student} for the template {template} was deleted ({workspace})."
    ),
    "UnknownWorkspaceRemoved": QT_TRANSLATE_NOOP(
        "Reasons", "The workspace {workspace} was deleted; whose it was is not known."
    ),
    "OrphanRemoved": QT_TRANSLATE_NOOP(
        "Reasons", "Removed the container {container}, which belongs to no lab any more."
    ),
    "ClockWentBack": QT_TRANSLATE_NOOP(
        "Reasons", "The computer's clock went back; nothing is started or ended until {until}."
    ),
}

_SHORT: Final[Mapping[str, object]] = {
    "OOMKilled": QT_TRANSLATE_NOOP("Reasons", "Out of memory: {memory} was not enough"),
    "ExitCode": QT_TRANSLATE_NOOP("Reasons", "Ended with exit code {code}"),
    "DeadlineExceeded": QT_TRANSLATE_NOOP("Reasons", "Not ready within {seconds} s"),
    "MissedWindow": QT_TRANSLATE_NOOP("Reasons", "Missed its time"),
    "TemplateNotFound": QT_TRANSLATE_NOOP("Reasons", "There is no template {template}"),
    "ImagePull": QT_TRANSLATE_NOOP("Reasons", "Image not available: {image}"),
    "RegistryUnreachable": QT_TRANSLATE_NOOP("Reasons", "Registry not reachable: {image}"),
    "ImageAbsent": QT_TRANSLATE_NOOP("Reasons", "Image not available: {image}"),
    "ContainerLost": QT_TRANSLATE_NOOP("Reasons", "Its container is gone"),
    "ExpiredLate": QT_TRANSLATE_NOOP("Reasons", "Ended {late} late"),
    "ExpiredAsleep": QT_TRANSLATE_NOOP("Reasons", "Ended {late} late"),
    "ExpiredByClock": QT_TRANSLATE_NOOP("Reasons", "Ended by the clock set forward"),
    "ExpiredHeldUp": QT_TRANSLATE_NOOP("Reasons", "Ended {late} late"),
    "EngineUnavailable": QT_TRANSLATE_NOOP("Reasons", "Waits for the engine"),
    "LookFailed": QT_TRANSLATE_NOOP("Reasons", "The engine does not say how it is"),
    "EngineChanged": QT_TRANSLATE_NOOP("Reasons", "Belongs to another engine"),
    "NotAnswering": QT_TRANSLATE_NOOP("Reasons", "Waiting for it to answer"),
}
"""What a table says, where the whole sentence has no room: the telling words first."""


def phase_word(phase: str) -> str:
    """Return what a phase (`RUNNING`) is called."""
    return QCoreApplication.translate("Phases", cast("str", _PHASES[phase]))


def phase_tip(phase: str) -> str:
    """Return what a phase means, where its word alone could be taken for something else; else its word."""
    if phase == "TIMEOUT":
        return QCoreApplication.translate("Phases", "Its time was over: LabDesk ended it as planned. This is no fault.")
    return phase_word(phase)


def reason_sentence(reason: str, parameters: Mapping[str, str], times: Times, now: datetime, fallback: str = "") -> str:
    """Return the sentence of a reason; `fallback` (the stored English) where the reason or a parameter is unknown."""
    source = REASONS.get(reason)
    if source is None:
        return fallback
    shown = {name: _local(value, times, now) if name in MOMENTS else value for name, value in parameters.items()}
    for name in CAUSES & shown.keys():
        cause = shown.pop(name)
        shown[name] = reason_sentence(cause, shown, times, now, cause)
    try:
        return QCoreApplication.translate("Reasons", cast("str", source)).format_map(shown).strip()
    except KeyError:
        return fallback


def event_sentence(event: JournalEvent, times: Times, now: datetime) -> str:
    """Return what happened, in one sentence."""
    return reason_sentence(event.reason, event.parameters, times, now, event.message)


def severity_word(severity: str) -> str:
    """Return what a severity of events (`warning`) is called."""
    source = _SEVERITIES.get(severity)
    return severity if source is None else QCoreApplication.translate("Events", cast("str", source))


def short_reason(reason: str, parameters: Mapping[str, str], times: Times, now: datetime, fallback: str = "") -> str:
    """Return a reason as a table says it: short, without a full stop."""
    source = _SHORT.get(reason)
    if source is not None:
        try:
            return QCoreApplication.translate("Reasons", cast("str", source)).format_map(parameters)
        except KeyError:
            return fallback
    return reason_sentence(reason, parameters, times, now, fallback).removesuffix(".")


def reason_html(reason: str, parameters: Mapping[str, str], times: Times, now: datetime, fallback: str = "") -> str:
    """Return the sentence as rich text with its particulars in bold; everything in it is escaped."""
    marked = {
        name: value if name in CAUSES else f"\x01{_local(value, times, now) if name in MOMENTS else value}\x02"
        for name, value in parameters.items()
    }
    text = escape(reason_sentence(reason, marked, times, now, fallback), quote=False)
    return text.replace("\x01", "<b>").replace("\x02", "</b>")


def phases_summary(phases: Mapping[str, int]) -> str:
    """Return what many labs are doing, from how many are in each phase: `24: 21 running, 3 waiting`, or `3 waiting`."""
    counts = [(phase, source) for phase, source in _COUNTED_PHASES.items() if phases.get(phase)]
    parts = [
        QCoreApplication.translate("Phases", cast("str", source)).format(n=phases[phase]) for phase, source in counts
    ]
    if len(parts) == 1:
        return parts[0]
    whole = QCoreApplication.translate("Phases", "{n}: {phases}")
    return whole.format(n=sum(phases[phase] for phase, _ in counts), phases=", ".join(parts))


def counted(count: int, one: str, many: str) -> str:
    """Return `one` or `many` (both translated, with {n}) for a count."""
    return (one if count == 1 else many).format(n=count)


def short_count(count: int) -> str:
    """Return a count as it fits into a chip: `9684`, `38k`, `1.2M`; the exact one belongs into a tooltip."""
    if count < 10_000:
        return str(count)
    return f"{count // 1_000}k" if count < 1_000_000 else f"{count // 100_000 / 10:.1f}M"


def _local(value: str, times: Times, now: datetime) -> str:
    try:
        moment = datetime.fromisoformat(value.replace(" UTC", "+00:00"))
    except ValueError:
        return value
    return times.moment(moment, now) if moment.tzinfo is not None else value
