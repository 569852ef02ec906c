"""Pictures of what the Labs page's table offers."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt

from labdesk.engines.service import WorkspaceVolume
from labdesk.labs.resolve import workspace_mount
from labdesk.labs.students import Student
from labdesk.ui.models.lab_groups import Grouping
from labdesk.ui.pages.labs.spec_editor import LabSpecEditor
from tests.screens.scenes import scene
from tests.screens.stage import Stage
from tests.screens.world import StillEngine


@scene("labs-context-menu")
async def labs_context_menu(stage: Stage) -> None:
    stage.window.show_page("labs", stage.uid_of("Ada Lovelace"))
    await stage.settle_async()
    menu = stage.labs.menu
    menu.popup(stage.labs.view.viewport().mapToGlobal(stage.labs.view.rect().center() / 2))
    stage.overlays.append(menu)


@scene("labs-columns-menu")
async def labs_columns_menu(stage: Stage) -> None:
    stage.window.show_page("labs")
    menu, header = stage.labs.toolbar.view_menu.columns, stage.labs.view.header
    menu.popup(header.mapToGlobal(header.rect().center()))
    stage.overlays.append(menu)


@scene("labs-export-menu")
async def labs_export_menu(stage: Stage) -> None:
    stage.window.show_page("labs")
    stage.labs.toolbar.export_button.click()
    stage.overlays.append(stage.labs.toolbar.export_menu)


@scene("labs-grouped-folded")
async def labs_grouped_folded(stage: Stage) -> None:
    assert stage.desk is not None
    stage.window.show_page("labs")
    for course, names in (("cs-202", ("Adele Goldberg", "Jean Bartik", "Kathleen Booth")), ("", ("Karen Jones",))):
        students = [Student(f"{name.split()[0].lower()}@example.edu", name) for name in names]
        labels = {"labdesk/course": course} if course else {}
        start = stage.desk.clock.now() + timedelta(minutes=48)
        await stage.desk.commands.create_labs_async("web-basics", students, start, 90, labels=labels)
    await stage.settle_async()
    stage.labs.model.group(Grouping.COURSE, ["cs-101", ""])
    stage.labs.model.select(stage.uid_of(name) for name in ("Alan Turing", "Jean Bartik"))


@scene("lab-edit")
async def lab_edit(stage: Stage) -> None:
    await _edit(stage, "Margaret Hamilton")


@scene("lab-edit-changes")
async def lab_edit_changes(stage: Stage) -> None:
    """Somebody else gave the lab more time while it was being edited here."""
    assert stage.assembly is not None
    editor = await _edit(stage, "Margaret Hamilton")
    editor.form.duration.number.setValue(120)
    editor.form.memory.setText("1Gi")
    editor.form.memory.edited.emit()
    await stage.assembly.context.commands.extend_async([stage.lab_of("Margaret Hamilton").key], 15)
    await stage.settle_async()
    editor.tabs.choose("changes")


@scene("lab-edit-running")
async def lab_edit_running(stage: Stage) -> None:
    await _edit(stage, "Edsger Dijkstra")


async def _edit(stage: Stage, student: str) -> LabSpecEditor:
    stage.window.show_page("labs", stage.uid_of(student))
    await stage.settle_async()
    stage.window.actions_registry.action("lab.edit").trigger()
    await stage.settle_async()
    return stage.labs.inspector.details.spec


@scene("labs-exporting")
async def labs_exporting(stage: Stage) -> None:
    stage.labs.exports.strip.show_progress("Exporting: 42,000 of 100,000", 42_000, 100_000)


@scene("labs-delete-workspaces")
async def labs_delete_workspaces(stage: Stage) -> None:
    assert stage.desk is not None
    engine, desk_id = stage.desk.engine_monitor.service, stage.desk.store.desk_id
    assert isinstance(engine, StillEngine)
    students = ("Tim Berners-Lee", "Frances Allen", "Ken Thompson")
    for student in students:
        mount = workspace_mount(desk_id, stage.lab_of(student), "/work")
        engine.workspaces[mount.volume] = WorkspaceVolume(mount.volume, {**mount.labels, "labdesk.desk": desk_id})
    stage.window.show_page("labs")
    stage.labs.model.select(stage.uid_of(student) for student in students)
    await stage.settle_async()
    stage.window.actions_registry.action("lab.delete_workspace").trigger()


@scene("lab-edit-end")
async def lab_edit_end(stage: Stage) -> None:
    """The end of the form, with the tabs still in view."""
    editor = await _edit(stage, "Margaret Hamilton")
    editor.form.pids.setFocus(Qt.FocusReason.TabFocusReason)
    stage.labs.inspector.reveal(editor.form.fields["spec.resources.pids"])
