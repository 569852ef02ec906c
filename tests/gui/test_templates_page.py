"""The Templates page, as an instructor uses it: the list, deleting, the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from labdesk.engines.service import EngineUnavailable
from labdesk.engines.simulation import Latencies
from labdesk.ui.pages.templates.rows import TemplateColumn, cell_text
from tests.gui.page_world import at_rest, click, focusable, press, until, write
from tests.gui.templates_world import OTHER, WEB, open_page, page_of, retype, shown, stored, word
from tests.gui.window_world import NEVER_MS, WindowWorld, play

# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_says_which_images_are_there_and_how_many_labs_use_them(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(OTHER)
        await world.create_running("Ada Lovelace")
        await world.create("Grace Hopper", minutes_from_now=30)
        page = await open_page(world)
        await until(lambda: page.model.total == 2 and word(page) == "Present")
        await until(lambda: word(page, "default/shell") == "Missing")
        row = page.model.row(WEB)
        assert row is not None
        assert cell_text(row, TemplateColumn.LABS) == "1 running, 1 waiting"
        assert {tab: page.toolbar.tabs.count(tab) for tab in ("all", "used", "missing")} == {
            "all": 2, "used": 1, "missing": 1,
        }  # fmt: skip

    play(tmp_path, story)


def test_a_lab_that_is_being_prepared_is_not_said_to_run(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.engine.latencies = Latencies(pull=3600.0)
        page = await open_page(world)
        await world.create("Ada Lovelace")
        await until(lambda: world.phase("Ada Lovelace") == "PROVISIONING")

        def labs() -> str:
            row = page.model.row(WEB)
            return cell_text(row, TemplateColumn.LABS) if row else ""

        await until(lambda: labs() == "1 waiting")

    play(tmp_path, story, images=[], registry=["busybox:1.36"])


def test_the_counts_follow_the_labs(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        await world.create("Ada Lovelace", minutes_from_now=30)

        def labs() -> str:
            row = page.model.row(WEB)
            return cell_text(row, TemplateColumn.LABS) if row else ""

        await until(lambda: labs() == "1 waiting")
        await world.desk.commands.stop_async([world.row("Ada Lovelace").key])
        await until(lambda: labs() == "—")

    play(tmp_path, story)


def test_tabs_and_search_narrow_and_one_button_shows_all_again(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(OTHER)
        page = await open_page(world)
        await until(lambda: word(page, "default/shell") == "Missing")
        page.toolbar.tabs.choose("missing")
        assert shown(page) == ["shell"]
        page.toolbar.search.set_text("zebra")
        assert page.none_found.isVisible()
        button = page.none_found.findChild(QAbstractButton)
        assert isinstance(button, QAbstractButton)
        button.click()
        assert shown(page) == ["shell", "web"]

    play(tmp_path, story)


def test_without_an_engine_nothing_is_claimed_and_it_is_asked_again_when_it_is_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Present")
        world.engine.reachable = False
        world.desk.engine_monitor.report_failure(EngineUnavailable("Docker is not running; start it."))
        await until(lambda: word(page) == "Unknown")
        assert not page.panel.image_card.pull_button.isEnabled()
        assert "Waits for the engine" in page.panel.image_card.pull_button.toolTip()
        world.engine.reachable = True
        world.desk.engine_monitor.retry_now()
        await until(lambda: word(page) == "Present")

    play(tmp_path, story)


def test_the_command_field_finds_a_template(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await until(lambda: page_of(world).model.total > 0)
        press(world.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        field = world.window.top_bar.field.edit
        write(field, "busybox")
        press(field, Qt.Key.Key_Return)
        assert world.window.current_page == "templates"
        assert page_of(world).panel.title.text == "web"

    play(tmp_path, story, every_page=True)


def test_the_template_looked_at_last_is_shown_again(tmp_path: Path) -> None:
    async def leave(world: WindowWorld) -> None:
        await open_page(world, WEB)

    async def come_back(world: WindowWorld) -> None:
        page = await open_page(world)
        assert page.panel.isVisible()
        assert page.editor.subject == WEB

    play(tmp_path, leave)
    play(tmp_path, come_back)


def test_what_was_not_saved_is_there_again_in_the_next_window(tmp_path: Path) -> None:
    async def leave(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        retype(page.editor.form.memory, "1Gi")
        page.new_template()
        write(page.editor.form.name, "begun")

    async def come_back(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        row = page.model.row(WEB)
        assert row is not None
        assert row.edited
        assert page.editor.form.memory.text() == "1Gi"
        page.new_template()
        assert page.editor.form.name.text() == "begun"
        assert (await stored(world)).spec.resources.memory == "512Mi"

    play(tmp_path, leave)
    play(tmp_path, come_back)


def test_editing_and_deleting_mark_a_template_and_move_no_column(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Present")

        def widths() -> list[int]:
            return [page.view.columnWidth(column) for column in TemplateColumn]

        def told(role: Qt.ItemDataRole) -> str:
            return str(page.model.index(page.model.position(WEB), TemplateColumn.NAME).data(role))

        before = await at_rest(widths)
        retype(page.editor.form.memory, "1Gi")
        await until(lambda: told(Qt.ItemDataRole.AccessibleTextRole) == "web, Edited, not saved")
        assert told(Qt.ItemDataRole.ToolTipRole).endswith("Edited, not saved")
        assert widths() == before
        page.editor.revert()
        assert told(Qt.ItemDataRole.AccessibleTextRole) == "web"
        world.trigger("template.delete")
        await until(lambda: told(Qt.ItemDataRole.AccessibleTextRole) == "web, Deleting …")
        assert widths() == before

    play(tmp_path, story)


def test_a_template_says_why_its_name_is_not_to_be_changed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        name = page.editor.form.name
        assert name.accessibleDescription() == "A template keeps its name; a duplicate can have another one."
        page.new_template()
        assert name.accessibleDescription() == "Lower-case letters, digits and hyphens."

    play(tmp_path, story)


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_a_template_is_deleted_after_a_time_for_undo(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        press(page.view, Qt.Key.Key_Delete)
        await until(lambda: world.toasts == ["Deleting web …"])
        row = page.model.row(WEB)
        assert row is not None
        assert row.remark == "Deleting …"
        world.click_undo()
        row = page.model.row(WEB)
        assert row is not None
        assert row.remark == ""
        world.trigger("template.delete")
        await until(lambda: world.toasts == ["Deleting web …"])
        world.window.toasts.finish_all()
        await until(lambda: page.model.total == 0)
        assert not page.panel.isVisible()
        assert page.empty.isVisible()

    play(tmp_path, story)


def test_a_template_that_waiting_labs_use_is_refused_at_once(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        page = await open_page(world, WEB)
        world.trigger("template.delete")
        await until(lambda: world.toasts)
        assert "1 lab not running yet uses the template web" in world.toasts[0]
        assert page.model.total == 1

    play(tmp_path, story)


# --- the keyboard -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", ["form", "yaml", "changes"])
def test_tab_reaches_every_part_and_every_part_has_a_name(tmp_path: Path, tab: str) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        click(page.editor.form.env.add_button)
        write(page.editor.form.env.rows[-1].controls()[0], "NAME")
        page.editor.tabs.choose(tab)
        nameless = [type(widget).__name__ for widget in focusable(page) if not widget.accessibleName()]
        assert nameless == []
        wanted = {
            widget
            for widget in focusable(page)
            if not (isinstance(widget, QAbstractButton) and widget.group() is not None and not widget.isChecked())
        }
        reached: set[QWidget | None] = set()
        page.view.setFocus()
        for _ in range(3 * len(wanted) + 20):
            current = world.window.focusWidget()
            reached.add(current)
            press(current or world.window, Qt.Key.Key_Tab)
        assert {widget.accessibleName() for widget in wanted - reached} == set()

    play(tmp_path, story, hold_milliseconds=NEVER_MS)


def test_a_new_row_is_between_its_neighbours_for_the_keyboard(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        env = page.editor.form.env
        click(env.add_button)
        first, second = env.rows
        stops = [*first.controls(), *second.controls(), env.add_button]
        stops[0].setFocus()
        for expected in stops[1:]:
            press(world.window.focusWidget() or world.window, Qt.Key.Key_Tab)
            assert world.window.focusWidget() is expected

    play(tmp_path, story)


def test_where_there_is_little_room_the_tabs_stay_whole_in_a_row_of_their_own(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        toolbar = (await open_page(world, WEB)).toolbar
        for width, in_one_row in ((1600, True), (1024, False), (1366, True)):
            world.window.resize(width, 700)
            await until(lambda one=in_one_row: (toolbar.search.y() < toolbar.tabs.geometry().bottom()) is one)
            assert all(tab.width() >= tab.sizeHint().width() for tab in toolbar.tabs.buttons())

    play(tmp_path, story)
