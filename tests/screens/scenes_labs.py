"""Pictures of what the Labs page's table offers."""

from __future__ import annotations

from tests.screens.scenes import scene
from tests.screens.stage import Stage


@scene("labs-context-menu")
async def labs_context_menu(stage: Stage) -> None:
    stage.window.show_page("labs", stage.uid_of("Ada Lovelace"))
    await stage.settle_async()
    menu = stage.labs.menu
    menu.popup(stage.labs.view.viewport().mapToGlobal(stage.labs.view.rect().center() / 2))
    stage.overlays.append(menu)


@scene("labs-export-menu")
async def labs_export_menu(stage: Stage) -> None:
    stage.window.show_page("labs")
    stage.labs.toolbar.export_button.click()
    stage.overlays.append(stage.labs.toolbar.export_menu)
