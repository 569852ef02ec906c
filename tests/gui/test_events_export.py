"""Events into a file."""

from __future__ import annotations

import asyncio
import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.gui.events_world import choose_file, open_page, sentences, write
from tests.gui.page_world import PageWorld, click, play, until

pytestmark = pytest.mark.usefixtures("qtbot")


def test_what_is_shown_is_exported_as_json_lines_or_csv(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, 'Said "no", twice.', "=two")
        await write(world, "bad", severity="error")
        page = await open_page(world)
        click(page.toolbar.chips["error"])
        await until(lambda: len(sentences(page)) == 2)
        lines, sheet = tmp_path / "a.jsonl", tmp_path / "a.csv"
        page.toolbar.menu.actions()[0].trigger()
        choose_file(page, lines)
        await until(lambda: [toast.text for toast in world.context.toasts.toasts] == ["2 events exported to a.jsonl"])
        journal = world.desk.store.journal
        assert lines.read_text().splitlines() == [event.to_json() for event in await journal.after_async(0, 2)]
        world.context.actions.action("events.export_csv").trigger()
        assert world.navigated == [("events", "")]
        choose_file(page, sheet)
        await until(lambda: world.context.toasts.toasts[-1].text == "2 events exported to a.csv")
        with sheet.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["message"] for row in rows] == ['Said "no", twice.', "'=two"]
        assert list(rows[0]) == ["time", "severity", "type", "subject", "student", "message", "reason"]
        assert (rows[0]["student"], rows[0]["reason"], rows[0]["subject"]) == (
            "Ada Lovelace",
            "Told",
            "default/ada-web",
        )
        assert datetime.fromisoformat(rows[0]["time"]).utcoffset() == timedelta(0)
        assert not page.exporting.isVisible()

    play(tmp_path, story)


def test_an_export_that_is_cancelled_or_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: PageWorld) -> None:
        await write(world, "one")
        page = await open_page(world)
        folder = tmp_path / "exports"
        folder.mkdir()
        begun, never = asyncio.Event(), asyncio.Event()

        async def wait(*_arguments: object) -> list[object]:
            begun.set()
            await never.wait()
            return []

        with monkeypatch.context() as patch:
            patch.setattr(world.desk.store.journal, "oldest_async", wait)
            page.context.actions.action("events.export_csv").trigger()
            choose_file(page, folder / "a.csv")
            await begun.wait()
            assert page.exporting.isVisible()
            click(page.exporting.cancel_button)
            await until(lambda: not page.exporting.isVisible())
        await until(lambda: not list(folder.iterdir()))
        page.context.actions.action("events.export_csv").trigger()
        choose_file(page, tmp_path / "nowhere" / "a.csv")
        await until(lambda: page.problem.isVisible())
        assert "cannot be written" in page.problem.text

    play(tmp_path, story)
