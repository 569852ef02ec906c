"""Timers and windows that a test left behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid


@contextmanager
def counting_widgets() -> Iterator[list[str]]:
    """Collect running timers and windows that were not there before."""
    before, left = set(QApplication.topLevelWidgets()), list[str]()
    yield left
    for _ in range(3):  # what is deleted may have made others deletable
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left += [f"timer: {_owner(timer)}" for timer in _timers() if isValid(timer) and timer.isActive()]
    gc.collect()
    for widget in set(QApplication.topLevelWidgets()) - before:
        left.append(f"window: {type(widget).__name__} {widget.objectName()} {widget.accessibleName()}")


def _timers() -> list[QTimer]:
    return [one for one in gc.get_objects() if type(one) is QTimer]


def _owner(timer: QTimer) -> str:
    parent = timer.parent()
    return f"{timer.interval()} ms of {type(parent).__name__ if parent is not None else 'nobody'}"
