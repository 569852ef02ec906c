"""Deleting workspaces in the window: of labs that have ended, asked once, with the names of those who lose theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from labdesk.labs.workspaces import Workspace
from labdesk.ui.pages.labs.workspace_deletion import WorkspaceSheet
from tests.gui.page_world import press, until
from tests.gui.window_world import WindowWorld, play

ACTION = "lab.delete_workspace"


async def asked(world: WindowWorld, *students: str) -> WorkspaceSheet:
    """Choose labs and ask for their workspaces to be deleted; the question comes."""
    world.choose(*students)
    world.trigger(ACTION)
    await until(lambda: world.labs.workspace_deletion.sheet is not None)
    sheet = world.labs.workspace_deletion.sheet
    assert sheet is not None
    await until(sheet.isVisible)
    return sheet


def why_not(world: WindowWorld) -> str:
    return world.window.actions_registry.why_not(ACTION)


def test_the_question_names_what_will_be_lost_and_enter_alone_deletes_nothing(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.leave_workspaces("Ada Lovelace")
        sheet = await asked(world, "Ada Lovelace")
        assert sheet.heading.text() == "Delete Ada Lovelace's workspace?"
        assert sheet.text.text().startswith("All that Ada Lovelace kept in it with the template web is lost.")
        assert sheet.accessibleName() == sheet.heading.text()
        press(QApplication.focusWidget() or sheet, Qt.Key.Key_Return)
        assert not sheet.isVisible()
        await asked(world, "Ada Lovelace")
        press(QApplication.focusWidget() or sheet, Qt.Key.Key_Escape)
        assert not sheet.isVisible()
        assert len(world.engine.workspaces) == 1
        (lab,) = world.labs.model.rows()
        assert lab.phase == "COMPLETED"

    play(tmp_path, story)


def test_many_are_named_and_the_journal_tells_of_each(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        students = [f"Student {letter}" for letter in "ABCDEFGH"]
        await world.leave_workspaces(students[0])
        await world.create("Somebody Else", minutes_from_now=30)
        sheet = await asked(world, students[0], "Somebody Else")
        assert sheet.heading.text() == "Delete Student A's workspace?"
        sheet.ask([(student, "web") for student in students])
        assert sheet.heading.text() == "Delete 8 workspaces?"
        assert "Student A (web), Student B (web)" in sheet.text.text()
        assert "Student F (web) and 2 more. The next labs begin with empty ones." in sheet.text.text()
        sheet.delete_button.click()
        await until(lambda: not world.engine.workspaces)
        await until(lambda: world.toasts)
        (event,) = [one for one in await world.desk.store.journal.latest_async() if one.reason == "WorkspaceRemoved"]
        assert event.source.endswith("/test"), "who asked"

    play(tmp_path, story)


def test_it_waits_for_labs_that_have_ended_and_for_the_engine(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        assert why_not(world) == "Choose a lab on the Labs page first"
        await world.leave_workspaces("Ada Lovelace")
        await world.create_running("Grace Hopper")
        world.choose("Grace Hopper")
        assert why_not(world) == "None of the chosen labs has ended"
        world.choose("Ada Lovelace")
        assert why_not(world) == ""
        world.engine.reachable = False
        await until(lambda: why_not(world))
        assert why_not(world) == "The engine does not answer; the workspace can be deleted when it does"

    play(tmp_path, story)


def test_one_that_another_lab_of_the_student_has_is_not_asked_about(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.leave_workspaces("Ada Lovelace")
        ended = world.row("Ada Lovelace").uid
        await world.create("Ada Lovelace")
        await until(lambda: "RUNNING" in {row.phase for row in world.labs.model.rows()})
        world.labs.model.select([ended])
        world.trigger(ACTION)
        await until(lambda: world.toasts)
        assert world.toasts == ["Ada Lovelace's workspace is in use by ada-lovelace-web-2; end that lab first"]
        assert world.labs.workspace_deletion.sheet is None

    play(tmp_path, story)


def test_labs_without_a_workspace_are_told_so(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.leave_workspaces("Ada Lovelace")
        world.engine.workspaces.clear()
        world.choose("Ada Lovelace")
        world.trigger(ACTION)
        await until(lambda: world.toasts)
        assert world.toasts == ["The chosen labs have left no workspace"]

    play(tmp_path, story)


@pytest.mark.parametrize("answer", ["look", "remove"])
def test_an_engine_that_goes_away_meanwhile_is_told(tmp_path: Path, answer: str) -> None:
    async def story(world: WindowWorld) -> None:
        await world.leave_workspaces("Ada Lovelace")
        if answer == "remove":
            sheet = await asked(world, "Ada Lovelace")
            world.engine.reachable = False
            sheet.delete_button.click()
        else:
            world.choose("Ada Lovelace")
            world.engine.reachable = False
            world.trigger(ACTION)
        await until(lambda: world.toasts)
        assert world.toasts == ["The simulated engine is switched off; switch it on again."]
        assert len(world.engine.workspaces) == 1

    play(tmp_path, story)


def test_one_may_ask_about_others_while_some_are_being_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: WindowWorld) -> None:
        await world.leave_workspaces("Ada Lovelace", "Grace Hopper")
        goes_on, remove = asyncio.Event(), world.desk.workspaces.remove_async

        async def held(names: Sequence[str]) -> list[Workspace]:
            await goes_on.wait()
            return await remove(names)

        monkeypatch.setattr(world.desk.workspaces, "remove_async", held)
        (await asked(world, "Ada Lovelace")).delete_button.click()
        sheet = await asked(world, "Grace Hopper")
        goes_on.set()
        await until(lambda: world.toasts)
        assert world.toasts == ["Deleted Ada Lovelace's workspace"]
        assert sheet.heading.text() == "Delete Grace Hopper's workspace?"
        assert len(world.engine.workspaces) == 1

    play(tmp_path, story)
