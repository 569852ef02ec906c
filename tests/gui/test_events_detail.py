"""One event in full: opened, copied, gone on from, and kept in place."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import ANY

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from labdesk.labs.students import Student
from labdesk.ui.pages.events.json_view import JsonView
from labdesk.ui.pages.events.model import EventColumn
from tests.gui.events_world import click_row, open_page, sentences, write
from tests.gui.page_world import PageWorld, click, play, press, until

pytestmark = pytest.mark.usefixtures("qtbot")


def test_an_event_opens_in_full_and_can_be_copied(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        await world.add_templates("shell")
        await world.desk.commands.create_labs_async("shell", [Student("ada@example.edu", "Ada Lovelace")], None, 60)
        await until(lambda: "Ada Lovelace: Ready." in sentences(page))
        assert not page.detail.isVisible()
        click_row(page, sentences(page).index("Ada Lovelace: Ready."))
        assert page.detail.isVisible()
        assert page.detail.title.text == "Ada Lovelace"
        assert page.detail.sentence_text == "Ready."
        assert page.detail.transition_text == "Provisioning → Running"
        click(page.detail.copy_button)
        copied = json.loads(world.desktop.copied[-1])
        assert copied["type"] == "labinstancerequest.status_updated"
        assert copied["subject"] == "default/ada-lovelace-shell"
        assert (copied["data"]["oldPhase"], copied["data"]["phase"]) == ("PROVISIONING", "RUNNING")
        assert page.detail.json_text == world.desktop.copied[-1]
        press(page.detail, Qt.Key.Key_Escape)
        assert not page.detail.isVisible()
        assert page.view.hasFocus()

    play(tmp_path, story)


@pytest.mark.parametrize("width", [1198, 930])
def test_opening_an_event_moves_nothing_beneath_the_pointer(tmp_path: Path, width: int) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        page.resize(width, 700)
        await until(lambda: page.model.rowCount() == 2 and page.width() == width)
        await until(lambda: page.toolbar.height() == page.toolbar.sizeHint().height() < page.histogram.y())
        before = page.view.mapTo(page, QPoint(0, 0)).y()
        click_row(page, 1)
        await until(page.detail.isVisible)
        await until(lambda: page.detail.height() == page.height())
        assert page.view.mapTo(page, QPoint(0, 0)).y() == before
        assert page.toolbar.search.geometry().right() <= page.toolbar.width()

    play(tmp_path, story)


def test_a_broken_line_of_the_cloud_event_goes_on_further_in(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "It is over.")
        page = await open_page(world)
        click_row(page, 0)
        await until(page.detail.isVisible)
        view = page.detail.findChild(JsonView)
        assert view is not None
        block = view.document().begin().next()  # `  "specversion": "1.0",`
        margin, indent = block.blockFormat().leftMargin(), block.blockFormat().textIndent()
        assert margin == -indent > 0
        assert block.next().next().blockFormat().leftMargin() == margin  # as deep, and as far in
        assert view.height() >= view.document().size().height()
        assert 'It is over."' in view.toPlainText()  # no place to break between a sentence and what closes it
        view.selectAll()
        QTest.keySequence(view, QKeySequence.StandardKey.Copy)
        assert world.desktop.copied == [page.detail.json_text]
        assert json.loads(page.detail.json_text)["data"] == {"reason": "Told", "message": "It is over.", "student": ANY}

    play(tmp_path, story)


def test_from_an_event_to_its_lab_or_to_all_events_of_that_lab(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        labs = await world.desk.commands.create_labs_async(
            "shell", [Student("ada@example.edu", "Ada"), Student("grace@example.edu", "Grace")], None, 60
        )
        page = await open_page(world)
        await until(lambda: "Grace: Ready." in sentences(page))
        click_row(page, sentences(page).index("Grace: Ready."))
        click(page.detail.show_lab_button)
        await until(lambda: world.navigated)
        assert world.navigated == [("labs", labs[1].metadata.uid)]
        click(page.detail.only_lab_button)
        await until(lambda: page.model.rowCount() and all("ada" not in line.lower() for line in sentences(page)))
        chip = page.toolbar.filter_chips["lab"]
        assert chip.accessibleName() == "Lab: grace-shell"
        press(chip, Qt.Key.Key_Delete)
        await until(lambda: any(line.startswith("Ada") for line in sentences(page)))
        assert (chip.accessibleName(), chip.isChecked()) == ("Lab", False)

    play(tmp_path, story)


def test_the_chosen_event_stays_chosen_while_others_come(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one", "two")
        page = await open_page(world)
        await until(lambda: page.model.rowCount() == 2)
        click_row(page, 1)
        await write(world, "three")
        await until(lambda: page.model.rowCount() == 3)
        assert page.view.currentIndex().row() == 2
        assert page.view.currentIndex().siblingAtColumn(EventColumn.SENTENCE).data() == "Ada Lovelace: one"
        assert page.detail.sentence_text == "one"

    play(tmp_path, story)
