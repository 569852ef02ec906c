"""Every reason a lab, condition or event can give, with its English sentence.

Stored messages are made here from (reason, parameters); the window translates the same pairs. The words are for
teachers: what happened, and what to do when there is something to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

MOMENTS: Final = frozenset({"until", "before", "start", "end"})
"""Parameters that hold a moment, in ISO 8601 or as `2026-11-23 10:05 UTC`."""
CAUSES: Final = frozenset({"why", "asked", "besides"})
"""Parameters that hold another reason, told as its sentence with the same parameters."""

SENTENCES: Final[Mapping[str, str]] = {
    # life
    "Scheduled": "Scheduled for {start}.",
    "StartRequested": "Starts now.",
    "Accepted": "Accepted; waits for its start.",
    "EndMoved": "Ends at {until}.",
    "Noted": "The change was noted.",
    "Edited": "Changed by the instructor: {fields}.",
    "EditedBesides": "Also changed: {fields}.",
    "StartMoved": "The instructor moved its start from {before} to {start}. {besides}",
    "DurationChanged": "The instructor changed its duration from {old} to {new} min. {besides}",
    "Replanned": "The instructor moved its start from {before} to {start} and changed its duration from {old} to {new} "
    "min. {besides}",
    "Extended": "Extended by {minutes} min.",
    "Shortened": "Shortened by {minutes} min.",
    "StopRequested": "The instructor asked it to stop.",
    "RunAgainRequested": "The instructor asked it to run again.",
    "RunAgain": "Runs again.",
    "DeletionRequested": "Is being deleted.",
    "Deleted": "Was deleted.",
    "Provisioning": "Preparing the container.",
    "Ready": "Ready.",
    "ReadyLate": "Ready, {late} later than planned.",
    "Completed": "Ended by itself.",
    "StoppedByInstructor": "Stopped by the instructor.",
    "Expired": "Ended on time.",
    "ExpiredLate": "Ended {late} late: the desk was not running when it was due.",
    "ExpiredAsleep": "Ended {late} late: this computer was asleep when it was due.",
    "ExpiredByClock": "Ended because this computer's clock was set forward, to {late} past its end.",
    "ExpiredHeldUp": "Ended {late} late: LabDesk was held up.",
    "CleanedUp": "The container is gone; its log is kept.",
    "NeverCreated": "No container was made; nothing is left of it on the engine.",
    "PortMoved": "Port {old} was taken; it now uses {new}.",
    # failures
    "MissedWindow": "Could not start before its time was over at {end}. {why}",
    "DeskWasOff": "The desk was not running when it was due.",
    "WasAsleep": "This computer was asleep when it was due.",
    "ClockSetForward": "This computer's clock was set forward past it.",
    "NotAvailable": "The desk or engine was not available.",
    "NoEngine": "The engine did not answer.",
    "TemplateNotFound": "The template {template} does not exist; create it or choose another one.",
    "ImagePull": (
        "The image {image} could not be pulled; check its name in the template, and that its registry gives it to "
        "this computer, then run it again. The engine says: {detail}"
    ),
    "RegistryUnreachable": (
        "The image {image} could not be pulled: its registry could not be reached or was too busy; check this "
        "computer's network, then run it again. The engine says: {detail}"
    ),
    "ImageAbsent": "The image {image} is not on the engine and its template says never to pull it.",
    "ExitCode": "The program ended with exit code {code}. {log}",
    "OOMKilled": (
        "The lab used all of its {memory} and was ended by the engine; give its template more memory, then run it "
        "again."
    ),
    "ContainerLost": "Its container is gone: something outside LabDesk removed it.",
    "DeadlineExceeded": (
        "It was not ready within {seconds} s: {asked} If it only needs longer, give it more time in its template; "
        "else see its log, then run it again. {log}"
    ),
    "AskedPort": "nothing accepted a connection on port {port} of its container.",
    "AskedAddress": "port {port} of its container did not give the page {path} without an error.",
    "AskedCommand": "the command “{command}” in its container did not end with exit code 0.",
    "AskedNothing": "its container did not start.",
    "NameConflict": "A container that is not LabDesk's has the name this lab needs ({name}); remove it and run again.",
    "InvalidContainer": "The engine refused the container: {detail}",
    "StartFailed": "The engine could not start the container: {detail}",
    "PasswordRequired": (
        "The template {template} is open to the network but asks for no password; "
        "use {{{{lab.password}}}} in its env or command, or set access to only this computer."
    ),
    "Protected": "Its ports ask for a password, or only this computer can open them.",
    "TooBig": "It needs {need} of memory, more than the whole engine offers ({total}).",
    "TooManyProcesses": "It may have {need} processes, more than the whole engine can ({total}).",
    "TooManyCpus": "It may use {need} CPUs, more than labs may book in all ({total}).",
    # waiting
    "Fits": "There is room.",
    "EngineFull": "Engine full: needs {need}, {free} free.",
    "EngineFullUntil": "Engine full: needs {need}, {free} free until {until}.",
    "ProcessesFull": "Engine full: needs room for {need} processes, {free} free.",
    "ProcessesFullUntil": "Engine full: needs room for {need} processes, {free} free until {until}.",
    "CpusFull": "Engine full: needs {need} CPUs, {free} free.",
    "CpusFullUntil": "Engine full: needs {need} CPUs, {free} free until {until}.",
    "PortsTaken": "No free port in the range {range}.",
    "ImagePresent": "The image is on the engine.",
    "Pulling": "Pulling {image}: {progress}.",
    "EngineReachable": "The engine answers.",
    "EngineUnavailable": "The engine does not answer; the lab stays as it is until it does.",
    "LookFailed": (
        "The engine does not say how the lab is; the lab stays as it is until it does. The engine says: {detail}"
    ),
    "EngineChanged": "It belongs to another engine ({engine}); connect that one, or stop or delete the lab.",
    "NotAnswering": "Container started; waiting for it to answer.",
    "Answers": "It answers.",
    "BeingRemoved": "An earlier container of this lab is still being removed.",
    "MadeBefore": (
        "Its container was made before this store was restored or copied, and another desk may be using it; "
        "it is left alone until you confirm that it is this desk's (labdesk adopt)."
    ),
    "Owned": "No other desk is in its way any more.",
    "ContainersFound": (
        "This store was restored or copied. Containers made before: {count}; another desk may be running them, so they "
        "are left alone until you confirm that they are this desk's (labdesk adopt)."
    ),
    "ContainersGone": "No container made before this store was restored or copied is left.",
    "ContainersConfirmed": "Containers made before this store was restored or copied are this desk's now: {count}.",
    "Restored": "The store was restored from a backup; what happened after {end} is not in it.",
    "WorkspaceRemoved": "The workspace of {student} for the template {template} was deleted ({workspace}).",
    "UnknownWorkspaceRemoved": "The workspace {workspace} was deleted; whose it was is not known.",
    "OrphanRemoved": "Removed the container {container}, which belongs to no lab any more.",
    "ClockWentBack": "The computer's clock went back; nothing is started or ended until {until}.",
}


def sentence(reason: str, parameters: Mapping[str, str], tell: Callable[[datetime], str] | None = None) -> str:
    """Return the English sentence of a reason; every parameter it names must be given.

    `tell` says its moments in somebody's own zone; without it they are told in UTC.
    """
    shown = {name: _told(value, tell) if name in MOMENTS else value for name, value in parameters.items()}
    for name in CAUSES & shown.keys():
        cause = shown.pop(name)
        shown[name] = sentence(cause, shown) if cause in SENTENCES else cause
    return SENTENCES[reason].format_map(shown).strip()


def _told(moment: str, tell: Callable[[datetime], str] | None) -> str:
    """Tell a moment in ISO 8601, or for `tell` as it is told in UTC here; what has no zone stays as it is."""
    try:
        parsed = datetime.fromisoformat(moment.replace(" UTC", "+00:00") if tell else moment)
    except ValueError:
        return moment
    if parsed.tzinfo is None:
        return moment
    return tell(parsed) if tell else parsed.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
