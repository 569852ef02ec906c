"""Python's cyclic garbage, collected where Qt objects may die: in the window's thread."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

_INTERVAL_MS = 1_000
_MIDDLE_EVERY = 10
_FULL_EVERY = 300
_FULL_AT_LATEST = 3_600


class MainThreadCollector(QObject):
    """Collects young garbage every second, and everything when nobody is working in the window.

    Left to itself Python collects in whichever thread allocates next; a widget in a cycle would then be destroyed in
    the store's writer thread, which crashes Qt. A full collection over 10,000 resources pauses 185 ms (measured), so
    it waits for a window in the background, at most an hour.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._since_full = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Take over from Python's own timing."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Collect what is there, and give the timing back."""
        self._timer.stop()
        gc.collect()
        gc.enable()

    def _collect(self) -> None:
        self._since_full += 1
        if self._since_full >= _FULL_AT_LATEST or (self._since_full >= _FULL_EVERY and self._is_in_background()):
            gc.collect()
            self._since_full = 0
        else:
            gc.collect(0 if self._since_full % _MIDDLE_EVERY else 1)

    @staticmethod
    def _is_in_background() -> bool:
        return QGuiApplication.applicationState() != Qt.ApplicationState.ApplicationActive
