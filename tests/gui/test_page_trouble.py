"""A page that raises: told in its place, with the details to copy, while everything else works on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from labdesk.resource.errors import LabDeskError
from labdesk.ui.defects import Defects
from labdesk.ui.page_frame import PageFrame
from labdesk.ui.pages.events.page import EventsPage
from labdesk.ui.pages.health.cards import StoreCard
from labdesk.ui.pages.health.page import HealthPage
from labdesk.ui.pages.timeline.page import TimelinePage
from labdesk.ui.pages.today.page import TodayPage
from tests.guards import ExpectedLogs
from tests.gui.page_world import click, until
from tests.gui.window_world import WindowWorld, play


class DefectError(RuntimeError):
    """What no page should do."""


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs) -> Iterator[Callable[[type, str], None]]:
    """Return a function that makes a method of a page raise, until it is mended by `monkeypatch.undo`."""
    expected_logs(".*")

    def break_(kind: type, method: str) -> None:
        def fail(self: object, *_: object, **__: object) -> object:
            raise DefectError("the password=hunter2 of ada@example.edu is gone")

        monkeypatch.setattr(kind, method, fail)

    yield break_
    monkeypatch.undo()


Break = Callable[[type, str], None]


def frame(world: WindowWorld, key: str) -> PageFrame:
    return world.window.frames[key]


def assert_told(world: WindowWorld, key: str) -> PageFrame:
    """The trouble stands on the page, and what is copied holds no secret."""
    told = frame(world, key)
    assert told.trouble.isVisible()
    assert told.trouble.text.startswith("Something on this page went wrong: the password=")
    click(told.copy_button)
    copied = world.desktop.copied[-1]
    assert copied.startswith(told.kind.__name__)
    assert "DefectError" in copied
    assert "hunter2" not in copied
    assert "ada@example.edu" not in copied
    return told


def assert_rest_works(world: WindowWorld) -> None:
    """Every other page can be shown."""
    for key in ("labs", "templates", "settings"):
        world.window.show_page(key)
        assert world.window.page(key).isVisible()


def test_a_page_that_cannot_be_made_is_told_in_its_place_and_made_again(
    broken: Break, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken(EventsPage, "_build")
    broken(HealthPage, "_lay_out")  # after it has declared its actions

    async def story(world: WindowWorld) -> None:
        assert_rest_works(world)
        assert world.window.rail.button("health").text() == "Health"
        for key in ("events", "health"):
            world.window.show_page(key)
            told = assert_told(world, key)
            assert world.window.top_bar.title == key.capitalize()
            assert told.page is None
            click(told.again_button)
            assert told.page is None
            assert told.trouble.isVisible()
        monkeypatch.undo()
        click(frame(world, "health").again_button)
        assert world.window.page("health").isVisible()
        assert not frame(world, "health").trouble.isVisible()
        world.trigger("health.copy_diagnostics")
        await until(lambda: "reconciliations_total" in world.desktop.copied[-1])

    play(tmp_path, story)


def test_a_page_that_cannot_be_shown_gives_way_to_what_went_wrong(
    broken: Break, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def story(world: WindowWorld) -> None:
        broken(TodayPage, "activate")
        world.window.show_page("today")
        told = assert_told(world, "today")
        assert not world.window.page("today").isVisible()
        assert_rest_works(world)
        monkeypatch.undo()
        world.window.show_page("today")
        click(told.again_button)
        assert world.window.page("today").isVisible()
        assert not told.trouble.isVisible()

    play(tmp_path, story)


def test_a_search_that_raises_leaves_the_command_field_to_the_others(broken: Break, tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        broken(EventsPage, "search_matches")
        assert "Ada Lovelace" in [found.title for found in world.window.finder.find("lovelace")]

    play(tmp_path, story, every_page=True)


@pytest.mark.parametrize("how", ["slot", "timer", "paint"])
def test_what_a_signal_or_an_event_raises_is_told_above_the_page_it_came_from(
    how: str, broken: Break, tmp_path: Path
) -> None:
    async def story(world: WindowWorld) -> None:
        world.window.show_page("health")
        page = world.window.page("health")
        assert isinstance(page, HealthPage)
        with Defects(world.window).caught():
            if how == "slot":
                broken(HealthPage, "choose")
                page.metrics[0].facts.chosen.emit("changes_detected")  # a lambda of the page's hears it
            elif how == "timer":
                broken(HealthPage, "show_snapshot")
                QTimer.singleShot(0, page, lambda: page.show_snapshot(page.snapshot))  # type: ignore[arg-type]
            else:
                broken(StoreCard, "paintEvent")
                page.store.update()
            await until(frame(world, "health").trouble.isVisible)
        assert_told(world, "health")
        assert page.isVisible()
        assert_rest_works(world)

    play(tmp_path, story)


def test_a_task_that_fails_is_told_on_its_page(broken: Break, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.tasks._on_error = Defects(world.window).tell  # as in the application
        broken(HealthPage, "show_snapshot")
        world.window.show_page("health")
        await until(frame(world, "health").trouble.isVisible)
        told = assert_told(world, "health")
        monkeypatch.undo()
        click(told.again_button)
        page = world.window.page("health")
        assert isinstance(page, HealthPage)
        await until(lambda: page.snapshot is not None)
        assert not told.trouble.isVisible()

    play(tmp_path, story)


def test_the_same_again_changes_nothing(broken: Break, tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        broken(TimelinePage, "activate")
        world.window.show_page("timeline")
        told = frame(world, "timeline")
        first = told.details
        world.window.show_page("labs")
        world.window.show_page("timeline")
        assert told.details == first

    play(tmp_path, story)


def test_what_belongs_to_no_page_is_told_at_the_foot(expected_logs: ExpectedLogs, tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        defects = Defects(world.window)
        defects.tell("x", RuntimeError("the cable is out"))
        assert world.toasts == ["Something went wrong: the cable is out. The log file has the details."]
        defects.tell("x", LabDeskError("The disk is full."))
        assert world.toasts[-1] == "The disk is full."
        expected_logs("uncaught")
        with defects.caught():
            QTimer.singleShot(0, lambda: [].pop())
            await until(lambda: any("pop from empty list" in text for text in world.toasts))

    play(tmp_path, story)
