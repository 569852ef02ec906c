"""The editor of templates, as an instructor uses it: its form, its YAML, and files."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from labdesk.resource.errors import LabDeskError
from labdesk.ui.pages.templates.files import write_file_async
from labdesk.ui.panels.manifest.draft import NEW
from tests.gui.page_world import click, press, until, write
from tests.gui.templates_world import OTHER, WEB, open_page, page_of, retype, shown, stored
from tests.gui.window_world import WindowWorld, play

# --- editing ----------------------------------------------------------------------------------------------------------


def test_a_change_is_saved_and_undone(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        form = page.editor.form
        assert not page.editor.footer.save_button.isEnabled()
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


def test_memory_may_be_written_as_labdesk_writes_it(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        form = page.editor.form
        for typed, meant in (("1.5 GiB", "1.5Gi"), ("2GB", "2G"), ("768 mib", "768Mi"), ("1Gi", "1Gi")):
            retype(form.memory, typed)
            assert form.fields["spec.resources.memory"].problem == "", typed
            assert form.manifest()["spec"]["resources"]["memory"] == meant
        retype(form.memory, "much")
        assert form.fields["spec.resources.memory"].problem == "'much' is no quantity; write it like 512Mi or 2Gi."

    play(tmp_path, story)


def test_a_new_row_for_a_port_is_no_mistake_before_anything_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        form = page.editor.form
        click(form.ports.add_button)
        assert len(form.ports.rows) == 2
        assert form.fields["spec.ports"].problem == ""
        assert not page.editor.is_dirty
        write(form.ports.rows[1].controls()[0], "ssh")
        assert form.fields["spec.ports"].problem
        write(form.ports.rows[1].controls()[1], "2222")
        assert form.fields["spec.ports"].problem == ""
        assert [port["name"] for port in form.manifest()["spec"]["ports"]] == ["http", "ssh"]

    play(tmp_path, story)


def test_a_wrong_value_is_told_beside_its_field_while_it_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        form = page.editor.form
        retype(form.memory, "0Gi")
        assert form.fields["spec.resources.memory"].problem.startswith("Must be from 6 MiB to 1 TiB, not 0Gi")
        retype(form.ports.rows[0].controls()[1], "99999")
        assert form.fields["spec.ports"].problem == "Must be at most 65535, not 99999."
        click(page.editor.footer.save_button)
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
        click(page.editor.footer.save_button)
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

    play(tmp_path, story, every_page=True)


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
        click(page.editor.footer.revert_button)
        assert page.editor.form.name.text() == ""

    play(tmp_path, story)


def test_changes_that_were_given_up_come_back_with_undo(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(OTHER)
        page = await open_page(world, WEB)
        await until(lambda: page.model.total == 2)
        write(page.editor.form.description, "Unsaved")
        click(page.editor.footer.revert_button)
        assert page.editor.form.description.text() == ""
        page.show_target("default/shell")
        world.click_undo()
        page.show_target(WEB)
        assert page.editor.form.description.text() == "Unsaved"

    play(tmp_path, story)


def test_changes_that_were_given_up_do_not_cover_new_ones(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        write(page.editor.form.description, "Unsaved")
        click(page.editor.footer.revert_button)
        write(page.editor.form.description, "Newer")
        world.click_undo()
        assert page.editor.form.description.text() == "Newer"
        assert world.toasts == ["Something else was typed here meanwhile; it was kept"]

    play(tmp_path, story)


def test_a_copy_opens_under_a_name_of_its_own(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        world.trigger("template.duplicate")
        assert page.editor.subject == NEW
        assert page.editor.form.name.text() == "web-copy"
        click(page.editor.footer.save_button)
        await until(lambda: world.toasts == ["web-copy created"])
        assert (await stored(world, "web-copy")).spec == (await stored(world)).spec

    play(tmp_path, story)


def test_a_change_from_elsewhere_is_shown_and_never_takes_away_what_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        form, footer = page.editor.form, page.editor.footer
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
        click(editor.footer.save_button)
        assert editor.tabs.current == "changes"
        assert "+  image: busybox:1.37" in editor.diff.toPlainText()
        assert (await stored(world)).spec.image == "busybox:1.36"
        click(editor.footer.save_button)
        await until(lambda: world.toasts == ["web saved"])
        assert (await stored(world)).spec.image == "busybox:1.37"

    play(tmp_path, story)


@pytest.mark.parametrize("tab", ["yaml", "changes"])
def test_ctrl_enter_saves_from_whichever_tab_the_mouse_went_to(tmp_path: Path, tab: str) -> None:
    async def story(world: WindowWorld) -> None:
        editor = (await open_page(world, WEB)).editor
        retype(editor.form.memory, "1Gi")
        editor.form.memory.setFocus()
        click(editor.tabs.button(tab))
        if tab == "yaml":
            press(focused(world), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert editor.tabs.current == "changes"
        press(focused(world), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: world.toasts == ["web saved"])
        assert (await stored(world)).spec.resources.memory == "1Gi"

    def focused(world: WindowWorld) -> QWidget:
        return world.window.focusWidget() or world.window

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
        click(editor.footer.revert_button)
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
        click(page.editor.footer.save_button)
        await until(lambda: world.toasts == ["web saved"])
        template = await stored(world)
        assert template.metadata.labels == {"team": "a"}
        assert template.spec.env == {"TEXT": "a\nb"}
        probe = template.spec.readiness_probe
        assert probe is not None
        assert probe.exec is not None
        assert (probe.exec.command, probe.period_seconds) == (("test", "-e", "a b"), 3)

    play(tmp_path, story)


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_template_goes_out_into_a_file_and_comes_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        file = tmp_path / "web.yaml"
        world.trigger("template.export")
        assert page.files.dialog is not None
        page.files.dialog.fileSelected.emit(str(file))
        page.files.dialog.close()
        await until(lambda: world.toasts == ["Exported to web.yaml"])
        file.write_text(file.read_text("utf-8").replace("busybox:1.36", "busybox:1.37"), "utf-8")
        world.trigger("template.import")
        page.files.dialog.fileSelected.emit(str(file))
        page.files.dialog.close()
        await until(lambda: page.editor.tabs.current == "changes")
        assert "+  image: busybox:1.37" in page.editor.diff.toPlainText()
        click(page.editor.footer.save_button)
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
        assert page.files.dialog is not None
        page.files.dialog.fileSelected.emit(str(file))
        await until(lambda: world.toasts)
        assert "(document 3)" in world.toasts[0]
        assert shown(page) == ["web"]
        world.window.toasts.finish_all()
        file.write_text(f"{OTHER}---\n{changed}", "utf-8")
        page.files.dialog.fileSelected.emit(str(file))
        page.files.dialog.close()
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
        assert page.files.dialog is not None
        page.files.dialog.fileSelected.emit(str(tmp_path / "picture.yaml"))
        await until(lambda: world.toasts == ["Picture.yaml is no text; choose a manifest in YAML or JSON."])
        page.files.dialog.fileSelected.emit(str(tmp_path / "nothing.yaml"))
        page.files.dialog.close()
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


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(tmp_path: Path) -> None:
    file, limits = tmp_path / "web.yaml", resource.getrlimit(resource.RLIMIT_FSIZE)
    file.write_text("before", "utf-8")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        with pytest.raises(LabDeskError, match=r"web\.yaml cannot be written .*; choose another place"):
            asyncio.run(write_file_async(file, "x" * 20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.read_text("utf-8") == "before"
