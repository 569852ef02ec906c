"""Where cyclic garbage dies."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from labdesk.ui.garbage import MainThreadCollector


class Knot(QObject):
    """A Qt object in a cycle, which tells the thread it dies in."""

    def __init__(self, died_in: list[int]) -> None:
        super().__init__()
        self.itself = self
        weakref.finalize(self, lambda: died_in.append(threading.get_ident()))


def test_qt_objects_in_cycles_die_in_the_windows_thread_only(qtbot: QtBot) -> None:
    died_in: list[int] = []
    collector = MainThreadCollector()
    collector.start()
    Knot(died_in)
    allocating = threading.Thread(target=lambda: [[] for _ in range(200_000)])
    allocating.start()
    allocating.join()
    assert died_in == []
    qtbot.waitUntil(lambda: bool(died_in), timeout=10_000)
    assert died_in == [threading.get_ident()]
    collector.stop()
    assert gc.isenabled()
