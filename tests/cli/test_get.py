"""`labdesk get`: tables for people, JSON and YAML for scripts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import yaml

from labdesk.labs.kinds import lab_scheme
from labdesk.labs.request import AccessUrl, LabInstanceRequest
from labdesk.resource.conditions import Condition, ConditionStatus
from labdesk.store.driver import connect_writer
from labdesk.store.secrets import SecretStore
from labdesk.store.store import ResourceStore
from labdesk.store.writes import Update
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together

THREE = together(
    TEMPLATE,
    lab("ada-web", "durationMinutes: 45", "{row: front}"),
    lab("bob-web", 'scheduledStart: "2036-01-15T09:00:00Z"', "{row: back}"),
    lab("eve-web").replace("name: eve-web", "name: eve-web, namespace: other"),
    TEMPLATE.replace("name: web", "name: web, namespace: other"),
)


def change(path: Path, name: str, edit: Callable[[LabInstanceRequest], LabInstanceRequest]) -> None:
    """Commit a new status, as the acting process does."""

    async def commit() -> None:
        store = await ResourceStore.open_async(path, lab_scheme(), lambda: datetime.now(UTC))
        await store.take_epoch_async()
        old = cast("LabInstanceRequest", await store.get_async(LabInstanceRequest.KIND, "default", name))
        await store.commit_async([Update(old, edit(old))])
        await store.close_async()

    asyncio.run(commit())


def test_the_table_shows_what_an_instructor_asks_for(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(THREE)
    header, first, second = typed("get", "labs").out.splitlines()
    assert [title.strip() for title in header.split("   ") if title.strip()] == [
        "NAME", "PHASE", "STUDENT", "TEMPLATE", "START", "TIME LEFT", "ACCESS", "MESSAGE",
    ]  # fmt: skip
    assert first.split()[:5] == ["ada-web", "PENDING", "Ada", "Lovelace", "web"]
    assert "45 min" in first
    assert "15 Jan 2036 10:00 (in " in second


def test_kinds_have_plural_singular_and_full_names(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(THREE)
    words = ("labs", "lab", "LabInstanceRequest", "labinstancerequests")
    assert len({typed("get", kind, "-o", "json").out for kind in words}) == 1
    assert typed("get", "template").out.splitlines()[1].split()[:2] == ["web", "labdesk-test/busybox:1"]


def test_json_is_a_list_of_whole_resources_in_camel_case(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(THREE)
    (one,) = json.loads(typed("get", "labs", "ada-web", "-o", "json").out)
    assert set(one) == {"apiVersion", "kind", "metadata", "spec", "status"}
    assert (one["apiVersion"], one["kind"]) == ("labdesk/v1", "LabInstanceRequest")
    assert one["spec"]["durationMinutes"] == 45
    assert one["status"]["phase"] == "PENDING"
    assert one["metadata"]["resourceVersion"] > 0
    assert json.loads(typed("get", "labs", "-n", "empty", "-o", "json").out) == []


def test_yaml_is_one_document_a_resource(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(THREE)
    documents = list(yaml.safe_load_all(typed("get", "labs", "-o", "yaml").out))
    assert [document["metadata"]["name"] for document in documents] == ["ada-web", "bob-web"]


def test_namespaces_and_labels_narrow_what_is_shown(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(THREE)

    def names(*arguments: str) -> list[str]:
        return [one["metadata"]["name"] for one in json.loads(typed("get", "labs", "-o", "json", *arguments).out)]

    assert names() == ["ada-web", "bob-web"]
    assert names("-n", "other") == ["eve-web"]
    assert names("-A") == ["ada-web", "bob-web", "eve-web"]
    assert names("-l", "row=front") == ["ada-web"]
    assert names("-l", "row in (front, back)", "-A") == ["ada-web", "bob-web"]
    assert names("bob-web", "ada-web") == ["ada-web", "bob-web"]
    assert typed("get", "labs", "-A").out.splitlines()[3].split()[:2] == ["other", "eve-web"]


def test_options_may_stand_before_the_command(typed: Typed, applied: Callable[[str], None], own_world: Path) -> None:
    applied(THREE)
    done = typed("--store", str(own_world), "-n", "other", "-o", "json", "get", "labs")
    assert [one["metadata"]["name"] for one in json.loads(done.out)] == ["eve-web"]


def test_a_name_that_is_not_there_fails(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(THREE)
    done = typed("get", "labs", "ada-web", "nobody")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "There is no lab named nobody (namespace default)" in done.err


def test_a_lab_that_a_newer_program_wrote_hides_no_other(
    typed: Typed, applied: Callable[[str], None], own_world: Path
) -> None:
    applied(THREE)
    connection = connect_writer(own_world)
    connection.execute(
        "UPDATE resource SET body = replace(body, '\"spec\":{', '\"spec\":{\"hue\":1,') WHERE name = 'ada-web'"
    )
    connection.close()
    done = typed("get", "labs", "-A", "-o", "json")
    assert "ada-web" not in {one["metadata"]["name"] for one in json.loads(done.out)}
    assert len(json.loads(done.out)) == 2
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "default/ada-web cannot be read here (because of its spec.hue)" in done.err
    named = typed("get", "labs", "ada-web")
    assert (named.code, named.out, named.err) == (1, "", done.err)
    stopped = typed("stop", "-l", "row=front")
    assert (stopped.code, stopped.out) == (1, "")


def test_nothing_to_show_is_said_on_stderr(typed: Typed, applied: Callable[[str], None]) -> None:
    applied(TEMPLATE)
    done = typed("get", "labs")
    assert (done.code, done.out, done.err) == (0, "", "There are no labs in the namespace default.\n")
    assert typed("get", "labs", "-A", "-l", "a=b").err == "There are no labs in any namespace with these labels.\n"


def test_what_holds_a_lab_up_is_its_message(typed: Typed, applied: Callable[[str], None], own_world: Path) -> None:
    applied(THREE)
    full = Condition(
        type="Schedulable",
        status=ConditionStatus.FALSE,
        reason="EngineFull",
        message="Engine full: needs 2 GiB, 1 GiB free.",
        parameters={"need": "2 GiB", "free": "1 GiB"},
        last_transition=datetime.now(UTC),
    )
    change(own_world, "ada-web", lambda old: old.with_status(conditions=(full,)))
    assert "Engine full: needs 2 GiB, 1 GiB free." in typed("get", "labs", "ada-web").out
    typed("delete", "labs", "ada-web")
    assert "Is being deleted." in typed("get", "labs", "ada-web").out
    away = full.model_copy(update={"type": "EngineReachable", "message": "The engine does not answer."})
    change(own_world, "ada-web", lambda old: old.with_status(conditions=(full, away)))
    assert "Is being deleted. The engine does not answer.\n" in typed("get", "labs", "ada-web").out


def test_passwords_are_shown_only_when_asked_for(typed: Typed, applied: Callable[[str], None], own_world: Path) -> None:
    applied(THREE)
    link = AccessUrl(name="http", url="http://127.0.0.1:20000/?token={{lab.password}}")
    change(own_world, "ada-web", lambda old: old.with_status(access_urls=(link,)))
    (stored,) = json.loads(typed("get", "labs", "ada-web", "-o", "json").out)
    password = SecretStore(own_world).ensure(stored["metadata"]["uid"])
    for output in ("table", "json", "yaml"):
        assert password not in typed("get", "labs", "-o", output).out
        assert f"token={password}" in typed("get", "labs", "-o", output, "--passwords").out


def test_links_of_a_lab_that_has_ended_lead_nowhere(
    typed: Typed, applied: Callable[[str], None], own_world: Path
) -> None:
    applied(THREE)
    links = (AccessUrl(name="http", url="http://127.0.0.1:20000"), AccessUrl(name="db", url="127.0.0.1:20001"))
    change(own_world, "ada-web", lambda old: old.with_status(access_urls=links))
    assert "http://127.0.0.1:20000, 127.0.0.1:20001" in typed("get", "labs").out
    change(own_world, "ada-web", lambda old: old.transition_to_completed(datetime.now(UTC), "Completed"))
    assert "127.0.0.1" not in typed("get", "labs").out
