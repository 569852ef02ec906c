"""The Events page: the log, one event, filters, search by words and by expression, the bars, nothing found."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from labdesk.ui.pages.events.page import EventsPage
from tests.screens.scenes import scene
from tests.screens.stage import Stage


@scene("events")
async def events(stage: Stage) -> None:
    stage.window.show_page("events")


@scene("events-empty", morning=False)
async def events_empty(stage: Stage) -> None:
    stage.window.show_page("events")


@scene("events-detail")
async def events_detail(stage: Stage) -> None:
    page = await _events_page(stage)
    page.view.choose(3)


@scene("events-filtered")
async def events_filtered(stage: Stage) -> None:
    page = await _events_page(stage)
    page.toolbar.type_action.setChecked(True)
    page.toolbar.search.set_text("python-intro")


@scene("events-match")
async def events_match(stage: Stage) -> None:
    page = await _events_page(stage)
    page.toolbar.search.set_text("turing")
    await stage.settle_async()
    page.reader.step(1)
    page.reader.step(1)


@scene("events-course")
async def events_course(stage: Stage) -> None:
    page = await _events_page(stage)
    chip = page.toolbar.filter_chips["course"]
    chip.click()
    await stage.settle_async()
    chip.chooser.list.ticked.emit(0)
    stage.overlays.append(chip.chooser)


@scene("events-labs")
async def events_labs(stage: Stage) -> None:
    page = await _events_page(stage)
    page.toolbar.filter_chips["type"].changed.emit(("labinstancerequest.status_updated",))
    page.toolbar.filter_chips["type"].set_values(("labinstancerequest.status_updated",))
    chip = page.toolbar.filter_chips["lab"]
    chip.click()
    stage.overlays.append(chip.chooser)


@scene("events-pattern")
async def events_pattern(stage: Stage) -> None:
    page = await _events_page(stage)
    page.toolbar.search.pattern_button.click()
    page.toolbar.search.set_text("^(ready|ended)")
    await stage.settle_async()
    page.searching.show_progress("Searching: 340,000 of 1,000,000 events", 34, 100)


@scene("events-pattern-wrong")
async def events_pattern_wrong(stage: Stage) -> None:
    page = await _events_page(stage)
    page.toolbar.search.pattern_button.click()
    page.toolbar.search.set_text("(ready|ended")


@scene("events-week")
async def events_week(stage: Stage) -> None:
    page = await _events_page(stage)
    page.histogram.spans.choose("7d")
    await stage.settle_async()
    bars = page.histogram
    QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=QPoint(bars.width() - 60, 50))
    QTest.mouseMove(bars, QPoint(bars.width() - 12, 50))
    QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=QPoint(bars.width() - 12, 50))


@scene("events-export")
async def events_export(stage: Stage) -> None:
    page = await _events_page(stage)
    page.toolbar.more.click()
    stage.overlays.append(page.toolbar.menu)


@scene("events-none-found")
async def events_none_found(stage: Stage) -> None:
    page = await _events_page(stage)
    page.toolbar.search.set_text("zebra")


@scene("events-paused")
async def events_paused(stage: Stage) -> None:
    page = await _events_page(stage)
    page.toolbar.follow.click()


@scene("events-failed-lab")
async def events_failed_lab(stage: Stage) -> None:
    page = await _events_page(stage)
    page.show_only_lab("turing-python-intro")
    await stage.settle_async()
    page.view.choose(0)


async def _events_page(stage: Stage) -> EventsPage:
    stage.window.show_page("events")
    await stage.settle_async()
    page = stage.window.page("events")
    assert isinstance(page, EventsPage)
    return page
