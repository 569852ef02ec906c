"""Every picture: what it is called, which store it stands on, and what is done before it is taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from labdesk.labs.students import Student
from labdesk.ui.models.lab_groups import Grouping
from labdesk.ui.widgets.calendar_popup import CalendarPopup
from tests.gui.page_world import until
from tests.screens.stage import Stage
from tests.screens.world import TEMPLATES

Act = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    name: str
    act: Act
    morning: bool = True
    engine_away: bool = False
    start: bool = True


SCENES: list[Scene] = []


def scene(name: str, *, morning: bool = True, engine_away: bool = False, start: bool = True) -> Callable[[Act], Act]:
    """Register a scene."""

    def register(act: Act) -> Act:
        SCENES.append(Scene(name, act, morning, engine_away, start))
        return act

    return register


def _show(stage: Stage, student: str) -> None:
    stage.window.show_page("labs", stage.uid_of(student))


@scene("labs")
async def labs(stage: Stage) -> None:
    _show(stage, "Margaret Hamilton")


@scene("labs-plain")
async def labs_plain(stage: Stage) -> None:
    stage.window.show_page("labs")


@scene("labs-running")
async def labs_running(stage: Stage) -> None:
    _show(stage, "Barbara Liskov")


@scene("labs-failed")
async def labs_failed(stage: Stage) -> None:
    _show(stage, "Alan Turing")


@scene("labs-planned")
async def labs_planned(stage: Stage) -> None:
    _show(stage, "Radia Perlman")


@scene("labs-log")
async def labs_log(stage: Stage) -> None:
    _show(stage, "Alan Turing")
    await stage.settle_async()
    stage.labs.inspector.details.open("log")


@scene("labs-spec")
async def labs_spec(stage: Stage) -> None:
    _show(stage, "Ada Lovelace")
    stage.labs.inspector.details.open("spec")


@scene("labs-spec-edited")
async def labs_spec_edited(stage: Stage) -> None:
    _show(stage, "Radia Perlman")
    details = stage.labs.inspector.details
    details.open("spec")
    await stage.settle_async()
    details.spec.form.memory.setText("4Gi")
    details.spec.form.memory.textEdited.emit("4Gi")
    details.spec.form.student_email.setText("radia")
    details.spec.form.student_email.textEdited.emit("radia")
    await stage.settle_async()


@scene("labs-spec-changes")
async def labs_spec_changes(stage: Stage) -> None:
    _show(stage, "Radia Perlman")
    details = stage.labs.inspector.details
    details.open("spec")
    await stage.settle_async()
    details.spec.form.memory.setText("4Gi")
    details.spec.form.memory.textEdited.emit("4Gi")
    details.spec.tabs.choose("changes")
    await stage.settle_async()


@scene("labs-events")
async def labs_events(stage: Stage) -> None:
    _show(stage, "Barbara Liskov")
    stage.labs.inspector.details.open("events")


@scene("labs-selected")
async def labs_selected(stage: Stage) -> None:
    names = ("Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Alan Turing", "Barbara Liskov", "Donald Knuth")
    stage.labs.model.select(stage.uid_of(name) for name in names)


@scene("labs-stopping")
async def labs_stopping(stage: Stage) -> None:
    names = ("Ada Lovelace", "Grace Hopper", "Edsger Dijkstra")
    stage.labs.model.select(stage.uid_of(name) for name in names)
    stage.labs.lab_actions.stop()
    _freeze_toasts(stage)


@scene("labs-filtered")
async def labs_filtered(stage: Stage) -> None:
    stage.labs.toolbar.tabs.choose("running")
    stage.labs.toolbar.search.set_text("grace")


@scene("labs-none-found")
async def labs_none_found(stage: Stage) -> None:
    stage.labs.toolbar.search.set_text("nobody")


@scene("labs-compact")
async def labs_compact(stage: Stage) -> None:
    stage.theme.set_compact(True)
    _show(stage, "Margaret Hamilton")


@scene("labs-view-menu")
async def labs_view_menu(stage: Stage) -> None:
    stage.window.show_page("labs")
    stage.labs.toolbar.view_button.click()
    stage.overlays.append(stage.labs.toolbar.view_menu)


@scene("labs-grouped")
async def labs_grouped(stage: Stage) -> None:
    stage.labs.model.group(Grouping.SESSION, {"python-intro-1000", "web-basics-0900"})
    _show(stage, "Margaret Hamilton")


@scene("labs-group-selected")
async def labs_group_selected(stage: Stage) -> None:
    stage.theme.set_compact(True)
    stage.labs.model.group(Grouping.SESSION)
    stage.window.show_page("labs")
    stage.window.activateWindow()
    await stage.settle_async()
    stage.labs.view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(stage.labs.view, Qt.Key.Key_Down)


@scene("labs-filters")
async def labs_filters(stage: Stage) -> None:
    stage.window.show_page("labs")
    stage.labs.toolbar.filter_button.click()
    stage.labs.toolbar.filters.courses_chip.set_values(("cs-101",))
    stage.labs.toolbar.filters.set_labels("labdesk/session in (databases-1040, databases-1100)")
    await stage.settle_async()


@scene("labs-filter-problem")
async def labs_filter_problem(stage: Stage) -> None:
    stage.window.show_page("labs")
    stage.labs.toolbar.filter_button.click()
    stage.labs.toolbar.filters.set_labels("tier in (gold")
    await stage.settle_async()


@scene("labs-action-menu")
async def labs_action_menu(stage: Stage) -> None:
    _show(stage, "Ada Lovelace")
    await stage.settle_async()
    menu = stage.labs.inspector.menu
    menu.popup(stage.labs.view.viewport().mapToGlobal(stage.labs.view.rect().center()))
    stage.overlays.append(menu)


@scene("labs-many")
async def labs_many(stage: Stage) -> None:
    assert stage.desk is not None
    students = [Student(f"student{number:03}@example.edu", f"Student {number:03}") for number in range(240)]
    await stage.desk.commands.create_labs_async("web-basics", students, None, 90, labels={"labdesk/course": "cs-200"})


@scene("labs-keyboard")
async def labs_keyboard(stage: Stage) -> None:
    stage.window.activateWindow()
    stage.labs.view.clearFocus()
    await stage.settle_async()
    stage.labs.view.setFocus(Qt.FocusReason.TabFocusReason)


@scene("labs-empty", morning=False)
async def labs_empty(stage: Stage) -> None:
    assert stage.desk is not None
    await stage.desk.commands.apply_async(TEMPLATES)


@scene("first-run", morning=False)
async def first_run(stage: Stage) -> None:
    assert stage.assembly is not None
    stage.assembly.welcome.name_edit.setText("Ada Lovelace")
    stage.assembly.welcome.email_edit.setText("ada@example.edu")


@scene("first-run-no-engine", morning=False, engine_away=True)
async def first_run_no_engine(stage: Stage) -> None:
    await first_run(stage)


@scene("new-lab")
async def new_lab(stage: Stage) -> None:
    assert stage.assembly is not None
    stage.window.activateWindow()
    stage.window.actions_registry.action("lab.new").trigger()
    panel = stage.assembly.new_lab
    panel.gallery.choose("default/python-intro")
    panel.students.setPlainText("Ada Lovelace <ada@example.edu>\ngrace@example.edu\n")
    await until(lambda: panel.preview.outlook_text)


@scene("new-lab-wrong")
async def new_lab_wrong(stage: Stage) -> None:
    assert stage.assembly is not None
    stage.window.activateWindow()
    stage.window.actions_registry.action("lab.new").trigger()
    panel = stage.assembly.new_lab
    panel.students.setPlainText("Ada Lovelace <ada@example.edu>\nnobody")
    panel.submit()


@scene("engine-away", engine_away=True)
async def engine_away(stage: Stage) -> None:
    _show(stage, "Margaret Hamilton")


@scene("command-field")
async def command_field(stage: Stage) -> None:
    stage.window.activateWindow()
    stage.window.command.open()


@scene("command-search")
async def command_search(stage: Stage) -> None:
    stage.window.activateWindow()
    stage.window.top_bar.field.edit.setText("st")
    stage.window.command.open()


@scene("starting", start=False)
async def starting(stage: Stage) -> None:
    pass


@scene("not-opened", start=False)
async def not_opened(stage: Stage) -> None:
    page = stage.window.starting
    page.set_icon("mdi6.database-alert-outline")
    page.set_text(
        "The desk could not be opened",
        "The store /home/ada/.local/share/labdesk/labdesk.db was written by a newer LabDesk (store schema 2, this "
        "program knows 1); update LabDesk or choose another --store. The store was left as it is.",
    )
    page.add_action("Try again")


def _freeze_toasts(stage: Stage) -> None:
    """A countdown would look different each time."""
    for toast in stage.window.toasts.toasts:
        toast.pause()


@scene("new-lab-class")
async def new_lab_class(stage: Stage) -> None:
    assert stage.assembly is not None
    stage.window.activateWindow()
    stage.window.actions_registry.action("lab.new").trigger()
    panel = stage.assembly.new_lab
    panel.gallery.choose("default/web-basics")
    panel.students.setPlainText("\n".join(f"Student {number} <s{number}@example.edu>" for number in range(1, 25)))
    panel.start.edit.setEditText("11:00")
    panel.start.write_out()
    panel.start.changed.emit()
    panel.duration.set_minutes(90)
    await until(lambda: panel.preview.outlook_text)


@scene("new-lab-pick")
async def new_lab_pick(stage: Stage) -> None:
    await new_lab_class(stage)
    assert stage.assembly is not None
    panel = stage.assembly.new_lab
    panel.students_field.pick_button.click()
    panel.students_field.picker.search.edit.setText("cs-101")
    for place in (0, 2, 3):
        panel.students_field.picker.list.item(place).setCheckState(Qt.CheckState.Checked)
    stage.overlays.append(panel.students_field.picker)


@scene("command-not-possible")
async def command_not_possible(stage: Stage) -> None:
    """Greyed actions with the reason why they wait, among labs and settings."""
    stage.window.activateWindow()
    stage.window.show_page("health")
    stage.window.page("health").deactivate()
    stage.window.top_bar.field.edit.setText("st")
    stage.window.command.open()


@scene("command-slip")
async def command_slip(stage: Stage) -> None:
    stage.window.activateWindow()
    stage.window.top_bar.field.edit.setText("tmeplates")
    stage.window.command.open()


@scene("cheat-sheet")
async def cheat_sheet(stage: Stage) -> None:
    stage.window.activateWindow()
    stage.window.show_page("labs")
    stage.window.actions_registry.action("window.shortcuts").trigger()


@scene("cheat-sheet-search")
async def cheat_sheet_search(stage: Stage) -> None:
    await cheat_sheet(stage)
    stage.window.cheat_sheet.search.edit.setText("template")


@scene("new-lab-start-typed")
async def new_lab_start_typed(stage: Stage) -> None:
    """What is being typed as it is understood."""
    await new_lab(stage)
    assert stage.assembly is not None
    panel = stage.assembly.new_lab
    edit, told = panel.start.edit, panel.preview.outlook_text
    edit.setFocus(Qt.FocusReason.TabFocusReason)
    edit.line.selectAll()
    QTest.keyClicks(edit.line, "tomorrow 9:00")
    await until(lambda: panel.preview.outlook_text != told)


@scene("new-lab-start-choices")
async def new_lab_start_choices(stage: Stage) -> None:
    await new_lab(stage)
    assert stage.assembly is not None
    edit = stage.assembly.new_lab.start.edit
    edit.showPopup()
    edit.view().setCurrentIndex(edit.model().index(3, 0))
    stage.overlays.append(edit.view().window())


@scene("new-lab-calendar")
async def new_lab_calendar(stage: Stage) -> None:
    await new_lab(stage)
    assert stage.assembly is not None
    start = stage.assembly.new_lab.start
    start.day_button.click()
    stage.overlays.append(start.findChild(CalendarPopup))


@scene("new-lab-start-wrong")
async def new_lab_start_wrong(stage: Stage) -> None:
    await new_lab(stage)
    assert stage.assembly is not None
    panel = stage.assembly.new_lab
    panel.course.setEditText("cs-101")
    panel.start.edit.setEditText("25:00")
    panel.submit()
    await until(lambda: not panel.preview.names_text)
