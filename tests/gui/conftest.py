"""Every test of the window runs offscreen unless a display is given, with one application."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def _garbage_dies_in_this_thread() -> Iterator[None]:
    """As in the application: a widget collected in a store's thread would crash a later test."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def _one_application(qapp: object) -> None:
    """Qt allows one application in a process: pytest-qt's."""
