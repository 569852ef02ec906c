"""The New lab panel, as an instructor uses it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.errors import InvalidResourceError
from labdesk.ui.panels.new_lab.draft import DraftField
from labdesk.ui.panels.new_lab.panel import NewLabPanel
from labdesk.ui.panels.new_lab.when_words import QuickTimes
from tests.gui.new_lab_world import open_panel, problem
from tests.gui.page_world import BERLIN, PageWorld, at_rest, click, focusable, play, press, settle, until, write

pytestmark = pytest.mark.usefixtures("qtbot")


def test_a_lab_now_by_keyboard_alone(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        made: list[list[LabInstanceRequest]] = []
        closed: list[bool] = []
        panel.created.connect(made.append)
        panel.closed.connect(lambda: closed.append(True))
        assert panel.students.hasFocus()
        write(panel.students, "Ada Lovelace <ada@example.edu>")
        assert panel.create_button.text() == "Create 1 lab now"
        press(panel.students, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: closed)
        (lab,) = await world.labs()
        assert (lab.student, lab.spec.lab_template, lab.spec.duration_minutes) == ("Ada Lovelace", "shell", 60)
        assert [one.metadata.name for one in made[0]] == ["ada-lovelace-shell"]
        assert panel.students.toPlainText() == ""

    play(tmp_path, story)


def test_a_class_at_a_time_of_the_instructor_s_zone(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell", "notebook")
        panel = await open_panel(world)
        click(panel.gallery.cards[1])
        panel.students.setPlainText("ada@example.edu, grace@example.edu\nKatherine <kj@example.edu>")
        now = world.context.clock.now().astimezone(BERLIN).replace(tzinfo=None)
        start = QuickTimes.after(now).full_hour + timedelta(days=1)
        panel.start.set_wall_clock(start)
        click(panel.duration.chips[90])
        assert panel.create_button.text() == f"Create 3 labs for {start:%a %H:%M}"
        click(panel.create_button)
        await until(lambda: not panel.is_busy)
        labs = await world.labs()
        assert {lab.spec.student_email for lab in labs} == {"ada@example.edu", "grace@example.edu", "kj@example.edu"}
        assert {lab.spec.lab_template for lab in labs} == {"shell"}
        assert {lab.spec.duration_minutes for lab in labs} == {90}
        assert {lab.scheduled_start.astimezone(BERLIN).replace(tzinfo=None) for lab in labs} == {start}

    play(tmp_path, story)


def test_create_with_an_empty_form_says_what_is_missing_and_goes_there(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell", "notebook")
        panel = await open_panel(world)
        assert not any(problem(panel, field) for field in DraftField)
        click(panel.create_button)
        assert problem(panel, DraftField.TEMPLATE) == "Choose a template."
        assert problem(panel, DraftField.STUDENTS) == "Name at least one student."
        assert panel.gallery.cards[0].hasFocus()
        assert await world.labs() == []

    play(tmp_path, story)


def test_a_duration_out_of_range_is_explained_beside_it(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        panel.duration.number.setFocus()
        panel.duration.number.selectAll()
        write(panel.duration.number, "600")
        assert problem(panel, DraftField.DURATION) == "A lab lasts 1 to 480 minutes."
        click(panel.duration.chips[120])
        assert problem(panel, DraftField.DURATION) == ""

    play(tmp_path, story)


def test_a_time_wholly_past_is_explained_beside_it_and_the_exact_utc_is_in_the_tooltip(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        panel.start.set_wall_clock(world.context.clock.now().replace(tzinfo=None, second=0) - timedelta(days=2))
        assert problem(panel, DraftField.START) == "The whole lab would lie in the past. Choose a later time."
        assert panel.start.toolTip().endswith("UTC")

    play(tmp_path, story)


def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        write(panel.students, "ada@example.edu")

        async def refuse(*_arguments: object) -> list[LabInstanceRequest]:
            raise InvalidResourceError("spec.labTemplate", "there is no template 'shell' in default; known: none yet")

        monkeypatch.setattr(world.context.commands, "create_labs_async", refuse)
        click(panel.create_button)
        await until(lambda: problem(panel, DraftField.TEMPLATE))
        assert problem(panel, DraftField.TEMPLATE).startswith("There is no template 'shell'")
        assert panel.students.toPlainText() == "ada@example.edu"
        assert panel.create_button.isEnabled()

    play(tmp_path, story)


def test_of_a_whole_school_what_was_created_is_told_and_the_rest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        addresses = [f"student{number}@example.edu" for number in range(130)]
        panel.students.setPlainText("\n".join(addresses))
        made: list[int] = []
        panel.created.connect(lambda labs: made.append(len(labs)))
        create = world.context.commands.create_labs_async
        calls: list[int] = []

        async def fail_later(*arguments: object) -> list[LabInstanceRequest]:
            calls.append(1)
            if len(calls) > 1:
                raise InvalidResourceError("", "the disk is full; make room")
            return await create(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(world.context.commands, "create_labs_async", fail_later)
        click(panel.create_button)
        assert panel.cancel_button.text() == "Stop"
        await until(lambda: not panel.is_busy)
        assert made == [100]
        assert panel.students.toPlainText().splitlines() == addresses[100:]
        assert panel.error_text == "100 labs were created. The disk is full; make room."

    play(tmp_path, story)


def test_escape_closes_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        closed: list[bool] = []
        panel.closed.connect(lambda: closed.append(True))
        write(panel.students, "ada@example.edu")
        press(panel.students, Qt.Key.Key_Escape)
        assert closed
        assert panel.students.toPlainText() == "ada@example.edu"

    play(tmp_path, story)


def test_every_control_has_a_name_and_is_reached_by_tab(tmp_path: Path, qtbot: QtBot) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell", "notebook")
        panel = await open_panel(world)
        nameless = [widget for widget in focusable(panel) if not widget.accessibleName()]
        assert nameless == []
        reached = []
        for _ in range(24):
            press(world.window.focusWidget() or panel, Qt.Key.Key_Tab)
            reached.append(world.window.focusWidget())
        for wanted in (panel.students, panel.duration.number, panel.create_button, panel.cancel_button):
            assert wanted in reached

    play(tmp_path, story)


def forecast_of(panel: NewLabPanel) -> tuple[str, str]:
    """The names and the sentence about room that stand above the button."""
    return panel.preview.names_text, panel.preview.outlook_text


def test_names_and_room_are_told_before_anything_is_created(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        panel = await open_panel(world)
        await until(lambda: world.context.engine_monitor.info is not None)
        panel.students.setPlainText("Ada Lovelace <ada@example.edu>\ngrace@example.edu")
        await until(lambda: forecast_of(panel) == ("ada-lovelace-shell, grace-shell", "There is room for all 2."))
        panel.students.setPlainText("")
        await until(lambda: forecast_of(panel) == ("", ""))

    play(tmp_path, story)


def test_where_the_engine_is_full_it_says_how_many_find_room_in_time(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        await until(lambda: world.context.capacity.limits.memory > 0)
        panel = await open_panel(world)
        room = world.context.capacity.limits.places(world.shelf.facts[0].need.share)
        panel.students.setPlainText("\n".join(f"s{number}@example.edu" for number in range(room + 2)))
        await until(
            lambda: panel.preview.outlook_text.startswith(f"There is room for {room} of {room + 2}; the others")
        )

    play(tmp_path, story, memory=2 * 2**30)


def test_a_lab_that_is_too_big_for_the_engine_is_told_of(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        await until(lambda: world.context.capacity.limits.memory > 0)
        panel = await open_panel(world)
        panel.students.setPlainText("ada@example.edu")
        await until(lambda: "so it cannot start" in panel.preview.outlook_text)

    play(tmp_path, story, memory=2**27)


def test_nothing_moves_when_something_is_wrong_or_becomes_known(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell", "notebook", "database")
        panel = await open_panel(world)
        panel.gallery.choose("default/shell")
        for height in (760, 1_300):
            panel.resize(400, height)
            panel.students.setPlainText("ada@example.edu\n")
            await until(lambda: panel.preview.outlook_text)

            def places() -> list[int]:
                parts = (panel.students, panel.start, panel.duration, panel.create_button)
                return [part.mapTo(panel, QPoint(0, 0)).y() for part in parts]

            before = await at_rest(places)
            panel.students.setPlainText("somebody whose line is so long that it takes two\nnext")
            panel.submit()
            await until(lambda: panel.problem_of(DraftField.STUDENTS) and not panel.preview.outlook_text)
            assert await at_rest(places) == before
            panel.students.clear()

    play(tmp_path, story)


def test_the_room_goes_to_whole_cards_first_and_then_to_the_students(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("a", "b", "c", "d")
        panel = await open_panel(world)
        seen = []
        for height in (520, 760, 1_300):
            panel.resize(400, height)
            await settle(panel)
            cards = [card for card in panel.gallery.cards if not card.visibleRegion().isEmpty()]
            assert all(card.visibleRegion().boundingRect() == card.rect() for card in cards)
            seen.append((len(cards), panel.students.height()))
        assert [count for count, _ in seen] == [2, 3, 4]
        assert seen[2][1] > seen[1][1]

    play(tmp_path, story)


def test_the_whole_form_is_seen_without_scrolling_in_a_window_of_720_pixels(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell", "notebook", "database")
        panel = await open_panel(world)
        panel.gallery.choose("default/shell")
        panel.resize(400, 672)  # less the bar with the page's title
        panel.students.setPlainText("ada@example.edu")
        await until(lambda: panel.preview.outlook_text)
        await settle(panel)
        assert panel.duration.visibleRegion().boundingRect().height() == panel.duration.height()

    play(tmp_path, story)
