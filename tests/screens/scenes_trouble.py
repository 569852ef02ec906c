"""A page that failed."""

from __future__ import annotations

from tests.screens.scenes import scene
from tests.screens.stage import Stage

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
