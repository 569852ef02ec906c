"""The Today page: a morning, many labs, none, and trouble."""

from __future__ import annotations

from labdesk.ui.pages.today.page import TodayPage
from tests.screens.scenes import labs_empty, labs_many, scene
from tests.screens.stage import Stage
from tests.screens.world import berlin


@scene("today")
async def today(stage: Stage) -> None:
    stage.window.show_page("today")


@scene("today-many")
async def today_many(stage: Stage) -> None:
    """Ten minutes later: a class that nobody took up, and labs that end soon."""
    await labs_many(stage)
    await stage.settle_async()
    assert stage.desk is not None
    stage.desk.clock.raise_floor(berlin("10:52:30"))
    stage.window.show_page("today")
    page = stage.window.page("today")
    assert isinstance(page, TodayPage)
    page.refresh()


@scene("today-empty", morning=False)
async def today_empty(stage: Stage) -> None:
    await labs_empty(stage)
    stage.window.show_page("today")


@scene("today-trouble", engine_away=True)
async def today_trouble(stage: Stage) -> None:
    stage.window.show_page("today")
