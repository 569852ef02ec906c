"""The welcome: from nothing to a first lab with one button."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from labdesk.config import AccessMode
from labdesk.engines.service import EngineUnavailable
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest, is_email
from labdesk.labs.students import Student
from labdesk.paths import resource_path
from labdesk.resource.errors import InvalidResourceError
from labdesk.ui.panels.first_run.me import guess_instructor
from labdesk.ui.panels.first_run.page import FirstRun
from labdesk.ui.panels.first_run.samples import manifest_of_missing, read_samples
from tests.gui.page_world import PageWorld, at_rest, click, play, press, show, until, write

pytestmark = pytest.mark.usefixtures("qtbot")

ADA = Student("ada@example.edu", "Ada Lovelace")
NAMES = ["database", "notebook", "shell", "web-ide", "web-server"]


class Welcome:
    """The page with what it told."""

    def __init__(self, world: PageWorld, student: Student = ADA, folder: Path | None = None) -> None:
        self.access: list[AccessMode] = []
        self.finished: list[list[LabInstanceRequest]] = []
        self.demos = 0
        self.page = FirstRun(world.context, world.shelf, folder or resource_path("templates"), self._choose, student)
        self.page.finished.connect(self.finished.append)
        self.page.demo_wanted.connect(self._count_demo)

    def _choose(self, mode: AccessMode) -> None:
        self.access.append(mode)

    def _count_demo(self) -> None:
        self.demos += 1


async def welcome(world: PageWorld, student: Student = ADA, folder: Path | None = None) -> Welcome:
    found = Welcome(world, student, folder)
    await show(world, found.page)
    await until(lambda: _stands(found.page.sample_cards.values()) or found.page.problem.isVisible())
    return found


def _stands(cards: Collection[QWidget]) -> bool:
    """Qt shows what came into a layout only after the turn that put it there."""
    return bool(cards) and all(card.isVisible() for card in cards)


def test_one_button_adds_the_samples_and_starts_a_first_lab(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        found = await welcome(world)
        assert list(found.page.sample_cards) == NAMES
        assert found.page.chosen_sample == "shell"
        click(found.page.start_button)
        await until(lambda: found.finished)
        await until(lambda: [facts.name for facts in world.shelf.facts] == NAMES)
        (lab,) = await world.labs()
        assert (lab.student, lab.spec.lab_template) == ("Ada Lovelace", "shell")
        assert [one.metadata.uid for one in found.finished[0]] == [lab.metadata.uid]
        assert found.access == [AccessMode.ONLY_ME]
        assert lab.phase in (LabPhase.PENDING, LabPhase.PROVISIONING, LabPhase.RUNNING)

    play(tmp_path, story)


def test_another_template_and_my_network_by_keyboard(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        found = await welcome(world)
        page = found.page
        page.sample_cards["shell"].setFocus(Qt.FocusReason.TabFocusReason)
        press(page.sample_cards["shell"], Qt.Key.Key_Left)
        assert page.chosen_sample == "notebook"
        page.access_cards[AccessMode.ONLY_ME].setFocus(Qt.FocusReason.TabFocusReason)
        press(page.access_cards[AccessMode.ONLY_ME], Qt.Key.Key_Right)
        page.start_button.setFocus(Qt.FocusReason.TabFocusReason)
        press(page.start_button, Qt.Key.Key_Space)
        await until(lambda: found.finished)
        assert found.access == [AccessMode.MY_NETWORK]
        assert found.finished[0][0].spec.lab_template == "notebook"

    play(tmp_path, story)


def test_the_samples_can_be_added_without_starting_anything(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        found = await welcome(world)
        click(found.page.add_button)
        await until(lambda: found.finished == [[]])
        await until(lambda: len(world.shelf.facts) == len(NAMES))
        assert await world.labs() == []

    play(tmp_path, story)


def test_a_sample_that_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await world.add_templates("shell")
        found = await welcome(world)
        click(found.page.add_button)
        await until(lambda: found.finished)
        await until(lambda: len(world.shelf.facts) == len(NAMES))
        shell = next(facts for facts in world.shelf.facts if facts.name == "shell")
        assert shell.image == "busybox:1.36"

    play(tmp_path, story)


def test_an_address_that_is_none_is_told_beside_its_field(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        found = await welcome(world, Student(""))
        page = found.page
        click(page.start_button)
        assert page.email_problem == "This is no e-mail address. Write it like ada@example.edu."
        assert page.email_edit.hasFocus()
        write(page.email_edit, "ada@example.edu")
        assert page.email_problem == ""
        click(page.start_button)
        await until(lambda: found.finished)

    play(tmp_path, story)


def test_without_an_engine_it_says_what_happens_and_offers_what_helps(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        found = await welcome(world)
        page = found.page
        await until(lambda: "simulated engine" in page.engine_banner.text)
        assert not page.retry_button.isVisible()

        def places() -> list[int]:
            return [part.mapTo(page, QPoint(0, 0)).y() for part in (page.name_edit, page.start_button)]

        before = await at_rest(places)
        world.desk.engine_monitor.report_failure(EngineUnavailable("No engine answers; start Docker."))
        await until(lambda: page.retry_button.isVisible())
        assert await at_rest(places) == before
        assert page.engine_banner.text == (
            "No engine answers; start Docker. Your lab waits until then and starts by itself."
        )
        click(page.demo_button)
        assert found.demos == 1
        click(page.retry_button)
        await until(lambda: "simulated engine" in page.engine_banner.text)

    play(tmp_path, story)


def test_what_went_wrong_is_told_and_the_button_works_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: PageWorld) -> None:
        found = await welcome(world)

        async def refuse(_text: str) -> object:
            raise InvalidResourceError("", "the disk is full; make room")

        with monkeypatch.context() as patch:
            patch.setattr(world.context.commands, "apply_async", refuse)
            click(found.page.start_button)
            await until(lambda: found.page.problem.isVisible())
        assert found.page.problem.text == "the disk is full; make room"
        click(found.page.start_button)
        await until(lambda: found.finished)

    play(tmp_path, story)


def test_a_broken_sample_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    (folder / "odd.yaml").write_text("a: [", encoding="utf-8")

    async def story(world: PageWorld) -> None:
        found = await welcome(world, folder=folder)
        assert "not valid YAML" in found.page.problem.text

    play(tmp_path, story)


def test_every_sample_is_a_template_with_a_description() -> None:
    samples = read_samples(resource_path("templates"))
    assert [sample.facts.name for sample in samples] == NAMES
    assert all(0 < len(sample.facts.description) < 116 for sample in samples), "three lines of its card"
    assert manifest_of_missing(samples, {f"default/{name}" for name in NAMES}) == ""


def test_the_proposed_instructor_has_an_address_labs_take_or_none() -> None:
    proposed = guess_instructor()
    assert not proposed.email or is_email(proposed.email)
