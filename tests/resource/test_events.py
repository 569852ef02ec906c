"""Events in the format other programs read."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from labdesk.resource.events import JournalEvent


def event(subject: str) -> JournalEvent:
    time = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    return JournalEvent(7, "evt-7", "desk.told", "labdesk/d/controller", subject, time, "info", "Told", "So.", {"n": 1})


def test_an_event_is_a_whole_cloudevent() -> None:
    told = json.loads(event("default/ada-web").to_json())
    assert (told["specversion"], told["id"], told["subject"]) == ("1.0", "evt-7", "default/ada-web")
    assert told["data"] == {"reason": "Told", "message": "So.", "n": 1}


def test_an_event_about_the_desk_itself_names_no_subject() -> None:
    assert "subject" not in json.loads(event("").to_json())
