"""The panel beside the table as one goes from lab to lab."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtWidgets import QScrollArea

from labdesk.ui.pages.labs.inspector import LabInspector
from tests.gui.page_world import at_rest, until
from tests.gui.window_world import TEMPLATE, WindowWorld, play

ADA, GRACE = "Ada Lovelace", "Grace Hopper"


def go_to(world: WindowWorld, student: str) -> LabInspector:
    world.labs.view.show_lab(world.row(student).uid)
    return world.labs.inspector


def scrolled(inspector: LabInspector) -> int:
    (area,) = [one for one in inspector.findChildren(QScrollArea) if one.widget() is inspector.body]
    return area.verticalScrollBar().value()


async def open_log(world: WindowWorld, student: str) -> LabInspector:
    """Open the log of a running lab in a window so low that it is brought to the top."""
    world.window.resize(1366, 620)
    inspector = go_to(world, student)
    await until(lambda: inspector.room < 500)
    inspector.details.open("log")
    await until(lambda: inspector.details.log.text.toPlainText() != "" and scrolled(inspector) > 0)
    return inspector


async def create_failed(world: WindowWorld, student: str) -> None:
    await world.desk.commands.apply_async(f"{TEMPLATE.replace('busybox', 'nowhere')}  imagePullPolicy: Never\n")
    await world.create(student)
    await until(lambda: world.phase(student) == "FAILED")


def test_another_lab_is_shown_from_its_top_with_its_log_still_open(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running(ADA)
        await create_failed(world, GRACE)
        inspector = await open_log(world, ADA)
        go_to(world, GRACE)
        assert await at_rest(lambda: scrolled(inspector)) == 0
        assert inspector.details.open_section == "log"
        assert inspector.template_link.visibleRegion().boundingRect().size() == inspector.template_link.size()

    play(tmp_path, story)


def test_a_lab_that_merely_changes_stays_where_it_was_scrolled_to(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running(ADA)
        inspector = await open_log(world, ADA)
        before = await at_rest(lambda: scrolled(inspector))
        planned = inspector.life.rows[-1].remark
        await world.desk.commands.extend_async([world.row(ADA).key], 15)
        await until(lambda: inspector.life.rows[-1].remark != planned)
        assert await at_rest(lambda: scrolled(inspector)) == before

    play(tmp_path, story)


def test_a_lab_without_a_log_closes_it_until_one_with_a_log_is_shown(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running(ADA)
        await world.create(GRACE, minutes_from_now=30)
        inspector = await open_log(world, ADA)
        details, width = inspector.details, await at_rest(inspector.width)
        world.labs.view.setFocus()
        go_to(world, GRACE)
        assert (details.open_section, details.log.isVisible()) == ("", False)
        assert not details.log_link.isChecked()
        assert await at_rest(inspector.width) == width, "the table would shift"
        go_to(world, ADA)
        assert (details.open_section, details.log_link.isChecked()) == ("log", True)
        assert await at_rest(lambda: scrolled(inspector)) == 0
        assert world.window.focusWidget() is world.labs.view, "nobody went to the log"
        await until(lambda: details.log.text.toPlainText() != "")

    play(tmp_path, story)


def test_a_section_that_was_closed_stays_closed_for_the_next_lab(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running(ADA, GRACE)
        details = (await open_log(world, ADA)).details
        details.toggle("log")
        go_to(world, GRACE)
        assert (details.open_section, details.log.isVisible()) == ("", False)

    play(tmp_path, story)


def test_the_keyboard_is_not_lost_when_a_log_closes_because_its_lab_is_to_run_again(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create_failed(world, GRACE)
        details = go_to(world, GRACE).details
        details.open("log")
        assert world.window.focusWidget() is details.log.text
        start = world.desk.clock.now() + timedelta(minutes=30)
        await world.desk.commands.run_again_async([world.row(GRACE).key], start)
        await until(lambda: world.phase(GRACE) == "PENDING" and details.open_section == "")
        assert world.window.focusWidget() is details.events_link

    play(tmp_path, story)
