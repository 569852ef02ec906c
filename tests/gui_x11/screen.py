"""A window of another process, as a person at the screen has it: looked for, typed into, clicked at, photographed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.gui_x11.reading import Line, place_of, read

T = TypeVar("T")
PATIENCE = 120.0
"""Seconds until something that does not come is called missing; never a time that a test measures."""
PAUSE = 0.3
PHOTOGRAPH = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
whole = app.primaryScreen().grabWindow(0).toImage()
area = [int(number) for number in sys.argv[2:]] or [0, 0, whole.width(), whole.height()]
sys.exit(not whole.copy(*area).save(sys.argv[1]))
"""


def until(look: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """Look again and again until there is something; return it."""
    deadline = time.monotonic() + patience
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {patience:.0f} s")
        time.sleep(PAUSE)
    return seen


@contextmanager
def x_server(log: Path) -> Iterator[str]:
    """Start a screen of its own on a free display; give its DISPLAY."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with log.open("wb") as output, os.fdopen(reading, "rb") as answer:
        try:
            server = subprocess.Popen(command, pass_fds=[writing], stdout=output, stderr=output)
        finally:
            os.close(writing)
        try:
            number = answer.readline().decode().strip()
            assert number, f"Xvfb did not start: {log.read_text('utf-8', 'replace')}"
            yield f":{number}"
        finally:
            end(server)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and insist after a while."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE)


class WindowOnScreen:
    """`environment` says which screen. Keys and clicks come through the X server, as from a keyboard and a mouse."""

    def __init__(self, process: subprocess.Popen[bytes], title: str, environment: Mapping[str, str]) -> None:
        self.process = process
        self._environment = dict(environment)
        search = ("search", "--all", "--onlyvisible", "--pid", str(process.pid), "--name", f"^{title}$")

        def look() -> str | None:
            assert process.poll() is None, f"the window's process ended with exit code {process.returncode}"
            return self._xdotool(*search, may_fail=True).strip()

        self.id = until(look, f"the window {title}").split()[0]

    def focus(self) -> None:
        """Give it the keyboard; without a window manager nobody else does."""
        self._xdotool("windowfocus", "--sync", self.id)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as xdotool calls them: `Tab`, `ctrl+Return`."""
        self._check_keyboard()
        self._xdotool("key", *keys)

    def type(self, text: str) -> None:
        self._check_keyboard()
        self._xdotool("type", text)

    def click(self, x: int, y: int) -> None:
        """Click at a point counted from the window's upper left corner."""
        self._xdotool("mousemove", "--window", self.id, str(x), str(y), "click", "1")

    def click_on(self, words: str, below: int = 0) -> None:
        """Click on the first place from above where these words stand side by side, or so many pixels below it."""
        x, y = until(lambda: place_of(words, self.read()), f"the words {words!r} on the screen")
        self.click(x, y + below)

    def until_reads(self, words: str) -> None:
        """Wait until these words stand side by side somewhere in the window."""
        until(lambda: place_of(words, self.read()), f"the words {words!r} on the screen")

    def until_gone(self, words: str) -> None:
        until(lambda: place_of(words, self.read()) is None, f"the end of the words {words!r} on the screen")

    def read(self) -> list[Line]:
        """Return the lines a person reads in the window."""
        shape = dict(line.split("=") for line in self._xdotool("getwindowgeometry", "--shell", self.id).splitlines())
        with tempfile.TemporaryDirectory() as folder:
            picture = Path(folder, "window.png")
            self.photograph(picture, *(int(shape[name]) for name in ("X", "Y", "WIDTH", "HEIGHT")))
            return read(picture)

    def photograph(self, path: Path, *area: int) -> None:
        """Save the screen, or its part `x, y, width, height`, as a picture."""
        environment = {**self._environment, "QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, "-c", PHOTOGRAPH, str(path), *map(str, area)]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=PATIENCE)

    def exit_code(self) -> int:
        """Wait for the process to end by itself."""
        return self.process.wait(PATIENCE)

    def _check_keyboard(self) -> None:
        assert self._xdotool("getwindowfocus").strip() == self.id, "the keyboard is not in the window"

    def _xdotool(self, *arguments: str, may_fail: bool = False) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert may_fail or done.returncode == 0, f"xdotool {' '.join(arguments)}: {done.stderr}"
        return done.stdout
