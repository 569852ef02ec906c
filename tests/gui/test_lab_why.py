"""What the inspector says first of a lab: why, since when, what next and when; and its life as a strip."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest

from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.pages.labs.why import why
from labdesk.ui.pages.templates.page import TemplatesPage
from labdesk.ui.pages.timeline.page import TimelinePage
from labdesk.ui.times import Times
from tests.gui.lab_images import NOW, in_phase, make_lab
from tests.gui.page_world import click, until
from tests.gui.window_world import TEMPLATE, WindowWorld, play

TIMES = Times(ZoneInfo("Europe/Berlin"), QLocale(QLocale.Language.English))


def told(lab: LabInstanceRequest) -> tuple[str, list[str]]:
    """Title and sentences without their markup."""
    title, sentences = why(lab, TIMES, NOW)
    return title, [re.sub("<[^>]+>", "", sentence) for sentence in sentences]


def test_a_lab_to_come_says_when_it_starts_and_a_running_one_when_it_ends() -> None:
    assert told(make_lab("a", start=20)) == ("What comes next", ["It starts by itself at 11:02."])
    running = in_phase(make_lab("a", start=-10), "RUNNING", "Ready").with_spec(extension_minutes=15)
    assert told(running) == ("What comes next", ["It ends by itself at 11:47."])


def test_a_lab_without_room_says_what_is_missing_when_it_is_expected_and_until_when_it_waits() -> None:
    until_ = (NOW + timedelta(minutes=6)).isoformat()
    parameters = {"need": "2 GiB", "free": "0.5 GiB", "until": until_}
    waiting = make_lab("a", start=-2).with_lab_condition("Schedulable", False, "EngineFullUntil", parameters, NOW)
    assert told(waiting) == (
        "Why it waits",
        [
            "The engine had 0.5 GiB free; this lab needs 2 GiB.",
            "It should start at 10:48, when labs before it end.",
            "If it cannot start by 11:40, it is given up.",
        ],
    )


def test_a_planned_lab_that_would_fail_says_why_and_when() -> None:
    lab = make_lab("a", start=20).with_lab_condition("Protected", False, "PasswordRequired", {"template": "web"}, NOW)
    title, sentences = told(lab)
    assert title == "Why it cannot start"
    assert sentences[0].startswith("The template web is open to the network but asks for no password; use {{lab.pass")
    assert sentences[1] == "As things are, it fails at its start at 11:02."


def test_without_an_engine_a_running_lab_still_ends_on_time() -> None:
    lab = in_phase(make_lab("a", start=-10), "RUNNING", "Ready")
    lab = lab.with_lab_condition("EngineReachable", False, "EngineUnavailable", {}, NOW)
    title, sentences = told(lab)
    assert title == "Why it waits"
    assert sentences[1:] == ["Its time ends at 11:32 all the same."]


def test_an_ended_lab_says_how_and_what_can_be_done() -> None:
    lab = in_phase(make_lab("a"), "FAILED", "OOMKilled", memory="64 MiB")
    title, (sentence,) = told(lab)
    assert title == "How it ended"
    assert "64 MiB" in sentence
    assert "run it again" in sentence


def test_what_comes_from_outside_is_shown_as_text() -> None:
    lab = in_phase(make_lab("a"), "FAILED", "InvalidContainer", detail="<img src=x>")
    assert "&lt;img" in why(lab, TIMES, NOW)[1][0]


def test_the_strip_and_its_link_lead_to_the_lab_on_the_timeline(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.window.show_page("labs", world.row("Ada Lovelace").uid)
        inspector = world.labs.inspector
        await until(inspector.strip.isVisible)
        QTest.mouseClick(inspector.strip, Qt.MouseButton.LeftButton)
        timeline = world.window.findChild(TimelinePage)
        assert timeline is not None
        await until(timeline.isVisible)
        world.window.show_page("labs", world.row("Ada Lovelace").uid)
        click(inspector.timeline_link)
        await until(timeline.isVisible)

    play(tmp_path, story)


def test_a_lab_that_failed_for_its_template_leads_there(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(f"{TEMPLATE.replace('busybox', 'nowhere')}  imagePullPolicy: Never\n")
        await world.create("Ada Lovelace")
        await until(lambda: world.phase("Ada Lovelace") == "FAILED")
        world.choose("Ada Lovelace")
        link = world.labs.inspector.template_link
        assert (link.isVisible(), link.text()) == (True, "Template web")
        click(link)
        templates = world.window.page("templates")
        assert isinstance(templates, TemplatesPage)
        assert (world.window.current_page, templates.view.current) == ("templates", "default/web")

    play(tmp_path, story)


def test_a_lab_that_goes_well_leads_to_no_template(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.choose("Ada Lovelace")
        assert world.labs.inspector.isVisible()
        assert not world.labs.inspector.template_link.isVisible()

    play(tmp_path, story)


def test_the_strip_is_painted_from_the_lab_s_own_life(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.window.show_page("labs", world.row("Ada Lovelace").uid)
        strip = world.labs.inspector.strip
        planned = strip.grab().toImage()
        await world.desk.commands.start_now_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")
        assert strip.grab().toImage() != planned

    play(tmp_path, story)
