"""Choosing a template in the New lab panel, and what it says of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from labdesk.config import AccessMode
from labdesk.engines.service import ImagePullError, ProgressHandler
from labdesk.ui.panels.new_lab.draft import DraftField
from labdesk.ui.panels.template_gallery import TemplateGallery
from tests.gui.new_lab_world import open_panel, problem
from tests.gui.page_world import TEMPLATE, PageWorld, click, play, press, show, until, write

pytestmark = pytest.mark.usefixtures("qtbot")


def test_labs_that_must_fail_are_not_created_and_the_reason_stands_at_their_template(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        web = "apiVersion: labdesk/v1\nkind: LabTemplate\nmetadata: {name: web}\n"
        spec = "spec: {image: 'busybox:1.36', ports: [{name: http, containerPort: 80}], env: {P: '%s'}}"
        await world.desk.commands.apply_async(web + spec % "")
        await until(lambda: world.shelf.template("default/web") is not None)
        world.desk.use_access(AccessMode.MY_NETWORK)
        panel = await open_panel(world)
        panel.gallery.choose("default/web")
        write(panel.students, "ada@example.edu")
        said = problem(panel, DraftField.TEMPLATE)
        assert said.startswith("The template web is open to the network but asks for no password; use {{lab.password}}")
        assert not panel.create_button.isEnabled()
        assert panel.create_button.toolTip() == said
        press(panel.students, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert not panel.is_busy
        panel.gallery.choose("default/shell")
        assert panel.create_button.isEnabled()
        panel.gallery.choose("default/web")
        await world.desk.commands.apply_async(web + spec % "{{lab.password}}")
        await until(panel.create_button.isEnabled)
        assert problem(panel, DraftField.TEMPLATE) == ""
        assert await world.labs() == []

    play(tmp_path, story)


def test_the_choice_survives_a_change_of_templates(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("notebook", "shell")
        panel = await open_panel(world)
        panel.gallery.choose("default/shell")
        await world.add_templates("database")
        assert [card.facts.name for card in panel.gallery.cards] == ["database", "notebook", "shell"]
        assert panel.gallery.current == "default/shell"

    play(tmp_path, story)


def test_many_templates_can_be_searched(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates(*(f"kind-{letter}" for letter in "abcdefgh"))
        panel = await open_panel(world)
        panel.gallery.search.set_text("kind-c")
        assert [card.facts.name for card in panel.gallery.cards if card.isVisible()] == ["kind-c"]

    play(tmp_path, story)


def test_tab_goes_through_the_form_from_the_top_and_stops_at_the_chosen_card(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        panel = await open_panel(world)
        await world.add_templates(*(f"kind-{letter}" for letter in "bcdefgh"))
        await world.add_templates("kind-a")
        cards = panel.gallery.cards
        click(cards[2])
        panel.gallery.search.edit.setFocus()
        reached = []
        for _ in range(4):
            press(world.window.focusWidget() or panel, Qt.Key.Key_Tab)
            reached.append(world.window.focusWidget())
        assert reached[:2] == [cards[2], panel.students]
        cards[2].setFocus()
        press(cards[2], Qt.Key.Key_Down)
        assert (world.window.focusWidget(), panel.gallery.current) == (cards[3], "default/kind-d")
        press(cards[3], Qt.Key.Key_Tab)
        assert world.window.focusWidget() is panel.students

    play(tmp_path, story)


def test_tab_comes_to_the_card_that_is_seen_first_whenever_it_came_and_then_to_what_stands_below(
    tmp_path: Path,
) -> None:
    async def story(world: PageWorld) -> None:
        before, gallery, after = QLineEdit(), TemplateGallery(world.theme), QLineEdit()
        world.shelf.changed.connect(lambda: gallery.set_templates(world.shelf.facts))
        form = QWidget()
        column = QVBoxLayout(form)
        for part in (before, gallery, after):
            column.addWidget(part)
        await show(world, form)

        def stops() -> list[QWidget | None]:
            before.setFocus()
            reached: list[QWidget | None] = [before]
            for _ in range(2):
                press(reached[-1] or form, Qt.Key.Key_Tab)
                reached.append(world.window.focusWidget())
            return reached

        await world.add_templates("kind-c")
        assert stops() == [before, gallery.cards[0], after]
        await world.add_templates("kind-b", "kind-d")
        await world.add_templates("kind-a")
        assert stops() == [before, gallery.cards[0], after]
        gallery.choose("default/kind-c")
        assert stops() == [before, gallery.cards[2], after]
        await world.desk.commands.apply_async(TEMPLATE.replace("For the first steps", "Changed") % "kind-c")
        await until(lambda: gallery.cards[2].facts.description == "Changed.")
        assert stops() == [before, gallery.cards[2], after]

    play(tmp_path, story)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Down])
def test_enter_and_down_lead_from_the_search_to_the_first_template_found(tmp_path: Path, key: Qt.Key) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates(*(f"kind-{letter}" for letter in "abcdefgh"))
        panel = await open_panel(world)
        panel.gallery.choose("default/kind-a")
        panel.gallery.search.edit.setFocus()
        write(panel.gallery.search.edit, "kind-f")
        press(panel.gallery.search.edit, key)
        assert panel.gallery.current == "default/kind-f"
        assert world.window.focusWidget() is panel.gallery.cards[5]

    play(tmp_path, story)


def test_the_template_made_or_used_last_is_chosen_unless_the_form_is_half_filled(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("notebook", "shell")
        panel = await open_panel(world)
        assert panel.gallery.current == ""
        panel.gallery.choose("default/shell")
        panel.students.setPlainText("ada@example.edu")
        click(panel.create_button)
        await until(lambda: not panel.is_busy and len(panel._labs.rows()) == 1)
        panel.gallery.choose("default/notebook")
        panel.open_for()
        assert panel.gallery.current == "default/shell"
        await world.add_templates("made-last")
        panel.open_for()
        assert panel.gallery.current == "default/made-last"
        panel.gallery.choose("default/notebook")
        panel.students.setPlainText("grace@example.edu")
        panel.open_for()
        assert panel.gallery.current == "default/notebook"

    play(tmp_path, story)


def test_an_image_that_the_engine_lacks_is_told_of_before_labs_are_created(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        await until(lambda: panel.preview.outlook_text == "The engine does not have the image yet: it is pulled first.")
        panel.students.setPlainText("ada@example.edu")
        await until(lambda: panel.preview.outlook_text.endswith("it is pulled first. There is room for it."))
        world.engine.images.add("busybox:1.36")
        panel.hide()
        panel.show()
        await until(lambda: panel.preview.outlook_text == "There is room for it.")

    play(tmp_path, story, images=[])


def test_a_pull_that_was_refused_to_labs_is_told_of_with_the_reason(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        async def pull(image: str, on_progress: ProgressHandler) -> None:
            raise ImagePullError(f"pull access denied for {image}", image=image)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        await world.add_templates("shell")
        panel = await open_panel(world)
        panel.students.setPlainText("ada@example.edu")
        click(panel.create_button)
        await until(lambda: any(row.phase == "FAILED" for row in panel._labs.rows()))
        panel.show()
        said = "The last pull of the image failed: Pull access denied for busybox:1.36."
        await until(lambda: panel.preview.outlook_text == said)

    play(tmp_path, story, images=[])
