"""A lab's conditions in plain words."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale

from labdesk.ui.life.steps import condition_rows
from labdesk.ui.times import Times
from tests.labs.samples import NOW, lab

TIMES = Times(ZoneInfo("UTC"), QLocale(QLocale.Language.English))
PULLING = {"image": "postgres:17", "progress": "begun"}


@pytest.mark.parametrize(
    ("kind", "reason", "parameters", "said"),
    [
        ("Schedulable", "EngineFull", {"need": "2 GiB", "free": "0 B"}, "Does not fit yet"),
        ("ImagePulled", "Pulling", PULLING, "Pulling its image"),
        ("EngineReachable", "EngineUnavailable", {}, "Engine does not answer"),
        ("EngineReachable", "EngineChanged", {"engine": "x"}, "Belongs to another engine"),
        ("Owned", "MadeBefore", {}, "Container of a former store"),
        ("Protected", "PasswordRequired", {"template": "web"}, "Open to the network without a password"),
    ],
)
def test_what_is_the_matter_is_never_called_by_what_would_be_well(
    kind: str, reason: str, parameters: dict[str, str], said: str
) -> None:
    waiting = lab().with_lab_condition(kind, False, reason, parameters, NOW)
    (row,) = condition_rows(waiting, TIMES, NOW + timedelta(minutes=5))
    assert (row.text, row.remark) == (said, "since 10:00")


def test_a_lab_that_failed_for_its_image_says_that_the_image_is_missing() -> None:
    waiting = lab().with_lab_condition("ImagePulled", False, "Pulling", PULLING, NOW)
    failed = waiting.transition_to_failed(NOW, "ImagePull", {"image": "postgres:17", "detail": "no"})
    (row,) = condition_rows(failed, TIMES, NOW)
    assert (row.text, row.tone) == ("Image missing", "failed")
