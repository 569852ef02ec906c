"""The Events page over a whole desk, and events to show on it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from labdesk.store.writes import NewEvent
from labdesk.ui.pages.events.model import EventColumn
from labdesk.ui.pages.events.page import EventsPage
from tests.gui.page_world import PageWorld, click, show, until


async def open_page(world: PageWorld) -> EventsPage:
    page = EventsPage(world.context)
    await show(world, page)
    page.activate()
    await until(lambda: page.toolbar.chips["info"].accessibleName() != "Info")
    await until(lambda: page.model.rowCount() or page.empty.heading)
    return page


async def write(
    world: PageWorld,
    *messages: str,
    severity: str = "info",
    lab: str = "ada-web",
    ago: timedelta = timedelta(minutes=1),
    **tokens: str,
) -> None:
    """Add events of a while ago to the journal; the bus tells the page of them."""
    await world.desk.store.journal.append_async(
        [
            NewEvent(
                type="labinstancerequest.status_updated",
                subject=f"default/{lab}",
                time=world.desk.clock.now() - ago,
                severity=severity,
                reason="Told",
                message=message,
                data={"student": "Ada Lovelace"},
                tokens={"lab": lab, **tokens},
            )
            for message in messages
        ]
    )


def sentences(page: EventsPage) -> list[str]:
    return [str(page.model.index(row, EventColumn.SENTENCE).data()) for row in range(page.model.rowCount())]


def chips(page: EventsPage) -> list[str]:
    return [chip.accessibleName() for chip in page.toolbar.chips.values()]


def click_row(page: EventsPage, row: int) -> None:
    center = page.view.visualRect(page.model.index(row, EventColumn.SENTENCE)).center()
    click(page.view.viewport(), center)


def choose_file(page: EventsPage, file: Path) -> None:
    """Choose in the open dialog as a person does."""
    dialog = page.exports.dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(file))
    dialog.close()
