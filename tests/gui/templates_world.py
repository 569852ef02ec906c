"""The Templates page over a whole window, and hands to use it with."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from labdesk.labs.template import LabTemplate
from labdesk.ui.pages.templates.page import TemplatesPage
from labdesk.ui.pages.templates.rows import presence_word
from tests.gui.page_world import until, write
from tests.gui.window_world import WindowWorld

WEB = "default/web"
OTHER = """
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: shell}
spec: {image: "alpine:3.20", resources: {memory: 64Mi}}
"""


def page_of(world: WindowWorld) -> TemplatesPage:
    page = world.window.page("templates")
    assert isinstance(page, TemplatesPage)
    return page


async def open_page(world: WindowWorld, subject: str = "") -> TemplatesPage:
    world.window.show_page("templates", subject)
    page = page_of(world)
    await until(lambda: page.model.total > 0)
    if subject:
        await until(page.panel.isVisible)
    return page


def shown(page: TemplatesPage) -> list[str]:
    return [page.model.row_at(place).facts.name for place in range(page.model.rowCount())]


def word(page: TemplatesPage, subject: str = WEB) -> str:
    row = page.model.row(subject)
    return presence_word(row.image) if row is not None else ""


async def stored(world: WindowWorld, name: str = "web") -> LabTemplate:
    template = await world.desk.store.get_async("LabTemplate", "default", name)
    assert isinstance(template, LabTemplate)
    return template


def retype(widget: QWidget, text: str) -> None:
    """Replace what a field says by typing."""
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(widget, Qt.Key.Key_Delete)
    write(widget, text)
