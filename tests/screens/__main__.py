"""`python -m tests.screens OUT [NAME …]`: every scene, light and dark, in three sizes, a process for each size.

The same bytes come out every time: fixed data, a clock that stands still, and the Inter font or none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = ("1366x768@1", "2560x1440@1", "1280x720@2")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screens")
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*", help="only these scenes")
    parser.add_argument("--size", type=_size, help="only this size, of these or any other: WIDTHxHEIGHT@SCALE")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.here:
        return _render(arguments.out, arguments.size, arguments.names)
    sizes = [arguments.size] if arguments.size else SIZES
    return max(_in_process(arguments.out, size, arguments.names) for size in sizes)


def _size(text: str) -> str:
    """Return a size as given; argparse tells of one that cannot be read."""
    _numbers(text)
    return text


def _numbers(size: str) -> tuple[int, int, int]:
    """Return width, height and scale of `1366x768@1`."""
    pixels, _, scale = size.partition("@")
    width, _, height = pixels.partition("x")
    return int(width), int(height), int(scale)


def _in_process(out: Path, size: str, names: list[str]) -> int:
    width, height, scale = _numbers(size)
    # Without a screen of its own size, offscreen has one of 800 x 800 and keeps menus within it.
    screen = {"name": "paper", "x": 0, "y": 0, "width": width * scale, "height": height * scale, "dpr": 1.0}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as paper:
        json.dump({"screens": [{**screen, "logicalDpi": 96, "logicalBaseDpi": 96}]}, paper)
        paper.flush()
        # Where this computer's engine listens, and what is set here, is in no picture.
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(("DOCKER_", "LABDESK_"))}
        environment = {
            **inherited,
            "QT_QPA_PLATFORM": f"offscreen:configfile={paper.name}",
            "QT_SCALE_FACTOR": str(scale),
            "LC_ALL": "C.UTF-8",
        }
        command = [sys.executable, "-m", "tests.screens", str(out), *names, "--size", size, "--here"]
        return subprocess.run(command, env=environment, check=False).returncode


def _render(out: Path, size: str, names: list[str]) -> int:
    from labdesk.resource import model as _model  # before PySide6: see labdesk/resource/model.py

    assert _model
    from filelock import FileLock
    from PySide6.QtGui import QFont, QFontInfo
    from PySide6.QtWidgets import QApplication

    from labdesk.ui.loop import DeskEventLoop
    from tests.screens.stage import FONT

    app = QApplication(["labdesk"])
    app.setQuitOnLastWindowClosed(False)
    app.setCursorFlashTime(0)
    if QFontInfo(QFont(FONT)).family() != FONT:
        print(f"The font {FONT} is not installed (Debian: fonts-inter); every picture would look different.")
        return 1
    # The Health page shows the store's path: it has to be the same every time, so two runs take turns.
    folder = Path(tempfile.gettempdir()) / f"labdesk-screens-{size}"
    with FileLock(f"{folder}.lock"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            with asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
                count = runner.run(_take_all(folder, out, size, names))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{size}: {count} pictures")
    return 0


async def _take_all(folder: Path, out: Path, size: str, names: list[str]) -> int:
    from labdesk.ui.theme import ThemeMode
    from tests.screens import (
        scenes_closing,
        scenes_events,
        scenes_health,
        scenes_labs,
        scenes_settings,
        scenes_templates,
        scenes_timeline,
        scenes_today,
        scenes_trouble,
    )
    from tests.screens.scenes import SCENES
    from tests.screens.stage import stage_async
    from tests.screens.world import write_morning_async

    assert all(
        (
            scenes_closing,
            scenes_events,
            scenes_health,
            scenes_labs,
            scenes_settings,
            scenes_templates,
            scenes_timeline,
            scenes_today,
            scenes_trouble,
        )
    )
    width, height, _ = _numbers(size)
    morning = folder / "morning.db"
    await write_morning_async(morning)
    count = 0
    for scene in SCENES:
        if names and scene.name not in names:
            continue
        for mode in (ThemeMode.LIGHT, ThemeMode.DARK):
            place = folder / "desk"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            store = morning if scene.morning else None
            async with stage_async(place, store, mode, width, height, scene.engine_away, scene.start) as stage:
                await scene.act(stage)
                await stage.settle_async()
                stage.photograph().save(str(out / f"{scene.name}-{mode}-{size}.png"))
                count += 1
                for overlay in stage.overlays:
                    overlay.close()
    return count


if __name__ == "__main__":
    sys.exit(main())
