"""The store's file is moved or replaced under a desk that acts on it."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from labdesk.desk import Desk
from tests.desk.harness import World, in_world


def told(desk: Desk) -> list[str]:
    return [message for _, _, message in desk.errors if "moved, deleted or replaced" in message]


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("name", ["desk.db", "desk.db-wal"])
def test_a_desk_says_once_that_its_store_is_not_at_its_place_any_more(
    tmp_path: Path, name: str, *, replaced: bool
) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await asyncio.sleep(30)
            assert not told(desk)
            assert desk.store_trouble is None
            (tmp_path / name).rename(tmp_path / "elsewhere")
            if replaced:
                shutil.copy(tmp_path / "elsewhere", tmp_path / name)
            await asyncio.sleep(30)
            assert len(told(desk)) == 1
            assert str(desk.store_trouble) == told(desk)[0]
            (tmp_path / "elsewhere").rename(tmp_path / name)
            await asyncio.sleep(30)
            assert len(told(desk)) == 1
            assert desk.store_trouble is None
            (tmp_path / name).rename(tmp_path / "elsewhere")
            await asyncio.sleep(30)
            assert len(told(desk)) == 2
            (tmp_path / "elsewhere").rename(tmp_path / name)

    in_world(tmp_path, story)
