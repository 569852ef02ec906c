"""The table of decisions, row by row: how a lab begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from labdesk.engines.service import NOT_FOUND, ContainerState
from labdesk.labs.capacity import Booking
from labdesk.labs.decisions import (
    Create,
    Nothing,
    Observe,
    Pull,
    Start,
    Wait,
)
from labdesk.labs.lifecycle import UNANSWERED, DeskRules, ImageState, decide
from labdesk.labs.phases import LabPhase
from labdesk.labs.resolve import AccessDefaults
from labdesk.labs.timekeeping import Absence, Cause
from labdesk.resource.conditions import find_condition
from tests.labs.deciding import DOWN, GIB, RULES, UP, ask, committed, ledger, provisioning, seeing
from tests.labs.samples import MINUTE, NOW, lab, template

# --- PENDING


def test_a_lab_that_is_not_due_only_gets_its_ports() -> None:
    waiting = lab(scheduledStart=NOW + MINUTE)
    promised = committed(ask(waiting))
    assert promised.status.host_ports == {"http": 20_000}
    assert promised.phase == LabPhase.PENDING
    assert ask(promised) == Nothing()


def test_a_change_of_a_waiting_lab_is_observed() -> None:
    promised = committed(ask(lab(scheduledStart=NOW + MINUTE)))
    changed = promised.with_metadata(generation=7)
    seen = committed(ask(changed))
    assert seen.status.observed_generation == 7
    assert ask(seen) == Nothing()


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


def test_an_engine_that_was_not_heard_of_yet_is_not_said_to_be_away() -> None:
    assert ask(lab(), replace(DOWN, connecting=True)) == Nothing()


def test_an_engine_that_will_not_say_how_a_container_is_is_quoted() -> None:
    waiting = committed(ask(provisioning(), replace(DOWN, look_error="device or resource busy")))
    condition = waiting.status.conditions[-1]
    assert (condition.reason, condition.parameters) == ("LookFailed", {"detail": "device or resource busy"})


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
    slept = Absence(NOW, NOW + timedelta(seconds=60), Cause.ASLEEP)
    assert isinstance(ask(started, replace(seen, absences=(slept,)), late), Wait)
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


def test_a_template_says_how_long_its_labs_may_take_to_be_ready() -> None:
    slow = template(readinessProbe={"tcpSocket": {"port": "http"}, "deadlineSeconds": 300, "periodSeconds": 4})
    begun = committed(ask(lab(), of=slow))
    seen = seeing(ContainerState.RUNNING, started_at=NOW)
    assert ask(begun, seen) == Wait(4.0)
    silent = committed(ask(begun, seen, NOW + timedelta(seconds=299)))
    assert silent.phase == LabPhase.PROVISIONING
    assert committed(ask(silent, seen, NOW + timedelta(seconds=300))).status.reason == "DeadlineExceeded"


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


def test_an_end_with_code_0_before_it_was_ready_is_a_failure_too() -> None:
    failed = committed(ask(provisioning(), seeing(ContainerState.STOPPED, exit_code=0)))
    assert (failed.phase, failed.status.reason, failed.status.exit_code) == (LabPhase.FAILED, "ExitCode", 0)


def test_a_container_made_before_the_store_was_restored_is_not_started() -> None:
    seen = replace(seeing(ContainerState.CREATING), made_before=True)
    told = committed(ask(provisioning(), seen))
    assert (told.phase, told.status.conditions[-1].reason) == (LabPhase.PROVISIONING, "MadeBefore")
    assert ask(told, seen) == Nothing()


def test_a_lab_that_began_on_another_engine_is_not_begun_again_on_this_one() -> None:
    seen = replace(UP, engine_id="engine-2", container=NOT_FOUND)
    told = committed(ask(provisioning(), seen))
    assert (told.phase, told.status.conditions[-1].reason) == (LabPhase.PROVISIONING, "EngineChanged")
    assert ask(told, seen) == Nothing()
