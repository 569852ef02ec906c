"""Narrowing the labs: templates, courses and labels, with what is wrong said where it was typed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.students import Student
from labdesk.ui.pages.labs.filter_bar import LabFilterBar
from labdesk.ui.widgets.filter_chip import FilterChip
from labdesk.ui.widgets.labels import ElidedLabel
from tests.gui.page_world import click, press, until, write
from tests.gui.window_world import WindowWorld, play


async def create(world: WindowWorld, name: str, **labels: str) -> None:
    given = {COURSE_LABEL if key == "course" else key: value for key, value in labels.items()}
    start = world.desk.clock.now().replace(year=world.desk.clock.now().year + 1)
    student = Student(f"{name.lower()}@example.edu", name)
    await world.desk.commands.create_labs_async("web", [student], start, 60, labels=given)
    await until(lambda: name in {row.student for row in world.labs.model.rows()})


def shown(world: WindowWorld) -> list[str]:
    return [world.labs.model.row_at(place).student for place in range(world.labs.model.rowCount())]


def open_bar(world: WindowWorld) -> LabFilterBar:
    click(world.labs.toolbar.filter_button)
    assert world.labs.toolbar.filters.isVisible()
    return world.labs.toolbar.filters


def choose(chip: FilterChip, value: str) -> None:
    """Open a chip's list and tick a value with the keyboard."""
    click(chip)
    values = [one for one, _count in chip.chooser.model.shown]
    chip.chooser.list.setCurrentIndex(chip.chooser.model.index(values.index(value)))
    press(chip.chooser.list, Qt.Key.Key_Space)
    chip.chooser.close()


def test_a_course_is_chosen_from_those_there_are(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "Ada", course="art")
        await create(world, "Bob", course="bio")
        bar = open_bar(world)
        choose(bar.courses_chip, "bio")
        assert shown(world) == ["Bob"]
        assert world.labs.toolbar.filter_button.text() == "Filter 1"
        await create(world, "Cleo", course="art")
        await create(world, "Ben", course="bio")
        assert shown(world) == ["Bob", "Ben"]
        choose(bar.templates_chip, "web")
        assert world.labs.toolbar.filter_button.text() == "Filter 2"

    play(tmp_path, story)


def test_a_label_selector_narrows_as_it_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "Ada", tier="gold")
        await create(world, "Bob", tier="tin", old="yes")
        await create(world, "Cleo")
        bar = open_bar(world)
        bar.labels.setFocus()
        write(bar.labels, "tier in (gold, tin), !old")
        await until(lambda: shown(world) == ["Ada"])
        bar.labels.clear()
        await until(lambda: shown(world) == ["Ada", "Bob", "Cleo"])

    play(tmp_path, story)


def test_a_selector_that_cannot_be_read_is_told_beside_it_and_hides_nothing(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "Ada", tier="gold")
        await create(world, "Bob")
        bar = open_bar(world)
        bar.set_labels("tier=gold")
        assert shown(world) == ["Ada"]
        press(bar.labels, Qt.Key.Key_End)
        write(bar.labels, ", size in (")
        await until(lambda: bar.problem)
        assert bar.problem.startswith("Cannot read 'size in ('")
        assert bar.labels.accessibleDescription() == bar.problem
        assert shown(world) == ["Ada"]
        bar.set_labels("tier=gold, size")
        assert bar.problem == ""
        assert shown(world) == []

    play(tmp_path, story)


def test_show_all_takes_every_narrowing_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "Ada", course="art", tier="gold")
        await create(world, "Bob", course="bio")
        bar = open_bar(world)
        choose(bar.courses_chip, "art")
        bar.set_labels("tier")
        world.labs.toolbar.search.set_text("nobody")
        assert world.labs.empty.heading == "No lab matches"
        click(world.labs.empty.button)
        assert shown(world) == ["Ada", "Bob"]
        assert (bar.count, bar.labels.text(), world.labs.toolbar.search.text) == (0, "", "")

    play(tmp_path, story)


def test_tab_and_filters_come_back_with_the_next_window_but_not_the_search(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "Ada", course="art", tier="gold")
        await create(world, "Bob", course="art")
        bar = open_bar(world)
        choose(bar.courses_chip, "art")
        bar.set_labels("tier=gold")
        world.labs.toolbar.tabs.choose("upcoming")
        world.labs.toolbar.search.set_text("nobody")

    async def again(world: WindowWorld) -> None:
        await until(lambda: world.labs.model.total == 2)
        assert shown(world) == ["Ada"]
        assert world.labs.toolbar.tabs.current == "upcoming"
        assert world.labs.toolbar.filters.isVisible()
        assert world.labs.toolbar.filters.labels.text() == "tier=gold"

    play(tmp_path, story)
    play(tmp_path, again)


def test_a_long_selector_is_seen_whole_where_there_is_room_and_what_is_wrong_with_it_too(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await create(world, "Ada")
        bar = open_bar(world)
        await until(lambda: bar.labels.width() > 200)
        before = bar.labels.width()
        text = "labdesk/session in (databases-1040, databases-1100, databases-1120)"
        bar.set_labels(text)
        await until(lambda: bar.labels.width() > bar.labels.fontMetrics().horizontalAdvance(text))
        bar.set_labels("tier in (gold")
        await until(lambda: bar.labels.width() <= before)
        problem = next(one for one in bar.findChildren(ElidedLabel) if one.text == bar.problem)
        await until(lambda: problem.fontMetrics().horizontalAdvance(bar.problem) <= problem.width())

    play(tmp_path, story)
