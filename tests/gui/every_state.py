"""The window brought into every state in which it stands differently: pages, panels, messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from labdesk.engines.service import EngineUnavailable
from labdesk.ui.pages.events.page import EventsPage
from labdesk.ui.pages.timeline.page import TimelinePage
from tests.gui.page_world import until
from tests.gui.templates_world import open_page
from tests.gui.window_world import WindowWorld

STUDENT = "Margaret Heafield Hamilton"
Enter = Callable[[WindowWorld], Awaitable[None]]
STATES: dict[str, Enter] = {}


def state(enter: Enter) -> Enter:
    STATES[enter.__name__] = enter
    return enter


@state
async def today(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    await world.create("Ada Lovelace", minutes_from_now=20)
    world.window.show_page("today")


@state
async def labs_with_one_chosen(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.choose(STUDENT)


@state
async def labs_with_one_waiting(world: WindowWorld) -> None:
    await world.create(STUDENT, minutes_from_now=20)
    world.choose(STUDENT)


@state
async def labs_with_a_log(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.choose(STUDENT)
    world.labs.inspector.details.open("log")


@state
async def labs_with_a_specification(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.choose(STUDENT)
    world.labs.inspector.details.open("spec")


@state
async def labs_with_a_specification_to_change(world: WindowWorld) -> None:
    await world.create(STUDENT, minutes_from_now=20)
    world.choose(STUDENT)
    details = world.labs.inspector.details
    details.open("spec")
    await until(lambda: details.spec.form.memory.isVisible())
    details.spec.form.student_email.setText("nobody")
    details.spec.form.student_email.textEdited.emit("nobody")


@state
async def labs_with_changes_of_a_specification(world: WindowWorld) -> None:
    await world.create(STUDENT, minutes_from_now=20)
    world.choose(STUDENT)
    details = world.labs.inspector.details
    details.open("spec")
    details.spec.form.memory.setText("1Gi")
    details.spec.form.memory.textEdited.emit("1Gi")
    details.spec.tabs.choose("changes")


@state
async def labs_in_groups(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.choose(STUDENT)
    world.trigger("labs.group_course")


@state
async def labs_with_filters(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.choose(STUDENT)
    world.labs.toolbar.filter_button.click()
    world.labs.toolbar.filters.set_labels("tier in (gold")


@state
async def labs_with_events(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.choose(STUDENT)
    world.labs.inspector.details.open("events")


@state
async def labs_with_many_chosen(world: WindowWorld) -> None:
    await world.create_running(STUDENT, "Ada Lovelace")
    world.choose(STUDENT, "Ada Lovelace")


@state
async def labs_with_none(world: WindowWorld) -> None:
    world.window.show_page("labs")


@state
async def labs_with_none_found(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.window.show_page("labs")
    world.labs.toolbar.search.set_text("nobody")


@state
async def new_lab(world: WindowWorld) -> None:
    world.trigger("lab.new")
    await until(world.assembly.new_lab.isVisible)


@state
async def new_lab_ready(world: WindowWorld) -> None:
    world.trigger("lab.new")
    panel = world.assembly.new_lab
    await until(lambda: panel.isVisible() and world.assembly.shelf.template("default/web") is not None)
    panel.gallery.choose("default/web")
    panel.students.setPlainText(f"{STUDENT} <margaret@example.edu>")
    await until(lambda: panel.preview.outlook_text)


@state
async def first_run(world: WindowWorld) -> None:
    world.window.show_page("labs")
    world.labs.set_welcome(world.assembly.welcome, lambda: True)


@state
async def engine_away_with_a_message(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.choose(STUDENT)
    world.trigger("lab.stop")
    world.desk.engine_monitor.report_failure(EngineUnavailable("Docker is not running; start it."))
    await until(world.window.banner.isVisible)


@state
async def clock_set_back(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.clock.ahead -= timedelta(minutes=40)
    world.assembly.show_clock()


@state
async def former_containers(world: WindowWorld) -> None:
    await world.leave_former_containers(2)


@state
async def former_containers_asked(world: WindowWorld) -> None:
    await world.leave_former_containers(2)
    world.trigger("desk.confirm_containers")


@state
async def labs_with_a_workspace_to_delete(world: WindowWorld) -> None:
    await world.leave_workspaces(STUDENT)
    world.choose(STUDENT)
    world.trigger("lab.delete_workspace")
    await until(lambda: world.labs.workspace_deletion.sheet is not None)


@state
async def timeline(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.window.show_page("timeline")


@state
async def timeline_as_a_table(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.window.show_page("timeline")
    page = world.window.page("timeline")
    assert isinstance(page, TimelinePage)
    page.show_table(True)


@state
async def events_with_one_chosen(world: WindowWorld) -> None:
    await world.create_running(STUDENT)
    world.window.show_page("events")
    page = world.window.page("events")
    assert isinstance(page, EventsPage)
    await until(lambda: page.view.model().rowCount() > 3)
    page.view.choose(2)
    await until(page.detail.isVisible)


@state
async def events_without_a_match(world: WindowWorld) -> None:
    world.window.show_page("events")
    page = world.window.page("events")
    assert isinstance(page, EventsPage)
    page.toolbar.search.set_text("zebra")
    await until(page.empty.isVisible)


@state
async def templates(world: WindowWorld) -> None:
    await open_page(world)


@state
async def templates_with_a_form(world: WindowWorld) -> None:
    await open_page(world, "default/web")


@state
async def templates_as_yaml(world: WindowWorld) -> None:
    page = await open_page(world, "default/web")
    page.editor.tabs.choose("yaml")


@state
async def health(world: WindowWorld) -> None:
    world.window.show_page("health")


@state
async def settings(world: WindowWorld) -> None:
    world.window.show_page("settings")


@state
async def cheat_sheet(world: WindowWorld) -> None:
    world.window.show_page("labs")
    world.trigger("window.shortcuts")
