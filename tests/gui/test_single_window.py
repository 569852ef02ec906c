"""One window a store: a second start raises the first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from labdesk.ui.single_window import WindowServer, raise_other_window, socket_path

ROOT = Path(__file__).parents[2]


def test_without_a_window_nobody_answers(tmp_path: Path) -> None:
    assert not raise_other_window(tmp_path / "desk.db")


SECOND_START = """
import sys
from pathlib import Path
from labdesk.ui.single_window import raise_other_window
sys.exit(0 if raise_other_window(Path(sys.argv[1])) else 1)
"""


def test_a_second_start_raises_the_first_window(tmp_path: Path, qtbot: QtBot) -> None:
    server = WindowServer(tmp_path / "desk.db")
    with qtbot.waitSignal(server.raise_wanted, timeout=60_000):
        second = subprocess.Popen([sys.executable, "-c", SECOND_START, str(tmp_path / "desk.db")], cwd=ROOT)
    assert second.wait(30) == 0
    server.close()


def test_what_a_crashed_window_left_is_taken_over(tmp_path: Path) -> None:
    Path(socket_path(tmp_path / "desk.db")).touch()
    assert not raise_other_window(tmp_path / "desk.db")
    server = WindowServer(tmp_path / "desk.db")
    assert server.is_listening
    server.close()


def test_a_link_to_the_store_is_the_same_window(tmp_path: Path) -> None:
    (tmp_path / "desk.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "desk.db")
    assert socket_path(tmp_path / "link.db") == socket_path(tmp_path / "desk.db")


def test_a_long_path_gets_a_short_address(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 80) / ("e" * 80) / "desk.db"
    assert len(socket_path(deep)) < 100
