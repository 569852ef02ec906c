"""Editing a lab while others change it too: nobody's change is lost unseen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from labdesk.ui.pages.labs.spec_draft import merged_edit
from labdesk.ui.pages.labs.spec_editor import LabSpecEditor
from labdesk.ui.panels.manifest.editor import CHANGES, YAML
from tests.gui.page_world import click, press, until
from tests.gui.templates_world import retype
from tests.gui.window_world import WindowWorld, play

ADA = "Ada Lovelace"


async def open_editor(world: WindowWorld, student: str = ADA) -> LabSpecEditor:
    """Open it with its key, as a person does who has chosen a lab."""
    world.choose(student)
    await until(lambda: world.window.actions_registry.action("lab.edit").isEnabled())
    press(world.labs.view, Qt.Key.Key_F2)
    editor = world.labs.inspector.details.spec
    await until(editor.isVisible)
    return editor


def save(editor: LabSpecEditor) -> None:
    editor.tabs.setFocus()
    press(editor.tabs, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_an_edit_takes_over_what_others_changed_besides() -> None:
    base = {"spec": {"a": 1, "b": 1, "limits": {"cpu": "1"}}}
    theirs = {"spec": {"a": 1, "b": 2, "limits": {"cpu": "1", "memory": "1Gi"}}}
    mine = {"spec": {"a": 3, "b": 1, "limits": {"cpu": "2"}}}
    assert merged_edit(mine, base, theirs) == {"spec": {"a": 3, "b": 2, "limits": {"cpu": "2", "memory": "1Gi"}}}


def test_an_edit_that_removes_a_part_removes_it() -> None:
    base = {"spec": {"a": 1, "limits": {"cpu": "1"}}}
    assert merged_edit({"spec": {"a": 1}}, base, {"spec": {"a": 2, "limits": {"cpu": "1"}}}) == {"spec": {"a": 2}}


def test_a_key_opens_the_spec_with_the_keyboard_in_it(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create(ADA, minutes_from_now=30)
        editor = await open_editor(world)
        assert editor.form.template.hasFocus()

    play(tmp_path, story)


def test_of_a_running_lab_the_key_goes_to_its_extension(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running(ADA)
        editor = await open_editor(world)
        assert editor.form.extension.hasFocus()
        enabled = [path for path, field in editor.form.fields.items() if field.control.isEnabled()]
        assert enabled == ["spec.extensionMinutes"]
        await until(lambda: editor.form.extension.visibleRegion().boundingRect().size() == editor.form.extension.size())

    play(tmp_path, story)


def test_the_keyboard_is_where_it_was_once_it_is_saved(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.trigger("lab.edit")
        number = world.labs.inspector.details.spec.form.extension
        await until(number.hasFocus)
        number.setValue(15)
        press(number, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: world.toasts == ["Ada Lovelace's lab saved"])
        await until(number.hasFocus)
        press(number, Qt.Key.Key_Escape)
        assert not world.labs.inspector.isVisible()

    play(tmp_path, story)


def test_a_wrong_memory_is_told_at_its_field_and_nothing_is_committed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create(ADA, minutes_from_now=30)
        editor = await open_editor(world)
        before = await world.lab(ADA)
        retype(editor.form.memory, "1Ki")
        assert editor.form.fields["spec.resources.memory"].problem.startswith("Must be from 6 MiB to 1 TiB, not 1Ki")
        save(editor)
        assert world.toasts == []
        assert (await world.lab(ADA)).spec == before.spec

    play(tmp_path, story)


def test_yaml_with_an_unknown_field_is_refused_by_its_name(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create(ADA, minutes_from_now=30)
        editor = await open_editor(world)
        click(editor.tabs.button(YAML))
        editor.yaml.setPlainText(editor.yaml.toPlainText().replace("durationMinutes", "durationMinuts"))
        assert "spec.durationMinuts: there is no such field" in editor.problem_text
        save(editor)
        assert editor.tabs.current == YAML
        assert world.toasts == []

    play(tmp_path, story)


def test_a_change_from_elsewhere_is_told_and_both_are_kept(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create(ADA, minutes_from_now=30)
        editor = await open_editor(world)
        retype(editor.form.duration.number, "75")
        await world.desk.commands.extend_async([world.row(ADA).key], 15)
        await until(lambda: "changed elsewhere" in editor.footer.news)
        assert editor.form.duration.minutes == 75
        assert editor.form.extension.value() == 15
        save(editor)
        await until(lambda: world.toasts == ["Ada Lovelace's lab saved"])
        spec = (await world.lab(ADA)).spec
        assert (spec.duration_minutes, spec.extension_minutes) == (75, 15)
        assert editor.footer.news == ""
        world.click_undo()
        await until(lambda: editor.form.duration.minutes == 60)
        assert (await world.lab(ADA)).spec.extension_minutes == 15

    play(tmp_path, story)


def test_who_loses_a_race_is_told_and_sees_the_new_state(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create(ADA, minutes_from_now=30)
        editor = await open_editor(world)
        retype(editor.form.duration.number, "75")
        world.assembly.bridge.stop()  # the window does not hear of it in time
        await world.desk.commands.extend_async([world.row(ADA).key], 15)
        save(editor)
        await until(lambda: editor.footer.error == "Somebody else was faster; nothing was saved.")
        spec = (await world.lab(ADA)).spec
        assert (spec.duration_minutes, spec.extension_minutes) == (60, 15)
        assert editor.tabs.current == CHANGES
        lines = editor.diff.toPlainText().splitlines()
        assert [line for line in lines if line[0] in "+-"] == ["-  durationMinutes: 60", "+  durationMinutes: 75"]
        assert "   extensionMinutes: 15" in lines
        click(editor.footer.save_button)
        await until(lambda: world.toasts == ["Ada Lovelace's lab saved"])
        spec = (await world.lab(ADA)).spec
        assert (spec.duration_minutes, spec.extension_minutes) == (75, 15)

    play(tmp_path, story)


def test_undo_takes_back_the_edit_and_not_what_others_changed_since(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create(ADA, minutes_from_now=30)
        editor = await open_editor(world)
        retype(editor.form.duration.number, "75")
        save(editor)
        await until(lambda: world.toasts == ["Ada Lovelace's lab saved"] and world.row(ADA).minutes == 75)
        await world.desk.commands.extend_async([world.row(ADA).key], 15)
        world.click_undo()
        await until(lambda: world.row(ADA).minutes == 60)
        spec = (await world.lab(ADA)).spec
        assert (spec.duration_minutes, spec.extension_minutes) == (60, 15)

    play(tmp_path, story)


def test_what_was_given_up_comes_back_with_undo(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create(ADA, minutes_from_now=30)
        editor = await open_editor(world)
        retype(editor.form.duration.number, "75")
        click(editor.footer.revert_button)
        assert editor.form.duration.minutes == 60
        world.click_undo()
        assert editor.form.duration.minutes == 75

    play(tmp_path, story)
