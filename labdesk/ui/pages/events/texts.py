"""What the log says of an event, in the instructor's language and zone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from labdesk.labs.narrate import student_of
from labdesk.labs.phases import LabPhase
from labdesk.resource.events import JournalEvent
from labdesk.resource.resource import DEFAULT_NAMESPACE
from labdesk.ui.times import Times
from labdesk.ui.words import event_sentence, phase_word

_FIRST_ATTRIBUTES = ("specversion", "id", "type", "source", "subject", "time")
_PHASES = frozenset(phase.value for phase in LabPhase)


class EventTexts:
    """Texts of events; `now` is asked for the present."""

    def __init__(self, times: Times, now: Callable[[], datetime]) -> None:
        self._times = times
        self._now = now

    def time(self, event: JournalEvent) -> str:
        """`10:42:07.418` today, else with its day."""
        local, today = self._times.local(event.time), self._times.local(self._now())
        if local.date() == today.date():
            return self._times.clock_milliseconds(event.time)
        if local.year != today.year:
            return f"{local:%Y-%m-%d %H:%M}"
        day = self._times.date_and_clock(event.time).partition(" ")[2].partition(",")[0]
        return f"{day} {self._times.clock_seconds(event.time)}"

    def exact(self, event: JournalEvent) -> str:
        """The local time with its zone, and UTC."""
        return self._times.exact(event.time)

    def sentence(self, event: JournalEvent) -> str:
        """What happened, in one sentence."""
        return event_sentence(event, self._times, self._now())

    def subject(self, event: JournalEvent) -> str:
        """What it is about; the namespace everything is in unless somebody says otherwise is left out."""
        return event.subject.removeprefix(f"{DEFAULT_NAMESPACE}/")

    def line(self, event: JournalEvent) -> str:
        """Student and sentence as one text, for screen readers and copying."""
        student = student_of(event)
        return f"{student}: {self.sentence(event)}" if student else self.sentence(event)


def lab_of(event: JournalEvent) -> str:
    """Return the name of the lab an event is about, or nothing."""
    return event.subject.partition("/")[2] if event.type.startswith("labinstancerequest.") else ""


def transition_of(event: JournalEvent) -> tuple[str, str] | None:
    """Return (phase before, phase after) of an event that changed the phase, else None."""
    before, after = event.data.get("oldPhase"), event.data.get("phase")
    return (before, after) if before in _PHASES and after in _PHASES and before != after else None


def phase_names(transition: tuple[str, str]) -> str:
    """Return `Running → Failed`."""
    return " → ".join(phase_word(phase) for phase in transition)


def pretty_json(event: JournalEvent) -> str:
    """Return the whole CloudEvent, one attribute a line, the data last."""
    given = json.loads(event.to_json())
    first = {name: given.pop(name) for name in _FIRST_ATTRIBUTES if name in given}
    data = {"data": given.pop("data")} if "data" in given else {}
    return json.dumps(first | given | data, indent=2, ensure_ascii=False)
