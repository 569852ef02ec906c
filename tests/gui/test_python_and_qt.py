"""What the Qt binding must not do to Python."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

ROUNDS = 5_000
SLACK = 200
"""Other code may hold a few more of them; a lost one each time shows as thousands."""


class Sender(QObject):
    sent = Signal(object)


def test_signals_timers_and_setters_lose_no_reference_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12 on Python 3.11 lost one each time, and the process was aborted in the end."""
    sender, label, timer = Sender(), QLabel(), QTimer()
    qtbot.addWidget(label)
    fired: list[int] = []
    timer.timeout.connect(lambda: fired.append(1))
    sender.sent.connect(lambda _value: None)
    timer.start(0)
    before = sys.getrefcount(None)
    for number in range(ROUNDS):
        sender.sent.emit(None)
        label.setText(str(number))
    qtbot.waitUntil(lambda: len(fired) > 500)
    timer.stop()
    assert abs(sys.getrefcount(None) - before) < SLACK


def test_the_source_of_what_is_imported_is_not_read() -> None:
    """PySide6 reads that of every module, which costs a tenth of the start; see labdesk.ui.binding."""
    program = (
        "import linecache; from labdesk.ui.theme import Theme\n"
        "assert not [name for name in linecache.cache if name.endswith('fonts.py')], list(linecache.cache)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
