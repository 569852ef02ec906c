"""The command field: what was meant is found and runs, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from labdesk.labs.students import Student
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.pages.labs.lab_search import find_labs
from labdesk.ui.shell.command_list import Suggestion, grouped
from labdesk.ui.shell.matching import Fit, match, rank
from tests.gui.page_world import press, until, write
from tests.gui.window_world import WindowWorld, play


def open_field(world: WindowWorld, text: str = "") -> list[Suggestion]:
    press(world.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    world.window.top_bar.field.edit.clear()
    write(world.window.top_bar.field.edit, text)
    return world.window.command.list.suggestions


def titles(found: list[Suggestion], group: str = "") -> list[str]:
    return [one.title for one in found if not group or one.group == group]


# --- how well a text fits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "fit"),
    [
        ("new l", Fit.START),
        ("lab", Fit.WORD),
        ("lab ne", Fit.BEGINNINGS),
        ("nl", Fit.INITIALS),
        ("ew", Fit.WITHIN),
        ("ab ew", Fit.PARTS),
        ("nwe lab", None),
        ("newlab", None),
        ("nb", None),
        ("elb", None),
    ],
)
def test_a_text_fits_by_beginnings_initials_and_parts(typed: str, fit: Fit | None) -> None:
    found = match(typed, "New lab")
    assert (found.fit if found is not None else None) == fit


@pytest.mark.parametrize("typed", ["Templtaes", "tempates", "templlates", "temolates", "tmepl"])
def test_one_slip_of_a_key_is_forgiven(typed: str) -> None:
    found = match(typed, "Templates")
    assert found is not None
    assert found.fit is Fit.SLIP


@pytest.mark.parametrize("typed", ["sotp", "stpo"])
def test_a_slip_in_a_word_of_four_letters_is_forgiven_and_in_a_shorter_one_is_not(typed: str) -> None:
    assert rank(typed, "Stop") == Fit.SLIP
    assert rank("tsp", "Stop") == 0


def test_letters_scattered_over_an_action_do_not_run_it() -> None:
    assert rank("theme", "Add the samples") == 0
    assert rank("dsm", "Add the samples") == 0


def test_the_letters_that_were_meant_are_known() -> None:
    found = match("lab ne", "New lab")
    assert found is not None
    assert found.letters == {0, 1, 4, 5, 6}
    found = match("nl", "New lab")
    assert found is not None
    assert found.letters == {0, 4}


@given(st.text(), st.text())
def test_whatever_is_typed_the_letters_lie_within_the_text(typed: str, text: str) -> None:
    found = match(typed, text)
    assert found is None or all(0 <= place < len(text) for place in found.letters)


def test_the_group_with_the_best_comes_first_and_every_group_has_a_share() -> None:
    def many(group: str, fit: int, count: int) -> list[Suggestion]:
        return [Suggestion(f"{group} {n}", "", "", lambda: None, group=group, fit=fit) for n in range(count)]

    found = grouped([many("Actions", 3, 9), many("Labs", 7, 2), many("Templates", 1, 1)], 6)
    assert [one.group for one in found] == ["Labs"] * 2 + ["Actions"] * 3 + ["Templates"]


def test_among_equals_what_an_instructor_does_comes_before_settings_even_while_it_must_wait() -> None:
    waiting = Suggestion("Start now", "", "", lambda: None, group="Actions", possible=False, fit=7)
    setting = Suggestion("Store", "", "", lambda: None, group="Settings", fit=7)
    assert [one.group for one in grouped([[waiting], [setting]], 6)] == ["Actions", "Settings"]


# --- what is found --------------------------------------------------------------------------------------------


def test_initials_and_enter_run_the_action(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.window.show_page("health")
        found = open_field(world, "nl")
        assert (found[0].title, found[0].group) == ("New lab", "Actions")
        press(world.window.top_bar.field.edit, Qt.Key.Key_Return)
        await until(world.assembly.new_lab.isVisible)

    play(tmp_path, story, every_page=True)


def test_labs_templates_pages_and_settings_are_found_under_their_headings(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        assert titles(open_field(world, "ada love"), "Labs") == ["Ada Lovelace"]
        assert titles(open_field(world, "web"), "Templates") == ["web"]
        assert titles(open_field(world, "tmeplates"), "Pages") == ["Templates"]
        assert "Theme" in titles(open_field(world, "theme"), "Settings")

    play(tmp_path, story, every_page=True)


def test_a_setting_is_found_by_what_can_be_chosen(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        assert titles(open_field(world, "dark"), "Settings") == ["Theme"]

    play(tmp_path, story, every_page=True)


def test_choosing_a_student_shows_all_labs_of_that_student(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        ada = [Student("ada@example.edu", "Ada Lovelace")]
        for minutes in (30, 60):
            await world.desk.commands.create_labs_async("web", ada, None, minutes)
        await world.create("Grace Hopper", minutes_from_now=30)
        await until(lambda: world.labs.model.total == 3)
        world.window.show_page("health")
        student = next(one for one in open_field(world, "ada") if one.group == "Students")
        student.run()
        assert world.window.current_page == "labs"
        assert {world.labs.model.row_at(place).student for place in range(world.labs.model.rowCount())} == {
            "Ada Lovelace"
        }
        assert world.labs.model.rowCount() == 2

    play(tmp_path, story, every_page=True)


def test_what_is_not_possible_is_shown_with_the_reason_and_never_runs(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.window.show_page("health")
        found = open_field(world, "stop")
        assert (found[0].title, found[0].possible) == ("Stop", False)
        assert found[0].remark == "Choose a lab on the Labs page first"
        press(world.window.top_bar.field.edit, Qt.Key.Key_Return)
        assert world.toasts == []
        assert world.window.command.list.isVisible()
        assert "Choose a lab" in world.window.command.list.accessibleDescription()

    play(tmp_path, story, every_page=True)


def test_what_was_used_last_comes_first_when_nothing_is_typed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        found = open_field(world)
        assert {one.group for one in found} == {"Pages", "Actions"}
        assert "Do not group" not in {one.title for one in found}  # nothing is grouped
        open_field(world, "copy diag")
        press(world.window.top_bar.field.edit, Qt.Key.Key_Return)
        found = open_field(world)
        assert (found[0].title, found[0].group) == ("Copy diagnostics", "Used last")

    play(tmp_path, story, every_page=True)


def test_arrow_keys_go_over_headings_and_round(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        found = open_field(world, "te")
        edit, shown = world.window.top_bar.field.edit, world.window.command.list
        assert len({one.group for one in found}) > 1
        for wanted in [*found[1:], found[0]]:
            press(edit, Qt.Key.Key_Down)
            assert shown.current == wanted
        press(edit, Qt.Key.Key_Up)
        assert shown.current == found[-1]

    play(tmp_path, story, every_page=True)


def test_who_is_called_as_typed_is_found_behind_thousands_with_the_same_letters() -> None:
    def row(number: int, student: str) -> LabRow:
        made = LabRow.__new__(LabRow)
        made.uid, made.student, made.email = str(number), student, f"s{number}@example.edu"
        made.search = f"{student}\n{made.email}\nweb".lower()
        return made

    rows = [*(row(number, f"Hans {number}") for number in range(3_000)), row(3_000, "Andrea Ghez")]
    labs, students = find_labs(rows, "an", 5)
    assert (labs[0].student, len(labs), students) == ("Andrea Ghez", 5, [])
    assert find_labs(rows, "hans 2999", 5)[0][0].student == "Hans 2999"
