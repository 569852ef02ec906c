"""The Templates page, as an instructor uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from labdesk.engines.service import EngineUnavailable, ImagePullError, ProgressHandler, PullProgress
from labdesk.engines.simulation import Latencies
from labdesk.labs.template import LabTemplate
from labdesk.ui.pages.templates.drafts import NEW
from labdesk.ui.pages.templates.image_book import Presence
from labdesk.ui.pages.templates.page import TemplatesPage
from labdesk.ui.pages.templates.rows import TemplateColumn, cell_text, presence_word
from tests.gui.page_world import click, focusable, press, until, write
from tests.gui.window_world import NEVER_MS, WindowWorld, play

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
        await until(page.editor.isVisible)
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


# --- the list -----------------------------------------------------------------------------------------------------


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
        assert not page.editor.image_card.pull_button.isEnabled()
        assert "Waits for the engine" in page.editor.image_card.pull_button.toolTip()
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
        assert page_of(world).editor.title.text == "web"

    play(tmp_path, story)


def test_the_template_looked_at_last_is_shown_again(tmp_path: Path) -> None:
    async def leave(world: WindowWorld) -> None:
        await open_page(world, WEB)

    async def come_back(world: WindowWorld) -> None:
        page = await open_page(world)
        assert page.editor.isVisible()
        assert page.editor.subject == WEB

    play(tmp_path, leave)
    play(tmp_path, come_back)


# --- editing ------------------------------------------------------------------------------------------------------


def test_a_change_is_saved_and_undone(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        form = page.editor.form
        assert not page.editor.footer_part.save_button.isEnabled()
        retype(form.memory, "1Gi")
        row = page.model.row(WEB)
        assert row is not None
        assert row.edited
        form.memory.setFocus()
        press(form.memory, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: world.toasts == ["web saved"])
        assert (await stored(world)).spec.resources.memory == "1Gi"
        assert not page.editor.is_dirty
        world.click_undo()
        await until(lambda: form.memory.text() == "512Mi")
        assert (await stored(world)).spec.resources.memory == "512Mi"

    play(tmp_path, story)


def test_a_wrong_value_is_told_beside_its_field_while_it_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        form = page.editor.form
        retype(form.memory, "0Gi")
        assert form.fields["spec.resources.memory"].problem.startswith("Must be from 6 MiB to 1 TiB, not 0Gi")
        retype(form.ports.rows[0].controls()[1], "99999")
        assert form.fields["spec.ports"].problem == "Must be at most 65535, not 99999."
        click(page.editor.footer_part.save_button)
        assert (await stored(world)).spec.resources.memory == "512Mi"
        retype(form.memory, "1Gi")
        assert form.fields["spec.resources.memory"].problem == ""

    play(tmp_path, story)


def test_a_probe_of_a_port_that_is_not_there_is_told_at_the_probe(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        probe = page.editor.form.probe
        probe.kind.setCurrentIndex(probe.kind.findData("tcpSocket"))
        probe.kind.activated.emit(probe.kind.currentIndex())
        write(probe.port, "ssh")
        assert "no port of this template" in page.editor.form.fields["spec.readinessProbe"].problem
        retype(probe.port, "8080")
        click(page.editor.footer_part.save_button)
        await until(lambda: world.toasts == ["web saved"])
        saved = (await stored(world)).spec.readiness_probe
        assert saved is not None
        assert saved.tcp_socket is not None
        assert saved.tcp_socket.port == 8080

    play(tmp_path, story)


def test_a_new_template_by_keyboard_alone(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = page_of(world)
        await until(lambda: page.model.total > 0)
        press(world.window, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        form = page.editor.form
        await until(form.name.hasFocus)
        press(form.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert form.fields["metadata.name"].problem == "Must not be empty; call it something like python-intro."
        write(form.name, "web")
        assert "another template" in form.fields["metadata.name"].problem
        write(form.name, "-two")
        assert form.fields["metadata.name"].problem == ""
        write(form.image, "alpine:3.20")
        press(form.image, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: world.toasts == ["web-two created"])
        assert (await stored(world, "web-two")).spec.image == "alpine:3.20"
        assert page.view.current == "default/web-two"
        world.click_undo()
        await until(lambda: shown(page) == ["web"])

    play(tmp_path, story)


def test_what_was_typed_stays_while_another_template_is_looked_at(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(OTHER)
        page = await open_page(world, WEB)
        await until(lambda: page.model.total == 2)
        write(page.editor.form.description, "Unsaved")
        page.show_target("default/shell")
        assert page.editor.form.description.text() == ""
        page.new_template()
        write(page.editor.form.name, "begun")
        page.show_target(WEB)
        assert page.editor.form.description.text() == "Unsaved"
        page.new_template()
        assert page.editor.form.name.text() == "begun"
        click(page.editor.footer_part.revert_button)
        assert page.editor.form.name.text() == ""

    play(tmp_path, story)


def test_a_copy_opens_under_a_name_of_its_own(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        world.trigger("template.duplicate")
        assert page.editor.subject == NEW
        assert page.editor.form.name.text() == "web-copy"
        click(page.editor.footer_part.save_button)
        await until(lambda: world.toasts == ["web-copy created"])
        assert (await stored(world, "web-copy")).spec == (await stored(world)).spec

    play(tmp_path, story)


def test_a_change_from_elsewhere_is_shown_and_never_takes_away_what_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        form, footer = page.editor.form, page.editor.footer_part
        changed = (await stored(world)).with_spec(description="From elsewhere")
        await world.desk.store.update_async(await stored(world), changed)
        await until(lambda: form.description.text() == "From elsewhere")
        retype(form.description, "Typed here")
        changed = (await stored(world)).with_spec(description="Once more")
        await world.desk.store.update_async(await stored(world), changed)
        await until(lambda: "changed elsewhere" in footer.news)
        assert form.description.text() == "Typed here"
        click(footer.theirs_button)
        assert form.description.text() == "Once more"
        assert footer.news == ""

    play(tmp_path, story)


def test_yaml_is_reviewed_as_a_diff_before_it_is_saved(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        editor = page.editor
        click(editor.tabs.button("yaml"))
        text = editor.yaml.toPlainText()
        assert "image: busybox:1.36" in text
        editor.yaml.setPlainText(text.replace("busybox:1.36", "busybox:1.37"))
        click(editor.footer_part.save_button)
        assert editor.tabs.current == "changes"
        assert "+  image: busybox:1.37" in editor.diff.toPlainText()
        assert (await stored(world)).spec.image == "busybox:1.36"
        click(editor.footer_part.save_button)
        await until(lambda: world.toasts == ["web saved"])
        assert (await stored(world)).spec.image == "busybox:1.37"

    play(tmp_path, story)


def test_yaml_that_cannot_be_read_stays_and_says_where_it_is_wrong(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        editor = page.editor
        click(editor.tabs.button("yaml"))
        editor.yaml.setPlainText("spec: [\n")
        assert "line 2" in editor.problem_text.lower()
        click(editor.tabs.button("form"))
        assert editor.tabs.current == "yaml"
        assert editor.yaml.toPlainText() == "spec: [\n"
        click(editor.footer_part.revert_button)
        assert "image: busybox:1.36" in editor.yaml.toPlainText()

    play(tmp_path, story)


def test_what_the_form_does_not_show_survives_it(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(
            "{apiVersion: labdesk/v1, kind: LabTemplate, metadata: {name: web, labels: {team: a}}, spec: {image: 'a:1',"
            " readinessProbe: {exec: {command: [test, -e, 'a b']}, periodSeconds: 3}, env: {TEXT: \"a\\nb\"}}}"
        )
        page = await open_page(world, WEB)
        await until(lambda: page.editor.form.image.text() == "a:1")
        write(page.editor.form.description, "New")
        click(page.editor.footer_part.save_button)
        await until(lambda: world.toasts == ["web saved"])
        template = await stored(world)
        assert template.metadata.labels == {"team": "a"}
        assert template.spec.env == {"TEXT": "a\nb"}
        probe = template.spec.readiness_probe
        assert probe is not None
        assert probe.exec is not None
        assert (probe.exec.command, probe.period_seconds) == (("test", "-e", "a b"), 3)

    play(tmp_path, story)


# --- deleting -----------------------------------------------------------------------------------------------------


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
        assert not page.editor.isVisible()
        assert page.empty.isVisible()

    play(tmp_path, story)


def test_a_template_that_waiting_labs_use_is_refused_at_once(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        page = await open_page(world, WEB)
        world.trigger("template.delete")
        await until(lambda: world.toasts)
        assert "1 waiting lab uses the template web" in world.toasts[0]
        assert page.model.total == 1

    play(tmp_path, story)


# --- images -------------------------------------------------------------------------------------------------------


def test_a_pull_shows_how_far_it_is_and_brings_the_image(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        seen: set[str] = set()
        page.images.changed.connect(lambda _image: seen.add(word(page)))
        press(page.view, Qt.Key.Key_P)
        await until(lambda: word(page) == "Present")
        assert any(text.startswith("Pulling") and text.endswith("%") for text in seen)
        assert "busybox:1.36" in world.engine.images

    play(tmp_path, story, images=[], latencies=Latencies(pull=0.2))


def test_a_pull_can_be_cancelled(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        stopped: list[bool] = []

        async def pull(image: str, on_progress: ProgressHandler) -> None:
            on_progress(PullProgress(image, 30, 120))
            try:
                await asyncio.Event().wait()
            finally:
                stopped.append(True)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        card = page.editor.image_card
        click(card.pull_button)
        await until(lambda: word(page) == "Pulling 25 %")
        assert (card.progress.done, card.progress.total) == (30, 120)
        click(card.cancel_button)
        await until(lambda: word(page) == "Missing")
        assert stopped == [True]
        assert card.pull_button.isVisible()

    play(tmp_path, story, images=[])


def test_a_pull_that_is_cancelled_before_it_began_leaves_nothing_behind(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        page.images.pull("busybox:1.36")
        page.images.cancel("busybox:1.36")
        await until(lambda: word(page) == "Missing" and not page.images.is_pulled_here("busybox:1.36"))

    play(tmp_path, story, images=[])


def test_a_refused_pull_says_why_and_offers_another_try(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        async def pull(image: str, on_progress: ProgressHandler) -> None:
            raise ImagePullError(f"pull access denied for {image}", image=image)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        click(page.editor.image_card.pull_button)
        await until(lambda: word(page) == "Pull failed")
        assert page.editor.image_card.sentence == "Pull access denied for busybox:1.36."
        assert page.editor.image_card.pull_button.text() == "Try again"

    play(tmp_path, story, images=[])


def test_a_pull_for_waiting_labs_is_shown_but_not_to_be_cancelled_here(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        arrived = asyncio.Event()

        async def pull(image: str, on_progress: ProgressHandler) -> None:
            on_progress(PullProgress(image, 30, 120))
            await arrived.wait()
            world.engine.images.add(image)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        await world.create("Ada Lovelace")
        await until(lambda: page.images.state("busybox:1.36").presence is Presence.PULLING)
        assert not page.editor.image_card.cancel_button.isVisible()
        assert not page.editor.image_card.pull_button.isVisible()
        arrived.set()
        await until(lambda: word(page) == "Present")

    play(tmp_path, story, images=[])


# --- files --------------------------------------------------------------------------------------------------------


def test_a_template_goes_out_into_a_file_and_comes_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        file = tmp_path / "web.yaml"
        world.trigger("template.export")
        assert page.dialog is not None
        page.dialog.fileSelected.emit(str(file))
        page.dialog.close()
        await until(lambda: world.toasts == ["Exported to web.yaml"])
        file.write_text(file.read_text("utf-8").replace("busybox:1.36", "busybox:1.37"), "utf-8")
        world.trigger("template.import")
        page.dialog.fileSelected.emit(str(file))
        page.dialog.close()
        await until(lambda: page.editor.tabs.current == "changes")
        assert "+  image: busybox:1.37" in page.editor.diff.toPlainText()
        click(page.editor.footer_part.save_button)
        await until(lambda: "web saved" in world.toasts)

    play(tmp_path, story)


def test_several_imported_templates_come_all_or_none_and_can_be_taken_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        before = (await stored(world)).spec
        file = tmp_path / "course.yaml"
        changed = OTHER.replace("shell", "web")
        file.write_text(f"{OTHER}---\n{changed}---\n{OTHER.replace('shell', 'Bad Name')}", "utf-8")
        world.trigger("template.import")
        assert page.dialog is not None
        page.dialog.fileSelected.emit(str(file))
        await until(lambda: world.toasts)
        assert "(document 3)" in world.toasts[0]
        assert shown(page) == ["web"]
        world.window.toasts.finish_all()
        file.write_text(f"{OTHER}---\n{changed}", "utf-8")
        page.dialog.fileSelected.emit(str(file))
        page.dialog.close()
        await until(lambda: world.toasts == ["2 templates imported"])
        await until(lambda: shown(page) == ["shell", "web"])
        world.click_undo()
        await until(lambda: shown(page) == ["web"])
        assert (await stored(world)).spec == before

    play(tmp_path, story)


def test_a_file_that_cannot_be_read_is_said_and_nothing_happens(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        (tmp_path / "picture.yaml").write_bytes(b"\xff\xfe\x00")
        world.trigger("template.import")
        assert page.dialog is not None
        page.dialog.fileSelected.emit(str(tmp_path / "picture.yaml"))
        await until(lambda: world.toasts == ["Picture.yaml is no text; choose a manifest in YAML or JSON."])
        page.dialog.fileSelected.emit(str(tmp_path / "nothing.yaml"))
        page.dialog.close()
        await until(lambda: len(world.toasts) == 2)
        assert "cannot be read (No such file or directory)" in world.toasts[1]

    play(tmp_path, story)


def test_the_samples_can_be_added_to_an_empty_page(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        world.trigger("template.add_samples")
        await until(lambda: page.model.total > 4)
        assert "notebook" in shown(page)

    play(tmp_path, story)


# --- the keyboard -------------------------------------------------------------------------------------------------


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
