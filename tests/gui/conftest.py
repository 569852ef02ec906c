"""Every test of the window runs offscreen unless a display is given, with one application."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def _one_application(qapp: object) -> None:
    """Qt allows one application in a process: pytest-qt's."""
