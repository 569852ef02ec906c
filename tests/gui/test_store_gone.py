"""While what happens is not kept, the window says so on every page, and Health does not say that everything works."""

from __future__ import annotations

from pathlib import Path

import pytest

from labdesk import desk
from labdesk.ui.pages.health.page import HealthPage
from tests.guards import ExpectedLogs
from tests.gui.page_world import until
from tests.gui.window_world import WindowWorld, play


def test_a_store_that_is_gone_is_told_across_every_page_until_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs("use the store")
    monkeypatch.setattr(desk, "METRICS_SECONDS", 0.02)

    async def story(world: WindowWorld) -> None:
        banner, store, elsewhere = world.window.store_banner, tmp_path / "desk.db", tmp_path / "elsewhere"
        assert not banner.isVisible()
        store.rename(elsewhere)
        await until(banner.isVisible)
        assert "what happens now will be lost: put it back" in banner.text
        world.window.show_page("health")
        page = world.window.page("health")
        assert isinstance(page, HealthPage)
        await until(lambda: "what happens is not kept" in page.verdict)
        assert page.store.pill.word == "Keeps nothing"
        assert banner.isVisible()
        elsewhere.rename(store)
        await until(lambda: not banner.isVisible())

    play(tmp_path, story)
