"""The sentences of a lab's events: always what happened, never that something did."""

from __future__ import annotations

from typing import Any

import pytest

from labdesk.labs.commands import run_again
from labdesk.labs.request import LabInstanceRequest
from tests.labs.samples import MINUTE, NOW, lab


def pulling(progress: str) -> LabInstanceRequest:
    parameters = {"image": "postgres:17", "progress": progress}
    return lab().with_lab_condition("ImagePulled", False, "Pulling", parameters, NOW)


def waiting_for_room(until: str) -> LabInstanceRequest:
    parameters = {"need": "2 GiB", "free": "1 GiB", "until": until}
    return lab().with_lab_condition("Schedulable", False, "EngineFullUntil", parameters, NOW)


def cleaned_up(ended: LabInstanceRequest) -> str:
    """What is said of the commit that notes that nothing of it runs any more."""
    before = ended.with_status(cleaned_up=False)
    return before.with_status(cleaned_up=True).describe_change(before).message


def test_a_pull_that_goes_on_says_how_far_it_is() -> None:
    note = pulling("40 % of 1 GiB").describe_change(pulling("30 % of 1 GiB"))
    assert (note.reason, note.severity) == ("Pulling", "info")
    assert note.message == "Pulling postgres:17: 40 % of 1 GiB."


def test_a_wait_for_room_says_when_its_end_moves_but_warns_only_once() -> None:
    first, later = waiting_for_room("2026-11-23T10:05+00:00"), waiting_for_room("2026-11-23T10:30+00:00")
    assert first.describe_change(lab()).severity == "warning"
    note = later.describe_change(first)
    assert (note.message, note.severity) == ("Engine full: needs 2 GiB, 1 GiB free until 2026-11-23 10:30 UTC.", "info")


def test_a_lab_whose_image_never_came_is_not_said_to_have_left_a_container_and_a_log() -> None:
    failed = pulling("begun").transition_to_failed(NOW + MINUTE, "ImagePull", {"image": "postgres:17", "detail": "no"})
    assert "check its name in the template" in failed.status.message
    never_asked_for = lab().transition_to_failed(NOW + MINUTE, "ImageAbsent", {"image": "postgres:17"})
    for ended in (failed, never_asked_for):
        assert cleaned_up(ended) == "No container was made; nothing is left of it on the engine."


def test_the_clean_up_after_a_container_says_that_its_log_is_kept() -> None:
    ended = lab().transition_to_completed(NOW + MINUTE, "StoppedByInstructor")
    assert cleaned_up(ended) == "The container is gone; its log is kept."


def test_running_again_is_asked_for_once_and_begins_once() -> None:
    ended = lab().transition_to_completed(NOW, "StoppedByInstructor")
    asked = run_again(ended, NOW + MINUTE)
    assert asked.describe_change(ended).message == "The instructor asked it to run again."
    assert asked.begin_again().describe_change(asked).message == "Runs again."


@pytest.mark.parametrize(
    ("changes", "reason", "said"),
    [
        (
            {"scheduled_start": NOW + 90 * MINUTE}, "StartMoved",
            "The instructor moved its start from 2026-11-23 11:00 UTC to 2026-11-23 11:30 UTC.",
        ),
        (
            {"scheduled_start": None}, "StartMoved",
            "The instructor moved its start from 2026-11-23 11:00 UTC to 2026-11-23 10:00 UTC.",
        ),
        ({"duration_minutes": 90}, "DurationChanged", "The instructor changed its duration from 60 to 90 min."),
        (
            {"scheduled_start": NOW + 90 * MINUTE, "duration_minutes": 90}, "Replanned",
            (
                "The instructor moved its start from 2026-11-23 11:00 UTC to 2026-11-23 11:30 UTC and changed its "
                "duration from 60 to 90 min."
            ),
        ),
        (
            {"duration_minutes": 90, "extension_minutes": 15, "student_name": "Ada"}, "DurationChanged",
            (
                "The instructor changed its duration from 60 to 90 min. "
                "Also changed: studentName, extensionMinutes 0 \N{RIGHTWARDS ARROW} 15 min."
            ),
        ),
        ({"extension_minutes": 15}, "Extended", "Extended by 15 min."),
        ({"student_name": "Ada"}, "Edited", "Changed by the instructor: studentName."),
    ],
)  # fmt: skip
def test_an_edit_says_from_what_to_what_the_plan_was_changed(changes: dict[str, Any], reason: str, said: str) -> None:
    planned = lab(scheduledStart=NOW + 60 * MINUTE)
    note = planned.with_spec(**changes).describe_change(planned)
    assert (note.reason, note.message) == (reason, said)
