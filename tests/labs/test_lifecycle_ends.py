"""The table of decisions, row by row: how a lab runs and ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labdesk.engines.service import NOT_FOUND, ContainerState, ContainerStatus
from labdesk.labs.decisions import (
    Commit,
    Nothing,
    Observe,
    Release,
    Remove,
)
from labdesk.labs.lifecycle import FORCE_DELETE_ANNOTATION, Observation
from labdesk.labs.phases import LAB_TRANSITIONS, LabPhase
from labdesk.labs.timekeeping import Absence, Cause
from labdesk.resource.errors import InvalidStateTransitionError
from tests.labs.deciding import DOWN, UP, ask, committed, provisioning, running, seeing
from tests.labs.samples import MINUTE, NOW, lab


def test_a_running_lab_is_looked_at_before_anything_is_said_of_it() -> None:
    assert ask(running()) == Observe()
    assert ask(running(), now=NOW + 60 * MINUTE) == Observe()


@pytest.mark.parametrize(
    ("seen", "phase", "reason"),
    [
        (seeing(ContainerState.STOPPED, exit_code=0, finished_at=NOW), LabPhase.COMPLETED, "Completed"),
        (seeing(ContainerState.STOPPED, exit_code=1, finished_at=NOW), LabPhase.FAILED, "ExitCode"),
        (seeing(ContainerState.STOPPED, exit_code=137, oom_killed=True), LabPhase.FAILED, "OOMKilled"),
        (seeing(ContainerState.STOPPED, exit_code=1, oom_killed=True), LabPhase.FAILED, "OOMKilled"),
        (seeing(ContainerState.STOPPED, exit_code=0, oom_killed=True), LabPhase.COMPLETED, "Completed"),
        (replace(UP, container=NOT_FOUND), LabPhase.FAILED, "ContainerLost"),
    ],
)
def test_how_a_running_lab_ends(seen: Observation, phase: LabPhase, reason: str) -> None:
    ended = committed(ask(running(), seen))
    assert (ended.phase, ended.status.reason) == (phase, reason)


def test_a_lab_without_enough_memory_is_told_how_much_it_had() -> None:
    ended = committed(ask(running(), seeing(ContainerState.STOPPED, exit_code=137, oom_killed=True)))
    assert ended.status.parameters == {"memory": "512 MiB"}


@pytest.mark.parametrize("code", [137, 143])
def test_a_program_that_a_signal_ended_is_said_to_be_ended_from_outside(code: int) -> None:
    ended = committed(ask(running(), replace(seeing(ContainerState.STOPPED, exit_code=code), log_tail="served\n")))
    assert ended.status.reason == "ExitCode"
    assert ended.status.message == (
        f"The program ended with exit code {code}. Something outside LabDesk ended it, such as a restart of Docker or "
        "of its computer; run it again. Its last output: served"
    )


def test_an_expired_lab_times_out_even_while_the_engine_is_away() -> None:
    ended = committed(ask(running(), DOWN, NOW + 60 * MINUTE))
    assert (ended.phase, ended.status.reason) == (LabPhase.TIMEOUT, "Expired")


def test_a_late_end_says_how_late() -> None:
    ended = committed(ask(running(), DOWN, NOW + 75 * MINUTE))
    assert "15 min late" in ended.status.message


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (Cause.OFF, "ExpiredLate"),
        (Cause.ASLEEP, "ExpiredAsleep"),
        (Cause.SET, "ExpiredByClock"),
        (None, "ExpiredHeldUp"),
    ],
)
def test_a_late_end_says_what_kept_it(cause: Cause | None, reason: str) -> None:
    absences = (Absence(NOW + 30 * MINUTE, NOW + 70 * MINUTE, cause),) if cause else ()
    ended = committed(ask(running(), replace(DOWN, absences=absences), NOW + 70 * MINUTE))
    assert (ended.phase, ended.status.reason) == (LabPhase.TIMEOUT, reason)


def test_an_end_in_time_seen_late_is_not_a_timeout() -> None:
    seen = seeing(ContainerState.STOPPED, exit_code=0, finished_at=NOW + 59 * MINUTE)
    assert committed(ask(running(), seen, NOW + 70 * MINUTE)).phase == LabPhase.COMPLETED
    killed = seeing(ContainerState.STOPPED, exit_code=137, finished_at=NOW + 61 * MINUTE)
    assert committed(ask(running(), killed, NOW + 70 * MINUTE)).phase == LabPhase.TIMEOUT


def test_an_end_at_the_very_moment_is_in_time() -> None:
    seen = seeing(ContainerState.STOPPED, exit_code=0, finished_at=NOW + 60 * MINUTE)
    assert committed(ask(running(), seen, NOW + 70 * MINUTE)).phase == LabPhase.COMPLETED


def test_not_seeing_is_not_knowing() -> None:
    away = committed(ask(running(), DOWN))
    assert away.phase == LabPhase.RUNNING
    assert away.status.conditions[-1].reason == "EngineUnavailable"
    other = replace(UP, engine_id="engine-2", container=NOT_FOUND)
    changed = committed(ask(running(), other))
    assert (changed.phase, changed.status.conditions[-1].reason) == (LabPhase.RUNNING, "EngineChanged")


def test_a_running_lab_of_a_restored_store_is_told_until_it_is_owned_again() -> None:
    told = committed(ask(running(), replace(seeing(ContainerState.READY), made_before=True)))
    assert (told.phase, told.status.conditions[-1].reason) == (LabPhase.RUNNING, "MadeBefore")
    assert committed(ask(told, seeing(ContainerState.READY))).status.conditions[-1].reason == "Owned"


def test_an_extension_moves_the_end() -> None:
    extended = running().with_spec(extension_minutes=30)
    moved = committed(ask(extended, seeing(ContainerState.READY)))
    assert moved.status.expires_at == NOW + 90 * MINUTE
    assert ask(moved, seeing(ContainerState.READY)) == Nothing()


def test_an_extension_given_before_the_start_counts_from_the_start() -> None:
    assert running(extensionMinutes=30).status.expires_at == NOW + 90 * MINUTE


def test_a_lab_that_ran_before_its_time_keeps_its_full_time() -> None:
    planned = lab(scheduledStart=NOW + 5 * MINUTE).with_status(phase=LabPhase.PROVISIONING)
    early = planned.transition_to_running(NOW, "c1", ())
    assert early.status.expires_at == early.get_expiry() == NOW + 65 * MINUTE


def test_an_extension_that_was_taken_back_is_observed_all_the_same() -> None:
    changed = running().with_metadata(generation=3)
    seen = committed(ask(changed, seeing(ContainerState.READY)))
    assert (seen.status.observed_generation, seen.status.expires_at) == (3, changed.status.expires_at)
    assert ask(seen, seeing(ContainerState.READY)) == Nothing()


def test_a_late_start_runs_its_full_time() -> None:
    late = committed(ask(lab(), now=NOW + 20 * MINUTE))
    ready = committed(ask(late, seeing(ContainerState.READY), NOW + 21 * MINUTE))
    assert ready.status.expires_at == NOW + 81 * MINUTE


# --- the end


def test_a_stop_is_committed_before_the_container_is_touched() -> None:
    stopped = committed(ask(running().with_spec(desired="Stop")))
    assert (stopped.phase, stopped.status.reason) == (LabPhase.COMPLETED, "StoppedByInstructor")
    assert ask(stopped) == Observe()
    seen = seeing(ContainerState.READY)
    assert ask(stopped, seen) == Remove(seen.container)  # type: ignore[arg-type]
    cleaned = committed(ask(stopped, replace(UP, container=NOT_FOUND)))
    assert cleaned.status.cleaned_up
    assert ask(cleaned) == Nothing()


def test_a_lab_that_was_asked_to_stop_is_stopped_also_after_its_time() -> None:
    stopped = committed(ask(running().with_spec(desired="Stop"), now=NOW + 70 * MINUTE))
    assert (stopped.phase, stopped.status.reason) == (LabPhase.COMPLETED, "StoppedByInstructor")


def test_another_engine_cannot_tell_that_a_container_is_gone() -> None:
    ended = committed(ask(running(), DOWN, NOW + 60 * MINUTE))
    seen = replace(UP, engine_id="engine-2", container=NOT_FOUND)
    told = committed(ask(ended, seen))
    assert not told.status.cleaned_up
    assert told.status.conditions[-1].reason == "EngineChanged"
    assert ask(told, seen) == Nothing()


def test_a_container_made_before_the_store_was_restored_is_not_removed() -> None:
    ended = committed(ask(running(), DOWN, NOW + 60 * MINUTE))
    seen = replace(seeing(ContainerState.READY), made_before=True)
    told = committed(ask(ended, seen))
    assert (told.status.cleaned_up, told.status.conditions[-1].reason) == (False, "MadeBefore")
    assert ask(told, seen) == Nothing()


def test_run_again_begins_once_the_former_container_is_gone() -> None:
    ended = committed(ask(running(), DOWN, NOW + 60 * MINUTE))
    again = ended.with_metadata(annotations={"labdesk/run-again": "2"})
    assert ask(again) == Observe()
    cleaned = again.with_status(cleaned_up=True)
    fresh = committed(ask(cleaned))
    assert (fresh.phase, fresh.status.incarnation, fresh.status.host_ports) == (
        LabPhase.PENDING,
        2,
        ended.status.host_ports,
    )


def test_deletion_waits_for_the_container_unless_forced() -> None:
    doomed = running().with_metadata(deletion_timestamp=NOW)
    ended = committed(ask(doomed))
    assert ended.phase == LabPhase.COMPLETED
    assert committed(ask(ended, DOWN)).status.conditions[-1].reason == "EngineUnavailable"
    assert ask(ended.with_status(cleaned_up=True)) == Release()
    forced = doomed.with_metadata(annotations={FORCE_DELETE_ANNOTATION: "true"})
    assert ask(forced, DOWN) == Release(ticket=True)
    elsewhere = replace(UP, engine_id="engine-2")
    assert ask(ended, elsewhere) == Release(ticket=True)


def test_a_lab_that_never_began_is_deleted_without_an_engine() -> None:
    assert ask(lab().with_metadata(deletion_timestamp=NOW), DOWN) == Release()


# --- always


@given(
    begun=st.sampled_from(["pending", "provisioning", "running"]),
    state=st.sampled_from([None, *ContainerState]),
    reachable=st.booleans(),
    engine=st.sampled_from(["engine-1", "engine-2"]),
    minutes=st.integers(-10, 1000),
    stop=st.booleans(),
    exit_code=st.sampled_from([None, 0, 1, 137]),
)
def test_deciding_settles_and_never_breaks_the_table(
    begun: str,
    state: ContainerState | None,
    reachable: bool,
    engine: str,
    minutes: int,
    stop: bool,
    exit_code: int | None,
) -> None:
    """Whatever is seen, applying commits one after another reaches an answer that is no commit, within a few steps."""
    current = {"pending": lab, "provisioning": provisioning, "running": running}[begun]()
    if stop:
        current = current.with_spec(desired="Stop")
    container = None if state is None else ContainerStatus(state, "c1", exit_code=exit_code, message="broken")
    seen = replace(UP, reachable=reachable, engine_id=engine, container=container)
    now = NOW + minutes * MINUTE
    for _ in range(6):
        decision = ask(current, seen, now)
        if not isinstance(decision, Commit):
            return
        before, current = current, decision.lab
        if current.phase != before.phase:
            LAB_TRANSITIONS.check(before.phase, current.phase)
    pytest.fail(f"still committing: {decision}")


def test_an_illegal_transition_raises() -> None:
    with pytest.raises(InvalidStateTransitionError, match="a lab that is PENDING cannot become RUNNING"):
        lab().transition_to_running(NOW, "c", ())


def test_a_moved_end_is_told_as_such() -> None:
    extended = running().with_spec(extension_minutes=30)
    moved = committed(ask(extended, seeing(ContainerState.READY)))
    assert moved.describe_change(extended).message == "Ends at 2026-11-23 11:30 UTC."
