"""The New lab panel over a whole desk."""

from __future__ import annotations

from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.panels.image_book import ImageBook
from labdesk.ui.panels.new_lab.draft import DraftField
from labdesk.ui.panels.new_lab.panel import NewLabPanel
from tests.gui.page_world import PageWorld, show


async def open_panel(world: PageWorld) -> NewLabPanel:
    model = LabTableModel(world.context.times)
    world.context.bridge.labs_listed.connect(model.load)
    world.context.bridge.labs_changed.connect(model.apply)
    images = ImageBook(world.context.engine, world.context.engine_monitor, world.context.tasks, model)
    panel = NewLabPanel(world.context, world.shelf, model, lambda: world.desk.access, images)
    await show(world, panel, 400)
    panel.open_for()
    return panel


def problem(panel: NewLabPanel, field: DraftField) -> str:
    return panel.problem_of(field)
