"""Images of templates: present or missing, pulled, refused, cancelled."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt

from labdesk.engines.service import ImagePullError, ProgressHandler, PullProgress
from labdesk.engines.simulation import Latencies
from labdesk.ui.pages.templates.rows import TemplateColumn
from tests.gui.page_world import click, press, until
from tests.gui.templates_world import WEB, open_page, word
from tests.gui.window_world import WindowWorld, play

# --- images -----------------------------------------------------------------------------------------------------------


def test_a_pull_shows_how_far_it_is_and_brings_the_image(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        seen: set[str] = set()
        page.images.changed.connect(lambda _image: seen.add(word(page)))
        press(page.view, Qt.Key.Key_P)
        await until(lambda: word(page) == "Present")
        assert any(text.startswith("Pulling") and text.endswith("%") for text in seen)
        assert "busybox:1.36" in world.engine.images

    play(tmp_path, story, images=[], latencies=Latencies(pull=0.2))


def test_a_pull_can_be_cancelled(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        stopped: list[bool] = []

        async def pull(image: str, on_progress: ProgressHandler) -> None:
            on_progress(PullProgress(image, 30, 120))
            try:
                await asyncio.Event().wait()
            finally:
                stopped.append(True)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        card = page.panel.image_card
        await until(lambda: card.height() == card.heightForWidth(card.width()))
        before = card.height()
        click(card.pull_button)
        await until(lambda: word(page) == "Pulling 25 %" and card.progress.isVisible())
        assert card.heightForWidth(card.width()) == before  # nothing beneath moves
        assert card.rect().contains(card.progress.geometry())
        assert (card.progress.done, card.progress.total) == (30, 120)
        click(card.cancel_button)
        await until(lambda: word(page) == "Missing")
        assert stopped == [True]
        assert card.pull_button.isVisible()

    play(tmp_path, story, images=[])


def test_a_pull_that_is_cancelled_before_it_began_leaves_nothing_behind(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        page.images.pull("busybox:1.36")
        page.images.cancel("busybox:1.36")
        await until(lambda: word(page) == "Missing" and not page.images.is_pulled_here("busybox:1.36"))

    play(tmp_path, story, images=[])


def test_an_image_stays_present_when_pulling_it_again_fails(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        async def pull(image: str, on_progress: ProgressHandler) -> None:
            raise ImagePullError("no such host", image=image)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Present")
        card = page.panel.image_card
        click(card.pull_button)
        await until(lambda: "failed" in card.sentence)
        assert card.sentence == "The image is on the engine; pulling it again failed: no such host."
        assert word(page) == "Present"

    play(tmp_path, story)


def test_a_refused_pull_says_why_and_offers_another_try(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        async def pull(image: str, on_progress: ProgressHandler) -> None:
            raise ImagePullError(f"pull access denied for {image}", image=image)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        click(page.panel.image_card.pull_button)
        await until(lambda: word(page) == "Pull failed")
        assert page.panel.image_card.sentence == "Pull access denied for busybox:1.36."
        assert page.panel.image_card.pull_button.text() == "Try again"

    play(tmp_path, story, images=[])


def test_a_pull_for_waiting_labs_is_shown_but_not_to_be_cancelled_here(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        arrived = asyncio.Event()

        async def pull(image: str, on_progress: ProgressHandler) -> None:
            on_progress(PullProgress(image, 30, 120))
            await arrived.wait()
            world.engine.images.add(image)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        await world.create("Ada Lovelace")
        card = page.panel.image_card
        await until(lambda: card.sentence == "30 B of 120 B, for the labs that wait for it.")
        assert (card.progress.done, card.progress.total) == (30, 120)
        assert not card.cancel_button.isVisible()
        assert not card.pull_button.isVisible()
        on_engine = page.model.index(page.model.position(WEB), TemplateColumn.ON_ENGINE)
        assert page.model.data(on_engine, Qt.ItemDataRole.ToolTipRole) == card.sentence
        arrived.set()
        await until(lambda: word(page) == "Present")

    play(tmp_path, story, images=[])


def test_a_registry_that_ceases_to_answer_in_the_middle_of_a_pull_is_told(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        hear: asyncio.Future[ProgressHandler] = asyncio.get_running_loop().create_future()

        async def pull(_image: str, on_progress: ProgressHandler) -> None:
            hear.set_result(on_progress)
            await asyncio.Event().wait()

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        await until(lambda: word(page) == "Missing")
        await world.create("Ada Lovelace")
        tell = await hear
        tell(PullProgress("busybox:1.36", 60, 120, interrupted=True))
        assert word(page) == "Pulling 50 %"
        assert page.panel.image_card.sentence == "The registry does not answer; the engine tries again."
        await until(lambda: "50 % of 120 B, but the registry does not answer" in told(world))
        page.images.take_labs(world.labs.model.rows(), world.clock.now().timestamp())
        assert word(page) == "Pulling 50 %"
        tell(PullProgress("busybox:1.36", 61, 120))
        assert page.panel.image_card.sentence == "61 B of 120 B, for the labs that wait for it."

    def told(world: WindowWorld) -> str:
        lab = world.assembly.context.lab_of(world.row("Ada Lovelace").uid)
        return " ".join(condition.message for condition in lab.status.conditions) if lab is not None else ""

    play(tmp_path, story, images=[])


def test_how_far_a_pull_for_labs_is_shows_at_every_step_of_it_and_not_only_when_labs_are_told(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        hear: asyncio.Future[ProgressHandler] = asyncio.get_running_loop().create_future()
        refused = asyncio.Event()

        async def pull(image: str, on_progress: ProgressHandler) -> None:
            on_progress(PullProgress(image, 0, 0))
            hear.set_result(on_progress)
            await refused.wait()
            raise ImagePullError(f"pull access denied for {image}", image=image)

        world.engine.pull_image_async = pull  # type: ignore[method-assign]
        page = await open_page(world, WEB)
        card = page.panel.image_card
        await until(lambda: word(page) == "Missing" and card.height() == card.heightForWidth(card.width()))
        before = card.height()
        await world.create("Ada Lovelace")
        tell = await hear
        await until(lambda: card.sentence == "Asking the registry, for the labs that wait for it …")
        for done in (30, 31, 32):
            tell(PullProgress("busybox:1.36", done, 120))
            assert card.sentence == f"{done} B of 120 B, for the labs that wait for it."
            page.images.take_labs(world.labs.model.rows(), world.clock.now().timestamp())
            assert card.progress.done == done  # what labs were told of earlier does not lead it back
        assert card.heightForWidth(card.width()) == before  # nothing beneath moves
        refused.set()
        await until(lambda: word(page) == "Pull failed")
        assert card.sentence == "Pull access denied for busybox:1.36."

    play(tmp_path, story, images=[])
