"""Closing the window while labs run."""

from __future__ import annotations

from labdesk.ui.closing.outlook import outlook_of
from tests.screens.scenes import scene
from tests.screens.stage import Stage
from tests.screens.world import NOW


def _ask(stage: Stage) -> None:
    assert stage.assembly is not None
    stage.window.activateWindow()
    stage.window.show_page("labs")
    stage.assembly.closing.sheet.ask(outlook_of(stage.labs.model.rows(), NOW.timestamp()))


@scene("closing")
async def closing(stage: Stage) -> None:
    _ask(stage)


@scene("closing-failed")
async def closing_failed(stage: Stage) -> None:
    _ask(stage)
    assert stage.assembly is not None
    sheet = stage.assembly.closing.sheet
    sheet.show_busy()
    sheet.show_problem("“labdesk serve” did not come up: The store is on a network drive.")
