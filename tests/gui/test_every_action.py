"""Every action of the window: it can be taken back or asks first, and it is found by a key or in the command field."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from labdesk.ui.actions import Undoing
from labdesk.ui.pages.settings.page import SettingsPage
from tests.gui.page_world import press, until, write
from tests.gui.templates_world import OTHER, open_page, retype
from tests.gui.window_world import TEMPLATE, WindowWorld, play

HARMLESS = frozenset(
    {
        "window.command", "window.search", "window.shortcuts", "window.undo", "window.close",
        "page.today", "page.labs", "page.timeline", "page.events", "page.templates", "page.health", "page.settings",
        "lab.copy_links", "lab.logs", "lab.shell", "labs.copy_table", "labs.export_csv",
        "labs.group_none", "labs.group_course", "labs.group_session", "labs.fold_all", "labs.unfold_all",
        "labs.reset_columns",
        "timeline.zoom_in", "timeline.zoom_out", "timeline.fit", "timeline.now", "timeline.table",
        "events.follow", "events.types", "events.next_match", "events.previous_match",
        "events.export_jsonl", "events.export_csv",
        "health.copy_diagnostics",
        "template.pull", "template.cancel_pull", "template.export",
    }
)  # fmt: skip
"""Actions that change nothing which would have to be taken back."""
State = dict[str, object]


async def state_of(world: WindowWorld) -> State:
    """What is in the store and not being deleted: what a person would miss or find changed."""
    listing = await world.desk.store.list_async()
    resources = [image.decode() for image in listing.images]
    return {
        f"{one.KIND} {one.metadata.namespace}/{one.metadata.name}": one.spec  # type: ignore[attr-defined]
        for one in resources
        if one.metadata.deletion_timestamp is None
    }


# --- how an action is proved to be what it says ---------------------------------------------------------------


async def taken_back(world: WindowWorld, action: str, finish: Callable[[], Awaitable[None]] | None = None) -> None:
    """Use an action that commits at once; its toast's Undo brings everything back as it was."""
    before, told = await state_of(world), len(world.toasts)
    world.trigger(action)
    if finish is not None:
        await finish()
    await until(lambda: len(world.toasts) > told)
    assert await state_of(world) != before
    world.click_undo()
    await until_state(world, before)


async def held_back(world: WindowWorld, action: str) -> None:
    """Use an action that waits: nothing is committed before its toast ends, and nothing at all after Undo."""
    before, head = await state_of(world), await world.desk.store.head_async()
    world.trigger(action)
    await until(lambda: world.toasts)
    world.click_undo()
    assert await world.desk.store.head_async() == head
    await until(lambda: world.window.actions_registry.action(action).isEnabled())
    world.trigger(action)
    await until(lambda: world.toasts)
    assert await world.desk.store.head_async() == head
    world.window.toasts.finish_all()
    await until_other_state(world, before)


async def until_state(world: WindowWorld, wanted: State) -> None:
    for _ in range(400):
        if await state_of(world) == wanted:
            return
        await world_turn(world)
    assert await state_of(world) == wanted


async def until_other_state(world: WindowWorld, former: State) -> None:
    for _ in range(400):
        if await state_of(world) != former:
            return
        await world_turn(world)
    raise AssertionError("nothing was committed")


async def world_turn(world: WindowWorld) -> None:
    """Let the desk come to what it was asked for."""
    turns = iter(range(2))
    await until(lambda: next(turns) == 1)


# --- the proofs, one for each action that changes something ---------------------------------------------------


async def new_lab(world: WindowWorld) -> None:
    panel = world.assembly.new_lab

    async def create() -> None:
        await until(lambda: panel.isVisible() and world.assembly.shelf.facts)
        panel.gallery.choose("default/web")
        write(panel.students, "Ada Lovelace <ada@example.edu>")
        panel.submit()

    await taken_back(world, "lab.new", create)


async def start_now(world: WindowWorld) -> None:
    await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=30)
    world.choose("Ada Lovelace", "Grace Hopper")

    async def begun() -> None:
        await until(lambda: world.phase("Ada Lovelace") == "RUNNING")

    await taken_back(world, "lab.start_now", begun)
    await until(lambda: {world.phase("Ada Lovelace"), world.phase("Grace Hopper")} == {"PENDING"})


async def extend(world: WindowWorld) -> None:
    await world.create_running("Ada Lovelace")
    world.choose("Ada Lovelace")
    for minutes in (15, 30, 60):
        await taken_back(world, f"lab.extend_{minutes}")


async def edit(world: WindowWorld) -> None:
    await world.create("Ada Lovelace", minutes_from_now=30)
    world.choose("Ada Lovelace")

    async def save() -> None:
        editor = world.labs.inspector.details.spec
        editor.form.duration.chips[90].click()
        editor.proceed()

    await taken_back(world, "lab.edit", save)


async def run_again(world: WindowWorld) -> None:
    await world.create_running("Ada Lovelace")
    world.choose("Ada Lovelace")
    world.trigger("lab.stop")
    world.window.toasts.finish_all()
    await until(lambda: world.phase("Ada Lovelace") == "COMPLETED")
    await until(lambda: world.window.actions_registry.action("lab.run_again").isEnabled())
    world.trigger("lab.run_again")
    await until(lambda: world.toasts and world.phase("Ada Lovelace") == "RUNNING")
    world.click_undo()
    await until(lambda: world.phase("Ada Lovelace") == "COMPLETED")


async def stop(world: WindowWorld) -> None:
    await world.create_running("Ada Lovelace")
    world.choose("Ada Lovelace")
    await held_back(world, "lab.stop")


async def delete(world: WindowWorld) -> None:
    await world.create("Ada Lovelace", minutes_from_now=30)
    lab_of, uid = world.desk.labs.cache.get_uid, world.row("Ada Lovelace").uid
    await until(lambda: (lab := lab_of(uid)) is not None and lab.status.observed_generation > 0)
    world.choose("Ada Lovelace")
    await held_back(world, "lab.delete")


async def new_template(world: WindowWorld) -> None:
    page = await open_page(world)

    async def save() -> None:
        await until(page.panel.isVisible)
        retype(page.editor.form.name, "other")
        retype(page.editor.form.image, "busybox:1.36")
        page.editor.proceed()

    await taken_back(world, "template.new", save)


async def duplicate_template(world: WindowWorld) -> None:
    page = await open_page(world, "default/web")

    async def save() -> None:
        await until(lambda: page.editor.subject == "")
        page.editor.proceed()

    await taken_back(world, "template.duplicate", save)


async def import_templates(world: WindowWorld, folder: Path) -> None:
    page = await open_page(world)
    file = folder / "two.yaml"
    file.write_text(f"{OTHER}\n---\n{TEMPLATE.replace('8080', '8081')}")

    async def choose() -> None:
        assert page.files.dialog is not None
        page.files.dialog.fileSelected.emit(str(file))
        page.files.dialog.close()

    await taken_back(world, "template.import", choose)


async def add_samples(world: WindowWorld) -> None:
    await open_page(world)
    await taken_back(world, "template.add_samples")


async def delete_template(world: WindowWorld) -> None:
    await open_page(world, "default/web")
    await held_back(world, "template.delete")


async def reset_settings(world: WindowWorld) -> None:
    page = world.window.page("settings")
    assert isinstance(page, SettingsPage)
    page.keeper.put({"density": "compact", "watch_interval": 7})
    world.trigger("settings.reset_all")
    assert not world.assembly.context.theme.is_compact
    world.click_undo()
    assert (page.keeper.value("density"), page.keeper.value("watch_interval")) == ("compact", 7)


async def confirm_containers(world: WindowWorld) -> None:
    banner = world.window.former_banner
    await world.leave_former_containers(2)
    world.trigger("desk.confirm_containers")
    banner.cancel_button.click()
    world.trigger("desk.confirm_containers")
    assert await world.desk.former.count_async() == 2, "it only asks"
    banner.confirm_button.click()
    await until(lambda: not banner.isVisible())
    assert await world.desk.former.count_async() == 0
    assert world.toasts == ["2 labs are this desk's now"]


async def delete_workspace(world: WindowWorld) -> None:
    await world.leave_workspaces("Ada Lovelace")
    world.choose("Ada Lovelace")
    deletion = world.labs.workspace_deletion
    for answer in ("cancel_button", "delete_button"):
        assert len(world.engine.workspaces) == 1, "it only asks"
        world.trigger("lab.delete_workspace")
        await until(lambda: deletion.sheet is not None and deletion.sheet.isVisible())
        getattr(deletion.sheet, answer).click()
    await until(lambda: world.toasts)
    assert world.engine.workspaces == {}
    assert world.toasts == ["Deleted Ada Lovelace's workspace"]


Proof = Callable[..., Awaitable[None]]
INVERSE: dict[str, Proof] = {
    "lab.new": new_lab,
    "lab.start_now": start_now,
    "lab.edit": edit,
    "lab.extend_15": extend,
    "lab.extend_30": extend,
    "lab.extend_60": extend,
    "lab.run_again": run_again,
    "template.new": new_template,
    "template.duplicate": duplicate_template,
    "template.import": import_templates,
    "template.add_samples": add_samples,
    "settings.reset_all": reset_settings,
}
"""A second commit takes these back."""
HELD: dict[str, Proof] = {"lab.stop": stop, "lab.delete": delete, "template.delete": delete_template}
"""These wait behind a toast."""
CONFIRMED: dict[str, Proof] = {"desk.confirm_containers": confirm_containers, "lab.delete_workspace": delete_workspace}
"""These cannot be taken back and ask once."""
PROOFS = {proof.__name__: proof for proof in (*INVERSE.values(), *HELD.values(), *CONFIRMED.values())}


def test_every_action_is_listed_here_with_how_it_is_undone(tmp_path: Path) -> None:
    """Who adds an action adds it here too, and proves what it says of itself."""
    wanted = {
        **dict.fromkeys(HARMLESS, Undoing.HARMLESS),
        **dict.fromkeys(INVERSE, Undoing.INVERSE),
        **dict.fromkeys(HELD, Undoing.HELD),
        **dict.fromkeys(CONFIRMED, Undoing.CONFIRMED),
    }

    async def story(world: WindowWorld) -> None:
        assert {spec.id: spec.undoing for spec, _ in world.window.actions_registry} == wanted

    play(tmp_path, story, every_page=True)


@pytest.mark.parametrize("proof", PROOFS.values(), ids=PROOFS.keys())
def test_an_action_is_taken_back_or_held_as_it_says(proof: Proof, tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        if proof is import_templates:
            await proof(world, tmp_path)
        else:
            await proof(world)

    play(tmp_path, story, every_page=True)


# --- how an action is found -----------------------------------------------------------------------------------


def test_every_action_has_a_key_or_is_found_in_the_command_field(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        registry = world.window.actions_registry
        hidden = []
        for spec, action in registry:
            action.setEnabled(True)
            found = [one.title for one in world.window.finder.find(spec.text)]
            if not spec.shortcut and spec.text not in found:
                hidden.append(spec.id)
        assert hidden == []

    play(tmp_path, story, every_page=True)


def test_no_key_does_two_things(tmp_path: Path) -> None:
    """Neither two actions nor an action and a key of a panel."""

    async def story(world: WindowWorld) -> None:
        keys = [spec.shortcut for spec, _ in world.window.actions_registry if spec.shortcut]
        assert sorted(keys) == sorted(set(keys))
        apart = {one.key().toString() for one in world.window.findChildren(QShortcut)}
        assert apart & {QKeySequence(one).toString() for one in keys} == set()

    play(tmp_path, story, every_page=True)


WRITTEN_WITH = frozenset({"Ctrl+Z", "Ctrl+A", "Ctrl+C", "Ctrl+X", "Ctrl+V", "Del", "Shift+Del", "Home", "End"})
"""Keys that edit a text, besides those that write a letter."""


def text_fields(root: QWidget) -> list[QWidget]:
    kinds = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
    fields = [field for field in root.findChildren(QWidget) if isinstance(field, kinds) and field.isVisibleTo(root)]
    return [field for field in fields if field.isEnabled() and field.focusPolicy() != Qt.FocusPolicy.NoFocus]


def test_a_key_of_an_action_types_where_a_text_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        registry, used = world.window.actions_registry, list[str]()
        keys = [spec.shortcut for spec, _ in registry if len(spec.shortcut) == 1 or spec.shortcut in WRITTEN_WITH]
        keys += [spec.shortcut for spec, _ in registry if re.match(r"Shift\+(?!F\d)", spec.shortcut)]
        for spec, action in registry:
            action.triggered.connect(lambda _=False, one=spec.id: used.append(one))
        tried = 0
        for page in ("labs", "timeline", "events", "templates", "settings"):
            world.window.show_page(page)
            if page == "templates":
                await open_page(world, "default/web")
            for field in text_fields(world.window):
                tried += 1
                for keys_text in keys:
                    field.setFocus()
                    QTest.keySequence(field, QKeySequence(keys_text))
                    assert used == [], (page, field.accessibleName(), keys_text)
        assert tried > 10

    play(tmp_path, story, every_page=True)


def test_a_letter_runs_its_action_where_nothing_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        press(world.labs.view, Qt.Key.Key_X)
        assert world.toasts == ["Stopping Ada Lovelace's lab …"]

    play(tmp_path, story, every_page=True)
