"""The table of decisions, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labdesk.engines.service import NOT_FOUND, ContainerState, ContainerStatus
from labdesk.labs.capacity import Booking, CapacityLedger
from labdesk.labs.decisions import (
    Commit,
    Create,
    Decision,
    Nothing,
    Observe,
    Pull,
    Release,
    Remove,
    Start,
    Wait,
)
from labdesk.labs.lifecycle import FORCE_DELETE_ANNOTATION, UNANSWERED, DeskRules, ImageState, Observation, decide
from labdesk.labs.limits import CapacityLimits
from labdesk.labs.phases import LAB_TRANSITIONS, LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.resolve import AccessDefaults
from labdesk.labs.template import LabTemplate
from labdesk.resource.conditions import find_condition
from labdesk.resource.errors import InvalidStateTransitionError
from tests.labs.samples import MINUTE, NOW, lab, template

RULES = DeskRules("desk")
UP = Observation(reachable=True, engine_id="engine-1", reachable_since=NOW - 60 * MINUTE)
DOWN = Observation(reachable=False)
GIB = 2**30


def ledger(memory: int = 8 * GIB) -> CapacityLedger:
    return CapacityLedger(CapacityLimits(memory))


def ask(
    request: LabInstanceRequest,
    seen: Observation = UP,
    now: datetime = NOW,
    capacity: CapacityLedger | None = None,
    of: LabTemplate | None = None,
    rules: DeskRules = RULES,
) -> Decision:
    return decide(request, of or template(), seen, capacity or ledger(), now, rules)


def committed(decision: Decision) -> LabInstanceRequest:
    assert isinstance(decision, Commit), decision
    return decision.lab


def provisioning(**spec: object) -> LabInstanceRequest:
    return committed(ask(lab(**spec)))


def running(**spec: object) -> LabInstanceRequest:
    ready = replace(UP, container=ContainerStatus(ContainerState.READY, "c1", host_ports={8080: 20_000}))
    return committed(ask(provisioning(**spec), ready))


def seeing(state: ContainerState, **facts: object) -> Observation:
    return replace(UP, container=ContainerStatus(state, "c1", **facts))  # type: ignore[arg-type]


# --- PENDING


def test_a_lab_that_is_not_due_only_gets_its_ports() -> None:
    waiting = lab(scheduledStart=NOW + MINUTE)
    promised = committed(ask(waiting))
    assert promised.status.host_ports == {"http": 20_000}
    assert promised.phase == LabPhase.PENDING
    assert ask(promised) == Nothing()


def test_a_due_lab_commits_its_intent_with_the_frozen_spec_first() -> None:
    started = provisioning()
    assert started.phase == LabPhase.PROVISIONING
    assert started.status.resolved_spec is not None
    assert started.status.resolved_spec_hash == started.status.resolved_spec.hash
    assert started.status.engine_id == "engine-1"
    assert not started.status.cleaned_up


def test_a_lab_whose_window_is_over_has_missed_it() -> None:
    late = committed(ask(lab(durationMinutes=10), now=NOW + 10 * MINUTE))
    assert (late.phase, late.status.reason) == (LabPhase.FAILED, "MissedWindow")
    assert late.status.message == (
        "Could not start before its time was over at 2026-11-23 10:10 UTC. The desk or engine was not available."
    )
    assert committed(ask(lab(durationMinutes=10), now=NOW + 9 * MINUTE)).phase == LabPhase.PROVISIONING


def test_a_lab_that_does_not_fit_stays_and_says_what_is_missing_and_until_when() -> None:
    full = ledger(GIB)
    full.book("other", Booking(GIB, 10, (), NOW + 5 * MINUTE))
    waiting = committed(ask(lab(), capacity=full))
    condition = find_condition(waiting.status.conditions, "Schedulable")
    assert waiting.phase == LabPhase.PENDING
    assert condition is not None
    assert condition.reason == "EngineFullUntil"
    assert condition.message == "Engine full: needs 512 MiB, 0 B free until 2026-11-23 10:05 UTC."
    assert ask(waiting, capacity=full) == Nothing()
    full.release("other")
    assert committed(ask(waiting, capacity=full)).phase == LabPhase.PROVISIONING


def test_a_lab_that_waits_is_told_anew_only_when_what_it_was_told_proves_too_early() -> None:
    def told(until: int, free: int, now: datetime = NOW) -> str | None:
        room = ledger(GIB)
        room.book("other", Booking(GIB - free * 2**20, 10, (), NOW + until * MINUTE))
        decision = ask(waiting, capacity=room, now=now)
        if decision == Nothing():
            return None
        condition = find_condition(committed(decision).status.conditions, "Schedulable")
        assert condition is not None
        return condition.message

    full = ledger(GIB)
    full.book("other", Booking(GIB, 10, (), NOW + 15 * MINUTE))
    waiting = committed(ask(lab(), capacity=full))
    assert told(15, free=100) is None, "how much is free meanwhile is nothing that helps it"
    assert told(10, free=0) is None
    assert told(20, free=0) == "Engine full: needs 512 MiB, 0 B free until 2026-11-23 10:20 UTC."
    assert told(14, free=0, now=NOW + 15 * MINUTE) == "Engine full: needs 512 MiB, 0 B free until 2026-11-23 10:14 UTC."


def test_a_lab_that_waited_for_room_until_its_time_was_over_says_so() -> None:
    full = ledger(GIB)
    full.book("other", Booking(GIB, 10, (), NOW + 50 * MINUTE))
    waiting = committed(ask(committed(ask(lab(durationMinutes=10), DOWN)), capacity=full))
    assert [condition.status.value for condition in waiting.status.conditions] == ["True", "False"]
    missed = committed(ask(waiting, now=NOW + 10 * MINUTE, capacity=full))
    assert missed.status.reason == "MissedWindow"
    assert missed.status.message == (
        "Could not start before its time was over at 2026-11-23 10:10 UTC. Engine full: needs 512 MiB, 0 B free."
    )


def test_a_lab_that_waited_for_the_engine_until_its_time_was_over_says_so() -> None:
    full = ledger(GIB)
    full.book("other", Booking(GIB, 10, (), None))
    waiting = committed(ask(lab(durationMinutes=10), capacity=full))
    waiting = committed(ask(waiting, DOWN, NOW + MINUTE))
    missed = committed(ask(waiting, DOWN, NOW + 10 * MINUTE))
    assert missed.status.message.endswith("10:10 UTC. The engine did not answer.")


def test_a_lab_larger_than_the_engine_says_so() -> None:
    big = committed(ask(lab(resources={"memory": "16Gi"})))
    assert big.status.conditions[0].reason == "TooBig"


def test_without_an_engine_a_due_lab_waits_and_says_why() -> None:
    waiting = committed(ask(lab(), DOWN))
    assert waiting.phase == LabPhase.PENDING
    assert waiting.status.conditions[0].reason == "EngineUnavailable"
    started = committed(ask(waiting))
    assert started.phase == LabPhase.PROVISIONING
    assert [condition.status.value for condition in started.status.conditions] == ["True", "True"]


def test_an_unknown_template_is_permanent() -> None:
    failed = committed(decide(lab(), None, UP, ledger(), NOW, RULES))
    assert failed.status.reason == "TemplateNotFound"


def test_an_open_port_without_a_password_is_not_started() -> None:
    rules = DeskRules("desk", AccessDefaults(bind="0.0.0.0"))
    assert committed(ask(lab(), rules=rules)).status.reason == "PasswordRequired"
    guarded = template(env={"PASSWORD": "{{lab.password}}"})
    assert committed(ask(lab(), of=guarded, rules=rules)).phase == LabPhase.PROVISIONING


def test_a_waiting_lab_says_ahead_that_it_will_not_start_without_a_password_and_when_it_will() -> None:
    later = lab(scheduledStart=NOW + 60 * MINUTE)
    rules = DeskRules("desk", AccessDefaults(bind="0.0.0.0"))
    told = committed(ask(later, rules=rules))
    assert told.phase == LabPhase.PENDING
    (condition,) = told.status.conditions
    assert (condition.type, condition.status, condition.reason) == ("Protected", "False", "PasswordRequired")
    assert told.status.host_ports
    assert ask(told, rules=rules) == Nothing()
    for mended in (ask(told), ask(told, of=template(env={"PASSWORD": "{{lab.password}}"}), rules=rules)):
        (condition,) = committed(mended).status.conditions
        assert (condition.status, condition.reason) == ("True", "Protected")
    assert not committed(ask(told.with_spec(scheduled_start=NOW))).lacks("Protected")


# --- PROVISIONING


def test_provisioning_looks_then_creates_starts_waits_and_runs() -> None:
    started = provisioning()
    assert ask(started) == Observe()
    assert ask(started, replace(UP, container=NOT_FOUND)) == Create()
    assert ask(started, seeing(ContainerState.CREATING)) == Start("c1")
    assert isinstance(ask(started, seeing(ContainerState.RUNNING, started_at=NOW)), Wait)
    ready = committed(ask(started, seeing(ContainerState.READY, host_ports={8080: 20_000})))
    assert ready.phase == LabPhase.RUNNING
    assert ready.status.expires_at == NOW + 60 * MINUTE
    assert [url.url for url in ready.status.access_urls] == ["http://127.0.0.1:20000"]


def test_links_are_those_of_the_template_and_desk_the_lab_began_with() -> None:
    ports = [{"name": "http", "scheme": "https", "path": "/lab"}]
    rules = DeskRules("desk", AccessDefaults(host="labs.example.edu"))
    started = committed(ask(lab(), of=template(access={"ports": ports}), rules=rules))
    seen = seeing(ContainerState.READY, host_ports={8080: 20_000})
    edited = template(access={"host": "other.example.edu"})
    for now_known in (edited, None):
        ready = committed(decide(started, now_known, seen, ledger(), NOW, RULES))
        assert [url.url for url in ready.status.access_urls] == ["https://labs.example.edu:20000/lab"]


def test_a_lab_that_began_before_links_were_frozen_gets_those_of_its_template() -> None:
    started = provisioning().with_status(access=None)
    seen = seeing(ContainerState.READY, host_ports={8080: 20_000})
    ready = committed(ask(started, seen, of=template(access={"host": "labs.example.edu"})))
    assert [url.url for url in ready.status.access_urls] == ["http://labs.example.edu:20000"]


def test_an_absent_image_is_pulled_and_a_refused_one_fails() -> None:
    started = provisioning()
    missing = replace(UP, container=NOT_FOUND, image=ImageState.ABSENT)
    assert ask(started, missing) == Pull("labdesk-test/busybox:1")
    pulling = committed(ask(started, replace(missing, image=ImageState.PULLING, pull_progress="10 %")))
    assert pulling.status.conditions[-1].reason == "Pulling"
    refused = replace(missing, image=ImageState.REFUSED, image_detail="no such image")
    assert committed(ask(pulling, refused)).status.reason == "ImagePull"


def test_policy_never_does_not_pull() -> None:
    never = committed(ask(lab(), of=template(imagePullPolicy="Never")))
    assert (
        committed(ask(never, replace(UP, container=NOT_FOUND, image=ImageState.ABSENT))).status.reason == "ImageAbsent"
    )


def test_the_deadline_counts_from_the_container_and_not_while_the_engine_was_away() -> None:
    seen = seeing(ContainerState.RUNNING, started_at=NOW)
    started = committed(ask(provisioning(), seen, NOW + UNANSWERED))
    assert isinstance(ask(started, seen, NOW + timedelta(seconds=119)), Wait)
    late = NOW + timedelta(seconds=120)
    back = replace(seen, reachable_since=NOW + timedelta(seconds=60))
    assert isinstance(ask(started, back, late), Wait)
    failed = committed(ask(started, replace(seen, log_tail="boot\nno config\n"), late))
    assert failed.status.reason == "DeadlineExceeded"
    assert "no config" in failed.status.message


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        ({"tcpSocket": {"port": "http"}}, "nothing accepted a connection on port 8080 of its container. "),
        ({"httpGet": {"path": "/up", "port": 8080}}, "port 8080 of its container did not give the page /up without"),
        ({"exec": {"command": ["pg_isready", "-q"]}}, "the command “pg_isready -q” in its container did not end with"),
    ],
)
def test_a_lab_that_was_not_ready_in_time_says_what_was_asked_and_what_to_do(probe: dict[str, Any], said: str) -> None:
    begun = committed(ask(lab(), of=template(readinessProbe=probe)))
    seen = seeing(ContainerState.RUNNING, started_at=NOW)
    failed = committed(ask(begun, seen, NOW + timedelta(seconds=begun.status.deadline_seconds)))
    assert failed.status.message.startswith(f"It was not ready within 120 s: {said}")
    assert "give it more time in its template" in failed.status.message


def test_a_container_that_is_silent_for_long_is_told_of_once_and_its_answer_too() -> None:
    seen = seeing(ContainerState.RUNNING, started_at=NOW)
    assert isinstance(ask(provisioning(), seen, NOW + UNANSWERED / 2), Wait)
    silent = committed(ask(provisioning(), seen, NOW + UNANSWERED))
    assert (silent.phase, silent.status.conditions[-1].reason) == (LabPhase.PROVISIONING, "NotAnswering")
    assert isinstance(ask(silent, seen, NOW + 2 * UNANSWERED), Wait)
    ready = committed(ask(silent, seeing(ContainerState.READY, started_at=NOW), NOW + 3 * UNANSWERED))
    assert (ready.phase, ready.status.conditions[-1].reason) == (LabPhase.RUNNING, "Answers")


def test_an_end_while_provisioning_is_a_failure_with_code_and_log() -> None:
    ended = replace(seeing(ContainerState.STOPPED, exit_code=3), log_tail="cannot bind\n")
    failed = committed(ask(provisioning(), ended))
    assert (failed.phase, failed.status.exit_code) == (LabPhase.FAILED, 3)
    assert failed.status.message == "The program ended with exit code 3. Its last output: cannot bind"


# --- RUNNING


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


def test_an_end_in_time_seen_late_is_not_a_timeout() -> None:
    seen = seeing(ContainerState.STOPPED, exit_code=0, finished_at=NOW + 59 * MINUTE)
    assert committed(ask(running(), seen, NOW + 70 * MINUTE)).phase == LabPhase.COMPLETED
    killed = seeing(ContainerState.STOPPED, exit_code=137, finished_at=NOW + 61 * MINUTE)
    assert committed(ask(running(), killed, NOW + 70 * MINUTE)).phase == LabPhase.TIMEOUT


def test_not_seeing_is_not_knowing() -> None:
    away = committed(ask(running(), DOWN))
    assert away.phase == LabPhase.RUNNING
    assert away.status.conditions[-1].reason == "EngineUnavailable"
    other = replace(UP, engine_id="engine-2", container=NOT_FOUND)
    changed = committed(ask(running(), other))
    assert (changed.phase, changed.status.conditions[-1].reason) == (LabPhase.RUNNING, "EngineChanged")


def test_an_extension_moves_the_end() -> None:
    extended = running().with_spec(extension_minutes=30)
    moved = committed(ask(extended, seeing(ContainerState.READY)))
    assert moved.status.expires_at == NOW + 90 * MINUTE
    assert ask(moved, seeing(ContainerState.READY)) == Nothing()


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
