"""`labdesk events`: what happened, in the journal's order, as sentences or as CloudEvents."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from labdesk.cli.errors import UsageMistakeError
from labdesk.cli.event_reading import EventFilter, parse_since, read_journal
from labdesk.cli.invocation import Invocation
from labdesk.labs.kinds import lab_scheme
from labdesk.resource.events import JournalEvent
from labdesk.store.backup import backup
from labdesk.store.restore import put_in_place
from labdesk.store.store import ResourceStore
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.process import PATIENCE, RunningCommand
from tests.cli.test_get import change
from tests.labs.samples import NOW, template
from tests.store.kinds import ManualClock

Applied = Callable[[str], None]


class FixedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def boottime(self) -> float:
        return 0.0


def test_every_step_is_a_line_in_the_order_it_happened(typed: Typed, applied: Applied) -> None:
    applied(together(TEMPLATE, lab()))
    typed("extend", "ada-web", "30")
    typed("stop", "ada-web")
    lines = typed("events").out.splitlines()
    assert lines[0].split() == ["TIME", "SEVERITY", "TYPE", "SUBJECT", "MESSAGE"]
    sentences = [
        "The template web was created.", "Starts now.", "Extended by 30 min.", "The instructor asked it to stop.",
    ]  # fmt: skip
    assert [line.endswith(sentence) for line, sentence in zip(lines[1:], sentences, strict=True)] == [True] * 4


def test_json_is_one_cloudevent_a_line(typed: Typed, applied: Applied) -> None:
    applied(together(TEMPLATE, lab()))
    events = [json.loads(line) for line in typed("events", "-o", "json").out.splitlines()]
    assert [event["type"] for event in events] == ["labtemplate.created", "labinstancerequest.created"]
    for event in events:
        assert {"specversion", "id", "source", "type", "subject", "time", "data"} <= set(event)
        assert event["specversion"] == "1.0"
        assert event["source"].startswith("labdesk/")
    assert events[1]["subject"] == "default/ada-web"
    assert events[1]["data"]["phase"] == "PENDING"


def test_type_since_and_namespace_narrow_what_is_shown(typed: Typed, applied: Applied) -> None:
    applied(together(TEMPLATE, lab(), TEMPLATE.replace("name: web", "name: web, namespace: other")))

    def types(*arguments: str) -> list[str]:
        return [json.loads(line)["type"] for line in typed("events", "-o", "json", *arguments).out.splitlines()]

    assert types("--type", "labinstancerequest.*") == ["labinstancerequest.created"]
    assert types("--type", "*.created", "--type", "x") == types()
    assert types("-n", "other") == ["labtemplate.created"]
    assert types("--since", "10m") == types()
    assert types("--since", "2036-01-01") == []
    assert typed("events", "--type", "nonsense").err == "There are no such events.\n"


def test_severity_lab_and_student_narrow_what_is_shown(typed: Typed, applied: Applied, own_world: Path) -> None:
    bob = lab("bob-web").replace("Ada Lovelace", "Bob Čapek").replace("ada@", "bob@")
    applied(together(TEMPLATE, lab("first-web"), lab("second-web"), bob))
    change(own_world, "bob-web", lambda old: old.transition_to_failed(datetime.now(UTC), "ContainerLost", {}))

    def subjects(*arguments: str) -> list[str]:
        told = [json.loads(line) for line in typed("events", "-o", "json", *arguments).out.splitlines()]
        return [event["subject"].removeprefix("default/") for event in told]

    assert subjects("--severity", "error") == ["bob-web"]
    assert subjects("--severity", "error", "--severity", "info") == subjects()
    assert subjects("--lab", "second-web") == ["second-web"]
    assert subjects("--lab", "second-web", "--lab", "bob-web", "--severity", "info") == ["second-web", "bob-web"]
    assert subjects("--student", "ada") == ["first-web", "second-web"]
    assert subjects("--student", "capek b") == ["bob-web", "bob-web"]
    assert subjects("--student", "web") == []
    assert subjects("--student", "ada", "--lab", "first-web", "--type", "*.created") == ["first-web"]
    assert subjects("--student", "ada", "-n", "other") == []


def test_following_tells_new_events_until_interrupted(
    typed: Typed, applied: Applied, start: Callable[..., RunningCommand]
) -> None:
    applied(together(TEMPLATE, lab()))
    following = start("events", "--follow", "--type", "labinstancerequest.*")
    following.wait_for("Starts now.")
    typed("stop", "ada-web")
    following.wait_for("The instructor asked it to stop.")
    following.signal(signal.SIGINT)
    assert following.end() == 130
    assert "labtemplate" not in following.text


def test_following_goes_on_in_a_store_that_was_put_back_to_an_earlier_state(own_world: Path, tmp_path: Path) -> None:
    clock = ManualClock()

    async def heard(follower: AsyncIterator[Sequence[JournalEvent]]) -> list[str]:
        async with asyncio.timeout(PATIENCE):
            return [event.message for event in await anext(follower)]

    async def story() -> None:
        kept = tmp_path / "backup.db"
        store = await ResourceStore.open_async(own_world, lab_scheme(), clock)
        async with aclosing(read_journal(store, EventFilter(), follow=True)) as follower:
            await store.create_async(template("kept"))
            backup(store.path, kept)
            for name in ("lost", "lost-too"):
                clock.advance(seconds=1)
                await store.create_async(template(name))
            assert len(await heard(follower)) == 3
            put_in_place(kept, own_world, clock())
            clock.advance(seconds=1)
            for name in ("new", "newer", "newest"):  # as many as were lost, and one more, before the follower looks
                await store.create_async(template(name))
            assert await heard(follower) == [f"The template {name} was created." for name in ("new", "newer", "newest")]
        await store.close_async()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", "2026-11-23T09:58:30+00:00"),
        ("10m", "2026-11-23T09:50:00+00:00"),
        ("2h", "2026-11-23T08:00:00+00:00"),
        ("3d", "2026-11-20T10:00:00+00:00"),
        ("2026-11-23T09:00:00+01:00", "2026-11-23T08:00:00+00:00"),
        ("2026-11-23T09:00", "2026-11-23T08:00:00+00:00"),
        ("2026-11-23", "2026-11-22T23:00:00+00:00"),
    ],
)
def test_since_is_a_span_or_a_time_in_the_instructors_zone(text: str, moment: str) -> None:
    invocation = Invocation(Invocation.of(None, None).settings, FixedClock(), ZoneInfo("Europe/Berlin"))
    assert parse_since(text, invocation).astimezone(UTC).isoformat() == moment


@pytest.mark.parametrize("text", ["", "10", "-10m", "m", "tomorrow", "25:00"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageMistakeError, match="is no time; write it like 10m"):
        parse_since(text, Invocation.of(None, None))


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59:59-12:00", "999999w"])
def test_a_time_outside_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(UsageMistakeError, match="write it like 10m"):
        parse_since(text, Invocation.of(None, None))
