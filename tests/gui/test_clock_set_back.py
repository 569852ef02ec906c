"""While the computer's clock is behind what has happened nothing starts or ends: every page says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from labdesk.ui.pages.health.page import HealthPage
from labdesk.ui.widgets.labels import Label
from tests.gui.page_world import until
from tests.gui.window_world import WindowWorld, play


def test_a_clock_that_was_set_back_is_told_across_every_page_until_it_has_caught_up(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        banner, times = world.window.clock_banner, world.assembly.context.times
        await world.create_running("Ada Lovelace")
        assert not banner.isVisible()
        world.clock.ahead -= timedelta(minutes=40, seconds=30)
        await until(banner.isVisible)
        until_when = world.desk.clock.held_until
        assert until_when is not None
        assert (
            f"No lab starts or ends by itself until it shows {times.clock(until_when)} again, in 40 min." in banner.text
        )
        world.window.show_page("health")
        page = world.window.page("health")
        assert isinstance(page, HealthPage)
        await until(lambda: "the computer's clock was set back" in page.verdict)
        world.clock.ahead += timedelta(minutes=41)
        await until(lambda: not banner.isVisible())
        await until(lambda: "set back" not in page.verdict)

    play(tmp_path, story)


def test_the_time_in_the_top_bar_follows_a_clock_that_is_set(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.clock.ahead += timedelta(hours=30)
        times, labels = world.assembly.context.times, world.window.top_bar.findChildren(Label)
        await until(lambda: times.date_and_clock(world.desk.clock.now()) in [label.text() for label in labels])

    play(tmp_path, story)
