"""`stop`, `extend`, `rerun`, `delete`: all that are named, or none and one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from labdesk.cli.acting_process import NOBODY_ACTS
from labdesk.store.lock import ProcessLock
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.test_get import change

TWO = together(TEMPLATE, lab("ada-web", labels="{row: front}"), lab("bob-web", labels="{row: front}"))
Applied = Callable[[str], None]


def end(store: Path, name: str) -> None:
    """Let a lab be over."""
    change(store, name, lambda old: old.transition_to_completed(datetime.now(UTC), "Completed"))


def wanted(typed: Typed) -> dict[str, str]:
    labs = json.loads(typed("get", "labs", "-o", "json").out)
    return {one["metadata"]["name"]: one["spec"]["desired"] for one in labs}


def test_commands_say_what_they_did_and_that_nobody_acts(typed: Typed, applied: Applied) -> None:
    applied(TWO)
    done = typed("stop", "ada-web", "bob-web")
    assert done.out.splitlines() == ["ada-web will not start.", "bob-web will not start.", NOBODY_ACTS]
    assert (done.code, done.err) == (0, "")
    assert typed("stop", "ada-web").out.splitlines()[0] == "ada-web was already asked to stop."
    assert set(wanted(typed).values()) == {"Stop"}


def test_with_an_acting_process_nothing_is_said_about_it(typed: Typed, applied: Applied, own_world: Path) -> None:
    applied(TWO)
    lock = ProcessLock(own_world)
    assert lock.try_acquire("window")
    try:
        assert typed("stop", "ada-web").out == "ada-web will not start.\n"
    finally:
        lock.release()
    assert NOBODY_ACTS in typed("stop", "bob-web").out


def test_asking_who_acts_never_takes_the_lock(typed: Typed, applied: Applied, own_world: Path) -> None:
    applied(TWO)
    typed("stop", "ada-web")
    typed("get", "labs")
    assert not ProcessLock(own_world).path.exists()


def test_one_that_cannot_be_stopped_keeps_all_from_being_stopped(
    typed: Typed, applied: Applied, own_world: Path
) -> None:
    applied(TWO)
    end(own_world, "bob-web")
    done = typed("stop", "ada-web", "bob-web")
    assert (done.code, done.out) == (1, "")
    assert done.err == "bob-web has already ended (COMPLETED); nothing was changed.\n"
    assert wanted(typed)["ada-web"] == "Run"


def test_labels_choose_those_that_can_still_be_stopped(typed: Typed, applied: Applied, own_world: Path) -> None:
    applied(TWO)
    end(own_world, "bob-web")
    assert typed("stop", "-l", "row=front").out.splitlines()[0] == "ada-web will not start."
    nobody = typed("stop", "-l", "row=back")
    assert (nobody.code, nobody.out) == (0, "There are no labs in the namespace default with these labels.\n")


def test_an_unknown_name_changes_nothing(typed: Typed, applied: Applied) -> None:
    applied(TWO)
    done = typed("stop", "ada-web", "nobody")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "There is no lab named nobody (namespace default)" in done.err
    assert wanted(typed)["ada-web"] == "Run"


def test_extending_tells_the_new_end_and_may_take_back(typed: Typed, applied: Applied) -> None:
    applied(together(TEMPLATE, lab(spec='scheduledStart: "2036-01-15T09:00:00Z"')))
    later = typed("extend", "ada-web", "30")
    assert later.out.splitlines()[0] == "ada-web ends at 15 Jan 2036 11:30, 30 min later than before."
    earlier = typed("extend", "ada-web", "-15")
    assert earlier.out.splitlines()[0] == "ada-web ends at 15 Jan 2036 11:15, 15 min earlier than before."


def test_a_senseless_extension_is_bad_input(typed: Typed, applied: Applied) -> None:
    applied(TWO)
    for minutes in ("0", "-600", "999999"):
        done = typed("extend", "ada-web", minutes)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("minutes: ")


def test_only_what_has_ended_runs_again(typed: Typed, applied: Applied, own_world: Path) -> None:
    applied(TWO)
    end(own_world, "ada-web")
    refused = typed("rerun", "ada-web", "bob-web")
    assert (refused.code, refused.out) == (1, "")
    assert "bob-web is PENDING" in refused.err
    assert typed("rerun", "ada-web").out.splitlines()[0] == "ada-web runs again now."


def test_deleting_tells_that_it_takes_its_time(typed: Typed, applied: Applied) -> None:
    applied(TWO)
    assert typed("delete", "labs", "ada-web").out.splitlines()[0] == "ada-web is being deleted."
    assert typed("delete", "lab", "ada-web").out.splitlines()[0] == "ada-web is already being deleted."
    forced = typed("delete", "lab", "ada-web", "--force")
    assert forced.out.splitlines()[0] == "ada-web is being deleted without waiting for its engine."
    assert typed("delete", "labs", "-l", "row=front").out.splitlines()[1] == "bob-web is being deleted."


def test_a_template_that_labs_wait_for_stays_and_so_do_those_named_with_it(typed: Typed, applied: Applied) -> None:
    applied(together(TWO, TEMPLATE.replace("name: web", "name: spare")))
    done = typed("delete", "templates", "spare", "web")
    assert (done.code, done.out) == (1, "")
    assert (
        done.err
        == "2 labs not running yet use the template web (ada-web …); stop or delete them first; nothing was changed.\n"
    )
    assert "Is being deleted" not in typed("get", "templates").out
    assert typed("delete", "template", "spare").out.splitlines()[0] == "The template spare is being deleted."


def test_running_again_is_told_once_when_asked_for(typed: Typed, applied: Applied, own_world: Path) -> None:
    applied(TWO)
    end(own_world, "ada-web")
    typed("rerun", "ada-web")
    assert "Runs again." in typed("get", "labs", "ada-web").out
    assert typed("events").out.splitlines()[-1].endswith("The instructor asked it to run again.")
