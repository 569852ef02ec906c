"""Choosing a file beside the store leaves the store's locks alone: whoever loses them loses what is written next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFileSystemModel

from tests.gui import templates_world
from tests.gui.page_world import click, until
from tests.gui.test_settings_page import open_page
from tests.gui.window_world import WindowWorld, play

ANOTHER_PROGRAM = """
import sys
from pathlib import Path
from labdesk.store.errors import StoreLockedError
from labdesk.store.in_use import require_closed
try:
    require_closed(Path(sys.argv[1]))
except StoreLockedError:
    print("in use")
"""


def seen_by_another_program(store: Path) -> str:
    """Return whether the store is in use, as another process sees it: in this one SQLite knows without locks."""
    told = subprocess.run([sys.executable, "-c", ANOTHER_PROGRAM, store], check=True, capture_output=True, text=True)
    return told.stdout.strip()


async def looked_around(dialog: QFileDialog, store: Path) -> None:
    """Wait until the dialog has told the store's files by their kind."""
    model = dialog.findChild(QFileSystemModel)
    assert model is not None
    files = [model.index(str(file)) for file in store.parent.iterdir()]
    await until(lambda: all(not model.data(file, Qt.ItemDataRole.DecorationRole).isNull() for file in files))


def test_the_dialog_for_another_store_keeps_the_locks_of_the_one_in_use(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        store = world.desk.store.path
        assert seen_by_another_program(store) == "in use"
        click(page.store.choose_button)
        assert page.store.dialog is not None
        await looked_around(page.store.dialog, store)
        assert seen_by_another_program(store) == "in use"
        page.store.dialog.close()

    play(tmp_path, story)


@pytest.mark.parametrize("part", ["", "-wal", "-shm"])
@pytest.mark.parametrize("action", ["template.import", "template.export"])
def test_the_store_itself_is_no_manifest(tmp_path: Path, action: str, part: str) -> None:
    async def story(world: WindowWorld) -> None:
        page = await templates_world.open_page(world, templates_world.WEB)
        store = world.desk.store.path
        chosen = store.with_name(f"{store.name}{part}")
        world.trigger(action)
        assert page.files.dialog is not None
        page.files.dialog.fileSelected.emit(str(chosen))
        page.files.dialog.close()
        await until(lambda: world.toasts == [f"{chosen} is a store of LabDesk; choose another file."])
        assert seen_by_another_program(store) == "in use"

    play(tmp_path, story)


def test_no_export_takes_the_place_of_the_store(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada", minutes_from_now=30)
        store = world.desk.store.path
        world.trigger("labs.export_csv")
        dialog = world.labs.exports.files.dialog
        assert dialog is not None
        dialog.fileSelected.emit(str(store))
        dialog.close()
        await until(lambda: any(text.endswith("is a store of LabDesk; choose another file.") for text in world.toasts))
        await world.desk.store.require_in_place_async()

    play(tmp_path, story)
