"""What is told across all pages: a page that failed, containers of a former desk, a clock that was set back."""

from __future__ import annotations

from labdesk.labs.lineages import FOUND
from labdesk.store.writes import NewEvent
from tests.gui.page_world import until
from tests.screens.scenes import scene
from tests.screens.stage import Stage
from tests.screens.world import NOW, berlin

_ERROR = RuntimeError("list index out of range")


@scene("page-trouble")
async def page_trouble(stage: Stage) -> None:
    stage.window.show_page("templates")
    stage.window.frames["templates"].show_trouble(_ERROR)


@scene("page-gone")
async def page_gone(stage: Stage) -> None:
    stage.window.show_page("today")
    stage.window.page("today").hide()
    stage.window.frames["today"].show_trouble(_ERROR)


@scene("former-containers")
async def former_containers(stage: Stage) -> None:
    assert stage.desk is not None
    store = stage.desk.store
    told = NewEvent("desk.containers_found", "", NOW, "warning", "ContainersFound", "", {"parameters": {"count": "6"}})
    await store.commit_async([], [told], {FOUND: {"lineage": store.lineage, "labs": {"4f1d9a3c7b2e": 6}}})
    await until(stage.window.former_banner.isVisible)


@scene("former-containers-asked")
async def former_containers_asked(stage: Stage) -> None:
    await former_containers(stage)
    stage.window.actions_registry.action("desk.confirm_containers").trigger()


@scene("clock-set-back")
async def clock_set_back(stage: Stage) -> None:
    assert stage.desk is not None
    assert stage.assembly is not None
    stage.desk.clock.raise_floor(berlin("10:49:00"))
    stage.assembly.show_clock()
    labs = stage.assembly.labs
    labs.model.tick(stage.desk.clock.now(), *labs.view.visible_range())
