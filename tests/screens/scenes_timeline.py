"""The Timeline page: a morning close and far, as a table, many labs, none, and trouble."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from labdesk.labs.students import Student
from labdesk.ui.pages.timeline.page import TimelinePage
from tests.screens.scenes import labs_empty, scene
from tests.screens.stage import Stage
from tests.screens.world import berlin


@scene("timeline")
async def timeline(stage: Stage) -> None:
    stage.window.show_page("timeline")


@scene("timeline-hover")
async def timeline_hover(stage: Stage) -> None:
    page = _timeline_page(stage)
    at = page.chart.body.topLeft() + QPoint(420, 100)
    page.chart.hovered.emit(stage.uid_of("Alan Turing"), at)


@scene("timeline-fit")
async def timeline_fit(stage: Stage) -> None:
    _timeline_page(stage).chart.fit()


@scene("timeline-table")
async def timeline_table(stage: Stage) -> None:
    _timeline_page(stage).show_table(True)


@scene("timeline-many")
async def timeline_many(stage: Stage) -> None:
    await _many_courses(stage)
    _timeline_page(stage)


@scene("timeline-many-fit")
async def timeline_many_fit(stage: Stage) -> None:
    await _many_courses(stage)
    page = _timeline_page(stage)
    page.chart.fit()
    await stage.settle_async()
    while page.chart.overview.is_busy:
        await stage.settle_async()


@scene("timeline-empty", morning=False)
async def timeline_empty(stage: Stage) -> None:
    await labs_empty(stage)
    _timeline_page(stage)


@scene("timeline-trouble", engine_away=True)
async def timeline_trouble(stage: Stage) -> None:
    page = _timeline_page(stage)
    page.chart.set_span(1_800)
    page.chart.show_lab(stage.uid_of("Margaret Hamilton"))


def _timeline_page(stage: Stage) -> TimelinePage:
    stage.window.show_page("timeline")
    page = stage.window.page("timeline")
    assert isinstance(page, TimelinePage)
    return page


async def _many_courses(stage: Stage) -> None:
    """Three courses over the day, 80 labs each."""
    assert stage.desk is not None
    commands = stage.desk.commands
    for number, course in enumerate(("cs-200", "ds-101", "it-110")):
        people = [Student(f"{course}-{n:03}@example.edu", f"Student {n:03}") for n in range(80)]
        start = berlin(f"{11 + 2 * number}:00")
        await commands.create_labs_async("web-basics", people, start, 90, labels={"labdesk/course": course})
    await stage.settle_async()
