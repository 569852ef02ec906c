"""A lab's spec in the inspector: edited as a form or as YAML, shown as a difference, saved and taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit

from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.pages.labs.spec_draft import Editable, check_lab, editable, manifest_of_lab
from labdesk.ui.pages.labs.spec_editor import LabSpecEditor
from labdesk.ui.panels.manifest.editor import CHANGES, FORM, YAML
from tests.gui.lab_images import NOW, in_phase, make_lab
from tests.gui.page_world import click, press, settle, until, write
from tests.gui.window_world import TEMPLATE, WindowWorld, play

OTHER = TEMPLATE.replace("name: web}", "name: other}")


async def open_spec(world: WindowWorld, student: str) -> LabSpecEditor:
    world.window.show_page("labs", world.row(student).uid)
    world.labs.inspector.details.open("spec")
    editor = world.labs.inspector.details.spec
    await until(lambda: editor.isVisible() and editor.form.duration.chips[90].height() > 0)
    return editor


def retype(edit: QLineEdit, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    write(edit, text)


# --- the rules ----------------------------------------------------------------------------------------------------


def changed(lab: LabInstanceRequest, **spec: object) -> dict[str, str]:
    manifest = manifest_of_lab(lab)
    return check_lab({**manifest, "spec": {**manifest["spec"], **spec}}, lab, ["python-intro"], NOW)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("PENDING", Editable.ALL),
        ("PROVISIONING", Editable.TIME),
        ("RUNNING", Editable.TIME),
        ("FAILED", Editable.NOTHING),
    ],
)
def test_how_much_can_be_changed_depends_on_how_far_a_lab_is(phase: str, expected: Editable) -> None:
    assert editable(in_phase(make_lab("a"), phase)) is expected


def test_a_lab_that_waits_may_change_in_everything_but_its_name() -> None:
    lab = make_lab("a", start=20)
    assert changed(lab, durationMinutes=90, studentName="Bea", resources={"memory": "1Gi"}) == {}
    named = manifest_of_lab(lab) | {"metadata": {"name": "other"}}
    assert list(check_lab(named, lab, [], NOW)) == ["metadata.name"]


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"durationMinutes": 0}, "spec.durationMinutes"),
        ({"studentEmail": "nobody"}, "spec.studentEmail"),
        ({"scheduledStart": "2020-01-01T10:00:00Z"}, "spec.scheduledStart"),
        ({"labTemplate": "nowhere"}, "spec.labTemplate"),
        ({"desired": "Stop"}, "spec.desired"),
        ({"resources": {"memory": "1"}}, "spec.resources.memory"),
        ({"colour": "red"}, "spec.colour"),
    ],
)
def test_what_is_wrong_is_told_of_its_field(spec: dict[str, object], field: str) -> None:
    assert list(changed(make_lab("a", start=20), **spec)) == [field]


def test_a_lab_that_runs_may_only_be_given_time_and_one_that_ended_nothing() -> None:
    running = in_phase(make_lab("a"), "RUNNING", "Ready")
    assert changed(running, extensionMinutes=15) == {}
    assert changed(running, durationMinutes=90)["spec.durationMinutes"].startswith("cannot change any more")
    ended = in_phase(make_lab("a"), "FAILED", "ExitCode", code="1", log="")
    assert "spec.extensionMinutes" in changed(ended, extensionMinutes=15)


def test_annotations_of_one_s_own_stay_when_a_lab_is_saved() -> None:
    lab = make_lab("a").with_metadata(annotations={"note": "window seat", "labdesk/run-again": "2"})
    assert manifest_of_lab(lab)["metadata"]["annotations"] == {"note": "window seat"}


# --- in the window ------------------------------------------------------------------------------------------------


def test_a_lab_to_come_is_changed_in_the_form_and_taken_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(OTHER)
        await world.create("Ada Lovelace", minutes_from_now=30)
        before = (await world.lab("Ada Lovelace")).spec
        editor = await open_spec(world, "Ada Lovelace")
        assert not editor.footer.save_button.isEnabled()
        retype(editor.form.memory, "1Gi")
        retype(editor.form.student_name, "Ada King")
        click(editor.form.duration.chips[90])
        await until(lambda: editor.form.template.findText("other") >= 0)
        editor.form.template.setCurrentText("other")
        editor.form.template.activated.emit(editor.form.template.currentIndex())
        assert world.labs.inspector.details.spec_link.text() == "Spec (edited)"
        editor.form.memory.setFocus()
        press(editor.form.memory, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: world.toasts == ["Ada King's lab saved"])
        await until(lambda: world.phase("Ada King") == "PENDING")
        spec = (await world.lab("Ada King")).spec
        assert (spec.lab_template, spec.duration_minutes, spec.scheduled_start) == ("other", 90, before.scheduled_start)
        assert spec.resources is not None
        assert spec.resources.memory == "1Gi"
        assert world.labs.inspector.details.spec_link.text() == "Spec"
        world.click_undo()
        await until(lambda: world.phase("Ada Lovelace") == "PENDING")
        assert (await world.lab("Ada Lovelace")).spec == before
        assert editor.form.memory.text() == ""

    play(tmp_path, story)


def test_the_start_is_moved_in_the_instructor_s_zone_and_untouched_it_stays_to_the_second(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=300)
        before = (await world.lab("Ada Lovelace")).spec.scheduled_start
        assert before is not None
        editor = await open_spec(world, "Ada Lovelace")
        hour_later = world.labs.context.times.local(before + timedelta(hours=1))
        retype(editor.form.start.edit.line, f"{hour_later:%d.%m.%Y %H:%M}")
        editor.proceed()
        await until(lambda: world.toasts)
        moved = (await world.lab("Ada Lovelace")).spec.scheduled_start
        assert moved is not None
        assert moved == before.replace(second=0, microsecond=0) + (moved - before.replace(second=0, microsecond=0))
        assert round((moved - before).total_seconds() / 3_600) == 1
        world.click_undo()
        await until(lambda: world.row("Ada Lovelace").start == before.timestamp())

    play(tmp_path, story)


def test_a_lab_that_waits_for_room_offers_to_need_less(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace")
        await until(lambda: world.row("Ada Lovelace").reason == "TooBig")
        world.window.show_page("labs", world.row("Ada Lovelace").uid)
        inspector = world.labs.inspector
        assert not inspector.details.spec.footer.isVisible()
        click(inspector.change_link)
        editor = inspector.details.spec
        await until(lambda: editor.isVisible() and editor.footer.isVisible())
        retype(editor.form.memory, "64Mi")
        editor.proceed()
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")
        assert not inspector.change_link.isVisible()
        inspector.details.open("")
        assert not editor.footer.isVisible()

    play(tmp_path, story, memory=256 * 2**20)


def test_a_wrong_value_is_told_beside_its_field_and_is_not_saved(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        editor = await open_spec(world, "Ada Lovelace")
        retype(editor.form.student_email, "nobody")
        assert "no e-mail address" in editor.form.fields["spec.studentEmail"].problem
        editor.proceed()
        assert editor.form.student_email.hasFocus()
        assert (await world.lab("Ada Lovelace")).spec.student_email == "ada@example.edu"
        editor.revert()
        assert editor.form.student_email.text() == "ada@example.edu"

    play(tmp_path, story)


def test_a_running_lab_can_only_be_given_time(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        editor = await open_spec(world, "Ada Lovelace")
        assert not editor.form.memory.isEnabled()
        assert not editor.form.duration.isEnabled()
        editor.form.extension.setValue(20)
        editor.proceed()
        await until(lambda: world.toasts)
        assert (await world.lab("Ada Lovelace")).spec.extension_minutes == 20
        world.click_undo()
        await until(lambda: world.row("Ada Lovelace").extension == 0)

    play(tmp_path, story)


def test_yaml_is_reviewed_as_a_difference_before_it_is_saved(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        editor = await open_spec(world, "Ada Lovelace")
        editor.tabs.choose(YAML)
        text = editor.yaml.toPlainText().replace("durationMinutes: 60", "durationMinutes: 45")
        editor.yaml.setPlainText(text)
        assert editor.footer.save_button.text() == "Review changes"
        click(editor.footer.save_button)
        assert editor.tabs.current == CHANGES
        assert {"-  durationMinutes: 60", "+  durationMinutes: 45"} <= set(editor.diff.toPlainText().splitlines())
        click(editor.footer.save_button)
        await until(lambda: world.toasts)
        assert (await world.lab("Ada Lovelace")).spec.duration_minutes == 45

    play(tmp_path, story)


def test_the_changes_show_what_a_limit_of_the_template_was(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        editor = await open_spec(world, "Ada Lovelace")
        retype(editor.form.memory, "1Gi")
        editor.tabs.choose(CHANGES)
        await until(lambda: {"-    memory: 512Mi", "+    memory: 1Gi"} <= set(editor.diff.toPlainText().splitlines()))

    play(tmp_path, story)


def test_a_lab_gets_its_course_in_the_form_and_loses_it_there(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        editor = await open_spec(world, "Ada Lovelace")
        retype(editor.form.course, "cs 101")
        assert "no label value" in editor.form.fields["metadata.labels"].problem
        retype(editor.form.course, "cs-101")
        assert editor.form.fields["metadata.labels"].problem == ""
        editor.proceed()
        await until(lambda: world.row("Ada Lovelace").course == "cs-101")
        await until(lambda: not editor.is_dirty)
        retype(editor.form.course, "")
        editor.form.course.clear()
        editor.form.course.edited.emit()
        editor.proceed()
        await until(lambda: world.row("Ada Lovelace").course == "")

    play(tmp_path, story)


def test_the_tabs_of_the_spec_stay_in_view_while_its_form_is_scrolled(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        editor = await open_spec(world, "Ada Lovelace")
        inspector = world.labs.inspector
        last = editor.form.pids
        inspector.reveal(editor.form.fields["spec.resources.pids"])
        await until(lambda: last.visibleRegion().boundingRect().height() == last.height())
        assert editor.tabs.mapTo(inspector, QPoint(0, 0)).y() > editor.mapTo(inspector, QPoint(0, 0)).y()
        assert editor.tabs.visibleRegion().boundingRect().height() == editor.tabs.height()

    play(tmp_path, story)


def test_yaml_that_cannot_be_read_or_not_be_saved_says_where_and_why(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        editor = await open_spec(world, "Ada Lovelace")
        editor.tabs.choose(YAML)
        good = editor.yaml.toPlainText()
        editor.yaml.setPlainText(good + "\n  - [")
        assert editor.problem_text.startswith("Line 14: this is not valid YAML")
        editor.tabs.choose(FORM)
        assert editor.tabs.current == YAML
        editor.yaml.setPlainText(good.replace("durationMinutes: 60", "durationMinutes: 45"))
        assert editor.problem_text.startswith("spec.durationMinutes: cannot change any more")
        click(editor.footer.save_button)
        assert editor.tabs.current == YAML

    play(tmp_path, story)


def test_changes_stay_while_other_labs_are_looked_at_and_while_the_lab_itself_changes(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
        editor = await open_spec(world, "Ada Lovelace")
        retype(editor.form.memory, "1Gi")
        await open_spec(world, "Grace Hopper")
        assert editor.form.memory.text() == ""
        await open_spec(world, "Ada Lovelace")
        assert editor.form.memory.text() == "1Gi"
        await world.desk.commands.extend_async([world.row("Ada Lovelace").key], 15)
        await until(lambda: "changed elsewhere" in editor.footer.news)
        assert editor.form.memory.text() == "1Gi"
        click(editor.footer.theirs_button)
        assert (editor.form.memory.text(), editor.form.extension.value()) == ("", 15)

    play(tmp_path, story)


def test_other_colours_are_no_edit(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.choose("Ada Lovelace")
        details = world.labs.inspector.details
        for tab in (FORM, YAML):
            world.labs.context.theme.changed.emit()
            assert (details.spec.is_dirty, details.spec_link.text()) == (False, "Spec")
            details.open("spec")
            details.spec.tabs.choose(tab)
        world.labs.context.theme.changed.emit()
        assert not details.spec.is_dirty

    play(tmp_path, story)


def test_who_types_is_not_moved_by_what_changes_elsewhere(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        editor = await open_spec(world, "Ada Lovelace")
        name = editor.form.student_name
        retype(name, "Augusta Ada ")
        await world.desk.commands.extend_async([world.row("Ada Lovelace").key], 15)
        await until(lambda: "changed elsewhere" in editor.footer.news)
        write(name, "King")
        assert name.text() == "Augusta Ada King"

    play(tmp_path, story)


def test_an_edit_that_the_lab_can_no_longer_take_back_says_why(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        editor = await open_spec(world, "Ada Lovelace")
        click(editor.form.duration.chips[90])
        editor.proceed()
        await until(lambda: world.toasts)
        await world.desk.commands.start_now_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")
        world.click_undo()
        await until(lambda: any("cannot change any more" in text for text in world.toasts))

    play(tmp_path, story)


def test_the_changes_have_the_room_there_is_and_end_above_the_buttons(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        editor, inspector = await open_spec(world, "Ada Lovelace"), world.labs.inspector
        await until(lambda: inspector.details.minimumHeight() > inspector.room)  # the form is higher than the panel
        retype(editor.form.memory, "1Gi")
        await settle(inspector)
        editor.tabs.choose(CHANGES)
        await settle(inspector)
        await until(lambda: 200 < editor.diff.height() == editor.diff.visibleRegion().boundingRect().height())
        assert editor.diff.mapTo(inspector, editor.diff.rect().bottomLeft()).y() < editor.footer.y()

    play(tmp_path, story)
